//! The one way into the loop: a bounded channel. A poller that finds it full waits, which slows polling.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::model::{ActionId, Event, Report, Time};
use crate::ports::Clock;

/// How many messages may wait.
const DEPTH: usize = 256;

/// What tasks tell the loop.
#[derive(Debug)]
pub enum Message {
    /// A fact for the store.
    Event {
        /// When its source was asked.
        asked_at: Time,
        /// The fact.
        event: Event,
    },
    /// The engine was read again for a confirmed action; its reading came before this message.
    Reread {
        /// For which action.
        action: ActionId,
        /// Why it could not be read.
        fault: Option<String>,
    },
    /// A line that nobody waited for could not be written; by its key, and why.
    NotNoted(String, String),
    /// A look for an open question is over, well or badly; by its key. What it read came before.
    Looked(String),
    /// The journal was read to its end once.
    JournalRead,
    /// An action of this process is over; its outcome is journaled as far as that was possible.
    Finished(Box<Report>),
}

/// The sending side.
#[derive(Clone)]
pub struct Bus {
    sender: mpsc::Sender<Message>,
    clock: Arc<dyn Clock>,
    /// How often something was done, as the journal has it.
    deeds: Arc<AtomicU64>,
}

impl Bus {
    pub(super) fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::Receiver<Message>) {
        let (sender, receiver) = mpsc::channel(DEPTH);
        (Self { sender, clock, deeds: Arc::default() }, receiver)
    }

    /// Tells a fact that was asked for at `asked_at`.
    pub async fn told(&self, asked_at: Time, event: Event) {
        self.send(Message::Event { asked_at, event }).await;
    }

    /// Tells a fact that nobody asked for.
    pub async fn tell(&self, event: Event) {
        self.told(self.clock.now(), event).await;
    }

    pub(super) async fn send(&self, message: Message) {
        // the loop is gone only when the program ends; there is nobody left to tell
        let _ = self.sender.send(message).await;
    }

    /// Something was done: what was asked before is old news, and told anew even if it has not changed.
    pub(super) fn outdate(&self) {
        self.deeds.fetch_add(1, Ordering::Relaxed);
    }

    /// What tells whether something was done meanwhile.
    pub(super) fn deeds(&self) -> u64 {
        self.deeds.load(Ordering::Relaxed)
    }

    /// The wall clock that stamps.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }
}
