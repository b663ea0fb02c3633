//! What the operator does, read by a thread of its own from the terminal on stdin. Must not know what
//! a key means.
//!
//! The thread sleeps until there is something to read, the window changes its size or the stream is
//! dropped. A terminal that dies ends the stream; it never spins.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use futures::Stream;
use futures::channel::mpsc;
use rustix::event::{PollFd, PollFlags, Timespec};

use super::decode::Decoder;
use super::mouse::Mouse;
use crate::tui::keymap::Key;

/// How long a lone escape byte waits for the rest of a sequence before it is the Escape key.
const ESCAPE_WAIT: Duration = Duration::from_millis(40);

/// How many inputs wait for a busy reader before the thread stops reading.
const WAITING_MAX: usize = 256;

/// Something that happened at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// Something was done with the mouse, where it is switched on.
    Mouse(Mouse),
    /// Text was pasted: raw, at most 64 KiB. Never keys, whatever it says.
    Paste(String),
    /// The window has another size.
    Resize,
    /// The window is in front again.
    FocusGained,
    /// The window is no longer in front.
    FocusLost,
    /// The terminal is gone; nothing follows, and nothing more can be drawn.
    Ended,
}

/// The stream of inputs; its end means the same as [`Input::Ended`]. Only one at a time; dropping it stops its thread, after which the terminal
/// can be handed to someone else.
#[derive(Debug)]
pub struct Inputs {
    receiver: mpsc::Receiver<Input>,
    /// Keys that mean something together with Alt.
    pub(super) alts: Vec<Key>,
    wake: UnixStream,
    signal: signal_hook::SigId,
    thread: Option<JoinHandle<()>>,
}

impl Inputs {
    /// Begins to read stdin, with the keys that mean something together with Alt.
    pub fn open(alts: Vec<Key>) -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        let (resize, resized) = UnixStream::pair()?;
        let signal = signal_hook::low_level::pipe::register(signal_hook::consts::SIGWINCH, resize)?;
        resized.set_nonblocking(true)?;
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let reader = Reader { sender, woken, resized, decoder: Decoder::new(alts.clone()) };
        let thread =
            std::thread::Builder::new().name("input".to_owned()).spawn(move || reader.run())?;
        Ok(Self { receiver, alts, wake, signal, thread: Some(thread) })
    }
}

impl Stream for Inputs {
    type Item = Input;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Input>> {
        Pin::new(&mut self.receiver).poll_next(cx)
    }
}

impl Drop for Inputs {
    fn drop(&mut self) {
        signal_hook::low_level::unregister(self.signal);
        self.receiver.close();
        let _ = self.wake.shutdown(std::net::Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Reader {
    sender: mpsc::Sender<Input>,
    woken: UnixStream,
    resized: UnixStream,
    decoder: Decoder,
}

/// Why the thread stopped waiting.
enum Wake {
    Readable,
    Resized,
    Quiet,
    Stopped,
    HungUp,
}

impl Reader {
    fn run(mut self) {
        let mut buffer = [0u8; 4096];
        let mut found = Vec::new();
        loop {
            match self.wait() {
                Wake::Stopped => return,
                Wake::HungUp => break,
                Wake::Quiet => self.decoder.settle(&mut found),
                Wake::Resized => found.push(Input::Resize),
                Wake::Readable => match rustix::io::read(io::stdin().as_fd(), &mut buffer) {
                    Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                    Ok(0) | Err(_) => break,
                    Ok(n) => self.decoder.feed(&buffer[..n], &mut found),
                },
            }
            for input in found.drain(..) {
                if !send(&mut self.sender, input) {
                    return;
                }
            }
        }
        send(&mut self.sender, Input::Ended);
    }

    fn wait(&mut self) -> Wake {
        let stdin = io::stdin();
        let mut fds = [
            PollFd::new(&self.woken, PollFlags::IN),
            PollFd::new(&self.resized, PollFlags::IN),
            PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN),
        ];
        let timeout = Timespec::try_from(ESCAPE_WAIT).ok().filter(|_| self.decoder.unsettled());
        match rustix::io::retry_on_intr(|| rustix::event::poll(&mut fds, timeout.as_ref())) {
            Ok(0) => return Wake::Quiet,
            Ok(_) => {}
            Err(_) => return Wake::HungUp,
        }
        let [woken, resized, tty] = fds.map(|fd| fd.revents());
        if !woken.is_empty() {
            Wake::Stopped
        } else if tty.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            Wake::HungUp
        } else if !resized.is_empty() {
            // However many changes of size there were, one is told.
            while matches!(io::Read::read(&mut self.resized, &mut [0; 64]), Ok(1..)) {}
            Wake::Resized
        } else {
            Wake::Readable
        }
    }
}

/// Hands an input over, waiting while the other side is busy; false when it is gone.
fn send(sender: &mut mpsc::Sender<Input>, mut input: Input) -> bool {
    loop {
        match sender.try_send(input) {
            Ok(()) => return true,
            Err(error) if error.is_full() => {
                input = error.into_inner();
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(_) => return false,
        }
    }
}
