//! Events folded into state: the only picture of the world that screens and guards read.
//!
//! Owns retention (every cap is in [`caps`]) and the order of facts: an observation asked before what a
//! slice holds, or before its target's last action took effect, is dropped. Pure: time comes in the
//! envelope. Must not know who draws, decides or acts.

mod alerts;
mod assurances;
pub mod caps;
mod compared;
mod feeds;
mod health;
mod journal;
mod ledger;
mod metrics;
mod pipeline;
mod target;
mod targets;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Envelope, Event, FeedId, FeedState, Fleet, Observation, Target, TargetSpec, Time,
};

pub use alerts::Alerts;
pub use assurances::{Assurances, Heard};
pub use compared::Compared;
pub use feeds::{Feed, FeedView};
pub use health::{Beat, Check, Name};
pub use ledger::{Alarm, Answered, Entry, Hold, Ledger, Open, Past, WentBack};
pub use metrics::{Series, Window};
pub use pipeline::{Backing, Pipeline, RepoState, Usual, newest};
pub use target::{Reading, TargetState};
use targets::Targets;
pub use timeline::{Line, LineKind, Timeline};

/// Everything that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Store {
    fleet: Fleet,
    targets: Targets,
    feeds: BTreeMap<FeedId, Feed>,
    /// Configured ones that have not reported yet.
    silent: BTreeSet<FeedId>,
    /// Which targets stand on a feed.
    readers: BTreeMap<FeedId, Vec<Target>>,
    /// By host, then by name.
    repos: BTreeMap<String, BTreeMap<String, RepoState>>,
    timeline: Timeline,
    notices: Vec<Line>,
    seq: u64,
    changes: u64,
    at: Option<Time>,
    journal: journal::Standing,
}

impl Store {
    /// Folds one event in. Replaying the same envelopes gives the same store.
    pub fn apply(&mut self, envelope: &Envelope) {
        self.seq = envelope.seq;
        self.at = Some(envelope.at);
        if !matches!(envelope.event, Event::Heartbeat { .. } | Event::Progress { .. }) {
            self.changes += 1;
        }
        match &envelope.event {
            Event::Configured(fleet) => self.configure(fleet),
            Event::Observed { feed, items, budget, warnings, next_s } => {
                self.relink(feed, envelope);
                self.answered(feed, envelope);
                self.link(feed).answered(envelope, *next_s, budget.as_ref(), Some(warnings));
                for item in items {
                    match item.target() {
                        Some(target) => self.touch(target),
                        None => self.touch_readers(feed),
                    }
                    self.observe(item, envelope);
                }
            }
            Event::Heartbeat { feed, budget, next_s } => {
                self.relink(feed, envelope);
                self.answered(feed, envelope);
                self.link(feed).answered(envelope, *next_s, budget.as_ref(), None);
            }
            Event::Failed { feed, fault, next_s } => {
                self.touch_readers(feed);
                for target in self.readers.get(feed).into_iter().flatten() {
                    if let Some(state) = self.targets.get_mut(target) {
                        state.failed(feed);
                    }
                }
                let first = self.link(feed).failed(envelope, fault, *next_s);
                if first {
                    self.timeline.push(Line::feed(envelope.at, feed, fault));
                }
            }
            Event::Told { item } => {
                match item.target() {
                    Some(target) => self.touch(target),
                    None => self.targets.iter_mut().for_each(|state| state.touched = self.seq),
                }
                self.observe(item, envelope);
            }
            Event::Journaled { record } => self.told_by_journal(record),
            Event::Journal { trouble } => self.journal_stands(trouble.as_ref()),
            Event::Unwritten { why } => self.journal_took(why.as_deref(), envelope.at),
            Event::WriterGone { action } => self.writer_gone(action),
            Event::Progress { action, target, text } => {
                self.touch(target);
                if let Some(state) = self.targets.get_mut(target) {
                    state.ledger.progress(action, text);
                }
            }
            Event::ReadOnly { on } => {
                self.fleet.read_only = *on;
                let text = if *on { "read-only from here on" } else { "no longer read-only" };
                self.timeline.push(Line::notice(envelope.at, text));
                if !on {
                    self.arm(envelope.at);
                }
            }
            Event::Armed => self.arm(envelope.at),
            Event::Notice { target, text } => self.notice(envelope.at, target.as_ref(), text),
        }
    }

