//! A folder of small files that are the user's alone: written whole or not at all, by several processes at
//! once, bounded in size and age. Must not know what is in them.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bytes in all at most.
const BYTES: u64 = 64 << 20;

/// Bytes that a process writes before it looks whether there are too many.
const ROUND: u64 = 8 << 20;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 3 << 20;

/// How long a file is of use.
const AGE: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long a file may be in the making.
const MAKING: Duration = Duration::from_secs(3600);

/// What a file in the making is called after.
const DRAFT: &str = "new";

/// See the module.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Whether it is there and nobody else's; looked at once.
    usable: OnceLock<bool>,
    /// Files written by this process, and bytes since it last looked whether there are too many.
    files: AtomicU64,
    bytes: AtomicU64,
}

impl Folder {
    /// The folder at `path`, made when it is first needed.
    pub(super) fn new(path: PathBuf) -> Self {
        // whoever writes first looks first
        Self { path, usable: OnceLock::new(), files: AtomicU64::new(0), bytes: ROUND.into() }
    }

    /// What a file holds; none where it is not there, too old, or nothing that was written here.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        if !self.is_usable() {
            return None;
        }
        let path = self.path.join(name);
        let about = fs::symlink_metadata(&path).ok()?;
        if !about.is_file() || about.len() > LARGEST || age(&about) > AGE {
            return None;
        }
        let mut text = Vec::new();
        File::open(path).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
        Some(text)
    }

    /// Writes a file instead of the one before; leaves it as it was where that cannot be done.
    pub(super) fn write(&self, name: &str, text: &[u8]) {
        if !self.is_usable() {
            return;
        }
        if let Err(error) = self.replace(name, text) {
            tracing::debug!("nothing is kept in {}: {error}", self.path.display());
            return;
        }
        let size = text.len() as u64;
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size >= ROUND {
            self.bytes.store(0, Ordering::Relaxed);
            self.prune(BYTES - ROUND);
        }
    }

    fn replace(&self, name: &str, text: &[u8]) -> io::Result<()> {
        let count = self.files.fetch_add(1, Ordering::Relaxed);
        let draft = self.path.join(format!("{name}.{}-{count}.{DRAFT}", std::process::id()));
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let made = options.write(true).create_new(true).open(&draft).and_then(|mut file| {
            file.write_all(text)?;
            fs::rename(&draft, self.path.join(name))
        });
        if made.is_err() {
            // what cannot be removed either goes with its age
            let _ = fs::remove_file(&draft);
        }
        made
    }

    /// Removes what is too old, and the oldest of what is more than so many bytes.
    fn prune(&self, most: u64) {
        let Ok(found) = fs::read_dir(&self.path) else { return };
        let found = found.filter_map(|entry| {
            let entry = entry.ok()?;
            let about = entry.metadata().ok().filter(Metadata::is_file)?;
            Some((age(&about), about.len(), entry.path()))
        });
        let mut found: Vec<_> = found.collect();
        found.sort();
        let mut kept = 0;
        for (age, size, path) in found {
            let is_draft = path.extension().is_some_and(|extension| extension == DRAFT);
            kept += size;
            if kept > most || age > if is_draft { MAKING } else { AGE } {
                kept -= size;
                // another process may have been faster
                let _ = fs::remove_file(path);
            }
        }
    }

    fn is_usable(&self) -> bool {
        *self.usable.get_or_init(|| {
            let usable = make(&self.path).is_ok() && is_ours(&self.path);
            if !usable {
                tracing::info!("nothing is kept in {}: it is not ours alone", self.path.display());
            }
            usable
        })
    }
}

/// How old a file is; a clock may have been set back.
fn age(about: &Metadata) -> Duration {
    about.modified().map_or(Duration::MAX, |at| at.elapsed().unwrap_or_else(|it| it.duration()))
}

fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.recursive(true).create(path)
}

/// Whether a folder is the user's, and closed to everybody else.
#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid().as_raw();
    let about = fs::symlink_metadata(path);
    about.is_ok_and(|it| it.is_dir() && it.uid() == own && it.mode() & 0o777 == 0o700)
}

#[cfg(not(unix))]
fn is_ours(path: &Path) -> bool {
    path.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn folder() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().join("state/github"));
        (root, folder)
    }

    fn grow_old(folder: &Folder, name: &str, by: Duration) {
        let file = OpenOptions::new().write(true).open(folder.path.join(name)).unwrap();
        file.set_modified(SystemTime::now() - by).unwrap();
    }

    fn names(folder: &Folder) -> Vec<String> {
        let found = fs::read_dir(&folder.path).unwrap();
        let mut names: Vec<_> =
            found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn it_is_the_users_alone_or_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (_root, folder) = folder();
        folder.write("a", b"x");
        assert_eq!(folder.read("a").unwrap(), b"x");
        assert_eq!((mode(&folder.path), mode(&folder.path.join("a"))), (0o700, 0o600));

        fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o750)).unwrap();
        let later = Folder::new(folder.path.clone());
        later.write("b", b"y");
        assert!(later.read("a").is_none());
        assert_eq!(names(&folder), ["a"]);
    }

    #[test]
    fn where_nothing_can_be_made_nothing_is_kept() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        let folder = Folder::new(root.path().join("file/github"));
        folder.write("a", b"x");
        assert!(folder.read("a").is_none());
    }

    #[test]
    fn what_is_old_goes_and_so_does_the_oldest_of_too_much() {
        let (_root, folder) = folder();
        for (name, hours) in [("a", 1), ("b", 3), ("c", 2), ("d.9-9.new", 2), ("e", 7 * 24 + 1)] {
            folder.write(name, &[7; 100]);
            grow_old(&folder, name, Duration::from_secs(hours * 3600));
        }
        assert!(folder.read("b").is_some() && folder.read("e").is_none());
        folder.prune(BYTES);
        assert_eq!(names(&folder), ["a", "b", "c"]);
        folder.prune(250);
        assert_eq!(names(&folder), ["a", "c"]);
    }

    #[test]
    fn a_folder_or_a_giant_in_the_place_of_a_file_is_nothing() {
        let (_root, folder) = folder();
        folder.write("a", b"x");
        fs::create_dir(folder.path.join("b")).unwrap();
        folder.write("b", b"x");
        folder.write("c", &vec![0; LARGEST as usize + 1]);
        assert!(folder.read("b").is_none() && folder.read("c").is_none());
        assert_eq!(names(&folder), ["a", "b", "c"]);
    }
}
