//! The append-only record of actions, decisions and changes of state: `journal.jsonl`, one JSON line a
//! [`Record`], each with the hash of the line before it.
//!
//! Owns the file's order, its lock, its chain, its head file and the rule that a target has one action in
//! flight. Must not know what a record means for a release, nor draw or send anything.
//!
//! ```text
//! journal.jsonl    the lines                         journal.lock      held from reading the end to the head synced
//! journal.head     number and hash of the last line  writers/ID.lock   held by each process as long as it lives
//! journal.torn-N   bytes that a crash left behind
//! ```
//!
//! Every line is synced before the head names it. So after a crash the head may lag behind the lines, never
//! the other way round: a head that names more than there is proves that something was removed. Such a
//! proof is never written over: the next line continues what the *head* says was last, and the break stays
//! visible to [`verify()`] for ever. That makes changes evident; it cannot make them impossible.

mod alive;
mod begin;
mod error;
mod folder;
mod gaps;
mod head;
mod index;
mod line;
mod point;
pub mod recording;
pub mod redact;
mod sending;
mod shared;
mod tail;
mod thread;
pub mod verify;

#[cfg(test)]
mod tests;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{ActionId, Record, RecordKind, Target, Time, Writer};
use crate::ports::Clock;

pub use crate::ports::Begun;
pub use alive::host_name;
pub use error::JournalError;
pub use point::{Hook, JournalPoint};
pub use sending::Sending;
pub use shared::Shared;
pub use tail::{Fresh, Tail};
pub use thread::{JournalHandle, JournalThread};
pub use verify::{Problem, ProblemKind, Verification, verify, verify_shared};

use alive::Presence;
use folder::{Folder, Lock};
use head::Head;
use index::Index;
use tail::{Cursor, RawLine};

/// The journal of one folder, as one process writes it. Blocks on the disk; [`JournalThread`] is for the
/// rest of the program.
pub struct Journal {
    folder: Folder,
    shared: Option<Shared>,
    presence: Presence,
    operator: String,
    clock: Arc<dyn Clock>,
    hook: Hook,
    cursor: Cursor,
    index: Index,
    last: Last,
    notes: Vec<String>,
}

/// The last whole line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Last {
    seq: u64,
    hash: String,
}

impl Default for Last {
    fn default() -> Self {
        Self { seq: 0, hash: line::GENESIS.to_owned() }
    }
}

impl Journal {
    /// Opens the journal in `folder`, which is made (for its owner alone) when it does not exist. Bytes
    /// that a crash left behind are moved aside; see [`Self::take_notes`].
    ///
    /// # Errors
    /// When the folder cannot be made, read, written or locked.
    pub fn open(
        folder: impl Into<PathBuf>,
        operator: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        Self::begun(folder.into(), None, operator, clock)
    }

    /// Opens a journal that others share. Its folder is never made.
    ///
    /// # Errors
    /// When the folder is not there, or cannot be read, written or locked.
    pub fn open_shared(
        shared: Shared,
        operator: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        shared.check()?;
        Self::begun(shared.folder().to_owned(), Some(shared), operator, clock)
    }

    fn begun(
        folder: PathBuf,
        shared: Option<Shared>,
        operator: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        let folder = Folder::create(folder)?;
        let presence = Presence::begin(&folder)?;
        let mut journal = Self {
            folder,
            shared,
            presence,
            operator,
            clock,
            hook: Arc::new(|_| ()),
            cursor: Cursor::default(),
            index: Index::default(),
            last: Last::default(),
            notes: Vec::new(),
        };
        let lock = journal.folder.lock()?;
        journal.catch_up()?;
        journal.quarantine(&lock)?;
        Ok(journal)
    }

    /// This process, as its lines name it.
    pub fn writer(&self) -> &Writer {
        self.presence.writer()
    }

    /// The folder it was opened in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tries what a line takes of the disk, and writes none.
    ///
    /// # Errors
    /// When the next line could not be written.
    pub fn try_write(&self) -> Result<(), JournalError> {
        self.folder.try_write()
    }

    /// What the operator should know about the journal itself (bytes moved aside, a removed line); empty
    /// afterwards.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Appends one line; on the disk when this returns. After an error nothing was appended.
    ///
    /// # Errors
    /// When the journal cannot be locked, read or written.
    pub fn append(&mut self, kind: RecordKind) -> Result<Record, JournalError> {
        let lock = self.folder.lock()?;
        self.catch_up()?;
        self.write(&lock, kind)
    }

