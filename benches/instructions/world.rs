//! A fleet of many targets and everything that its feeds say, over and over, second by second.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::TimeDelta;
use flightdeck::clients::github;
use flightdeck::config;
use flightdeck::model::{
    Alert, Component, Envelope, Event, FeedId, Fleet, HealthState, Observation, Point, Probe,
    Reading, Rollout, Run, Server, TargetSpec, Time,
};
use flightdeck::sources::alertmanager;
use flightdeck::store::Store;

use super::answers;

/// Targets of each service, the first of them production.
const ENVIRONMENTS: [&str; 4] = ["production", "staging", "preview", "test"];
/// Runs of each repository, which is that of a service.
const RUNS: usize = 40;
/// Alerts of each target.
const ALERTS: usize = 5;
/// Kinds of events about a target in one round.
const KINDS: usize = 8;
/// A round takes as long as a poll, however many targets there are: every feed is live.
const ROUND: TimeDelta = TimeDelta::seconds(10);

/// After so many events everything was told once.
pub fn told(targets: usize) -> usize {
    1 + targets + targets * KINDS
}

/// So many events about so many targets: the configuration, a night of alerts, and then, over and over,
/// what each feed says. Of ten services two are being released and one
/// is in trouble; the others are well.
pub fn envelopes(targets: usize, count: usize) -> Vec<Envelope> {
    let fleet = fleet(targets);
    let begin: Time = "2026-01-01T14:32:00Z".parse().unwrap();
    let step = ROUND / i32::try_from(targets * KINDS).unwrap();
    let told = Told::new();
    let configured = Event::Configured(Box::new(fleet.clone()));
    let night = fleet.targets.iter().map(|spec| (told.night(spec), begin));
    let day = (0..).map(|n| {
        let at = begin + step * n as i32;
        (told.event(&fleet.targets, n, at), at)
    });
    let all = std::iter::once((configured, begin)).chain(night).chain(day).take(count);
    (1..)
        .zip(all)
        .map(|(seq, (event, at))| Envelope {
            seq,
            at,
            asked_at: at - TimeDelta::milliseconds(20),
            event,
        })
        .collect()
}

/// The fleet with as much history of its first metric as a store keeps.
pub fn with_history() -> Store {
    let mut store = Store::default();
    envelopes(30, told(30)).iter().for_each(|envelope| store.apply(envelope));
    let spec = fleet(30).targets.swap_remove(0);
    let now = store.at().unwrap();
    let points = (1..=240).map(|n| Point {
        at: now - TimeDelta::seconds(n * 3),
        reading: Reading::Number(0.004 + (n % 30) as f64 / 1000.0),
    });
    let item = Observation::Metric {
        target: spec.target,
        index: 0,
        points: points.rev().collect(),
        fault: None,
    };
    let feed = spec.prometheus.unwrap();
    let (items, warnings) = (vec![item], vec![]);
    let event = Event::Observed { feed, items, budget: None, warnings, next_s: 5.0 };
    store.apply(&Envelope { seq: store.seq() + 1, at: now, asked_at: now, event });
    store
}

/// What comes next: the engine of a service that is being released, and is not the first, moved on.
pub fn moved(store: &Store) -> Envelope {
    let mut released = store.targets().filter(|state| is_released(&state.spec));
    let state = released.nth(1).unwrap();
    let mut rollout = state.reading.as_ref().unwrap().rollout.clone();
    rollout.routed = Some(100.0);
    let item =
        Observation::Rollout { target: state.spec.target.clone(), rollout: Box::new(rollout) };
    let feed = state.spec.rollout.as_ref().unwrap().feed.clone();
    let at = store.at().unwrap();
    Envelope { seq: store.seq() + 1, at, asked_at: at, event: observed(feed, item) }
}

fn fleet(targets: usize) -> Fleet {
    let mut toml = String::from(
        "version = 1\n[github]\ntoken = { env = \"T\" }\n[prometheus.main]\nurl = \"http://127.0.0.1:1\"\n\
         [alertmanager.main]\nurl = \"http://127.0.0.1:1\"\n",
    );
    for n in 0..targets {
        let (service, environment) = (n / ENVIRONMENTS.len(), ENVIRONMENTS[n % ENVIRONMENTS.len()]);
        if environment == ENVIRONMENTS[0] {
            let _ = writeln!(
                toml,
                r#"
[[service]]
name = "service{service}"
repo = "acme/service{service}"
workflows = ["deploy.yml"]"#
            );
        }
        let production = environment == ENVIRONMENTS[0];
        let _ = writeln!(
            toml,
            r#"
[[service.environment]]
name = "{environment}"
production = {production}
prometheus = "main"
alertmanager = "main"
alerts = ['service="service{service}"']
[service.environment.rollout]
engine = "haproxy"
address = "tcp:127.0.0.1:1"
backend = "service{service}"
stable = ["stable1"]
candidate = ["canary1"]
soak = "15m"
[[service.environment.health]]
name = "api"
track = "candidate"
url = "http://127.0.0.1:1/health"
[[service.environment.metric]]
name = "error rate"
track = "candidate"
query = "a"
max = 0.01
unit = "ratio"
[[service.environment.metric]]
name = "p95 latency"
track = "candidate"
query = "b"
max = 500
unit = "ms""#
        );
    }
    config::parse(&toml, Path::new("flightdeck.toml")).unwrap().fleet
}

