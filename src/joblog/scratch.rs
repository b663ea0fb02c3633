//! A file that nobody else can read and that is gone with its last handle, however the program ends.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;

/// Makes an empty file in the folder for temporary ones; it has no name any more when it is returned.
///
/// # Errors
/// When that folder cannot be written.
pub fn scratch() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("flightdeck-log-{}", uuid::Uuid::now_v7()));
    let file =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}
