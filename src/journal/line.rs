//! One line: a record with the hash of the line before it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::JournalError;
use crate::model::Record;

/// What the first line continues.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line as it was read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Line {
    #[serde(flatten)]
    pub record: Record,
    pub prev: String,
}

/// Lower-case hex SHA-256 of a line without its newline.
pub(super) fn hash(line: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(line) {
        // writing to a string cannot fail
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// A record as a line with its newline. Only what can be read back is ever written.
pub(super) fn encode(record: &Record, prev: &str) -> Result<Vec<u8>, JournalError> {
    #[derive(Serialize)]
    struct Out<'a> {
        #[serde(flatten)]
        record: &'a Record,
        prev: &'a str,
    }
    let unwritable = |text: String| JournalError::Unwritable { text };
    let mut bytes =
        serde_json::to_vec(&Out { record, prev }).map_err(|error| unwritable(error.to_string()))?;
    decode(&bytes).map_err(unwritable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A line without its newline; else why it is none.
pub(super) fn decode(line: &[u8]) -> Result<Line, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