fn is_released(spec: &TargetSpec) -> bool {
    spec.production && is_one_of(spec, ['0', '1'])
}

fn is_in_trouble(spec: &TargetSpec) -> bool {
    spec.production && is_one_of(spec, ['3'])
}

/// In the night, and no more: as many as fill the timeline of 1,000 targets.
fn rang(spec: &TargetSpec) -> bool {
    is_one_of(spec, ['0', '1', '5', '7'])
}

/// The last digit of a service says how it is.
fn is_one_of<const N: usize>(spec: &TargetSpec, kinds: [char; N]) -> bool {
    spec.target.service().ends_with(kinds)
}

fn observed(feed: FeedId, item: Observation) -> Event {
    Event::Observed { feed, items: vec![item], budget: None, warnings: vec![], next_s: 5.0 }
}

/// What is said in the same words to all, understood once.
struct Told {
    firing: Vec<Alert>,
    silenced: Vec<Alert>,
    runs: Vec<Run>,
}

impl Told {
    fn new() -> Self {
        let alerts = |state| {
            let body = answers::alerts(ALERTS, state);
            alertmanager::alerts(body.as_bytes(), &BTreeMap::new()).unwrap()
        };
        let runs = github::runs(answers::runs(RUNS).as_bytes()).unwrap().items;
        Self { firing: alerts("active"), silenced: alerts("suppressed"), runs }
    }

    fn night(&self, spec: &TargetSpec) -> Event {
        let feed = spec.alerts.as_ref().unwrap().feed.clone();
        observed(feed, self.alerts(spec, rang(spec)))
    }

    fn alerts(&self, spec: &TargetSpec, firing: bool) -> Observation {
        let alerts = if firing { &self.firing } else { &self.silenced };
        Observation::Alerts { target: spec.target.clone(), alerts: alerts.clone(), unread: 0 }
    }

    /// One of eight kinds, by its number.
    fn event(&self, specs: &[TargetSpec], n: usize, at: Time) -> Event {
        let spec = &specs[n / KINDS % specs.len()];
        let target = spec.target.clone();
        let engine = spec.rollout.as_ref().unwrap().feed.clone();
        let github = FeedId::part("github", spec.repo.clone().unwrap());
        match n % KINDS {
            0 => {
                let rollout = Box::new(rollout(n, if is_released(spec) { 50 } else { 0 }));
                observed(engine, Observation::Rollout { target, rollout })
            }
            1 => {
                let probe = Box::new(probe(n));
                let check = &spec.health[0];
                let (check, track, feed) = (check.name.clone(), check.track, check.feed.clone());
                observed(feed, Observation::Health { target, check, track, probe })
            }
            n @ (2 | 3) => {
                let reading = Reading::Number(0.001 + (at.timestamp() % 7) as f64 / 1000.0);
                let points = vec![Point { at, reading }];
                let metric = Observation::Metric { target, index: n - 2, points, fault: None };
                observed(spec.prometheus.clone().unwrap(), metric)
            }
            4 => {
                let feed = spec.alerts.as_ref().unwrap().feed.clone();
                observed(feed, self.alerts(spec, is_in_trouble(spec)))
            }
            5 if spec.production => {
                let runs = self.runs.clone();
                let (host, repo) = (spec.host.clone().unwrap(), spec.repo.clone().unwrap());
                let workflow = "deploy.yml".into();
                observed(github, Observation::Runs { host, repo, workflow, runs, skipped: 0 })
            }
            5 | 6 => Event::Heartbeat { feed: github, budget: None, next_s: 30.0 },
            _ => Event::Heartbeat { feed: engine, budget: None, next_s: 5.0 },
        }
    }
}

/// The candidate has so many percent.
fn rollout(n: usize, percent: u32) -> Rollout {
    let server = |name: &str, side: &str, weight: u32| Server {
        name: name.into(),
        side: side.into(),
        weight,
        eligible: true,
        state: "UP".into(),
        requests: Some(n as u64),
    };
    Rollout {
        engine: "haproxy".into(),
        phase: None,
        reason: None,
        routed: Some(f64::from(percent)),
        stable: Some("1.4.1".into()),
        candidate: Some("1.4.2".into()),
        since: None,
        settings: BTreeMap::from([
            ("stable1".into(), (100 - percent).to_string()),
            ("canary1".into(), percent.to_string()),
        ]),
        servers: vec![
            server("stable1", "stable", 100 - percent),
            server("canary1", "candidate", percent),
        ],
        offers: vec![],
        history: vec![],
        blocks: vec![],
        notes: vec![],
    }
}

fn probe(n: usize) -> Probe {
    let component =
        |name: &str| Component { name: name.into(), state: HealthState::Healthy, detail: None };
    Probe {
        state: HealthState::Healthy,
        latency_ms: 30.0 + (n % 10) as f64,
        code: Some(200),
        fault: None,
        detail: None,
        revision: Some("1.4.2".into()),
        components: vec![component("database"), component("cache")],
        error_rate: Some(0.004),
        uptime_s: Some(86_400.0),
        cert_days: Some(61),
    }
}
