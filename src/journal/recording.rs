//! A recording: every envelope of a session, on request. What replay, tests and reports are made from.
//!
//! Owns the file's form and its bounds. Must not know what an event means, nor when it is played.
//!
//! ```text
//! gzip {
//!   {"flightdeck_recording":1,"program":"flightdeck 0.1.0","began":"…"}
//!   {"asked_at":…,"at":…,"event":{"configured":…},"seq":1}
//!   one envelope a line, heartbeats included
//! }
//! ```
//!
//! What is written out is flushed every second, so a file whose writer was killed can be read up to there.
//! Secrets are redacted on the way (see `redact`), and the configuration's folder stays at home.

mod reader;
mod writer;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::model::{Envelope, Time};

pub use reader::read;
pub use writer::{Limits, RecordingWriter};

/// The form that this program writes and reads.
pub const FORM: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the file: [`FORM`].
    #[serde(rename = "flightdeck_recording")]
    pub form: u32,
    /// Which program wrote it.
    pub program: String,
    /// When the session began.
    pub began: Time,
}

/// A recording that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Its first line.
    pub header: Header,
    /// Its events in order; the first is the configuration.
    pub envelopes: Vec<Envelope>,
    /// What is missing at its end, in one sentence, when something is.
    pub lost: Option<String>,
}

/// Why there is no recording to write or to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingError {
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
    /// Nothing is overwritten.
    #[error("{path} is there already; name another file for the recording, or move it away")]
    Exists {
        /// Which file.
        path: String,
    },
    /// Something else than a recording.
    #[error("{path} is no recording of flightdeck; `flightdeck --record FILE` makes one")]
    Foreign {
        /// Which file.
        path: String,
    },
    /// A form that is not known here.
    #[error("{path} was written by {program} in form {form}; this flightdeck reads form {FORM}")]
    Form {
        /// Which file.
        path: String,
        /// Who wrote it.
        program: String,
        /// In which form.
        form: u32,
    },
    /// A recording of nothing.
    #[error(
        "{path} holds no configuration: nothing of the session was recorded, or its beginning is broken"
    )]
    Empty {
        /// Which file.
        path: String,
    },
}

impl RecordingError {
    fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Io {
            doing: doing.to_owned(),
            path: path.display().to_string(),
            text: error.to_string(),
        }
    }
}
