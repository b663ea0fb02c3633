//! The real program in a pseudo-terminal: keys in, picture out. Waits for conditions, never for a time.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::patience;
use super::program::Program;

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// What the terminal's side knows.
struct Side {
    parser: vt100::Parser,
    /// What came after the last whole picture: a terminal shows none of it yet.
    torn: Vec<u8>,
    log: Vec<u8>,
    ended: bool,
}

/// Shared by the test and the thread that reads.
struct Shared {
    side: Mutex<Side>,
    changed: Condvar,
}

/// A program in a terminal; killed when dropped.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    writer: Writer,
    shared: Arc<Shared>,
    exit: Option<ExitStatus>,
}

impl Pty {
    /// Runs a program in a terminal of this many columns and rows.
    pub fn run(program: &Program, columns: u16, rows: u16) -> Self {
        let command = program.command();
        let mut line = CommandBuilder::new(command.get_program());
        line.args(command.get_args());
        line.env_clear();
        line.env("TERM", "xterm-256color");
        line.env("LANG", "C.UTF-8");
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                line.env(name, value);
            }
        }
        if let Some(folder) = command.get_current_dir() {
            line.cwd(folder);
        }
        Self::spawn(line, columns, rows)
    }

    /// Runs a shell that shows `$ ` when it waits, with the program's variables and folder.
    pub fn shell(program: &Program, columns: u16, rows: u16) -> Self {
        let shell = program.beside("sh").arg("-i").env("PS1", "$ ");
        Self::run(&shell, columns, rows)
    }

    fn spawn(line: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a terminal");
        let reader = pair.master.try_clone_reader().expect("its output");
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().expect("its input")));
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let side = Mutex::new(Side { parser, torn: Vec::new(), log: Vec::new(), ended: false });
        let shared = Arc::new(Shared { side, changed: Condvar::new() });
        let child = pair.slave.spawn_command(line).expect("the program starts");
        // the reader sees the end only when nobody of ours holds the other side
        drop(pair.slave);
        thread::spawn({
            let (shared, writer) = (shared.clone(), writer.clone());
            move || follow(reader, &shared, &writer)
        });
        Self { master: pair.master, child, writer, shared, exit: None }
    }

    /// Presses keys, or whatever bytes a terminal would send.
    pub fn press(&self, keys: impl AsRef<[u8]>) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writer.write_all(keys.as_ref()).and_then(|()| writer.flush());
    }

    /// Waits until the picture is as wanted; panics with the picture when it never is.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |side| wanted(side.parser.screen()));
    }

    /// Waits for a text on the screen.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the footer offers a key, such as `P promote`, without a refusal.
    pub fn wait_until_offered(&self, key: &str) {
        self.wait_until(&format!("`{key}` is offered"), |screen| {
            let text = screen.contents();
            let after = text.lines().last().and_then(|footer| footer.split(key).nth(1));
            // a refusal follows in brackets or as its sign; a dialog's edge may cover the rest
            after.is_some_and(|rest| !rest.trim_start().starts_with(['(', '✗', '└']))
        });
    }

    /// Waits until a text is not on the screen any more.
    pub fn wait_for_absence(&self, text: &str) {
        self.wait_until(&format!("no more {text}"), |screen| !screen.contents().contains(text));
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Side) -> bool) {
        let deadline = Instant::now() + patience::bound(30);
        let mut side = self.side();
        while !wanted(&side) {
            let left = deadline.saturating_duration_since(Instant::now());
            let contents = side.parser.screen().contents();
            assert!(
                !left.is_zero() && !side.ended,
                "waited in vain for {what}; on the screen:\n{contents}"
            );
            side = self
                .shared
                .changed
                .wait_timeout(side, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// The picture as text.
    pub fn text(&self) -> String {
        self.screen(vt100::Screen::contents)
    }

    /// Looks at the screen.
    pub fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.side().parser.screen())
    }

    /// Every byte that came from the program.
    pub fn log(&self) -> Vec<u8> {
        self.side().log.clone()
    }

    /// The terminal's modes that a program must leave as it found them, as one comparable text: those of
    /// the line discipline and those that escape sequences set.
    pub fn modes(&self) -> String {
        let line = self.master.get_termios();
        let side = self.side();
        let screen = side.parser.screen();
        format!(
            "alternate {} hidden {} paste {} mouse {:?} keypad {} cursor keys {} focus {} synchronized {} {line:?}",
            screen.alternate_screen(),
            screen.hide_cursor(),
            screen.bracketed_paste(),
            screen.mouse_protocol_mode(),
            screen.application_keypad(),
            screen.application_cursor(),
            is_set(&side.log, "1004"),
            is_set(&side.log, "2026"),
        )
    }

    /// Changes the window's size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.side().parser.set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).expect("a new size");
    }

    /// The process in the terminal.
    pub fn pid(&self) -> Pid {
        let pid = self.child.process_id().and_then(|pid| i32::try_from(pid).ok());
        pid.and_then(Pid::from_raw).expect("a process")
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a process to signal");
    }

    /// Waits for the program's end and for its last byte; its exit code, or 128 where a signal ended it.
    pub fn exit_code(&mut self) -> u32 {
        let deadline = Instant::now() + patience::bound(30);
        let exit = loop {
            if let Some(exit) = self.child.try_wait().expect("a child") {
                break exit;
            }
            assert!(Instant::now() < deadline, "it does not end; on the screen:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        };
        self.exit = Some(exit.clone());
        self.wait("the last byte", |side| side.ended);
        if exit.signal().is_some() { 128 } else { exit.exit_code() }
    }

    fn side(&self) -> MutexGuard<'_, Side> {
        self.shared.side.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.exit.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Side {
    /// Shows what came, up to the beginning of a synchronized update that has no end yet.
    fn show(&mut self, bytes: &[u8]) {
        self.torn.extend_from_slice(bytes);
        let whole = if self.ended { self.torn.len() } else { whole(&self.torn) };
        let rest = self.torn.split_off(whole);
        self.parser.process(&self.torn);
        self.torn = rest;
    }
}

/// How many of the bytes belong to whole pictures: those before an update that has not ended, and before
/// a sequence at the end that may become the beginning of one.
fn whole(bytes: &[u8]) -> usize {
    const BEGIN: &[u8] = b"\x1b[?2026h";
    const END: &[u8] = b"\x1b[?2026l";
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    match (last(BEGIN), last(END)) {
        (Some(begin), end) if end.is_none_or(|end| end < begin) => begin,
        _ => {
            let escape = bytes.iter().rposition(|byte| *byte == b'\x1b');
            escape.filter(|at| BEGIN.starts_with(&bytes[*at..])).unwrap_or(bytes.len())
        }
    }
}

#[test]
fn only_whole_pictures_are_shown() {
    for (bytes, shown) in [
        ("plain", 5),
        ("a\u{1b}[?2026hb", 1),
        ("a\u{1b}[?2026hb\u{1b}[?2026l", 18),
        ("a\u{1b}[?2026hb\u{1b}[?2026lc\u{1b}[?2026h", 19),
        ("a\u{1b}[?20", 1),
        ("a\u{1b}", 1),
        ("a\u{1b}[1m", 5),
    ] {
        assert_eq!(whole(bytes.as_bytes()), shown, "{bytes:?}");
    }
}

/// Reads to the end; answers where the cursor is, as a terminal does.
fn follow(mut reader: Box<dyn Read + Send>, shared: &Shared, writer: &Writer) {
    let mut bytes = [0; 16_384];
    loop {
        let read = reader.read(&mut bytes).unwrap_or(0);
        let mut side = shared.side.lock().unwrap_or_else(PoisonError::into_inner);
        side.log.extend_from_slice(&bytes[..read]);
        side.ended = read == 0;
        side.show(&bytes[..read]);
        shared.changed.notify_all();
        if bytes[..read].windows(4).any(|window| window == b"\x1b[6n") {
            let (row, column) = side.parser.screen().cursor_position();
            let answer = format!("\x1b[{};{}R", row + 1, column + 1);
            drop(side);
            let _ =
                writer.lock().unwrap_or_else(PoisonError::into_inner).write_all(answer.as_bytes());
        }
        if read == 0 {
            return;
        }
    }
}

/// Whether a private mode was last set, not reset.
fn is_set(log: &[u8], mode: &str) -> bool {
    let last = |end: char| {
        let sequence = format!("\x1b[?{mode}{end}");
        log.windows(sequence.len()).rposition(|window| window == sequence.as_bytes())
    };
    last('h') > last('l')
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}
