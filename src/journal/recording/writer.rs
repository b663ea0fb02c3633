//! Writes a recording on a thread of its own. Whoever hands an envelope over never waits: a disk that is
//! too slow, a full one or the bound end the recording, not the session.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{FORM, Header, RecordingError};
use crate::journal::{folder, redact};
use crate::model::{Envelope, Event, Time};
use crate::ports::Recorder;

/// How often what was written is brought to the file.
const FLUSH: Duration = Duration::from_secs(1);
/// How long the end of the program waits for the last lines.
const PATIENCE: Duration = Duration::from_secs(5);

/// When a recording ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text, before compression.
    pub text: u64,
    /// Envelopes that may wait for the disk.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text: 256 << 20, waiting: 4_096 }
    }
}

/// A recording being written. Dropping it ends the file well, which is waited for a few seconds.
#[derive(Debug)]
pub struct RecordingWriter {
    envelopes: Option<SyncSender<Envelope>>,
    over: Arc<OnceLock<String>>,
    ended: Receiver<()>,
    name: String,
}

impl RecordingWriter {
    /// Makes the file, for its owner alone, and starts the thread.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create(path: &Path, began: Time, limits: Limits) -> Result<Self, RecordingError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                RecordingError::Exists { path: path.display().to_string() }
            }
            _ => RecordingError::io("record to", path, &error),
        };
        let mut options = OpenOptions::new();
        let file = folder::private(options.write(true).create_new(true)).open(path);
        let program = format!("flightdeck {}", env!("CARGO_PKG_VERSION"));
        let mut pen = Pen {
            file: GzEncoder::new(file.map_err(failed)?, Compression::default()),
            left: limits.text,
            flushed: None,
        };
        let header = Header { form: FORM, program, began };
        let line = serde_json::to_string(&header).map_err(io::Error::from);
        line.and_then(|line| pen.line(&line)).and_then(|_| pen.flush()).map_err(failed)?;

        let (envelopes, inbox) = sync_channel(limits.waiting);
        let (end, ended) = sync_channel(1);
        let over = Arc::new(OnceLock::new());
        let told = Arc::clone(&over);
        let spawned = thread::Builder::new().name("recording".to_owned()).spawn(move || {
            if let Err(why) = pen.write(&inbox) {
                let _ = told.set(why);
            }
            drop(inbox);
            let _ = end.send(());
        });
        spawned.map_err(failed)?;
        let name = path.display().to_string();
        Ok(Self { envelopes: Some(envelopes), over, ended, name })
    }
}

impl Recorder for RecordingWriter {
    fn keep(&mut self, envelope: Envelope) -> Result<(), String> {
        let Some(envelopes) = &self.envelopes else { return Ok(()) };
        let why = match envelopes.try_send(envelope) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(_)) => "the disk does not keep up",
            Err(TrySendError::Disconnected(_)) => {
                self.over.get().map_or("its thread has ended", String::as_str)
            }
        };
        let sentence = format!("the recording {} ends here: {why}", self.name);
        self.envelopes = None;
        Err(sentence)
    }
}

impl Drop for RecordingWriter {
    fn drop(&mut self) {
        self.envelopes = None;
        // a disk that hangs must not keep the operator from leaving
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// The file, and how much of it is left.
struct Pen {
    file: GzEncoder<File>,
    left: u64,
    /// The last flush; none when nothing was written since.
    flushed: Option<Instant>,
}

impl Pen {
    /// Writes until nobody has more to say, the bound is reached or the disk says no. The file is ended
    /// well in any case that allows it.
    fn write(mut self, inbox: &Receiver<Envelope>) -> Result<(), String> {
        let written = self.write_all(inbox);
        let ended = self.file.finish().and_then(|file| file.sync_all());
        written.and(ended.map_err(|error| error.to_string()))
    }

    fn write_all(&mut self, inbox: &Receiver<Envelope>) -> Result<(), String> {
        loop {
            let done = match inbox.recv_timeout(FLUSH) {
                Ok(envelope) => {
                    let line = line(envelope).map_err(|error| error.to_string())?;
                    match self.line(&line) {
                        Ok(false) => {
                            return Err("it has reached the bound of its size".to_owned());
                        }
                        written => written.map(drop),
                    }
                }
                Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            let due = self.flushed.is_some_and(|flushed| flushed.elapsed() >= FLUSH);
            let done = done.and_then(|()| if due { self.flush() } else { Ok(()) });
            done.map_err(|error| error.to_string())?;
        }
    }

    /// Writes a line, whole or not at all: false when it does not fit any more.
    fn line(&mut self, line: &str) -> io::Result<bool> {
        let Some(left) = self.left.checked_sub(line.len() as u64 + 1) else { return Ok(false) };
        self.left = left;
        self.flushed.get_or_insert_with(Instant::now);
        self.file.write_all(line.as_bytes())?;
        self.file.write_all(b"\n")?;
        Ok(true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed = None;
        self.file.flush()
    }
}

/// An envelope as it is kept.
fn line(mut envelope: Envelope) -> serde_json::Result<String> {
    if let Event::Configured(fleet) = &mut envelope.event {
        // where the operator keeps the file is of no use to whoever replays it
        let name = Path::new(&fleet.origin).file_name();
        fleet.origin = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    }
    let mut json = serde_json::to_value(&envelope)?;
    redact::value(&mut json);
    serde_json::to_string(&json)
}