    /// Whether a rollback of this target was journaled after this action's intent: then nothing more may
    /// be sent in the action's name. So too for an action that the journal does not know as unfinished.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn superseded(&mut self, action: &ActionId, target: &Target) -> Result<bool, JournalError> {
        self.catch_up()?;
        Ok(self.index.superseded(action, target))
    }

    /// Who held what an alarm of `since` announced, and why; none while nobody did.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn held(&mut self, target: &Target, since: Time) -> Result<Option<String>, JournalError> {
        self.catch_up()?;
        Ok(self.index.held(target, since))
    }

    /// Shows other hosts that this process lives. To be called about every half minute.
    pub fn beat(&self) {
        self.presence.beat();
    }

    /// Whether the process that wrote a line at `written` still lives. A process of another host counts as
    /// alive until it has not been heard of for ten minutes.
    pub fn is_alive(&self, writer: &Writer, written: Time) -> bool {
        self.presence.is_alive(&self.folder, writer, written, self.clock.now())
    }

    /// Reads the lines since the last look, other processes' among them.
    fn catch_up(&mut self) -> Result<(), JournalError> {
        let lines = match self.cursor.advance(&self.folder.lines()) {
            Err(JournalError::Shrunk { .. }) => {
                self.cursor = Cursor::default();
                self.index = Index::default();
                self.last = Last::default();
                self.cursor.advance(&self.folder.lines())?
            }
            lines => lines?,
        };
        for RawLine { bytes, .. } in &lines {
            // a line that cannot be read is verify's to report; its number is not known
            if let Ok(line) = line::decode(bytes) {
                self.last.seq = line.record.seq;
                self.index.add(&line.record);
            }
        }
        if let Some(RawLine { bytes, .. }) = lines.last() {
            self.last.hash = line::hash(bytes);
        }
        Ok(())
    }

    /// Moves bytes after the last whole line to a file of their own. Under the lock nobody is writing, so
    /// they are what a crash left.
    fn quarantine(&mut self, lock: &Lock) -> Result<(), JournalError> {
        if let Some(path) = self.folder.quarantine(lock, self.cursor.offset())? {
            self.notes.push(format!(
                "the journal ended in the middle of a line, as a crash leaves it; the bytes are kept in {}",
                path.display()
            ));
        }
        Ok(())
    }

    fn write(&mut self, lock: &Lock, kind: RecordKind) -> Result<Record, JournalError> {
        self.quarantine(lock)?;
        let last = self.continued()?;
        let record = Record {
            seq: last.seq + 1,
            at: self.clock.now(),
            operator: self.operator.clone(),
            writer: self.writer().clone(),
            kind,
        };
        let bytes = line::encode(&record, &last.hash)?;
        let points = point::of(&record.kind);
        if let Err(error) = self.write_line(record.seq, &bytes, points) {
            // nobody was told of it and nobody can have appended since: take it back whole
            self.folder.cut(lock, self.cursor.offset());
            return Err(error);
        }
        if let Some(shared) = &self.shared {
            shared.keep(record.seq);
        }
        Ok(record)
    }

    /// What the next line continues: the last line, unless the head proves that it is not the true one, or
    /// this machine saw a shared journal go further.
    fn continued(&mut self) -> Result<Last, JournalError> {
        let head = head::read(&self.folder.head())?;
        let (last, note) = head::continued(head.as_ref(), &self.last, &self.cursor);
        self.notes.extend(note);
        let seen = self.shared.as_ref().map_or(0, Shared::seen);
        if seen <= last.seq {
            return Ok(last);
        }
        self.notes.push(format!(
            "the shared journal ends at number {}, and {seen} was seen from here before; the next line keeps the break visible, see `flightdeck journal verify`",
            last.seq
        ));
        Ok(Last { seq: seen, hash: line::GENESIS.to_owned() })
    }

    fn write_line(
        &self,
        seq: u64,
        line: &[u8],
        points: Option<&[JournalPoint; 4]>,
    ) -> Result<(), JournalError> {
        let reach = |at: usize| {
            if let Some(points) = points {
                (self.hook)(points[at]);
            }
        };
        let path = self.folder.lines();
        let failed = |doing: &'static str| {
            let path = path.clone();
            move |error: std::io::Error| JournalError::io(doing, &path, &error)
        };
        reach(0);
        let mut file = self
            .folder
            .open(OpenOptions::new().append(true).create(true), &path)
            .map_err(failed("open"))?;
        file.write_all(line).map_err(failed("write to"))?;
        reach(1);
        file.sync_data().map_err(failed("sync"))?;
        reach(2);
        let head = Head {
            seq,
            hash: line::hash(&line[..line.len() - 1]),
            bytes: self.cursor.offset() + line.len() as u64,
        };
        head::write(&self.folder, &head)?;
        reach(3);
        Ok(())
    }
}
