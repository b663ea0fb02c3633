//! What is wrong with a configuration, where, and what would do.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use crate::text;

/// One thing that is wrong. Its text never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, or what was looked for.
    pub path: PathBuf,
    /// Line and column, both from 1; none when the file as a whole is meant.
    pub place: Option<(usize, usize)>,
    /// The key, `service[checkout].environment[production].rollout.steps[1]`; empty at the top.
    pub key: String,
    /// What was found.
    pub found: String,
    /// What would do.
    pub fix: String,
}

impl ConfigError {
    /// An error about the file as a whole.
    #[must_use]
    pub fn file(
        path: impl Into<PathBuf>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            place: None,
            key: String::new(),
            found: found.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.path.display().to_string();
        if let Some((row, column)) = self.place {
            let _ = write!(line, ":{row}:{column}");
        }
        for part in [&self.key, &self.found] {
            if !part.is_empty() {
                line.push_str(if line.is_empty() { "" } else { ": " });
                line.push_str(part);
            }
        }
        if !self.fix.is_empty() {
            line.push_str("; ");
            line.push_str(&self.fix);
        }
        f.write_str(&text::clean(&line))
    }
}

impl std::error::Error for ConfigError {}

/// A value of the file as an error shows it: short, and in quotes.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('"') { '\'' } else { '"' };
    format!("{quote}{}{quote}", text::line(text, 60))
}
