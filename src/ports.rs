//! The traits between the core and the world. Owns no implementation; must not know any.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::model::between::{Answer, Question};
use crate::model::{
    ActionId, Budget, Call, Envelope, Fault, FaultKind, FeedId, Follow, Observation, Plan, Record,
    RecordKind, Rollout, Sight, Target, Time, Writer,
};

/// What a poll brought.
#[derive(Debug, Clone, Default)]
pub struct Polled {
    /// What was said. An empty list is a heartbeat.
    pub items: Vec<Observation>,
    /// What may still be asked, when the source tells.
    pub budget: Option<Budget>,
    /// What the source itself warned of, kept with the feed until the next poll.
    pub warnings: Vec<String>,
    /// When to poll again, to the moment, when the source knows better than [`Source::every`] (an active
    /// run, a rate limit, a plan for many).
    pub next: Option<Duration>,
    /// What the operator is to be told once.
    pub notices: Vec<String>,
}

/// Something that is read again and again. One task each; it may fail for ever and is never given up.
pub trait Source: Send + 'static {
    /// Which feed it is.
    fn feed(&self) -> FeedId;

    /// Its usual cadence.
    fn every(&self) -> Duration;

    /// Waits until it may be asked; at once, unless it shares something with others. Safe to drop.
    fn ready(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Comes when it is to be asked before its time. Safe to drop.
    fn urged(&mut self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Asks once. Bounded in time by the caller too; must be safe to drop at any await.
    ///
    /// # Errors
    /// A [`Fault`] that says what happened and what to do.
    fn poll(&mut self) -> impl Future<Output = Result<Polled, Fault>> + Send;
}

/// What became of handing a call to an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// It did not reach the engine: nothing changed.
    Failed(Fault),
    /// It reached the engine, or the program ran, and the answer was no.
    Refused(Fault),
    /// It was sent (or may have been), and the answer did not come or made no sense.
    Unknown(Fault),
}

/// What moves traffic.
pub trait Engine: Send + Sync + 'static {
    /// Reads what is in force and what each verb would send from here.
    fn observe(&self) -> BoxFuture<'_, Result<Rollout, Fault>>;

    /// Sends one call, once. Never repeats it by itself. An engine whose calls are all programs of this
    /// machine ([`Call::run`]) sends nothing: the runtime runs those.
    fn act<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<(), CallError>> {
        let fault = Fault::new(FaultKind::Setup, format!("`{}` is not sent by an engine", call.to));
        Box::pin(std::future::ready(Err(CallError::Failed(fault))))
    }

    /// Tells a rotating engine whether its configured sides have changed places.
    fn exchange(&self, _exchanged: bool) {}
}

/// What starts, ends and decides on the workflow runs of one host.
pub trait Workflows: Send + Sync + 'static {
    /// Sends one call, once. Never repeats it by itself. What it made, where the answer names it.
    fn act<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Made, CallError>>;

    /// Reads what shows whether a call took effect; `run`: the run that it started, where that is known.
    fn look<'a>(
        &'a self,
        follow: &'a Follow,
        run: Option<u64>,
    ) -> BoxFuture<'a, Result<Sight, Fault>>;
}

/// What a request made, as its answer names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The id of the run that it started, or the number of the issue that it opened.
    pub number: Option<u64>,
    /// The page of it; raw text from outside.
    pub url: Option<String>,
}

/// What the host of a repository tells of its revisions, when it is asked.
pub trait Revisions: Send + Sync + 'static {
    /// Answers a question once. That there is no such revision is an answer.
    fn answer<'a>(
        &'a self,
        repo: &'a str,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Answer, Fault>>;
}

/// The wall clock; waiting is tokio's.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}

/// What became of announcing an intent.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It is written and synced; go on.
    Written(Box<Record>),
    /// Another action on the target is in flight. Nothing was written.
    InFlight {
        /// What.
        plan: Box<Plan>,
        /// Whose.
        operator: String,
        /// Which process carries it out.
        writer: Writer,
    },
    /// Traffic was moved, or was about to be, after the reading that the plan is pinned to: what was
    /// confirmed is not what there is. Nothing was written.
    Moved {
        /// What was begun since.
        plan: Box<Plan>,
        /// Whose it is.
        operator: String,
    },
    /// Nobody asked for it but the program, and an operator has said no since. Nothing was written.
    Held {
        /// Who, and why.
        why: String,
    },
}

/// The append-only record. Methods that change it return when the disk has it.
pub trait Journal: Send + Sync + 'static {
    /// Appends the intent, if no action on its target is in flight (a rollback overtakes all but another
    /// rollback) and, for a promotion, none began since it was planned.
    fn begin(&self, plan: Plan) -> BoxFuture<'_, Result<Begun, Fault>>;

    /// Appends a line.
    fn append(&self, kind: RecordKind) -> BoxFuture<'_, Result<Record, Fault>>;

    /// Whether what is appended stays: a dry run's does not, and no command is run for it.
    fn is_kept(&self) -> bool {
        true
    }

    /// Whether a rollback of the target was announced after this action: the action must send nothing more.
    fn superseded<'a>(&'a self, action: &'a ActionId, target: &'a Target) -> BoxFuture<'a, bool>;

    /// Who held what an alarm of `since` announced, and why; none while nobody did, or where the journal
    /// cannot be read.
    fn held<'a>(&'a self, target: &'a Target, since: Time) -> BoxFuture<'a, Option<String>>;

    /// Waits, at most so long, for the right to send in the target's name, and holds it until the value
    /// is dropped. None: another has it and does not end, or there is no place to lock.
    fn sending<'a>(
        &'a self,
        target: &'a Target,
        patience: Duration,
    ) -> BoxFuture<'a, Option<Box<dyn Send>>>;

    /// Lines that were not returned before, ours and other processes', in order.
    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>>;

    /// Up to which number not every line is known, by the last reading: lines are missing or cannot be read.
    fn lost(&self) -> Option<u64> {
        None
    }

    /// What the operator should know about the journal itself, told once.
    fn take_notes(&self) -> Vec<String>;

    /// Whether a process that wrote at `written` still lives.
    fn is_alive<'a>(&'a self, writer: &'a Writer, written: Time) -> BoxFuture<'a, bool>;
}

/// What keeps every envelope of a session.
pub trait Recorder: Send {
    /// Takes an envelope. Never waits.
    ///
    /// # Errors
    /// Once, in a sentence, when nothing more is kept; later calls do nothing.
    fn keep(&mut self, envelope: Envelope) -> Result<(), String>;
}
