//! Decides: intent → guard → gates → plan → confirmation → effect. Pure: reads the store, is handed the
//! time, and returns effects as data. Must not know the network, the disk, tokio or the screen.

mod assess;
mod chores;
mod evidence;
mod gates;
mod guard;
mod phase;
mod plan;

pub use assess::{Assessment, Standing, assess, check_state, metric_state};
pub use chores::chores;
pub use evidence::{Began, Evidence};
pub use gates::{Gate, GateState};
pub use guard::{guard, is_overridable};
pub use plan::{Challenge, Confirmation, Recheck, Request, ask, recheck};

use crate::model::{HookSpec, RecordKind, Target};

/// Work for the runtime, as data.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Write a line that no action waits for.
    Note(Box<RecordKind>),
    /// Run a command that no action waits for, and note its end.
    Hook {
        /// For which target.
        target: Target,
        /// What to run.
        hook: HookSpec,
    },
}
