//! Whether a line's writer still lives: it holds a lock on a file of its own for as long. A process id
//! would prove nothing, since ids are used again.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::PathBuf;

use chrono::TimeDelta;

use super::error::JournalError;
use super::folder::{Folder, private};
use crate::model::{Time, Writer};

/// How long a writer counts as alive when its lock proves nothing: locks of another host may not be
/// visible here.
const BENEFIT_OF_DOUBT: TimeDelta = TimeDelta::minutes(10);

/// This process's own sign of life; ends when dropped, or with the process.
#[derive(Debug)]
pub(super) struct Presence {
    writer: Writer,
    path: PathBuf,
    _file: File,
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
        let file = private(OpenOptions::new().write(true).create_new(true))
            .open(&path)
            .map_err(|error| JournalError::io("make", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { writer, path, _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(JournalError::Busy { path: path.display().to_string(), waited_ms: 0 })
            }
            Err(TryLockError::Error(error)) => Err(JournalError::io("lock", &path, &error)),
        }
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Whether another writer lives. A held lock proves life anywhere; a missing or free one proves death
    /// on this host alone.
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
        let here = writer.host == self.writer.host;
        let recent = now.signed_duration_since(written) < BENEFIT_OF_DOUBT;
        match File::open(lock_path(folder, writer)) {
            // shared, so that two who look at once do not take each other for the writer
            Ok(file) => match file.try_lock_shared() {
                Err(TryLockError::WouldBlock) => true,
                Ok(()) => !here && recent,
                Err(TryLockError::Error(_)) => recent,
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => !here && recent,
            Err(_) => recent,
        }
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
