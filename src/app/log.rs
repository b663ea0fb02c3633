//! The log file: on request, never on the screen, and clean: text from outside gets into log lines too.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Writes whole lines through the cleaner.
struct CleanLines(File);

impl Write for CleanLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        for line in text.lines() {
            writeln!(self.0, "{}", crate::text::clean(line))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Sends the program's log to a file, appended; `$FLIGHTDECK_LOG` filters it (default `flightdeck=debug`).
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn to_file(path: &Path) -> color_eyre::Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
        color_eyre::eyre::eyre!("the log file {} cannot be opened: {error}", path.display())
    })?;
    let filter = EnvFilter::try_from_env("FLIGHTDECK_LOG")
        .unwrap_or_else(|_| EnvFilter::new("flightdeck=debug,octocrab=warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(CleanLines(file)))
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(())
}