    fn configure(&mut self, fleet: &Fleet) {
        self.fleet = fleet.clone();
        self.targets = Targets::new(&fleet.targets, self.seq);
        self.readers.clear();
        for spec in &fleet.targets {
            for feed in spec.feeds() {
                let readers = self.readers.entry(feed.into_owned()).or_default();
                if readers.last() != Some(&spec.target) {
                    readers.push(spec.target.clone());
                }
            }
        }
        let unheard = self.readers.keys().filter(|feed| !self.feeds.contains_key(*feed));
        self.silent = unheard.cloned().collect();
    }

    /// Notes that a fact about a target came.
    fn touch(&mut self, target: &Target) {
        if let Some(state) = self.targets.get_mut(target) {
            state.touched = self.seq;
        }
    }

    fn touch_all(&mut self) {
        let seq = self.seq;
        self.targets.iter_mut().for_each(|state| state.touched = seq);
    }

    /// A sentence for the operator.
    fn notice(&mut self, at: Time, target: Option<&Target>, text: &str) {
        let line = Line { target: target.cloned(), ..Line::notice(at, text) };
        self.timeline.push(line.clone());
        if self.notices.len() >= caps::NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(line);
    }

    /// Notes that something about a feed changed that all who stand on it are judged by.
    fn touch_readers(&mut self, feed: &FeedId) {
        for target in self.readers.get(feed).into_iter().flatten() {
            if let Some(state) = self.targets.get_mut(target) {
                state.touched = self.seq;
            }
        }
    }

    /// An answer of a feed that was not live changes what its readers stand on.
    fn relink(&mut self, feed: &FeedId, envelope: &Envelope) {
        if self.feed_state(feed, envelope.at) != FeedState::Live {
            self.touch_readers(feed);
        }
    }

    /// Who stands on a feed that answers has a network.
    fn answered(&mut self, feed: &FeedId, envelope: &Envelope) {
        for target in self.readers.get(feed).into_iter().flatten() {
            if let Some(state) = self.targets.get_mut(target) {
                self.timeline.extend(state.answered(feed, envelope.at));
            }
        }
    }

    fn link(&mut self, id: &FeedId) -> &mut Feed {
        self.silent.remove(id);
        self.feeds.entry(id.clone()).or_default()
    }

    fn observe(&mut self, item: &Observation, envelope: &Envelope) {
        match item {
            Observation::Runs { host, repo, workflow, runs, skipped } => {
                let lines = self.repo(host, repo).runs(workflow, runs, *skipped, envelope);
                let feed = FeedId::part(host, repo);
                self.timeline.extend(lines.into_iter().map(|line| line.about(feed.clone())));
            }
            Observation::Jobs { host, repo, run, jobs } => {
                self.repo(host, repo).jobs(*run, jobs, envelope);
            }
            Observation::Deployments { host, repo, deployments, skipped } => {
                self.repo(host, repo).deployments(deployments, *skipped, envelope);
            }
            Observation::Releases { host, repo, releases, tags } => {
                self.repo(host, repo).releases(releases, tags, envelope);
            }
            Observation::Answered { host, repo, question, answer } => {
                self.repo(host, repo).answered(question, answer, envelope.asked_at);
            }
            Observation::Run { host, repo, run } => {
                self.repo(host, repo).run_apart(run, envelope);
            }
            Observation::Waits { host, repo, run, waits } => {
                self.repo(host, repo).waits(*run, waits, envelope);
            }
            Observation::Origin { host, repo, git_ref, origin } => {
                self.repo(host, repo).origin(git_ref, origin, envelope);
            }
            Observation::WorkflowFile { host, repo, workflow, sha, file } => {
                self.repo(host, repo).backing.file(workflow, sha, file);
            }
            Observation::Environments { host, repo, environments } => {
                self.repo(host, repo).backing.environments(environments, envelope);
            }
            Observation::Checks { host, repo, sha, checks } => {
                self.repo(host, repo).backing.checks(sha, checks, envelope);
            }
            Observation::Scans { host, repo, scans } => {
                self.repo(host, repo).scans(scans, envelope);
            }
            Observation::Artifacts { host, repo, run, artifacts } => {
                self.repo(host, repo).backing.artifacts(*run, artifacts, envelope);
            }
            Observation::Remarks { host, repo, run, remarks } => {
                self.repo(host, repo).backing.remarks(*run, remarks);
            }
            Observation::Rollout { target, .. }
            | Observation::Health { target, .. }
            | Observation::Metric { target, .. }
            | Observation::Looks { target, .. }
            | Observation::Share { target, .. }
            | Observation::Scrapes { target, .. }
            | Observation::Burn { target, .. }
            | Observation::Path { target, .. }
            | Observation::Backup { target, .. }
            | Observation::Alerts { target, .. } => {
                let Some(state) = self.targets.get_mut(target) else {
                    return;
                };
                // an old poll never overtakes an action, where it speaks of what an action moves
                if item.can_be_moved()
                    && state.ledger.moved_at.is_some_and(|moved| envelope.asked_at < moved)
                {
                    return;
                }
                let lines = state.observe(item, envelope);
                self.timeline.extend(lines);
            }
        }
    }

