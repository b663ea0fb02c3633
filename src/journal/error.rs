//! How the journal fails. Travels in reports, so it is a value without handles.

use std::io;
use std::path::Path;

use serde::Serialize;

/// Why the journal could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum JournalError {
    /// The disk or the system said no.
    #[error("cannot {doing} {path}: {text}")]
    Io {
        /// What was tried.
        doing: String,
        /// On which file.
        path: String,
        /// What the system said.
        text: String,
    },
    /// Another process holds the lock too long; it may be stopped.
    #[error(
        "{path} was locked by another process for {waited_ms} ms; look for a stopped flightdeck"
    )]
    Busy {
        /// The lock file.
        path: String,
        /// How long was waited.
        waited_ms: u64,
    },
    /// The folder of a shared journal is not there.
    #[error(
        "the shared journal's folder {path} does not exist: mount the share, or make the folder once by hand, and start again"
    )]
    Missing {
        /// The folder.
        path: String,
    },
    /// The file has fewer bytes than were read from it before.
    #[error("{path} became shorter: lines were removed; see `flightdeck journal verify`")]
    Shrunk {
        /// The file.
        path: String,
    },
    /// The record has a value that could not be read back (a number that is not finite).
    #[error("a record cannot be written down: {text}")]
    Unwritable {
        /// What the encoder said.
        text: String,
    },
    /// The journal's thread has ended.
    #[error("the journal's thread has ended; restart flightdeck")]
    Gone,
}

impl JournalError {
    pub(super) fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::Io {
            doing: doing.to_owned(),
            path: path.display().to_string(),
            text: error.to_string(),
        }
    }
}
