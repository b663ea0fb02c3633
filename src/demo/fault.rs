//! What can be made to go wrong with each server, and what each server was asked: the handle of tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::exchange::Exchanges;

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
}

impl Peer {
    /// Every server.
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

#[derive(Debug, Default)]
struct Line {
    mood: watch::Sender<Mood>,
    requests: AtomicU64,
}

/// Switches and counters of all servers. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    lines: Arc<[Line; Peer::ALL.len()]>,
    mutations: Arc<Mutex<Vec<String>>>,
    exchanges: Exchanges,
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
        let mutations = self.mutations.lock();
        mutations.unwrap_or_else(PoisonError::into_inner).clone()
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
        let mutations = self.mutations.lock();
        mutations.unwrap_or_else(PoisonError::into_inner).push(command.to_owned());
    }

    fn line(&self, peer: Peer) -> &Line {
        &self.lines[peer as usize]
    }
}
