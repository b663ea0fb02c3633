//! Stores made the way the program makes them: by folding envelopes. Time is counted in seconds from a
//! fixed moment.

use flightdeck::model::{
    Alert, Deployment, Envelope, Event, Fault, FaultKind, FeedId, Fleet, HealthState, Observation,
    Outcome, Plan, Point, Reading, Record, RecordKind, Rollout, Time, Track, Verb, Writer,
};
use flightdeck::store::{Store, TargetState};

mod nouns;

pub use nouns::*;

/// A store being built, with the envelopes that made it.
#[derive(Debug, Clone)]
pub struct Build {
    /// What they made.
    pub store: Store,
    /// Everything that was folded in.
    pub log: Vec<Envelope>,
    now: i64,
}

impl Build {
    /// A store that knows a fleet, at second 0.
    pub fn new(fleet: Fleet) -> Self {
        let mut build = Self { store: Store::default(), log: Vec::new(), now: 0 };
        build.tell(Event::Configured(Box::new(fleet)));
        build
    }

    /// One target, everything watched, nothing heard.
    pub fn plain() -> Self {
        Self::new(fleet(spec()))
    }

    /// Lets time pass.
    pub fn till(&mut self, s: i64) -> &mut Self {
        self.now = s;
        self
    }

    /// Now.
    pub fn now(&self) -> Time {
        at(self.now)
    }

    /// The target's state.
    pub fn state(&self) -> &TargetState {
        self.store.target(&target()).expect("it is configured")
    }

    /// Folds an event in that was asked for now.
    pub fn tell(&mut self, event: Event) -> &mut Self {
        self.told(self.now, event)
    }

    /// Folds an event in that was asked for at another second.
    pub fn told(&mut self, asked: i64, event: Event) -> &mut Self {
        let seq = self.log.len() as u64 + 1;
        let envelope = Envelope { seq, at: at(self.now), asked_at: at(asked), event };
        self.store.apply(&envelope);
        self.log.push(envelope);
        self
    }

    /// A feed says something.
    pub fn says(&mut self, feed: &FeedId, items: Vec<Observation>) -> &mut Self {
        let event = Event::Observed {
            feed: feed.clone(),
            items,
            budget: None,
            warnings: Vec::new(),
            next_s: 5.0,
        };
        self.tell(event)
    }

    /// A feed answers with nothing new.
    pub fn beats(&mut self, feed: &FeedId) -> &mut Self {
        self.tell(Event::Heartbeat { feed: feed.clone(), budget: None, next_s: 5.0 })
    }

    /// A feed fails.
    pub fn fails(&mut self, feed: &FeedId) -> &mut Self {
        let fault = Fault::new(FaultKind::Upstream, "it answered 502");
        self.tell(Event::Failed { feed: feed.clone(), fault, next_s: 5.0 })
    }

    /// The engine is read.
    pub fn reads(&mut self, rollout: Rollout) -> &mut Self {
        let rollout = Box::new(rollout);
        self.says(&engine_feed(), vec![Observation::Rollout { target: target(), rollout }])
    }

    /// Both sides are probed: the candidate in a state, the stable one well.
    pub fn probes(&mut self, candidate: HealthState) -> &mut Self {
        for (track, state, revision) in
            [(Track::Candidate, candidate, "1.4.2"), (Track::Stable, HealthState::Healthy, "1.4.1")]
        {
            let probe = Box::new(probe(state, revision));
            let health =
                Observation::Health { target: target(), check: "api".into(), track, probe };
            self.says(&health_feed(track), vec![health]);
        }
        self
    }

    /// Prometheus answers with readings of the error rate, by second.
    pub fn measures(&mut self, points: impl IntoIterator<Item = (i64, f64)>) -> &mut Self {
        let points = points.into_iter().map(|(s, v)| Point { at: at(s), reading: Reading::of(v) });
        let metric = Observation::Metric {
            target: target(),
            index: 0,
            points: points.collect(),
            fault: None,
        };
        self.says(&FeedId::source("prometheus.main"), vec![metric])
    }

    /// Alertmanager answers with all alerts.
    pub fn alerts(&mut self, alerts: Vec<Alert>) -> &mut Self {
        self.alerts_beside(alerts, 0)
    }

    /// Alertmanager answers with alerts, and with some that cannot be read.
    pub fn alerts_beside(&mut self, alerts: Vec<Alert>, unread: usize) -> &mut Self {
        let alerts = Observation::Alerts { target: target(), alerts, unread };
        self.says(&FeedId::source("alertmanager.main"), vec![alerts])
    }

    /// A line of the journal, by a living process, written now.
    pub fn journals(&mut self, kind: RecordKind) -> &mut Self {
        self.journals_at(self.now, kind)
    }

    /// A line of the journal that was written at `s`, and is read now.
    pub fn journals_at(&mut self, s: i64, kind: RecordKind) -> &mut Self {
        let writer = Writer { id: "w".into(), host: "here".into(), pid: 1 };
        let seq = self.log.len() as u64;
        let record = Record { seq, at: at(s), operator: "ana".into(), writer, kind };
        self.tell(Event::Journaled { record: Box::new(record) })
    }

    /// An action begins.
    pub fn begins(&mut self, plan: &Plan) -> &mut Self {
        self.journals(RecordKind::Intent { plan: Box::new(plan.clone()) })
    }

    /// What GitHub lists as deployed from the target's repository, the newest first.
    pub fn deployed(&mut self, deployments: Vec<Deployment>) -> &mut Self {
        self.deployed_beside(deployments, 0)
    }

    /// The same, with some that cannot be read.
    pub fn deployed_beside(&mut self, deployments: Vec<Deployment>, skipped: usize) -> &mut Self {
        let (host, repo) = ("github".into(), "acme/checkout".into());
        let deployments = Observation::Deployments { host, repo, deployments, skipped };
        self.says(&FeedId::part("github", "acme/checkout"), vec![deployments])
    }

    /// An action ends.
    pub fn ends(&mut self, plan: &Plan, outcome: Outcome) -> &mut Self {
        let report = Box::new(report(plan, outcome));
        self.journals(RecordKind::Outcome { report, followed_up: false })
    }

    /// An action, from its intent to its outcome, now.
    pub fn acts(
        &mut self,
        action: &str,
        verb: Verb,
        from: f64,
        to: f64,
        outcome: Outcome,
    ) -> &mut Self {
        let plan = plan(action, verb, from, to);
        self.begins(&plan).ends(&plan, outcome)
    }

    /// The second of a time.
    pub fn second(time: Time) -> i64 {
        (time - at(0)).num_seconds()
    }
}
