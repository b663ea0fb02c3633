//! A private temporary folder for what must not be in the configuration: gone when dropped.

use std::fmt::Write as _;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A folder that nobody else can read.
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// Makes one.
    pub fn new() -> io::Result<Self> {
        let name = format!("flightdeck-demo-{}-{}", std::process::id(), random(16));
        let path = std::env::temp_dir().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self(path))
    }

    /// Writes a file that nobody else can read.
    pub fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?.write_all(text.as_bytes())?;
        Ok(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // nothing useful can be done about a folder that will not go
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Hexadecimal digits that nobody can guess: the standard library seeds its hashers from the system.
pub fn random(digits: usize) -> String {
    let mut text = String::new();
    while text.len() < digits {
        let number = RandomState::new().hash_one(text.len());
        let _ = write!(text, "{number:016x}");
    }
    text.truncate(digits);
    text
}
