//! The terminal: entering, leaving whatever happens, drawing, suspending. Here and below is the only
//! user of crossterm. Must not know what is drawn or what a key means.

mod clipboard;
mod decode;
mod input;
mod mouse;
mod panic;
pub(super) mod screen;

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{QueueableCommand, cursor};
use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;

pub use clipboard::COPY_MAX;
pub use input::{Input, Inputs};
pub use mouse::{Mouse, MouseKind};
pub use panic::{clean_report, install_panic_hook};
use screen::Screen;

/// Whether the terminal is in our modes. One terminal, one process; the panic hook must know too.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal in our modes. Dropping it leaves them.
#[derive(Debug)]
pub struct Terminal {
    inner: ratatui::Terminal<Screen>,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal over: raw mode, alternate screen, no cursor, bracketed paste, focus reports, and
    /// the mouse if it is wanted. Without it the terminal keeps the mouse, for marking and copying.
    ///
    /// # Errors
    /// `Unsupported` when stdin or stdout is not a terminal; else what the terminal said.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        if !is_interactive() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "the cockpit needs a terminal for input and output; use `flightdeck status` here",
            ));
        }
        let inner = ratatui::Terminal::new(Screen::new(size))?;
        take_over(mouse)?;
        Ok(Self { inner, mouse })
    }

    /// Draws a frame: one write, and none when nothing changed.
    ///
    /// # Errors
    /// When the terminal is gone, or was left by the panic of some task: the program must end.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.inner.draw(render)?;
        self.inner.backend_mut().commit(write)
    }

    /// Makes the next frame draw every cell, as after a change of size, without asking the terminal
    /// anything.
    pub fn repaint(&mut self) -> io::Result<()> {
        self.inner.resize(Rect::from((Position::ORIGIN, size()?)))
    }

    /// Takes the terminal over once more, after someone else stopped and continued the program (SIGCONT)
    /// and a shell may have changed what it is set to.
    pub fn retake(&mut self) -> io::Result<()> {
        leave();
        take_over(self.mouse)?;
        self.repaint()
    }

    /// Puts text into the operator's clipboard through the terminal; false when it is longer than
    /// [`COPY_MAX`]. Only because the operator asked.
    pub fn copy(&mut self, text: &str) -> io::Result<bool> {
        match clipboard::osc52(text) {
            Some(sequence) => write(sequence.as_bytes()).map(|()| true),
            None => Ok(false),
        }
    }

    /// Stops the program like any job and comes back when it is continued. Takes the inputs, because
    /// nobody may read the terminal meanwhile, and returns new ones. Everything is drawn anew.
    ///
    /// # Errors
    /// When the terminal could not be taken over again.
    pub fn suspend(&mut self, inputs: Inputs) -> io::Result<Inputs> {
        let alts = inputs.alts.clone();
        drop(inputs);
        let (continued, signalled) = UnixStream::pair()?;
        let signal =
            signal_hook::low_level::pipe::register(signal_hook::consts::SIGCONT, signalled)?;
        leave();
        // The whole job, as the terminal's own Ctrl-Z does: a parent such as `cargo run` has to stop
        // too, or the shell does not notice. A stop that is sent may take effect a little after the
        // call returns, so the continuation is waited for.
        let stopped = rustix::process::kill_current_process_group(Signal::STOP);
        let second = Timespec { tv_sec: 1, tv_nsec: 0 };
        let mut fds = [PollFd::new(&continued, PollFlags::IN)];
        let _ = rustix::event::poll(&mut fds, Some(&second));
        signal_hook::low_level::unregister(signal);
        stopped?;
        take_over(self.mouse)?;
        self.repaint()?;
        Inputs::open(alts)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// Whether there is a terminal to talk to.
#[must_use]
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether a shell would take over when we stop. Without one (`ssh host flightdeck`, a terminal that
/// runs us alone) a stopped program could not be continued.
#[must_use]
pub fn can_suspend() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Leaves our modes, for the panic hook: never panics, tries every step, does nothing twice.
pub fn leave_for_panic() {
    leave();
}

fn take_over(mouse: bool) -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let entered = enter_sequence(mouse).and_then(|bytes| write(&bytes));
    if entered.is_err() {
        leave();
    }
    entered
}

fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    if let Ok(bytes) = leave_sequence() {
        let _ = screen::write_all(io::stdout().as_fd(), &bytes);
    }
    let _ = crossterm::terminal::disable_raw_mode();
}

fn enter_sequence(mouse: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes
        .queue(EnterAlternateScreen)?
        .queue(cursor::Hide)?
        .queue(EnableBracketedPaste)?
        .queue(EnableFocusChange)?;
    if mouse {
        bytes.extend_from_slice(mouse::ON);
    }
    Ok(bytes)
}

fn leave_sequence() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.queue(EndSynchronizedUpdate)?.queue(ResetColor)?;
    // whether it was on or not: a panic does not know
    bytes.extend_from_slice(mouse::OFF);
    bytes
        .queue(DisableFocusChange)?
        .queue(DisableBracketedPaste)?
        .queue(LeaveAlternateScreen)?
        .queue(cursor::Show)?;
    Ok(bytes)
}

/// Writes past the standard library's buffer and its lock, which a panicking thread may hold.
fn write(bytes: &[u8]) -> io::Result<()> {
    if !ENTERED.load(Ordering::SeqCst) {
        return Err(io::Error::other("the terminal was left"));
    }
    screen::write_all(io::stdout().as_fd(), bytes)
}

fn size() -> io::Result<Size> {
    let size = rustix::termios::tcgetwinsize(io::stdout().as_fd())?;
    Ok(Size::new(size.ws_col, size.ws_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_undoes_every_mode_of_entering() {
        let leave = String::from_utf8(leave_sequence().unwrap()).unwrap();
        let [without, with] = [false, true].map(|mouse| {
            let enter = String::from_utf8(enter_sequence(mouse).unwrap()).unwrap();
            for mode in enter.split('\u{1b}').filter(|part| !part.is_empty()) {
                let undone = match mode.strip_suffix('h') {
                    Some(set) => format!("{set}l"),
                    None => mode.replace('l', "h"),
                };
                assert!(leave.contains(&undone), "{mode} is not undone by {leave:?}");
            }
            enter
        });
        assert!(leave.starts_with("\u{1b}[?2026l"));
        for mode in ["?1000", "?1002", "?1003", "?1006", "?1015"] {
            assert!(!without.contains(mode), "the mouse stays the terminal's");
            assert_eq!(with.contains(mode), ["?1000", "?1006"].contains(&mode), "{mode}");
        }
    }

    #[test]
    fn leaving_what_was_not_entered_does_nothing() {
        leave_for_panic();
        assert!(write(b"x").is_err());
    }
}
