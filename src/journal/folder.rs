//! The folder's files: their names, their modes, the lock, and bytes that a crash left behind.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::error::JournalError;

/// How long another process may hold the lock: an append takes milliseconds, and a stopped process must
/// not stop a rollback.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a held lock is tried again.
const RETRY: Duration = Duration::from_millis(2);

/// The journal's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
    /// Whether its group may write there: then its files are for the group, too.
    of_group: bool,
}

/// The exclusive right to append; ends when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Folder {
    /// Names the files of a folder. Makes and changes nothing.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { of_group: is_of_group(&path), path }
    }

    /// Makes the folder, for its owner alone, unless it exists.
    pub(super) fn create(path: PathBuf) -> Result<Self, JournalError> {
        let folder = Self::at(path);
        for path in [folder.path.clone(), folder.writers()] {
            let is_new = !path.exists();
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&path).map_err(|error| JournalError::io("make", &path, &error))?;
            if is_new {
                folder.give(&path, 0o2770);
            }
        }
        Ok(folder)
    }

    /// Opens one of its files, which may be new: for its owner alone, or for the group of the folder.
    pub(super) fn open(&self, options: &mut OpenOptions, path: &Path) -> io::Result<File> {
        let file = private(options).open(path)?;
        self.give(path, 0o660);
        Ok(file)
    }

    /// Lets the group have what is its own. What somebody else made, they gave it.
    fn give(&self, path: &Path, mode: u32) {
        #[cfg(unix)]
        if self.of_group {
            use std::os::unix::fs::PermissionsExt as _;
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = (path, mode);
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lines(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    pub(super) fn head(&self) -> PathBuf {
        self.path.join("journal.head")
    }

    pub(super) fn writers(&self) -> PathBuf {
        self.path.join("writers")
    }

    fn lock_path(&self) -> PathBuf {
        self.path.join("journal.lock")
    }

    /// Writes a page into a file of its own and takes it away again, and opens the lines for more.
    pub(super) fn try_write(&self) -> Result<(), JournalError> {
        let path = self.path.join(format!("journal.try-{}", std::process::id()));
        let mut options = OpenOptions::new();
        let file = self.open(options.write(true).create(true).truncate(true), &path);
        let written =
            file.and_then(|mut file| file.write_all(&[b'\n'; 4096]).and_then(|()| file.sync_all()));
        let _ = fs::remove_file(&path);
        written.map_err(|error| JournalError::io("write", &path, &error))?;
        let lines = self.lines();
        match OpenOptions::new().append(true).open(&lines) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(JournalError::io("open", &lines, &error))
            }
            _ => Ok(()),
        }
    }

    /// Waits a bounded time for the exclusive right to append.
    pub(super) fn lock(&self) -> Result<Lock, JournalError> {
        let path = self.lock_path();
        let file = self
            .open(OpenOptions::new().write(true).create(true).truncate(false), &path)
            .map_err(|error| JournalError::io("open", &path, &error))?;
        wait(&path, || file.try_lock())?;
        Ok(Lock { _file: file })
    }

    /// Keeps writers out while the files are read together; none when there is no lock file to hold.
    pub(super) fn lock_shared(&self) -> Result<Option<Lock>, JournalError> {
        let path = self.lock_path();
        let Ok(file) = File::open(&path) else {
            return Ok(None);
        };
        wait(&path, || file.try_lock_shared())?;
        Ok(Some(Lock { _file: file }))
    }

    /// Moves what stands after `whole` bytes to a file of its own and returns that file's path; none when
    /// nothing stands there.
    pub(super) fn quarantine(
        &self,
        _lock: &Lock,
        whole: u64,
    ) -> Result<Option<PathBuf>, JournalError> {
        let path = self.lines();
        let failed = |error: io::Error| JournalError::io("repair", &path, &error);
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        file.seek(SeekFrom::Start(whole)).map_err(failed)?;
        let mut torn = Vec::new();
        file.read_to_end(&mut torn).map_err(failed)?;
        if torn.is_empty() {
            return Ok(None);
        }
        let kept = self.keep(&torn)?;
        file.set_len(whole).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Some(kept))
    }

    /// Takes back what a failed append may have written. When even that fails the bytes are torn ones or
    /// a line that no head names, and the next append deals with them.
    pub(super) fn cut(&self, _lock: &Lock, whole: u64) {
        if let Ok(file) = OpenOptions::new().write(true).open(self.lines()) {
            let _ = file.set_len(whole).and_then(|()| file.sync_data());
        }
    }

    fn keep(&self, torn: &[u8]) -> Result<PathBuf, JournalError> {
        let mut number = 1_u32;
        loop {
            let path = self.path.join(format!("journal.torn-{number}"));
            let failed = |error: io::Error| JournalError::io("write", &path, &error);
            match self.open(OpenOptions::new().write(true).create_new(true), &path) {
                Ok(mut file) => {
                    file.write_all(torn).and_then(|()| file.sync_all()).map_err(failed)?;
                    self.sync();
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Files of bytes that crashes left behind.
    pub(super) fn torn_files(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("journal.torn-"))
            .map(|entry| entry.path())
            .collect();
        found.sort();
        found
    }

    /// Brings names of new files to the disk. Not every system can; then a power cut may lose a name, which
    /// leaves an older head, and that only lags.
    pub(super) fn sync(&self) {
        if let Ok(folder) = File::open(&self.path) {
            let _ = folder.sync_all();
        }
    }
}

/// Whether a folder is there and its group may write to it.
fn is_of_group(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path).is_ok_and(|found| {
        use std::os::unix::fs::PermissionsExt as _;
        found.permissions().mode() & 0o020 != 0
    });
    #[cfg(not(unix))]
    return path.exists() && false;
}

/// Files that this makes are for their owner alone.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn wait(path: &Path, try_lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), JournalError> {
    let begun = Instant::now();
    loop {
        match try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(RETRY),
            Err(TryLockError::WouldBlock) => {
                return Err(JournalError::Busy {
                    path: path.display().to_string(),
                    waited_ms: begun.elapsed().as_millis() as u64,
                });
            }
            Err(TryLockError::Error(error)) => return Err(JournalError::io("lock", path, &error)),
        }
    }
}
