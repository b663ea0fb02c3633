//! Worlds for screen tests, made by folding envelopes into a store as the runtime would.

mod crowd;
mod hosted;
mod parts;

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::control::{Desk, Dialog, Effect, Request};
use crate::model::*;
use crate::store::Store;

use parts::{am, component, prom};

pub use hosted::{HOSTED, WAITS, waiting};
pub use parts::{alert, jobs, plan, probe, run, spec};

/// A store being filled.
#[derive(Debug, Clone)]
pub struct World {
    pub store: Store,
    pub now: Time,
    seq: u64,
}

/// `14:32:07Z` of some day.
pub fn noon() -> Time {
    "2026-01-01T14:32:07Z".parse().unwrap()
}

pub fn target(name: &str) -> Target {
    name.parse().unwrap()
}

const LIVE: &str = "checkout/production";

impl World {
    /// Nothing is configured.
    pub fn empty() -> Self {
        Self { store: Store::default(), now: noon(), seq: 0 }
    }

    /// Six targets, a second after the start: all sources are asked, none has answered.
    pub fn loading() -> Self {
        let mut world = Self::configured();
        world.now += TimeDelta::seconds(1);
        world
    }

    fn configured() -> Self {
        let mut world = Self::empty();
        let fleet = Fleet {
            targets: ["checkout", "payments", "search"]
                .into_iter()
                .flat_map(|service| ["staging", "production"].map(|env| spec(service, env)))
                .collect(),
            banner: Some("DEMO".into()),
            origin: "demo".into(),
            ..Fleet::default()
        };
        world.event(0, Event::Configured(Box::new(fleet)));
        world
    }

    /// `checkout/production`, of six targets, soaks well at 50 %.
    pub fn good() -> Self {
        let mut world = Self::configured();
        let revisions = [
            ("checkout/staging", "1.4.2", "1.4.2", 0.0),
            (LIVE, "1.4.1", "1.4.2", 50.0),
            ("payments/staging", "2.0.0", "2.0.0", 0.0),
            ("payments/production", "1.9.7", "1.9.7", 0.0),
            ("search/staging", "7.3.0", "7.3.0", 0.0),
            ("search/production", "7.3.0", "7.3.0", 0.0),
        ];
        world.promote(10.0, 372 + 1200);
        world.promote(50.0, 372);
        for (name, stable, candidate, routed) in revisions {
            world.engine(name, stable, candidate, routed);
            world.checks(name, candidate);
        }
        world.metrics(|i| (0.004 + 0.0004 * f64::from(i % 5), 208.0 + f64::from(i % 7)));
        world.alerts(vec![alert("old", "DiskFilling", Severity::P3, 90_000)]);
        for name in ["payments/production", "search/production"] {
            let (target, alerts) = (target(name), vec![]);
            world.observe(am(), 2, vec![Observation::Alerts { target, alerts, unread: 0 }]);
        }
        world.github(&Conclusion::Success);
        world
    }

    /// The candidate is bad: errors rise, alerts fire, a check fails, another pipeline failed.
    pub fn bad() -> Self {
        let mut world = Self::good();
        world.metrics(|i| (0.004 + 0.0011 * f64::from(i), 208.0 + 4.0 * f64::from(i)));
        world.alerts(vec![
            Alert {
                runbook: Some("https://runbooks.example/errors".into()),
                ..alert("new", "HighErrorRate", Severity::P1, 180)
            },
            alert("old", "DiskFilling", Severity::P3, 90_000),
            Alert {
                unmapped: Some("disaster".into()),
                ..alert("odd", "Odd\u{202e}Name", Severity::P1, 60)
            },
            Alert { state: AlertState::Silenced, ..alert("hush", "Flappy", Severity::P2, 4_000) },
        ]);
        for back in [8, 5, 2] {
            let probe = Probe {
                state: HealthState::Unhealthy,
                code: Some(503),
                fault: Some(ProbeFault::Status),
                detail: Some("503: database pool exhausted".into()),
                components: vec![
                    component("database", HealthState::Unhealthy, Some("0 of 20 connections free")),
                    component("cache", HealthState::Healthy, None),
                ],
                ..probe("1.4.2")
            };
            world.probe(LIVE, Track::Candidate, back, probe);
        }
        world.github(&Conclusion::Failure);
        world.event(
            1,
            Event::Notice {
                text: "the journal's folder is almost full: 12 MB left".into(),
                target: None,
            },
        );
        world
    }

