//! `flightdeck replay`: a recording in the cockpit, or as digests of what it shows. No configuration and
//! no network.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::path::Path;

use chrono::TimeDelta;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cli::args::{Global, ReplayArgs};
use crate::cli::{Exit, Format, Output};
use crate::config::{Env, Paths};
use crate::journal::recording::{self, RecordingError};
use crate::model::{Envelope, Event, Time};
use crate::runtime::{Runtime, Tape};
use crate::tui::Cockpit;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::terminal::{self, Input};
use crate::tui::theme::{Depth, Theme};

use super::{cockpit, say};

/// The screens of a digest.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
/// How long somebody looks at a picture before the next key.
const READING: TimeDelta = TimeDelta::seconds(1);

/// `flightdeck replay`.
pub(super) async fn main<W: Write>(
    global: &Global,
    args: &ReplayArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut film = match Film::open(&args.file, args.speed) {
        Ok(film) => film,
        Err(error) => {
            say(error.to_string());
            return Ok(Exit::Usage);
        }
    };
    match args.at {
        Some(moment) => film.seek(moment.after(film.began)),
        None if args.to_end || args.digest => film.seek(film.ended),
        None => {}
    }
    let paths = Paths::of(&Env::of_process());
    if args.digest {
        if let Some(lost) = &film.lost {
            say(format!("{}: {lost}", args.file.display()));
        }
        let name = args.theme.as_deref().unwrap_or("dark");
        let folder = paths.config_dir.join("themes");
        let theme = match Theme::load(name, Some(&folder), Depth::True) {
            Ok(theme) => theme,
            Err(error) => {
                say(error.to_string());
                return Ok(Exit::Usage);
            }
        };
        film.digest(&theme).print(out)?;
        return Ok(Exit::Done);
    }
    if !terminal::is_interactive() {
        say(
            "a replay needs a terminal for input and output; use `flightdeck replay --digest` here",
        );
        return Ok(Exit::Refused);
    }
    let wardrobe = cockpit::Wardrobe::open(global, args.theme.as_deref(), &paths);
    for text in film.lost.iter().chain(&wardrobe.broken) {
        film.runtime.bus().tell(Event::Notice { text: text.clone(), target: None }).await;
    }
    Ok(cockpit::play(&mut film.runtime, wardrobe).await?)
}

/// A recording in a runtime of its own, to be looked at.
pub struct Film {
    /// When it begins.
    pub began: Time,
    /// When its last event came.
    pub ended: Time,
    /// When alerts began.
    pub alerts: Vec<Time>,
    /// What is missing at its end, in a sentence.
    pub lost: Option<String>,
    runtime: Runtime,
}

impl Film {
    /// Opens a recording at its beginning, to be played with so many of its seconds in a second.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path, speed: f64) -> Result<Self, RecordingError> {
        Self::of(path, speed, Tape::new)
    }

    /// Opens a recording for pictures, as the session that it was: nothing says that it is a replay, and
    /// keys that act open the dialogs of then. Answering one does nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn as_lived(path: &Path) -> Result<Self, RecordingError> {
        Self::of(path, 1.0, Tape::as_lived)
    }

    fn of(
        path: &Path,
        speed: f64,
        tape: fn(Vec<Envelope>) -> Option<Tape>,
    ) -> Result<Self, RecordingError> {
        let recording = recording::read(path)?;
        let empty = || RecordingError::Empty { path: path.display().to_string() };
        let tape = tape(recording.envelopes).ok_or_else(empty)?;
        let times = tape.times();
        let ends = times.first().copied().zip(times.last().copied());
        let (began, ended) = ends.ok_or_else(empty)?;
        let alerts = tape.alerts().iter().map(|position| times[position - 1]).collect();
        let runtime = Runtime::replay(tape, speed);
        Ok(Self { began, ended, alerts, lost: recording.lost, runtime })
    }

    /// The recording's time.
    pub fn now(&self) -> Time {
        self.runtime.now()
    }

    /// Goes to a time, and stands still there.
    pub fn seek(&mut self, time: Time) {
        self.runtime.seek(time);
    }

    /// What a cockpit shows of it now.
    pub fn picture(&self, cockpit: &mut Cockpit, size: (u16, u16)) -> Buffer {
        self.draw(cockpit, size, self.now())
    }

    fn draw(&self, cockpit: &mut Cockpit, (width, height): (u16, u16), now: Time) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let (store, desk) = (self.runtime.store(), self.runtime.desk());
        cockpit.render(store, desk, now, buffer.area, &mut buffer);
        buffer
    }

    /// Lets somebody read what a cockpit shows: a dialog that has only just appeared takes no answer.
    pub fn read(&self, cockpit: &mut Cockpit, size: (u16, u16)) {
        self.draw(cockpit, size, self.now() - READING);
    }

    /// Presses a key of a cockpit that shows it.
    pub fn press(&mut self, cockpit: &mut Cockpit, key: Key) {
        let input = Input::Key(key);
        let (store, desk, now) = (self.runtime.store(), self.runtime.desk(), self.runtime.now());
        for intent in cockpit.input(&input, store, desk, now) {
            self.runtime.intend(intent);
        }
    }

    /// Digests of what is known now, and of the screens that show it.
    #[must_use]
    pub fn digest(&self, theme: &Theme) -> Digest {
        let mut state = Hasher(Sha256::new());
        // every field that is folded is printed so
        let _ = write!(state, "{:?}", self.runtime.store());
        let screen = |size: (u16, u16)| {
            let mut cockpit = Cockpit::new(Keymap::default(), theme.clone(), false);
            let mut cells = Hasher(Sha256::new());
            let _ = write!(cells, "{:?}", self.picture(&mut cockpit, size).content);
            (format!("{}x{}", size.0, size.1), cells.hex())
        };
        Digest {
            version: 1,
            at: self.runtime.now(),
            event: self.runtime.desk().playing.map_or(0, |playing| playing.event),
            state: state.hex(),
            screens: SIZES.into_iter().map(screen).collect(),
        }
    }
}

/// What tells whether two replays are the same: SHA-256, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The version of this object: 1.
    pub version: u32,
    /// The recording's time.
    pub at: Time,
    /// How many events were folded in.
    pub event: usize,
    /// Of everything that is known.
    pub state: String,
    /// Of the screens, by size.
    pub screens: BTreeMap<String, String>,
}

impl Digest {
    fn print<W: Write>(&self, out: &mut Output<W>) -> std::io::Result<()> {
        if out.format == Format::Json {
            return out.json(self);
        }
        out.line(format!("state {}", self.state))?;
        SIZES.iter().map(|(width, height)| format!("{width}x{height}")).try_for_each(|size| {
            let digest = self.screens.get(&size).map_or("", String::as_str);
            out.line(format!("{size} {digest}"))
        })
    }
}

/// A hash of formatted text that is never held whole.
struct Hasher(Sha256);

impl Hasher {
    fn hex(self) -> String {
        self.0.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
