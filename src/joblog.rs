//! The log of a job, in a file: what is where in it, any lines of it, what it says somewhere, a copy.
//! Memory is bounded whatever its size; what comes out is clean, what is saved is as it came.
//!
//! Must not know how a log was fetched or where it is shown.

mod index;
mod line;
mod outline;
mod reader;
mod scratch;
mod search;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::model::JobStep;

use index::Marks;
use reader::Reader;

pub use line::{Kind, Line, SHOWN};
pub use outline::{Outline, Section};
pub use scratch::scratch;
pub use search::Way;

/// Lines that [`JobLog::window`] returns at most.
pub const WINDOW: u64 = 1_000;

/// A log that can be looked at anywhere. The file must not change while it is held.
#[derive(Debug)]
pub struct JobLog {
    file: File,
    bytes: u64,
    marks: Marks,
    outline: Outline,
}

impl JobLog {
    /// Reads a file once, to know what is where; `steps` are those of its job, to tell them apart.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(file: File, steps: &[JobStep]) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        let (marks, outline) = index::read(&file, bytes, steps)?;
        Ok(Self { file, bytes, marks, outline })
    }

    /// Lines in all.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.marks.lines
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its steps, groups and errors.
    #[must_use]
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The lines in `range` that there are, counted from 0; at most [`WINDOW`] of them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn window(&self, range: Range<u64>) -> io::Result<Vec<Line>> {
        let end = range.end.min(self.len()).min(range.start.saturating_add(WINDOW));
        let mut out = Vec::new();
        if range.start >= end {
            return Ok(out);
        }
        let mut reader = self.reader_at(range.start)?;
        let mut head = Vec::new();
        for number in range.start..end {
            let Some(bytes) = reader.line(&mut head, SHOWN)? else { break };
            out.push(Line::read(number, &head, bytes));
        }
        Ok(out)
    }

    /// Writes it to a new file that nobody else can read, every byte as it came: escape sequences too.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn save(&self, to: &Path) -> io::Result<u64> {
        let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        let done = Reader::new(&self.file, 0, self.bytes).copy(&mut copy);
        if done.is_err() {
            // half a log is worse than none; what went wrong is told below
            drop(std::fs::remove_file(to));
        }
        done
    }

    /// A reader that stands before a line.
    fn reader_at(&self, line: u64) -> io::Result<Reader<'_>> {
        let (marked, offset) = self.marks.before(line);
        let mut reader = Reader::new(&self.file, offset, self.bytes);
        for _ in marked..line {
            reader.skip()?;
        }
        Ok(reader)
    }
}
