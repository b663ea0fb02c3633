//! Secrets: where one is to be found, never what it is.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::model::{Fault, FaultKind};

/// Where a secret is. Read when it is needed, so a rotated file or an expired command output is asked
/// again; the value is never stored here, printed, logged or journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file; surrounding white space is cut.
    File(PathBuf),
    /// A command's first line of output: argv, never a shell.
    Command(Vec<String>),
}

impl Secret {
    /// Reads it.
    ///
    /// # Errors
    /// [`FaultKind::Setup`] that names the place, never the value.
    pub async fn read(&self) -> Result<SecretString, Fault> {
        let missing = |text: String| Fault::new(FaultKind::Setup, text);
        match self {
            Self::Env(name) => std::env::var(name)
                .map(|text| text.trim().into())
                .map_err(|_| missing(format!("the environment variable {name} is not set"))),
            Self::File(path) => tokio::fs::read_to_string(path)
                .await
                .map(|text| text.trim().into())
                .map_err(|error| missing(format!("{}: {}", path.display(), error.kind()))),
            Self::Command(_) => Err(missing("commands are not read yet".to_owned())),
        }
    }
}
