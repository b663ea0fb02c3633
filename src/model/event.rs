//! Facts. Only an event changes the store, and time comes in its envelope.

use serde::{Deserialize, Serialize};

use super::Time;
use super::feed::{Budget, Fault, FeedId};
use super::ids::{ActionId, Target};
use super::observation::Observation;
use super::record::{JournalTrouble, Record};
use super::spec::Fleet;

/// An event with its order and its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Order of arrival, from 1.
    pub seq: u64,
    /// When it arrived.
    pub at: Time,
    /// When its source was asked; equals `at` for events that were not asked for.
    pub asked_at: Time,
    /// What happened.
    pub event: Event,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The resolved configuration; the first event of every session and recording.
    Configured(Box<Fleet>),
    /// A poll answered with something new.
    Observed {
        /// Which feed.
        feed: FeedId,
        /// What it said.
        items: Vec<Observation>,
        /// What may still be asked.
        budget: Option<Budget>,
        /// What the source itself warned of.
        warnings: Vec<String>,
        /// Seconds until the next poll.
        next_s: f64,
    },
    /// A poll answered with nothing new.
    Heartbeat {
        /// Which feed.
        feed: FeedId,
        /// What may still be asked.
        budget: Option<Budget>,
        /// Seconds until the next poll.
        next_s: f64,
    },
    /// A poll failed.
    Failed {
        /// Which feed.
        feed: FeedId,
        /// How.
        fault: Fault,
        /// Seconds until the next try.
        next_s: f64,
    },
    /// Somebody asked for it, outside of any feed.
    Told {
        /// What was answered.
        item: Box<Observation>,
    },
    /// A line of the journal, ours or another process's, in the journal's order.
    Journaled {
        /// The line.
        record: Box<Record>,
    },
    /// Whether what the journal says is all that was written down; none: it is.
    Journal {
        /// Why it is not.
        trouble: Option<JournalTrouble>,
    },
    /// Whether the journal took what was last to be written; none: it did.
    Unwritten {
        /// Why it did not.
        why: Option<String>,
    },
    /// The writer of an action is gone, and all it ever wrote was read: there is no outcome.
    WriterGone {
        /// Whose action.
        action: ActionId,
    },
    /// An action of this process goes on.
    Progress {
        /// Which.
        action: ActionId,
        /// Where.
        target: Target,
        /// What, in a few words (`sent 1 of 2`).
        text: String,
    },
    /// The operator shut the way to every acting verb, or opened it again.
    ReadOnly {
        /// Whether it is shut.
        on: bool,
    },
    /// From here on this process does by itself what is due.
    Armed,
    /// Something the operator should read, kept until seen.
    Notice {
        /// Of which target, where it is of one.
        target: Option<Target>,
        /// The sentence.
        text: String,
    },
}
