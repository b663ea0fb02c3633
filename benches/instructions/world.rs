//! A fleet of many targets and everything that its feeds say, over and over, second by second.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::TimeDelta;
use flightdeck::clients::github;
use flightdeck::config;
use flightdeck::model::{
    Component, Envelope, Event, FeedId, Fleet, HealthState, Observation, Point, Probe, Reading,
    Rollout, Server, TargetSpec, Time,
};
use flightdeck::sources::alertmanager;
use flightdeck::store::Store;

use super::answers;

/// Runs of each repository.
pub const RUNS: usize = 10;
/// The most alerts of a target.
pub const ALERTS: usize = 5;
/// Kinds of events; after so many events for each target everything was told once.
pub const KINDS: usize = 8;

/// So many events about so many targets, the configuration first.
pub fn envelopes(targets: usize, count: usize) -> Vec<Envelope> {
    let fleet = fleet(targets);
    let begin: Time = "2026-01-01T14:00:00Z".parse().unwrap();
    let configured = Event::Configured(Box::new(fleet.clone()));
    let events = (0..).map(|n| {
        let at = begin + TimeDelta::milliseconds(n as i64 * 100);
        (event(&fleet.targets[n / KINDS % targets], n, at), at)
    });
    let all = std::iter::once((configured, begin)).chain(events).take(count);
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
    envelopes(30, 100).iter().for_each(|envelope| store.apply(envelope));
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
    store.apply(&Envelope { seq: 101, at: now, asked_at: now, event });
    store
}

fn fleet(targets: usize) -> Fleet {
    let mut toml = String::from(
        "version = 1\n[github]\ntoken = { env = \"T\" }\n[prometheus.main]\nurl = \"http://127.0.0.1:1\"\n\
         [alertmanager.main]\nurl = \"http://127.0.0.1:1\"\n",
    );
    for n in 0..targets {
        let _ = writeln!(
            toml,
            r#"
[[service]]
name = "service{n}"
repo = "acme/service{n}"
workflows = ["deploy.yml"]
[[service.environment]]
name = "production"
production = true
prometheus = "main"
alertmanager = "main"
alerts = ['service="service{n}"']
[service.environment.rollout]
engine = "haproxy"
address = "tcp:127.0.0.1:1"
backend = "service{n}"
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

/// One of eight kinds, by its number.
fn event(spec: &TargetSpec, n: usize, at: Time) -> Event {
    let target = spec.target.clone();
    let engine = spec.rollout.as_ref().unwrap().feed.clone();
    let github = FeedId::part("github", spec.repo.clone().unwrap());
    let (feed, item) = match n % KINDS {
        0 => (engine, Observation::Rollout { target, rollout: Box::new(rollout(n)) }),
        1 => {
            let probe = Box::new(probe(n));
            let check = &spec.health[0];
            let (check, track, feed) = (check.name.clone(), check.track, check.feed.clone());
            (feed, Observation::Health { target, check, track, probe })
        }
        n @ (2 | 3) => {
            let reading = Reading::Number(0.001 + (at.timestamp() % 7) as f64 / 1000.0);
            let points = vec![Point { at, reading }];
            let metric = Observation::Metric { target, index: n - 2, points, fault: None };
            (spec.prometheus.clone().unwrap(), metric)
        }
        4 => {
            let body = answers::alerts(ALERTS);
            let alerts = alertmanager::alerts(body.as_bytes(), &BTreeMap::new()).unwrap();
            let feed = spec.alerts.as_ref().unwrap().feed.clone();
            (feed, Observation::Alerts { target, alerts })
        }
        5 => {
            let runs = github::runs(answers::runs(RUNS).as_bytes()).unwrap().items;
            let (host, repo) = (spec.host.clone().unwrap(), spec.repo.clone().unwrap());
            (
                github,
                Observation::Runs { host, repo, workflow: "deploy.yml".into(), runs, skipped: 0 },
            )
        }
        6 => return Event::Heartbeat { feed: github, budget: None, next_s: 30.0 },
        _ => return Event::Heartbeat { feed: engine, budget: None, next_s: 2.0 },
    };
    Event::Observed { feed, items: vec![item], budget: None, warnings: vec![], next_s: 5.0 }
}

fn rollout(n: usize) -> Rollout {
    let server = |name: &str, side: &str| Server {
        name: name.into(),
        side: side.into(),
        weight: 50,
        eligible: true,
        state: "UP".into(),
        requests: Some(n as u64),
    };
    Rollout {
        engine: "haproxy".into(),
        phase: None,
        reason: None,
        routed: Some(50.0),
        stable: Some("1.4.1".into()),
        candidate: Some("1.4.2".into()),
        since: None,
        settings: BTreeMap::from([
            ("stable1".into(), "50".into()),
            ("canary1".into(), "50".into()),
        ]),
        servers: vec![server("stable1", "stable"), server("canary1", "candidate")],
        offers: vec![],
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
