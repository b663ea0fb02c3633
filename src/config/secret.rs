//! Secrets: where one is to be found, never what it is.

use std::path::PathBuf;

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
