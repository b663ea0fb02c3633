//! Decides: intent → guard → gates → plan → confirmation → effect. Pure: reads the store, is handed the
//! time, and returns effects as data. Must not know the network, the disk, tokio or the screen.

mod again;
mod assess;
mod auto;
mod barriers;
mod board;
mod calls;
mod chores;
mod commit;
mod course;
mod desk;
mod destinations;
mod evidence;
mod follow_up;
mod foreign;
mod freeze;
mod gates;
mod go;
mod going_back;
mod guard;
mod harm;
mod images;
mod inbox;
mod incident;
mod judge;
mod notes;
mod obstacles;
mod phase;
mod plan;
mod playing;
mod queue;
mod reading;
mod recheck;
mod recovered;
mod rehearsal;
mod runs;
mod studies;
mod undo;
mod vigil;
mod waits;
mod way_back;

pub use assess::{
    Assessment, Standing, assess, check_state, metric_gate, metric_idle, metric_state,
};
pub use auto::{
    alarm, answerable, breach, dangers, disarm, hasten, held_alarm, is_announced, pending,
};
pub use board::Board;
pub use chores::chores;
pub use commit::{Needed, is_unread, needed};
pub use course::{Course, End, Stays, is_ready, stays};
pub use desk::{Answer, Desk, Dialog, Several, UNREADABLE, WAVE, in_order};
pub use destinations::{Destination, Proof, Sure, destination_of, destinations};
pub use evidence::{Began, Evidence};
pub use follow_up::{candidates, pick};
pub use freeze::{Frozen, frozen};
pub use gates::{
    Burning, Found, Gate, GateState, alert_path, backup_made, burning, check_gate, check_name,
    is_new, new_since, times,
};
pub use go::Go;
pub use guard::{guard, is_overridable};
pub use inbox::{Item, inbox, inbox_of, tally};
pub use incident::{INCIDENT, Written};
pub use judge::{Counted, Finding, Verdict, findings};
pub use notes::hold_scope;
pub use obstacles::{Obstacles, by_queue, in_the_way};
pub use phase::span;
pub use plan::{Challenge, Confirmation, REASON, Request, ask};
pub use playing::{Motion, Play, Playing};
pub use queue::{Queue, freed, queue};
pub use reading::Reading;
pub use recheck::{Recheck, recheck};
pub use recovered::{Proven, last_back, recovered};
pub use rehearsal::{Rehearsal, rehearsal};
pub use runs::{deploys, unheard, waiting};
pub use studies::{image_studies, is_studied, studies};
pub use undo::is_back;
pub use vigil::{Vigil, vigil};
pub use waits::{Need, Wait, approvals, for_a_person};

use crate::model::between::Question;
use crate::model::{ActionId, FeedId, Follow, HookSpec, Plan, RecordKind, Target, Time};

/// How the progress of an action begins while the command before its calls runs.
pub const BEFORE_HOOK: &str = "running the command before";

/// What an action says of itself while the command after its calls runs.
pub const AFTER_HOOK: &str = "running the command after";

/// Work for the runtime, as data.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read the target's engine now; its reading and the answer come back as events.
    Reread {
        /// For which confirmed action.
        action: ActionId,
        /// Of which target.
        target: Target,
        /// What of a host's workflow runs is read too.
        runs: Option<(String, Follow)>,
    },
    /// Ask for an action in the program's own name, and confirm it.
    Act {
        /// What.
        request: Box<Request>,
        /// The alarm that it answers.
        since: Time,
    },
    /// Carry a confirmed plan out: journal, call, verify.
    Execute {
        /// The plan.
        plan: Box<Plan>,
    },
    /// Read at a host what shows the effect of a request, which no feed tells; it comes back as an event.
    Look {
        /// Whose open question it may answer.
        action: ActionId,
        /// Where its repository is.
        host: String,
        /// What is looked at.
        follow: Follow,
    },
    /// Ask a repository's host about revisions, which no feed tells; the answer comes back as an event.
    Study {
        /// The host, `github` or `github.NAME`.
        host: String,
        /// Its repository.
        repo: String,
        /// What is asked.
        question: Question,
    },
    /// Poll a feed now; none: every feed.
    Refresh(Option<FeedId>),
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

/// What an operator means by a key, a click or a command. May be refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Ask for an action.
    Ask(Request),
    /// Ask for several at once: one question each, which one yes answers.
    AskAll(Vec<Request>),
    /// Answer the confirmation on the desk.
    Answer(Answer),
    /// Put the question away.
    Dismiss,
    /// Poll a feed now; none: every feed.
    Refresh(Option<FeedId>),
    /// Go on without waiting for the command that runs before this action's calls.
    SkipHook(ActionId),
    /// This run's jobs are wanted: host, repository, run.
    Watch(String, String, u64),
    /// Something of a job's log, which the screen shows.
    Read(Reading),
    /// Open an address in the browser.
    Open(String),
    /// Copy a text to the clipboard.
    Copy(String),
    /// Say which run an open action started.
    Pick(ActionId, u64),
    /// Hold the automatic rollback of a target that is announced, for the whole release, and why.
    Disarm(Target, String),
    /// Do it now.
    Hasten(Target),
    /// Refuse every acting verb from now on, or no longer.
    ToggleReadOnly,
    /// Move a replay.
    Play(Play),
    /// Leave the program.
    Quit,
    /// Stop the process until `fg`.
    Suspend,
    /// Paint everything anew.
    Redraw,
}
