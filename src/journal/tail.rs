//! Reading on from where the last look ended: whole lines only, in order.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::folder::Folder;
use super::gaps::Gaps;
use super::shared::Shared;
use super::{head, line};
use crate::model::Record;

/// A place after a whole line.
#[derive(Debug, Clone, Default)]
pub(super) struct Cursor {
    offset: u64,
    lines: u64,
}

/// A whole line without its newline.
#[derive(Debug, Clone)]
pub(super) struct RawLine {
    /// Its place in the file, from 1.
    pub number: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Cursor {
    /// Bytes before it.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Lines before it.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// The whole lines after it; moves behind them. A line without its newline is still being written, or
    /// torn: it stays for later. No file is an empty one.
    pub(super) fn advance(&mut self, path: &Path) -> Result<Vec<RawLine>, JournalError> {
        let shrunk = || JournalError::Shrunk { path: path.display().to_string() };
        let failed = |error: io::Error| JournalError::io("read", path, &error);
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return if self.offset == 0 { Ok(Vec::new()) } else { Err(shrunk()) };
            }
            Err(error) => return Err(failed(error)),
        };
        if file.metadata().map_err(failed)?.len() < self.offset {
            return Err(shrunk());
        }
        // from the newline before it on: if that is gone, what followed was taken back and written anew
        let newline = self.offset.min(1);
        file.seek(SeekFrom::Start(self.offset - newline)).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        if newline == 1 && bytes.first() != Some(&b'\n') {
            return Err(shrunk());
        }
        let bytes = &bytes[newline as usize..];
        let mut lines = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(whole) = line.strip_suffix(b"\n") else {
                break;
            };
            self.offset += line.len() as u64;
            self.lines += 1;
            lines.push(RawLine { number: self.lines, bytes: whole.to_vec() });
        }
        Ok(lines)
    }
}

/// What a look at the journal brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fresh {
    /// New records, in the journal's order.
    pub records: Vec<Record>,
    /// Line numbers that are no records.
    pub unreadable: Vec<u64>,
    /// Whether lines that were read before are gone.
    pub shrunk: bool,
}

/// Follows a journal from its first line on, without a lock: what this and other processes write comes
/// through in the journal's order.
#[derive(Debug)]
pub struct Tail {
    folder: Folder,
    shared: Option<Shared>,
    cursor: Cursor,
    gaps: Gaps,
    first: Option<Vec<u8>>,
    seen: u64,
}

impl Tail {
    /// The journal of a folder, from its beginning. Touches nothing; the folder need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Folder::at(folder.into()),
            shared: None,
            cursor: Cursor::default(),
            gaps: Gaps::default(),
            first: None,
            seen: 0,
        }
    }

    /// The same of a journal that others share: its folder must exist.
    pub fn shared(shared: &Shared) -> Self {
        Self { shared: Some(shared.clone()), ..Self::new(shared.folder()) }
    }

    /// Up to which number not every line is known, by the last look: lines are missing or cannot be read.
    pub fn lost(&self) -> Option<u64> {
        self.gaps.lost()
    }

    /// The records since the last look. When the file became shorter it is read again from the start, and
    /// records that were returned before are left out.
    ///
    /// # Errors
    /// When the file exists and cannot be read, or the folder of a shared journal is not there.
    pub fn read_new(&mut self) -> Result<Fresh, JournalError> {
        let mut fresh = Fresh::default();
        if let Some(shared) = &self.shared {
            shared.check()?;
        }
        // both before the lines: a line is on the disk before anything names it
        let named = head::read(&self.folder.head())?.map_or(0, |head| head.seq);
        let seen = self.shared.as_ref().map_or(0, Shared::seen);
        let path = self.folder.lines();
        let lines = match self.cursor.advance(&path) {
            Err(JournalError::Shrunk { .. }) => {
                fresh.shrunk = true;
                self.cursor = Cursor::default();
                self.gaps = Gaps::default();
                self.cursor.advance(&path)?
            }
            lines => lines?,
        };
        for RawLine { number, bytes } in lines {
            if number == 1 && self.first.as_ref() != Some(&bytes) {
                // another journal in the same place counts from 1 again
                self.seen = 0;
                self.first = Some(bytes.clone());
            }
            let Ok(line::Line { record, .. }) = line::decode(&bytes) else {
                self.gaps.unreadable();
                fresh.unreadable.push(number);
                continue;
            };
            self.gaps.line(record.seq);
            if record.seq > self.seen {
                self.seen = record.seq;
                fresh.records.push(record);
            }
        }
        self.gaps.end(named.max(seen));
        if let Some(shared) = &self.shared {
            shared.keep(named);
        }
        Ok(fresh)
    }
}