    /// One failed poll of everything that `checkout/production` needs.
    pub fn stale() -> Self {
        let mut world = Self::good();
        world.fail(1, 30);
        world
    }

    /// Nothing has answered for four minutes.
    pub fn lost() -> Self {
        let mut world = Self::good();
        world.fail(4, 240);
        world
    }

    fn fail(&mut self, times: usize, later_s: i64) {
        self.now += TimeDelta::seconds(later_s);
        let feeds = [
            (prom(), FaultKind::Timeout, "no answer within 5 s from http://127.0.0.1:9090"),
            (am(), FaultKind::Unreachable, "connection refused by 127.0.0.1:9093"),
            (
                FeedId::part("github", "acme/checkout"),
                FaultKind::Upstream,
                "502 from api.github.com",
            ),
            (
                FeedId::part("engine", LIVE),
                FaultKind::Unreachable,
                "connection refused by 127.0.0.1:9999",
            ),
        ];
        for _ in 0..times {
            for (feed, kind, text) in feeds.clone() {
                let fault = Fault::new(kind, text);
                self.event(1, Event::Failed { feed, fault, next_s: 8.0 });
            }
        }
    }

    /// An event that arrived some seconds ago.
    pub fn event(&mut self, ago_s: i64, event: Event) {
        self.seq += 1;
        let at = self.now - TimeDelta::seconds(ago_s);
        self.store.apply(&Envelope { seq: self.seq, at, asked_at: at, event });
    }

    pub fn observe(&mut self, feed: FeedId, ago_s: i64, items: Vec<Observation>) {
        let budget = (feed.source == "github").then(|| Budget {
            remaining: 4812,
            limit: 5000,
            reset: self.now + TimeDelta::seconds(900),
            widened_s: None,
            usual_s: None,
        });
        let event = Event::Observed { feed, items, budget, warnings: vec![], next_s: 5.0 };
        self.event(ago_s, event);
    }

    pub fn engine(&mut self, name: &str, stable: &str, candidate: &str, routed: f64) {
        let call = |server: &str, weight: u32| Call {
            to: "tcp:127.0.0.1:9999".into(),
            text: format!("set weight checkout/{server} {weight}"),
            expect: BTreeMap::from([(server.to_owned(), weight.to_string())]),
            run: None,
            follow: None,
        };
        let promote = |full| Offer {
            verb: Verb::Promote,
            full,
            weight: 100.0,
            calls: vec![call("canary1", 100), call("stable1", 0)],
            refused: None,
            forcible: false,
            notes: vec![],
            ahead: vec![],
            unread: None,
        };
        let back = Offer {
            verb: Verb::Rollback,
            weight: 0.0,
            calls: vec![call("stable1", 100), call("canary1", 0)],
            ..promote(false)
        };
        let server = |name: &str, side: &str, weight: u32, requests| Server {
            name: name.into(),
            side: side.into(),
            weight,
            eligible: true,
            state: "UP".into(),
            requests: Some(requests),
        };
        let rollout = Rollout {
            engine: "haproxy".into(),
            phase: None,
            reason: None,
            routed: Some(routed),
            stable: Some(stable.into()),
            candidate: Some(candidate.into()),
            since: None,
            settings: BTreeMap::new(),
            servers: vec![
                server("stable1", "stable", 50, 182_344),
                server("canary1", "candidate", 50, 41_210),
            ],
            offers: vec![promote(false), promote(true), back],
            blocks: vec![],
            notes: vec![],
            history: vec![],
        };
        let item = Observation::Rollout { target: target(name), rollout: Box::new(rollout) };
        self.observe(FeedId::part("engine", name), 1, vec![item]);
    }

    pub fn probe(&mut self, name: &str, track: Track, ago_s: i64, probe: Probe) {
        let item = Observation::Health {
            target: target(name),
            check: "api".into(),
            track,
            probe: Box::new(probe),
        };
        self.observe(FeedId::part("health", name), ago_s, vec![item]);
    }

    fn checks(&mut self, name: &str, revision: &str) {
        for ago in [720, 360, 20] {
            let parts = vec![
                component("database", HealthState::Healthy, None),
                component("cache", HealthState::Healthy, None),
            ];
            let healthy = Probe { components: parts, ..probe(revision) };
            self.probe(name, Track::Candidate, ago, healthy);
        }
        self.probe(name, Track::Stable, 700, probe("1.4.1"));
        self.probe(name, Track::Stable, 20, probe("1.4.1"));
    }

