//! Signals that end or suspend the process.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// INT, TERM, QUIT: leave.
    End,
    /// HUP: the terminal is gone; leave without writing to it.
    HangUp,
    /// TSTP: stop until continued.
    Suspend,
}

/// The signals that the loop listens to.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    quit: Signal,
    hang_up: Signal,
    stop: Signal,
}

impl Signals {
    pub(super) fn listen() -> std::io::Result<Self> {
        // SIGTSTP has no name in tokio
        let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(stop)?,
        })
    }

    /// The next one. Safe to drop.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::End,
            _ = self.terminate.recv() => Asked::End,
            _ = self.quit.recv() => Asked::End,
            _ = self.hang_up.recv() => Asked::HangUp,
            _ = self.stop.recv() => Asked::Suspend,
        }
    }
}
