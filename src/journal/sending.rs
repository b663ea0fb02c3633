//! The right to send in a target's name. An action holds it from its last look at the journal to the
//! engine's answer: so no call can arrive after that of a rollback which its sender had not seen.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::error::JournalError;
use super::folder::Folder;
use super::line;
use crate::model::Target;

/// The right; ends when dropped, or with the process.
#[derive(Debug)]
pub struct Sending {
    _file: File,
}

impl Sending {
    /// Takes the right; none while another process, or another action of this one, has it.
    ///
    /// # Errors
    /// When the lock file cannot be made or locked.
    pub fn take(folder: &Path, target: &Target) -> Result<Option<Self>, JournalError> {
        // a target's name is no file name
        let name = line::hash(target.as_str().as_bytes());
        let path = folder.join(format!("sending-{}.lock", &name[..16]));
        let file = Folder::at(folder.to_owned())
            .open(OpenOptions::new().write(true).create(true).truncate(false), &path)
            .map_err(|error| JournalError::io("make", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(JournalError::io("lock", &path, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_for_a_target_until_it_is_done() {
        let folder = tempfile::TempDir::new().unwrap();
        let take = |target: &str| Sending::take(folder.path(), &target.parse().unwrap()).unwrap();
        let held = take("checkout/production");
        assert!(held.is_some());
        assert!(take("checkout/production").is_none());
        assert!(take("checkout/staging").is_some());
        drop(held);
        assert!(take("checkout/production").is_some());
    }
}