    /// Ten minutes of error rate and latency by the number of the reading.
    pub fn metrics(&mut self, of: impl Fn(i32) -> (f64, f64)) {
        let series = |pick: &dyn Fn(i32) -> f64| -> Vec<Point> {
            (0..60)
                .map(|i| Point {
                    at: self.now - TimeDelta::seconds(i64::from(59 - i) * 10 + 1),
                    reading: Reading::Number(pick(i)),
                })
                .collect()
        };
        let points = [
            series(&|i| of(i).0),
            series(&|i| 0.0011 + 0.0001 * f64::from(i % 3)),
            series(&|i| of(i).1),
            series(&|i| 198.0 + f64::from(i % 3)),
        ];
        let mut items: Vec<Observation> = points
            .into_iter()
            .enumerate()
            .map(|(index, points)| Observation::Metric {
                target: target(LIVE),
                index,
                points,
                fault: None,
            })
            .collect();
        items.push(Observation::Share {
            target: target(LIVE),
            points: vec![Point { at: self.now, reading: Reading::Number(49.2) }],
            fault: None,
        });
        let job = |job: &str, state, up, total| ScrapeJob {
            job: job.into(),
            state,
            up,
            total,
            error: None,
        };
        items.push(Observation::Scrapes {
            target: target(LIVE),
            jobs: vec![
                job("checkout", ScrapeState::Up, 4, 4),
                job("haproxy", ScrapeState::Absent, 0, 0),
            ],
        });
        self.observe(prom(), 1, items);
    }

    pub fn alerts(&mut self, alerts: Vec<Alert>) {
        self.observe(
            am(),
            2,
            vec![Observation::Alerts { target: target(LIVE), alerts, unread: 0 }],
        );
    }

    fn github(&mut self, ended: &Conclusion) {
        for (n, repo) in ["acme/checkout", "acme/payments", "acme/search"].into_iter().enumerate() {
            let active = n == 0;
            let ended = if n == 2 { ended.clone() } else { Conclusion::Success };
            let ended = (!active).then_some(ended);
            let run = run(n as u64, self.now, ended);
            let jobs = jobs(self.now, active);
            let (host, id) = ("github".to_owned(), run.id);
            let items = vec![
                Observation::Runs {
                    host: host.clone(),
                    repo: repo.into(),
                    workflow: "deploy.yml".into(),
                    runs: vec![run],
                    skipped: 0,
                },
                Observation::Jobs { host, repo: repo.into(), run: id, jobs },
            ];
            self.observe(FeedId::part("github", repo), 3, items);
        }
    }

    /// A promotion of ana's that was seen some time ago.
    pub fn promote(&mut self, to: f64, ago_s: i64) {
        let from = if to > 10.0 { 10.0 } else { 0.0 };
        let id = format!("promote-{to}");
        let plan = plan(&id, Verb::Promote, from, to);
        let report = Report {
            outcome: Outcome::Seen,
            steps: vec![StepReport {
                call: "tcp:127.0.0.1:9999: set weight checkout/canary1 50".into(),
                sent_ms: Some(0),
                accepted_ms: Some(12),
                seen_ms: Some(340),
                error: None,
                ..StepReport::default()
            }],
            refusals: vec![],
            took_ms: 352,
            ..Report::refused(ActionId(id), target(LIVE), Verb::Promote, vec![])
        };
        self.journal(ago_s, RecordKind::Intent { plan: Box::new(plan) });
        self.journal(ago_s, RecordKind::Outcome { report: Box::new(report), followed_up: false });
    }

    pub fn journal(&mut self, ago_s: i64, kind: RecordKind) {
        let record = Record {
            seq: self.seq,
            at: self.now - TimeDelta::seconds(ago_s),
            operator: "ana".into(),
            writer: Writer { id: "w".into(), host: "desk".into(), pid: 7 },
            kind,
        };
        self.event(ago_s, Event::Journaled { record: Box::new(record) });
    }

    /// Puts a request on a desk, as the runtime does.
    pub fn ask(&self, desk: &mut Desk, request: Request) {
        desk.ask(&self.store, request, ActionId("a-1".into()), self.now);
    }

    /// The plan of the question on the desk, as an intent that is being carried out.
    pub fn carry_out(&mut self, desk: &mut Desk) {
        let Some(Dialog::Rereading { .. }) = desk.dialog() else { return };
        let again = ActionId("a-2".into());
        let effects = desk.reread(&self.store, &ActionId("a-1".into()), None, again, self.now);
        for effect in effects {
            if let Effect::Execute { plan, .. } = effect {
                self.journal(0, RecordKind::Intent { plan });
            }
        }
    }
}
