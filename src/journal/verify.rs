//! Checking a journal: every line against the one before it, the last one against the head file. Pure over
//! bytes, and reads nothing into what it finds beyond what the chain proves.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::error::JournalError;
use super::folder::Folder;
use super::head::{self, Head};
use super::line;
use super::shared::Shared;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whole lines in the file.
    pub lines: u64,
    /// The last whole line's number.
    pub seq: u64,
    /// The last whole line's hash, to be compared with a copy kept elsewhere.
    pub last: Option<String>,
    /// What is wrong, in the file's order.
    pub problems: Vec<Problem>,
    /// What is worth saying and proves nothing.
    pub notes: Vec<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1; for lines missing at the end, the place where they would stand.
    pub line: u64,
    /// The kind of wrong.
    pub kind: ProblemKind,
    /// One sentence.
    pub text: String,
}

/// The kinds of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A line is not what it was when the next one was written.
    Changed,
    /// Lines are missing.
    Removed,
    /// The file ends in the middle of a line.
    Torn,
    /// A line is no record.
    Unreadable,
    /// A line's number is not after the one before it.
    Order,
    /// The head file is missing, or was when a line was written.
    NoHead,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    fn find(&mut self, line: u64, kind: ProblemKind, text: String) {
        let known =
            self.problems.iter().any(|problem| problem.line == line && problem.kind == kind);
        if !known {
            self.problems.push(Problem { line, kind, text });
        }
    }
}

/// Checks the journal of a folder. Writes nothing.
///
/// # Errors
/// When a file exists and cannot be read.
pub fn verify(folder: impl AsRef<Path>) -> Result<Verification, JournalError> {
    let folder = Folder::at(folder.as_ref().to_owned());
    let _lock = folder.lock_shared()?;
    let read = |path: &Path| match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(JournalError::io("read", path, &error)),
    };
    let lines = read(&folder.lines())?.unwrap_or_default();
    let head = read(&folder.head())?;
    let mut found = check(&lines, head.as_deref());
    for path in folder.torn_files() {
        found
            .notes
            .push(format!("{} holds bytes of a line that a crash cut short", path.display()));
    }
    Ok(found)
}

/// Checks a journal that others share, and that it still goes as far as this machine has seen it go. Writes
/// nothing.
///
/// # Errors
/// When its folder is not there, or a file exists and cannot be read.
pub fn verify_shared(shared: &Shared) -> Result<Verification, JournalError> {
    shared.check()?;
    let mut found = verify(shared.folder())?;
    let (seen, last) = (shared.seen(), found.seq);
    if seen > last {
        let text = format!(
            "it ends at number {last}, and {seen} was seen from this machine before: lines were removed, or this is another folder than then"
        );
        found.find(found.lines + 1, ProblemKind::Removed, text);
    }
    Ok(found)
}

/// Checks the bytes of a journal and of its head file.
pub fn check(journal: &[u8], head: Option<&[u8]>) -> Verification {
    let mut found = Verification::default();
    let mut before = (0, line::GENESIS.to_owned());
    let mut named = None;
    let head_file = head;
    let head = head.and_then(head::parse);
    for bytes in journal.split_inclusive(|byte| *byte == b'\n') {
        let number = found.lines + 1;
        let Some(whole) = bytes.strip_suffix(b"\n") else {
            found.find(
                number,
                ProblemKind::Torn,
                format!("line {number} ends in the middle, as a crash leaves it"),
            );
            break;
        };
        found.lines = number;
        let hash = line::hash(whole);
        let seq = check_line(&mut found, number, whole, &before);
        if head.as_ref().is_some_and(|head| head.seq == seq) {
            named = Some((number, hash.clone()));
        }
        before = (seq, hash);
    }
    let (last_seq, last_hash) = before;
    found.last = (found.lines > 0).then_some(last_hash);
    found.seq = last_seq;
    match (head, head_file) {
        (Some(head), _) => check_head(&mut found, &head, last_seq, named),
        (None, None) if found.lines == 0 => {}
        (None, None) if found.lines == 1 => {
            found.notes.push("there is no head file yet: the first line's writer died".to_owned());
        }
        (None, file) => {
            let is = if file.is_some() { "unreadable" } else { "missing" };
            let line = found.lines;
            found.find(
                line,
                ProblemKind::NoHead,
                format!("the head file is {is}: lines after line {line} may have been removed"),
            );
        }
    }
    found.problems.sort_by_key(|problem| problem.line);
    found
}

/// Checks one line against number and hash of the one before it; its number.
fn check_line(found: &mut Verification, number: u64, whole: &[u8], before: &(u64, String)) -> u64 {
    let (seq_before, hash_before) = before;
    let line = match line::decode(whole) {
        Ok(line) => line,
        Err(why) => {
            found.find(
                number,
                ProblemKind::Unreadable,
                format!("line {number} is no record: {why}"),
            );
            return seq_before + 1;
        }
    };
    let seq = line.record.seq;
    if seq > seq_before + 1 {
        let missing = seq - seq_before - 1;
        found.find(
            number,
            ProblemKind::Removed,
            format!("{missing} lines are missing before line {number}, which has number {seq}"),
        );
        return seq;
    }
    if seq <= *seq_before {
        found.find(
            number,
            ProblemKind::Order,
            format!("line {number} has number {seq} after number {seq_before}"),
        );
    }
    if line.prev != *hash_before {
        broken(found, number, &line.prev);
    }
    seq
}

/// A line that does not continue the one before it.
fn broken(found: &mut Verification, number: u64, prev: &str) {
    let changed = number.saturating_sub(1);
    if number == 1 {
        found.find(
            1,
            ProblemKind::Changed,
            "line 1 does not begin a chain: it was changed".to_owned(),
        );
    } else if prev == line::GENESIS {
        found.find(
            number,
            ProblemKind::NoHead,
            format!(
                "line {number} begins a new chain: the head file was missing when it was written, and \
                 lines before it may have been removed"
            ),
        );
    } else {
        found.find(
            changed,
            ProblemKind::Changed,
            format!("line {changed} was changed: line {number} continues another text"),
        );
    }
}

fn check_head(found: &mut Verification, head: &Head, last_seq: u64, named: Option<(u64, String)>) {
    match named {
        Some((number, hash)) if hash != head.hash => found.find(
            number,
            ProblemKind::Changed,
            format!("line {number} was changed: the head file has another hash for it"),
        ),
        None if head.seq > last_seq => {
            let missing = head.seq - last_seq;
            let line = found.lines + 1;
            found.find(
                line,
                ProblemKind::Removed,
                format!(
                    "{missing} lines are missing at the end: the head file names number {}",
                    head.seq
                ),
            );
        }
        _ if head.seq < last_seq => found.notes.push(format!(
            "the head file is {} lines behind: a process died between line and head",
            last_seq - head.seq
        )),
        _ => {}
    }
}
