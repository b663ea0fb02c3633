//! All that is known of one target, and how an observation changes it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;

use crate::model::spec::AutoMode;
use crate::model::{
    CheckSpec, Envelope, FeedId, HookSpec, Observation, Phase, ProbeFault, Revision, Rollout,
    ScrapeJob, TargetSpec, Time, Track, Verb,
};

use super::{Alerts, Assurances, Check, Compared, Ledger, Line, Name, Series};

/// An engine's newest reading and when it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The reading.
    pub rollout: Rollout,
    /// When the engine was asked.
    pub asked_at: Time,
}

/// All that is known of one target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetState {
    /// Its configuration.
    pub spec: TargetSpec,
    /// The engine's newest reading.
    pub reading: Option<Reading>,
    /// When this process first saw the present weight of the present candidate, for want of anything
    /// better.
    pub first_seen: Option<(f64, Time)>,
    seen_of: Option<Revision>,
    /// Its checks, in the order of the configuration.
    pub checks: Vec<Check>,
    /// Its metrics, in the order of the configuration.
    pub metrics: Vec<Series>,
    /// What was counted for the judge, in the order of its comparisons.
    pub compared: Vec<Compared>,
    /// The candidate's share of the traffic as metrics see it, 0–100.
    pub share: Series,
    /// Its alerts.
    pub alerts: Alerts,
    /// What was asked for the further gates.
    pub assurances: Assurances,
    /// Expected scrape jobs.
    pub scrapes: Vec<ScrapeJob>,
    /// What the journal says of it.
    pub ledger: Ledger,
    /// The number of the newest event that said something of it or of a feed it stands on.
    pub touched: u64,
}

impl TargetState {
    pub(super) fn new(spec: TargetSpec) -> Self {
        let soak = spec.rollout.as_ref().map_or(Duration::ZERO, |rollout| rollout.soak);
        let sides: BTreeSet<Track> = spec.health.iter().map(|check| check.track).collect();
        let alone = sides.len() < 2 && !spec.feeds().any(|feed| vouches(&spec, &feed));
        let check = |check: &CheckSpec| Check::new(check.clone(), alone);
        Self {
            checks: spec.health.iter().map(check).collect(),
            metrics: spec.metrics.iter().map(|metric| Series::new(metric, soak)).collect(),
            compared: spec
                .judge
                .iter()
                .flat_map(|judge| &judge.comparisons)
                .map(|_| Compared::default())
                .collect(),
            spec,
            reading: None,
            first_seen: None,
            seen_of: None,
            share: Series::default(),
            alerts: Alerts::default(),
            assurances: Assurances::default(),
            scrapes: Vec::new(),
            ledger: Ledger::default(),
            touched: 0,
        }
    }

    /// The side a configured track is on now: rotating sides change places after a completed release.
    #[must_use]
    pub fn side(&self, track: Track) -> Track {
        match (self.ledger.exchanged, track) {
            (true, Track::Candidate) => Track::Stable,
            (true, Track::Stable) => Track::Candidate,
            _ => track,
        }
    }

    /// Gives an announced rollback the time that somebody has to hold it, from when this process may do it.
    pub(super) fn postpone(&mut self, armed: Option<Time>) {
        let auto = self.spec.rollout.as_ref().and_then(|rollout| rollout.auto.as_ref());
        let waits = auto.filter(|auto| match auto.mode {
            AutoMode::Off => !auto.watch_after.is_zero(),
            AutoMode::Ask => true,
            AutoMode::On => false,
        });
        let patience = waits.and_then(|auto| TimeDelta::from_std(auto.after).ok());
        if let Some((armed, patience)) = armed.zip(patience) {
            self.ledger.postpone(armed + patience);
        }
    }

    /// The revision of a side: the engine names it, or else its health check does. What was named stays
    /// known until another name comes, and is old as soon as no check repeats it.
    #[must_use]
    pub fn named(&self, track: Track) -> Option<Name> {
        let engine = self.reading.as_ref().and_then(|reading| {
            let revision = match track {
                Track::Candidate => reading.rollout.candidate.clone(),
                Track::Stable => reading.rollout.stable.clone(),
                Track::Whole => None,
            };
            revision.map(|revision| Name { revision, at: reading.asked_at, old: false })
        });
        let checks = self.checks.iter().filter(|check| self.side(check.spec.track) == track);
        let names = || checks.clone().filter_map(|check| check.named.clone());
        let said = || names().find(|name| !name.old);
        engine.or_else(said).or_else(|| names().max_by_key(|name| name.at))
    }

    /// Whether the engine was last read before the last action took effect.
    #[must_use]
    pub fn is_old_news(&self) -> bool {
        let read = self.reading.as_ref().map(|reading| reading.asked_at);
        read.zip(self.ledger.moved_at).is_some_and(|(read, moved)| read < moved)
    }

