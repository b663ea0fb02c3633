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
mod queue;
mod read;
mod unstarted;
mod yaml;

pub use context::{Context, Ref};
pub use expression::{Value, evaluate, fill, verdict};
pub use gate::gate;
pub use graph::{Graph, Kind, Member, Node, Tally};
pub use inputs::{complaints, is_one_of};
pub use leads::{Lead, leads_to};
pub use names::{Named, named, step};
pub use queue::{Lock, lock, locks, locks_of_dispatch, locks_of_run, same_group};
pub use read::{NotAWorkflow, file, parse};
pub use unstarted::unstarted;
