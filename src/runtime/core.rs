//! The runtime's middle: owns store and desk, folds messages in, starts what effects ask for.

mod autos;
mod changing;
mod commits;
mod due;
mod intents;
mod looks;
mod perform;
mod replay;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::control::Desk;
use crate::model::{
    ActionId, Envelope, Event, FeedId, Fleet, Record, RecordKind, Report, Target, Time,
};
use crate::ports::{Clock, Engine, Journal, Recorder, Revisions, Source, Workflows};
use crate::store::{Check, Store};

use super::bus::{Bus, Message};
use super::engine_source::EngineSource;
use super::screen::sleep_until;
use super::{journal_feed, poller};

pub use commits::Tell;

use autos::Auto;
use changing::Changing;
use commits::Commits;
use looks::Looks;
use replay::Replay;

/// An engine with its feed and its cadence.
type Wired = (Arc<dyn Engine>, FeedId, Duration);

/// What the loop waits for.
pub(super) enum Next {
    /// A message.
    Message(Message),
    /// A task is over.
    Ended(Result<(), JoinError>),
    /// The next event of a replay is due.
    Due,
}

/// What a runtime is made of.
pub struct Parts {
    /// The configuration.
    pub fleet: Fleet,
    /// The rest.
    pub tools: Tools,
}

/// What a runtime works with, whatever it looks at.
pub struct Tools {
    /// Who acts.
    pub operator: String,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The journal.
    pub journal: Arc<dyn Journal>,
    /// What keeps every envelope, when something does.
    pub recorder: Option<Box<dyn Recorder>>,
    /// Whether changes of state are journaled: a long-lived process does.
    pub notes_changes: bool,
}

/// Store, desk, tasks. The only owner of all three.
pub struct Runtime {
    store: Store,
    desk: Desk,
    /// Where the program asks for what it does by itself.
    autos: BTreeMap<Target, Auto>,
    clock: Arc<dyn Clock>,
    journal: Arc<dyn Journal>,
    recorder: Option<Box<dyn Recorder>>,
    replay: Option<Replay>,
    bus: Bus,
    inbox: mpsc::Receiver<Message>,
    tasks: JoinSet<()>,
    engines: BTreeMap<Target, Wired>,
    workflows: BTreeMap<String, Arc<dyn Workflows>>,
    revisions: BTreeMap<String, Arc<dyn Revisions>>,
    refresh: BTreeMap<FeedId, Arc<Notify>>,
    poke: Arc<Notify>,
    skips: BTreeMap<ActionId, Arc<Notify>>,
    journal_read: bool,
    running: usize,
    finished: Vec<Report>,
    done: BTreeSet<String>,
    looks: Looks,
    commits: Commits,
    noting: BTreeSet<String>,
    changing: Changing,
    notes_changes: bool,
    unwritten: Vec<Record>,
    swept: Option<Instant>,
    seq: u64,
    /// Whether it was started read-only: then no key opens it.
    locked: bool,
}

