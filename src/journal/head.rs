//! The head file: number and hash of the last line that was synced. It is what makes a removed last line
//! evident, so it is believed over the file wherever the two disagree.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::JournalError;
use super::folder::Folder;
use super::tail::Cursor;
use super::{Last, line};

/// What the head file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The last line's number.
    pub seq: u64,
    /// The last line's hash.
    pub hash: String,
    /// The length of the file up to that line's newline.
    pub bytes: u64,
}

/// The head; none when it is missing or cannot be understood, which proves nothing either way.
pub(super) fn read(path: &Path) -> Result<Option<Head>, JournalError> {
    match fs::read(path) {
        Ok(bytes) => Ok(parse(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(JournalError::io("read", path, &error)),
    }
}

/// The head in some bytes.
pub(super) fn parse(bytes: &[u8]) -> Option<Head> {
    serde_json::from_slice(bytes).ok()
}

/// Replaces the head in one step; on the disk when this returns.
pub(super) fn write(folder: &Folder, head: &Head) -> Result<(), JournalError> {
    let path = folder.head();
    let temporary = path.with_extension("head.new");
    let failed = |error: io::Error| JournalError::io("write", &path, &error);
    let bytes = serde_json::to_vec(head).map_err(|error| failed(error.into()))?;
    let mut file = folder
        .open(OpenOptions::new().write(true).create(true).truncate(true), &temporary)
        .map_err(failed)?;
    file.write_all(&bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &path))
        .map_err(failed)?;
    folder.sync();
    Ok(())
}

/// What the next line continues, and what the operator should know. Lines after the head's are those of a
/// process that died before it could write the head. A head whose line is missing or another is continued
/// as it stands, and a missing head begins a new chain: either break stays to be seen.
pub(super) fn continued(
    head: Option<&Head>,
    last: &Last,
    cursor: &Cursor,
) -> (Last, Option<String>) {
    let note = |what: &str| {
        Some(format!(
            "the journal {what}; the next line keeps the break visible, see `flightdeck journal verify`"
        ))
    };
    let Some(head) = head else {
        if cursor.lines() <= 1 {
            return (last.clone(), None);
        }
        let anew = Last { seq: last.seq, hash: line::GENESIS.to_owned() };
        return (anew, note("has no readable head file"));
    };
    let named = Last { seq: head.seq, hash: head.hash.clone() };
    if head.bytes < cursor.offset() {
        (last.clone(), None)
    } else if head.bytes > cursor.offset() {
        (named, note("is shorter than its head file says"))
    } else if head.hash == last.hash {
        (named, None)
    } else {
        (named, note("has a changed last line"))
    }
}
