//! One line: a record with the hash of the line before it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::error::JournalError;
use crate::model::Record;
use crate::text::secrets;

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
    let mut json = serde_json::from_slice(&bytes).map_err(|error| unwritable(error.to_string()))?;
    if hide(&mut json) {
        bytes = serde_json::to_vec(&json).map_err(|error| unwritable(error.to_string()))?;
    }
    decode(&bytes).map_err(unwritable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Hides the secrets in a line's texts; what tells lines, actions and targets apart is no text. Whether there
/// were any.
fn hide(json: &mut Value) -> bool {
    const NAMES: [&str; 9] =
        ["prev", "at", "kind", "writer", "action", "target", "verb", "outcome", "gate"];
    match json {
        Value::String(held) => {
            let clean = secrets::hide(held);
            let found = clean != *held;
            *held = clean;
            found
        }
        Value::Array(items) => items.iter_mut().fold(false, |found, item| hide(item) | found),
        Value::Object(fields) => {
            let texts = fields.iter_mut().filter(|(key, _)| !NAMES.contains(&key.as_str()));
            texts.fold(false, |found, (_, field)| hide(field) | found)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A line without its newline; else why it is none.
pub(super) fn decode(line: &[u8]) -> Result<Line, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