impl Runtime {
    /// Starts with an empty store that knows the configuration, and follows the journal.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let mut runtime = Self::bare(parts.tools);
        runtime.locked = parts.fleet.read_only;
        runtime.apply(runtime.clock.now(), Event::Configured(Box::new(parts.fleet)));
        if runtime.notes_changes && !runtime.locked {
            runtime.apply(runtime.clock.now(), Event::Armed);
        }
        let (journal, bus, poke) =
            (runtime.journal.clone(), runtime.bus.clone(), runtime.poke.clone());
        runtime.tasks.spawn(journal_feed::follow(journal, bus, poke));
        runtime
    }

    /// Knows nothing and does nothing.
    fn bare(tools: Tools) -> Self {
        let (bus, inbox) = Bus::new(tools.clock.clone());
        Self {
            store: Store::default(),
            desk: Desk::new(tools.operator),
            autos: BTreeMap::new(),
            clock: tools.clock,
            journal: tools.journal,
            recorder: tools.recorder,
            replay: None,
            bus,
            inbox,
            tasks: JoinSet::new(),
            engines: BTreeMap::new(),
            workflows: BTreeMap::new(),
            revisions: BTreeMap::new(),
            refresh: BTreeMap::new(),
            poke: Arc::new(Notify::new()),
            skips: BTreeMap::new(),
            journal_read: false,
            running: 0,
            finished: Vec::new(),
            done: BTreeSet::new(),
            looks: Looks::default(),
            commits: Commits::default(),
            noting: BTreeSet::new(),
            changing: Changing::default(),
            notes_changes: tools.notes_changes,
            unwritten: Vec::new(),
            swept: None,
            seq: 0,
            locked: false,
        }
    }

    /// Polls a source from now on.
    pub fn source<S: Source>(&mut self, source: S) {
        let refresh = self.refresh.entry(source.feed()).or_default().clone();
        self.tasks.spawn(poller::poll_forever(source, self.bus.clone(), refresh));
    }

    /// Reads an engine from now on, and acts through it.
    pub fn engine(
        &mut self,
        target: &Target,
        feed: &FeedId,
        engine: Arc<dyn Engine>,
        every: Duration,
    ) {
        self.engines.insert(target.clone(), (engine.clone(), feed.clone(), every));
        self.source(EngineSource { target: target.clone(), feed: feed.clone(), engine, every });
    }

    /// Sends requests about the workflow runs of a host (`github` or `github.NAME`) through it.
    pub fn workflows(&mut self, host: &str, workflows: Arc<dyn Workflows>) {
        self.workflows.insert(host.to_owned(), workflows);
    }

    /// Asks a host about the revisions of its repositories through it.
    pub fn revisions(&mut self, host: &str, revisions: Arc<dyn Revisions>) {
        self.revisions.insert(host.to_owned(), revisions);
    }

    /// What is known.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is being asked.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Now; in a replay, the recording's time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.replay.as_ref().map_or_else(|| self.clock.now(), Replay::now)
    }

    /// A way to tell facts from outside the runtime.
    #[must_use]
    pub fn bus(&self) -> Bus {
        self.bus.clone()
    }

    /// Whether the journal was read to its end once: before that nothing may be planned.
    #[must_use]
    pub fn journal_read(&self) -> bool {
        self.journal_read
    }

    /// Whether everything that was found out and noted by itself (an open question answered by a reading)
    /// is in the journal and was read back, or could not be written.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.noting.is_empty()
    }

    /// How many actions of this process are not over.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// Records that no disk took, for stderr: a rollback goes on without a journal, not without a trace.
    pub fn take_unwritten(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.unwritten)
    }

    /// Whether every feed has been asked at least once, well or badly, and what gates ask for beyond that.
    #[must_use]
    pub fn all_asked(&self) -> bool {
        let asked = |id: &FeedId| self.store.feeds().any(|(known, _)| known == id);
        let begins = self.store.targets().any(|state| state.checks.iter().any(Check::begins));
        self.journal_read && self.refresh.keys().all(asked) && !self.lacks_checks() && !begins
    }

    /// Whether every feed of one source has been asked at least once.
    #[must_use]
    pub fn asked(&self, source: &str) -> bool {
        let mut feeds = self.refresh.keys().filter(|id| id.source == source);
        feeds.all(|id| self.store.feeds().any(|(known, _)| known == id))
    }

    /// Takes the reports of actions that are over.
    pub fn take_finished(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.finished)
    }

    /// Waits for the next message or the end of a task. Safe to drop.
    pub(super) async fn next(&mut self) -> Next {
        let due = self.replay.as_ref().and_then(Replay::due);
        tokio::select! {
            biased;
            Some(ended) = self.tasks.join_next() => Next::Ended(ended),
            Some(message) = self.inbox.recv() => Next::Message(message),
            () = sleep_until(due), if due.is_some() => Next::Due,
            else => std::future::pending().await,
        }
    }

    /// A message that has come already.
    pub(super) fn received(&mut self) -> Option<Message> {
        self.inbox.try_recv().ok()
    }

    /// Folds a message in and starts what is due.
    pub(super) fn handle(&mut self, message: Message) {
        match message {
            Message::Event { event, .. } if self.replay.is_some() => self.remark(event),
            Message::Event { asked_at, event } => {
                let touched = self.touched(&event);
                self.apply(asked_at, event);
                self.need_commits(&touched);
                // half a journal tells of actions without their outcomes
                if self.journal_read {
                    self.chores(&touched);
                }
            }
            Message::Reread { action, fault } => {
                let now = self.now();
                let effects =
                    self.desk.reread(&self.store, &action, fault.as_deref(), action_id(), now);
                self.perform(effects);
                self.auto_reread(&action, fault.as_deref());
                self.go_on();
            }
            Message::NotNoted(key) | Message::Looked(key) => {
                self.noting.remove(&key);
                self.looks.end(&key, Instant::now());
            }
            Message::WrittenLate => drop(self.unwritten.drain(..self.unwritten.len().min(1))),
            Message::JournalRead => {
                self.journal_read = true;
                self.chores(&self.everywhere());
            }
            Message::Finished(report) => {
                self.skips.remove(&report.action);
                self.desk.finished(&report);
                self.auto_finished(&report);
                self.running = self.running.saturating_sub(1);
                self.finished.push(*report);
                self.go_on();
            }
        }
    }

    fn apply(&mut self, asked_at: Time, event: Event) {
        self.seq += 1;
        let turns = matches!(event, Event::Journaled { .. });
        if let Event::Journaled { record, .. } = &event {
            let key = perform::note_key(&record.kind);
            self.noting.remove(&key);
            self.looks.end(&key, Instant::now());
            if matches!(record.kind, RecordKind::Outcome { .. }) {
                self.bus.outdate();
            }
            if record.seq == 0 {
                self.unwritten.push(record.as_ref().clone());
            }
        }
        let envelope = Envelope { seq: self.seq, at: self.clock.now(), asked_at, event };
        self.store.apply(&envelope);
        self.keep(envelope);
        if turns {
            for (target, (engine, ..)) in &self.engines {
                if let Some(state) = self.store.target(target) {
                    engine.exchange(state.ledger.exchanged);
                }
            }
        }
    }

    /// Records an envelope, when that was asked for and as long as it can be done.
    fn keep(&mut self, envelope: Envelope) {
        let kept = self.recorder.as_mut().map(|recorder| recorder.keep(envelope));
        if let Some(Err(text)) = kept {
            self.recorder = None;
            self.apply(self.clock.now(), Event::Notice { text, target: None });
        }
    }

    /// Begins what waited for its turn on the desk.
    fn go_on(&mut self) {
        let effects = self.desk.go_on(&self.store, action_id, self.now());
        self.perform(effects);
    }
}

/// A new action's id: a version 7 UUID, so ids sort by time.
#[must_use]
pub fn action_id() -> ActionId {
    ActionId(uuid::Uuid::now_v7().to_string())
}