    /// Whether it does not go on for now: an operator said so, or the engine says it.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        let own = self.reading.as_ref().and_then(|reading| reading.rollout.phase);
        self.ledger.paused.is_some() || own == Some(Phase::Paused)
    }

    /// The configured command around a verb: before it, or after it was seen.
    #[must_use]
    pub fn hook(&self, verb: Verb, before: bool) -> Option<&HookSpec> {
        let hooks = &self.spec.hooks;
        match (verb, before) {
            (Verb::Promote, true) => hooks.before_promote.as_ref(),
            (Verb::Promote, false) => hooks.after_promote.as_ref(),
            (Verb::Rollback, true) => hooks.before_rollback.as_ref(),
            (Verb::Rollback, false) => hooks.after_rollback.as_ref(),
            _ => None,
        }
    }
}

/// Whether an answer of a feed shows that we have a network to where the checks are: GitHub lies beyond it, and
/// an engine may be on this machine.
fn vouches(spec: &TargetSpec, feed: &FeedId) -> bool {
    let alerts = spec.alerts.as_ref().map(|alerts| &alerts.feed);
    [spec.prometheus.as_ref(), alerts].contains(&Some(feed))
}

impl TargetState {
    /// A feed answered at this time.
    pub(super) fn answered(&mut self, feed: &FeedId, at: Time) -> Vec<Line> {
        if vouches(&self.spec, feed) { self.heard(at) } else { Vec::new() }
    }

    /// A feed could not be read.
    pub(super) fn failed(&mut self, feed: &FeedId) {
        if vouches(&self.spec, feed) {
            self.checks.iter_mut().for_each(Check::lost_another);
        }
    }

    /// Something answered at this time: what cannot be reached since is silent by itself.
    fn heard(&mut self, at: Time) -> Vec<Line> {
        let target = &self.spec.target;
        let heard = self.checks.iter_mut().filter_map(|check| {
            let (from, to) = check.heard_another(at)?;
            Some(Line::health(at, target, &check.spec.name, from, to))
        });
        heard.collect()
    }

    pub(super) fn observe(&mut self, item: &Observation, envelope: &Envelope) -> Vec<Line> {
        match item {
            Observation::Rollout { rollout, .. } => {
                self.read(rollout, envelope);
                self.meet(envelope.asked_at);
                Vec::new()
            }
            Observation::Health { target, check, track, probe } => {
                let place = self
                    .checks
                    .iter()
                    .position(|known| known.spec.name == *check && known.spec.track == *track);
                let Some(place) = place else { return Vec::new() };
                let change = self.checks[place].apply(probe, envelope);
                let mut lines: Vec<Line> = change
                    .map(|(from, to)| Line::health(envelope.at, target, check, from, to))
                    .into_iter()
                    .collect();
                if probe.fault.is_none_or(ProbeFault::is_answer) {
                    lines.extend(self.heard(envelope.at));
                } else {
                    let others = self.checks.iter_mut().enumerate().filter(|(i, _)| *i != place);
                    others.for_each(|(_, other)| other.lost_another());
                }
                self.meet(envelope.asked_at);
                lines
            }
            Observation::Metric { index, points, fault, .. } => {
                if let Some(series) = self.metrics.get_mut(*index) {
                    series.apply(points, fault.as_deref(), envelope);
                }
                Vec::new()
            }
            Observation::Looks { index, looks, fault, .. } => {
                if let Some(compared) = self.compared.get_mut(*index) {
                    compared.apply(looks, fault.as_deref(), envelope);
                }
                Vec::new()
            }
            Observation::Share { points, fault, .. } => {
                self.share.apply(points, fault.as_deref(), envelope);
                Vec::new()
            }
            Observation::Scrapes { jobs, .. } => {
                self.scrapes.clone_from(jobs);
                Vec::new()
            }
            Observation::Burn { .. } | Observation::Path { .. } | Observation::Backup { .. } => {
                self.assurances.apply(item, envelope);
                Vec::new()
            }
            Observation::Alerts { target, alerts, unread } => {
                self.alerts.apply(target, alerts, *unread, envelope)
            }
            _ => Vec::new(),
        }
    }

    fn read(&mut self, rollout: &Rollout, envelope: &Envelope) {
        if self.reading.as_ref().is_some_and(|held| envelope.asked_at < held.asked_at) {
            return;
        }
        if let Some(routed) = rollout.routed
            && self.first_seen.is_none_or(|(weight, _)| (weight - routed).abs() > 0.5)
        {
            self.first_seen = Some((routed, envelope.asked_at));
        }
        self.reading = Some(Reading { rollout: rollout.clone(), asked_at: envelope.asked_at });
    }

    /// A candidate with another name than before was not seen before.
    fn meet(&mut self, at: Time) {
        let Some(Name { revision: now, .. }) = self.named(Track::Candidate) else { return };
        if self.seen_of.as_ref().is_some_and(|known| *known != now)
            && let Some((_, since)) = &mut self.first_seen
        {
            *since = at;
        }
        self.seen_of = Some(now);
    }
}
