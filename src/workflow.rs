//! What a workflow file says, and what follows from it: which jobs an answer's names belong to, which of
//! them is the gate, what a run would lock, where each trigger leads.
//!
//! A leaf over the nouns of `model::workflow`: pure functions over text. The file is hostile: it is read
//! within bounds, nothing in it is run, and what it leaves open stays open. Must not know where a file
//! comes from or how it is shown.

mod context;
mod expression;
mod gate;
mod glob;
mod graph;
mod inputs;
mod leads;
mod names;
mod read;
mod unstarted;
mod yaml;

pub use context::{Context, Ref};
pub use expression::{Value, evaluate, fill, verdict};
pub use gate::gate;
pub use graph::{Graph, Kind, Member, Node, Tally};
pub use inputs::{complaint, complaints};
pub use leads::{Lead, leads_to};
pub use names::{Named, named, step};
pub use read::{NotAWorkflow, parse};
pub use unstarted::unstarted;

use crate::model::workflow::{Concurrency, Switch};

/// What a run locks, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The group's name. GitHub compares it without regard to case; see [`same_group`].
    pub group: String,
    /// Whether a newer member cancels the one that runs; none when an expression leaves it open.
    pub cancels: Option<bool>,
    /// Whether newer members wait in line instead of replacing the one that waits.
    pub queues: bool,
}

/// What `concurrency` locks where `context` holds; none when its group cannot be told from here.
#[must_use]
pub fn lock(concurrency: &Concurrency, context: &Context) -> Option<Lock> {
    let cancels = match &concurrency.cancel_in_progress {
        None => Some(false),
        Some(Switch::Fixed(on)) => Some(*on),
        Some(Switch::Expression(text)) => verdict(text, context),
    };
    let group = fill(&concurrency.group, context).filter(|group| !group.trim().is_empty())?;
    Some(Lock { group, cancels, queues: concurrency.queue_max })
}

/// Whether two names are of one group.
#[must_use]
pub fn same_group(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
