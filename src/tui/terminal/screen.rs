//! A ratatui backend that gathers a whole frame and writes it at once, inside a synchronized update;
//! nothing at all when nothing changed. Must not know whose terminal it is.

use std::io;
use std::os::fd::AsFd;

use crossterm::QueueableCommand;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use rustix::event::{PollFd, PollFlags, Timespec};

/// A frame's usual size in bytes, and more.
const FRAME: usize = 64 * 1024;

/// Draws into memory; [`Screen::commit`] hands the frame over.
#[derive(Debug)]
pub(in crate::tui) struct Screen {
    ink: Vec<u8>,
    cursor_hidden: bool,
    size: fn() -> io::Result<Size>,
}

impl Screen {
    /// An empty frame for a screen whose size `size` tells.
    pub(in crate::tui) fn new(size: fn() -> io::Result<Size>) -> Self {
        Self { ink: Vec::with_capacity(FRAME), cursor_hidden: true, size }
    }

    /// Hands what was drawn since the last time to `write`, as one piece; nothing when there is nothing.
    pub(in crate::tui) fn commit(
        &mut self,
        write: impl FnOnce(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.ink.is_empty() {
            return Ok(());
        }
        self.ink.queue(EndSynchronizedUpdate)?;
        let done = write(&self.ink);
        self.ink.clear();
        done
    }

    fn pen(&mut self) -> CrosstermBackend<&mut Vec<u8>> {
        if self.ink.is_empty() {
            // Writing into memory cannot fail.
            let _ = self.ink.queue(BeginSynchronizedUpdate);
        }
        CrosstermBackend::new(&mut self.ink)
    }
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.pen().draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cursor_hidden, true) {
            return Ok(());
        }
        self.pen().hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_hidden = false;
        self.pen().show_cursor()
    }

    /// The corner. Asking the terminal would wait for an answer that the input thread has eaten.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.pen().set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.pen().clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.pen().clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: (self.size)()?, pixels: Size::ZERO })
    }

    /// Nothing: the frame is handed over by [`Screen::commit`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all of it to the terminal behind `tty`. One that takes nothing for a second is an error, so
/// that a stuck line cannot hold the program for ever where it need not.
pub(super) fn write_all(tty: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&tty, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let second = Timespec { tv_sec: 1, tv_nsec: 0 };
                let mut fds = [PollFd::new(&tty, PollFlags::OUT)];
                if rustix::event::poll(&mut fds, Some(&second))? == 0 {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::layout::Rect;

    fn frame(terminal: &mut Terminal<Screen>, text: &str) -> Vec<Vec<u8>> {
        let mut writes = Vec::new();
        terminal.draw(|frame| frame.render_widget(text, frame.area())).unwrap();
        terminal
            .backend_mut()
            .commit(|bytes| {
                writes.push(bytes.to_vec());
                Ok(())
            })
            .unwrap();
        writes
    }

    #[test]
    fn a_frame_is_one_synchronized_write_and_an_unchanged_one_is_none() {
        let mut terminal = Terminal::new(Screen::new(|| Ok(Size::new(20, 2)))).unwrap();
        let first = frame(&mut terminal, "hello");
        assert_eq!(first.len(), 1);
        let text = String::from_utf8(first[0].clone()).unwrap();
        assert!(text.starts_with("\u{1b}[?2026h") && text.ends_with("\u{1b}[?2026l"), "{text:?}");
        assert!(text.contains("hello"));
        assert_eq!(frame(&mut terminal, "hello"), Vec::<Vec<u8>>::new());
        let changed = frame(&mut terminal, "hellO");
        assert!(changed[0].len() < first[0].len());
    }

    #[test]
    fn a_repaint_draws_everything_and_asks_nothing() {
        let mut terminal = Terminal::new(Screen::new(|| Ok(Size::new(20, 2)))).unwrap();
        frame(&mut terminal, "hello");
        terminal.resize(Rect::new(0, 0, 20, 2)).unwrap();
        let again = frame(&mut terminal, "hello");
        let text = String::from_utf8(again[0].clone()).unwrap();
        assert!(text.contains("hello") && !text.contains("[6n"), "{text:?}");
    }

    #[test]
    fn no_size_is_too_small() {
        for (width, height) in [(0, 0), (0, 5), (1, 1), (500, 200)] {
            // A function pointer cannot capture; the size comes with the resize.
            let mut terminal = Terminal::new(Screen::new(|| Ok(Size::ZERO))).unwrap();
            terminal.resize(Rect::new(0, 0, width, height)).unwrap();
            frame(&mut terminal, "hello");
        }
    }
}
