//! A journal that others share: its folder is made by hand, never by the program, and this machine keeps how
//! far it has seen it go. So a share that is not mounted is no empty journal.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::{folder, line};

/// The folder of a shared journal, and where this machine keeps the highest number seen in it.
#[derive(Debug, Clone)]
pub struct Shared {
    folder: PathBuf,
    seen: PathBuf,
}

impl Shared {
    /// The journal of `folder`; what was seen of it is kept in `state`, a folder of this machine.
    pub fn new(folder: impl Into<PathBuf>, state: &Path) -> Self {
        let folder = folder.into();
        // a path is no file name
        let name = line::hash(folder.as_os_str().as_encoded_bytes());
        let seen = state.join(format!("shared-{}.seen", &name[..16]));
        Self { folder, seen }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// That the folder is there.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<(), JournalError> {
        let path = self.folder.display().to_string();
        if self.folder.is_dir() { Ok(()) } else { Err(JournalError::Missing { path }) }
    }

    /// The highest number that was ever seen in it from here; 0 when nothing is known.
    pub(super) fn seen(&self) -> u64 {
        let kept = fs::read_to_string(&self.seen).ok();
        kept.and_then(|text| text.trim().parse().ok()).unwrap_or_default()
    }

    /// Keeps a number that is on the disk of the share. Where it cannot be kept, less is noticed later.
    pub(super) fn keep(&self, number: u64) {
        if number > self.seen() {
            let _ = self.replace(number);
        }
    }

    fn replace(&self, number: u64) -> io::Result<()> {
        if let Some(state) = self.seen.parent() {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(state)?;
        }
        let temporary = self.seen.with_extension(format!("seen-{}", std::process::id()));
        let mut options = OpenOptions::new();
        let file = folder::private(options.write(true).create(true).truncate(true));
        file.open(&temporary)?.write_all(number.to_string().as_bytes())?;
        fs::rename(&temporary, &self.seen)
    }
}
