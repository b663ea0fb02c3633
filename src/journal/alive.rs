//! Whether a line's writer still lives. On this host it holds a lock on a file of its own for as long; a
//! process id would prove nothing, since ids are used again. Of another host no lock can be trusted (it may
//! not be seen here, and may outlive its holder): there the file's time counts, which the writer renews.
//!
//! To be wrong about another host is not to act twice: who is gone leaves an open question, which nobody
//! sends again, and who comes back sends nothing more in the name of an action that was settled meanwhile.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::TimeDelta;

use super::error::JournalError;
use super::folder::Folder;
use crate::model::{Time, Writer};

/// How long a writer of another host counts as alive that is not heard of.
const BENEFIT_OF_DOUBT: TimeDelta = TimeDelta::minutes(10);

/// This process's own sign of life; ends when dropped, or with the process.
#[derive(Debug)]
pub(super) struct Presence {
    writer: Writer,
    path: PathBuf,
    file: File,
}

impl Presence {
    /// Begins to live. Nobody can know the id before the lock is held.
    pub(super) fn begin(folder: &Folder) -> Result<Self, JournalError> {
        let writer = Writer {
            id: uuid::Uuid::now_v7().to_string(),
            host: host_name(),
            pid: std::process::id(),
        };
        let path = lock_path(folder, &writer);
        let file = folder
            .open(OpenOptions::new().write(true).create_new(true), &path)
            .map_err(|error| JournalError::io("make", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { writer, path, file }),
            Err(TryLockError::WouldBlock) => {
                Err(JournalError::Busy { path: path.display().to_string(), waited_ms: 0 })
            }
            Err(TryLockError::Error(error)) => Err(JournalError::io("lock", &path, &error)),
        }
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Renews the file's time, by the clock of whoever keeps the file.
    pub(super) fn beat(&self) {
        let mut file = &self.file;
        // one that fails is missed for ten minutes before it means anything
        let _ = file.rewind().and_then(|()| file.write_all(b".")).and_then(|()| file.sync_data());
    }

    /// Whether another writer lives.
    pub(super) fn is_alive(
        &self,
        folder: &Folder,
        writer: &Writer,
        written: Time,
        now: Time,
    ) -> bool {
        if writer.id == self.writer.id {
            return true;
        }
        let path = lock_path(folder, writer);
        let recent = now.signed_duration_since(written) < BENEFIT_OF_DOUBT;
        if writer.host == self.writer.host {
            return holds_lock(&path).unwrap_or(recent);
        }
        // without a file it ended in order, or the file is not to be seen here yet
        recent || self.heard_of(&path)
    }

    /// Whether a writer renewed its file not long before this one did: both times are by one clock.
    fn heard_of(&self, path: &Path) -> bool {
        self.beat();
        let time = |path: &Path| fs::metadata(path).and_then(|found| found.modified());
        let own: io::Result<SystemTime> = time(&self.path);
        let Ok((theirs, own)) = time(path).and_then(|theirs| Ok((theirs, own?))) else {
            return false;
        };
        let limit = BENEFIT_OF_DOUBT.to_std().unwrap_or_default();
        own.duration_since(theirs).map_or(true, |silent| silent < limit)
    }
}

/// Whether a process of this host holds the lock on its file; none when that cannot be looked at.
fn holds_lock(path: &Path) -> Option<bool> {
    match File::open(path) {
        // shared, so that two who look at once do not take each other for the writer
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => Some(false),
            Err(TryLockError::WouldBlock) => Some(true),
            Err(TryLockError::Error(_)) => None,
        },
        Err(error) => (error.kind() == io::ErrorKind::NotFound).then_some(false),
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // a file that stays is unlocked, which says the same
        let _ = fs::remove_file(&self.path);
    }
}

fn lock_path(folder: &Folder, writer: &Writer) -> PathBuf {
    // an id from a line is text from outside: it names a file in this folder or none
    let id: String = writer.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    folder.writers().join(format!("{id}.lock"))
}

/// This machine's name; `localhost` when the system does not tell.
pub fn host_name() -> String {
    let told = fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| fs::read_to_string("/etc/hostname"))
        .or_else(|_| std::env::var("HOSTNAME"))
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .unwrap_or_default();
    match told.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}
