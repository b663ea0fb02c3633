//! What can be made to go wrong with each server, and what each server was asked: the handle of tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::exchange::Exchanges;
use super::quirk::Quirks;

/// One of the world's servers. All processes of the apps are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// GitHub's REST API.
    Github,
    /// Prometheus.
    Prometheus,
    /// Alertmanager.
    Alertmanager,
    /// The health endpoints of all app processes.
    Health,
    /// `HAProxy`'s runtime API.
    Haproxy,
    /// The registry of images.
    Registry,
}

impl Peer {
    /// Every server that is polled.
    pub const ALL: [Self; 5] =
        [Self::Github, Self::Prometheus, Self::Alertmanager, Self::Health, Self::Haproxy];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Prometheus => "prometheus",
            Self::Alertmanager => "alertmanager",
            Self::Health => "health",
            Self::Haproxy => "haproxy",
            Self::Registry => "registry",
        }
    }
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    #[default]
    Ok,
    /// Its port is closed; open connections are reset.
    Refuse,
    /// It accepts and reads, does nothing and never answers.
    Hang,
    /// It answers (and acts) so much later.
    Slow(Duration),
    /// It does nothing and answers with bytes that mean nothing.
    Garbage,
    /// It does nothing and answers with this HTTP status; `HAProxy` with `Permission denied`.
    Status(u16),
    /// It acts, then ends the connection in the middle of its answer; of a change in `HAProxy`, whose
    /// answer is one byte, before it.
    Cut,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hitch {
    /// Nothing is done; the answer is this status.
    Before(u16),
    /// It is done; the answer is this status.
    After(u16),
    /// It is done, and never answered.
    Hang,
    /// It is done, and the connection ends without an answer.
    Close,
}

/// A request that would change something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its body.
    pub body: String,
}

/// The next request that goes wrong.
#[derive(Debug)]
struct Trap {
    peer: Peer,
    method: String,
    part: String,
    hitch: Hitch,
}

#[derive(Debug, Default)]
struct Line {
    mood: watch::Sender<Mood>,
    requests: AtomicU64,
}

/// Switches and counters of all servers. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    lines: Arc<[Line; Peer::Registry as usize + 1]>,
    mutations: Arc<Mutex<Vec<String>>>,
    exchanges: Exchanges,
    received: Arc<Mutex<Vec<Received>>>,
    traps: Arc<Mutex<Vec<Trap>>>,
    quirks: Arc<Mutex<Quirks>>,
}

impl Faults {
    /// Makes a server behave so from the next request on; a port closes and opens a moment later.
    pub fn set(&self, peer: Peer, mood: Mood) {
        self.line(peer).mood.send_replace(mood);
    }

    /// Requests (for `HAProxy` command lines) that a server received since the start.
    #[must_use]
    pub fn requests(&self, peer: Peer) -> u64 {
        self.line(peer).requests.load(Ordering::Relaxed)
    }

    /// Commands that would change something which `HAProxy` received, in order, whether or not it
    /// carried them out.
    #[must_use]
    pub fn mutations(&self) -> Vec<String> {
        locked(&self.mutations).clone()
    }

    /// Requests other than reads that GitHub received, in order, whether or not it did what they ask.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        locked(&self.received).clone()
    }

    /// Lets the next request with this method whose path contains `part` go wrong; later ones do not.
    pub fn once(&self, peer: Peer, method: &str, part: &str, hitch: Hitch) {
        let trap = Trap { peer, method: method.to_owned(), part: part.to_owned(), hitch };
        locked(&self.traps).push(trap);
    }

    /// What is peculiar about the GitHub server.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        *locked(&self.quirks)
    }

    /// Makes the GitHub server peculiar from the next request on.
    pub fn set_quirks(&self, quirks: Quirks) {
        *locked(&self.quirks) = quirks;
    }

    pub(super) fn receive(&self, peer: Peer, method: &str, path: &str, body: &str) {
        if peer == Peer::Github && !matches!(method, "GET" | "HEAD" | "OPTIONS") {
            let (method, path, body) = (method.to_owned(), path.to_owned(), body.to_owned());
            locked(&self.received).push(Received { method, path, body });
        }
    }

    pub(super) fn hitch(&self, peer: Peer, method: &str, path: &str) -> Option<Hitch> {
        let mut traps = locked(&self.traps);
        let mut all = traps.iter();
        let fits =
            |trap: &Trap| trap.peer == peer && trap.method == method && path.contains(&trap.part);
        let at = all.position(fits)?;
        Some(traps.remove(at).hitch)
    }

    /// What the servers that speak HTTP were asked and answered, where that is recorded.
    #[must_use]
    pub fn exchanges(&self) -> &Exchanges {
        &self.exchanges
    }

    pub(super) fn mood(&self, peer: Peer) -> watch::Receiver<Mood> {
        self.line(peer).mood.subscribe()
    }

    pub(super) fn count(&self, peer: Peer) {
        self.line(peer).requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn mutated(&self, command: &str) {
        locked(&self.mutations).push(command.to_owned());
    }

    fn line(&self, peer: Peer) -> &Line {
        &self.lines[peer as usize]
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