    fn repo(&mut self, host: &str, repo: &str) -> &mut RepoState {
        self.repos.entry(host.to_owned()).or_default().entry(repo.to_owned()).or_default()
    }

    /// The configuration this store began with.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// All targets in the order of the configuration.
    pub fn targets(&self) -> impl Iterator<Item = &TargetState> {
        self.targets.iter()
    }

    /// One target.
    #[must_use]
    pub fn target(&self, target: &Target) -> Option<&TargetState> {
        self.targets.get(target)
    }

    /// A feed as it stands now; a feed nobody heard of yet is lost, without an error.
    #[must_use]
    pub fn feed_view(&self, id: &FeedId, now: Time) -> FeedView {
        self.feeds.get(id).map_or_else(FeedView::never, |feed| feed.view(now))
    }

    /// A feed that has reported.
    #[must_use]
    pub fn feed(&self, id: &FeedId) -> Option<&Feed> {
        self.feeds.get(id)
    }

    /// How far to believe a feed now.
    #[must_use]
    pub fn feed_state(&self, id: &FeedId, now: Time) -> FeedState {
        self.feeds.get(id).map_or(FeedState::Lost, |feed| feed.standing(now).0)
    }

    /// Every feed that has reported, by name.
    pub fn feeds(&self) -> impl Iterator<Item = (&FeedId, &Feed)> {
        self.feeds.iter()
    }

    /// Configured feeds that have not reported yet, by name.
    pub fn silent_feeds(&self) -> impl Iterator<Item = &FeedId> {
        self.silent.iter()
    }

    /// What is known of a target's repository.
    #[must_use]
    pub fn repo_of(&self, spec: &TargetSpec) -> Option<&RepoState> {
        self.repos.get(spec.host.as_ref()?)?.get(spec.repo.as_ref()?)
    }

    /// What its registry says of a target's images.
    #[must_use]
    pub fn images_of(&self, spec: &TargetSpec) -> Option<&RepoState> {
        let image = spec.image.as_ref()?;
        self.repos.get(&image.host())?.get(&image.name)
    }

    /// The target's pipeline: the newest run of its workflow and that run's jobs.
    #[must_use]
    pub fn pipeline(&self, spec: &TargetSpec) -> Option<Pipeline<'_>> {
        self.repo_of(spec)?.pipeline(spec)
    }

    /// What happened, oldest first.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Sentences for the operator, kept until seen, oldest first.
    #[must_use]
    pub fn notices(&self) -> &[Line] {
        &self.notices
    }

    /// The number of the newest event.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// How many events brought something new: all but heartbeats and the progress of actions.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// When the newest event arrived.
    #[must_use]
    pub fn at(&self) -> Option<Time> {
        self.at
    }
}
