//! A store in which every text that comes from outside is one given text: sources, engines, other
//! operators' journal lines, and a configuration that somebody else wrote.

use std::collections::BTreeMap;
use std::time::Duration;

use flightdeck::model::spec::Hooks;
use flightdeck::model::{
    ActionId, ActionSpec, Alert, AlertState, Component, Conclusion, Decision, Deployment, Envelope,
    Event, Fault, FaultKind, FeedId, Fleet, HealthState, HookSpec, Job, JobStep, Observation,
    Outcome, Probe, Program, Record, RecordKind, RefName, Refusal, Report, Revision, Rollout, Run,
    ScrapeJob, ScrapeState, Server, Severity, Status, StepReport, TargetSpec, Track, Verb, Waiting,
    Waits, Writer,
};
use flightdeck::store::Store;
use serde_json::Value;

use crate::support::build::{
    Build, alert, at, engine_feed, fleet, health_feed, plan, probe, report, rollout, spec, target,
};

/// Stands where the text goes.
const HERE: &str = "@@";

/// The moment to look.
pub const NOW: i64 = 1_000;

fn here() -> String {
    HERE.to_owned()
}

#[allow(clippy::unnecessary_wraps, reason = "it fills fields that may be empty")]
fn some() -> Option<String> {
    Some(here())
}

/// Folds a world in which every foreign text is `text`. With `calm` the target may be promoted.
pub fn store(text: &str, calm: bool) -> (Store, Vec<Record>) {
    let mut store = Store::default();
    let mut records = Vec::new();
    for envelope in envelopes(text, calm) {
        if let Event::Journaled { record, .. } = &envelope.event {
            records.push(record.as_ref().clone());
        }
        store.apply(&envelope);
    }
    (store, records)
}

/// The events of such a world.
pub fn envelopes(text: &str, calm: bool) -> Vec<Envelope> {
    let poisoned = |envelope| {
        let mut value = serde_json::to_value(envelope).expect("plain data");
        replace(&mut value, text);
        serde_json::from_value(value).expect("plain data")
    };
    log(calm).into_iter().map(poisoned).collect()
}

/// What became of an action whose every word is `text`.
pub fn ended(text: &str) -> Report {
    let plan = plan("r", Verb::Rollback, 10.0, 0.0);
    let step = StepReport { call: here(), error: some(), output: some(), ..StepReport::default() };
    let step = StepReport { sent_ms: Some(0), ..step };
    let report = Report {
        from: Some(Revision(here())),
        to: Some(Revision(here())),
        steps: vec![step],
        refusals: vec![Refusal::new(HERE, HERE)],
        notes: vec![here()],
        ..report(&plan, Outcome::Unknown)
    };
    let mut value = serde_json::to_value(report).expect("plain data");
    replace(&mut value, text);
    serde_json::from_value(value).expect("plain data")
}

fn replace(value: &mut Value, text: &str) {
    match value {
        Value::String(held) if held.contains(HERE) => *held = held.replace(HERE, text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, text)),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            for (key, mut field) in old {
                replace(&mut field, text);
                fields.insert(key.replace(HERE, text), field);
            }
        }
        _ => {}
    }
}

fn log(calm: bool) -> Vec<Envelope> {
    let mut fleet: Fleet = fleet(foreign_spec());
    fleet.origin = here();
    let mut build = Build::new(fleet);
    build.till(100);
    journal(&mut build, calm);
    build.till(NOW);
    pipeline(&mut build);
    build.reads(foreign_rollout());
    for track in [Track::Candidate, Track::Stable] {
        for ago in [3, 2, 1] {
            build.till(NOW - ago);
            let state = if calm { HealthState::Healthy } else { HealthState::Unhealthy };
            let probe = Box::new(foreign_probe(state));
            let (target, check) = (target(), here());
            build.says(
                &health_feed(track),
                vec![Observation::Health { target, check, track, probe }],
            );
        }
    }
    build.till(NOW);
    build.measures((0..30).map(|n| (NOW - n * 5, if calm { 0.001 } else { 0.5 })));
    build.alerts(if calm { Vec::new() } else { foreign_alerts() });
    if calm {
        return build.log;
    }
    let scrape =
        ScrapeJob { job: here(), state: ScrapeState::Down, up: 0, total: 1, error: some() };
    let scrapes = Observation::Scrapes { target: target(), jobs: vec![scrape] };
    let share = Observation::Share { target: target(), points: Vec::new(), fault: some() };
    let metric =
        Observation::Metric { target: target(), index: 0, points: Vec::new(), fault: some() };
    let prometheus = FeedId::source("prometheus.main");
    build.tell(Event::Observed {
        feed: prometheus.clone(),
        items: vec![scrapes, share, metric],
        budget: None,
        warnings: vec![here()],
        next_s: 5.0,
    });
    for feed in [prometheus, engine_feed(), FeedId::part("github", HERE)] {
        let fault = Fault::new(FaultKind::Garbage, HERE);
        build.tell(Event::Failed { feed, fault, next_s: 5.0 });
    }
    build.tell(Event::Notice { text: here(), target: None });
    build.log
}

fn foreign_spec() -> TargetSpec {
    let mut spec = spec();
    let hook =
        || Some(HookSpec { argv: vec![here()], timeout: Duration::from_secs(1), required: true });
    spec.repo = some();
    spec.workflow = some();
    spec.group = some();
    spec.links = BTreeMap::from([(here(), here())]);
    spec.contacts = vec![here()];
    spec.scrape_jobs = vec![here()];
    let program = Program { argv: vec![here(), here()], ..spec.actions[0].program.clone() };
    spec.actions = vec![ActionSpec { name: here(), program, by_name: false, within: None }];
    spec.hooks = Hooks { before_promote: hook(), before_rollback: hook(), ..Hooks::default() };
    for metric in &mut spec.metrics {
        (metric.name, metric.query, metric.unit) = (here(), here(), here());
    }
    for check in &mut spec.health {
        check.name = here();
    }
    if let Some(alerts) = &mut spec.alerts {
        alerts.matchers = vec![here()];
    }
    if let Some(rollout) = &mut spec.rollout {
        rollout.engine = here();
    }
    spec
}

fn foreign_rollout() -> Rollout {
    let mut rollout = rollout(10.0);
    rollout.engine = here();
    rollout.reason = some();
    rollout.stable = Some(Revision(here()));
    rollout.candidate = Some(Revision(here()));
    rollout.servers = vec![Server {
        name: here(),
        side: here(),
        weight: 10,
        eligible: true,
        state: here(),
        requests: Some(1),
    }];
    for call in rollout.offers.iter_mut().flat_map(|offer| &mut offer.calls) {
        (call.to, call.text) = (here(), format!("set weight {HERE}"));
    }
    rollout.notes = vec![here()];
    rollout
}

fn foreign_probe(state: HealthState) -> Probe {
    let component = Component { name: here(), state: HealthState::Degraded, detail: some() };
    Probe { detail: some(), components: vec![component], ..probe(state, HERE) }
}

fn foreign_alerts() -> Vec<Alert> {
    let states = [AlertState::Firing, AlertState::Silenced, AlertState::Inhibited];
    let foreign = |state| Alert {
        fingerprint: here(),
        unmapped: some(),
        state,
        quiet_by: vec![here()],
        summary: some(),
        runbook: some(),
        generator: some(),
        receivers: vec![here()],
        labels: BTreeMap::from([(here(), here())]),
        annotations: BTreeMap::from([(here(), here())]),
        ..alert(HERE, Severity::P0, at(NOW - 5))
    };
    states.into_iter().map(foreign).collect()
}

/// What waits in a run: at the target's environment, and at another one.
fn waits() -> Waits {
    let waiting = |environment: &str, may_decide| Waiting {
        environment_id: 1,
        environment: environment.to_owned(),
        since: Some(at(NOW - 60)),
        timer_ends: None,
        may_decide,
        why_not: some(),
        reviewers: vec![here()],
    };
    let decision =
        Decision { environments: vec![here()], state: here(), by: some(), comment: here() };
    let waiting = vec![waiting("production", true), waiting(HERE, false)];
    Waits { waiting, decisions: vec![decision] }
}

fn pipeline(build: &mut Build) {
    let (host, repo) = ("github".to_owned(), here());
    let foreign = |id: u64| Run {
        id,
        workflow: here(),
        name: here(),
        number: id,
        attempt: 1,
        title: here(),
        branch: some(),
        sha: here(),
        event: here(),
        status: if id == 2 { Status::InProgress } else { Status::Other(here()) },
        conclusion: Some(Conclusion::Other(here())),
        created_at: Some(at(NOW - 100)),
        started_at: Some(at(NOW - 90)),
        updated_at: Some(at(NOW - 80)),
        url: format!("http://127.0.0.1/{HERE}"),
        actor: some(),
        odd: some(),
    };
    let runs = vec![foreign(2), foreign(1)];
    let step = |number, status| JobStep {
        number,
        name: here(),
        status,
        conclusion: None,
        started_at: Some(at(NOW - 50)),
        completed_at: None,
    };
    let job = Job {
        id: 1,
        name: here(),
        status: Status::InProgress,
        conclusion: None,
        started_at: Some(at(NOW - 50)),
        completed_at: None,
        steps: vec![step(1, Status::Other(here())), step(2, Status::InProgress)],
        url: some(),
        runner: some(),
        labels: vec![],
        odd: some(),
    };
    let deployment = Deployment {
        id: 1,
        environment: "production".into(),
        sha: here(),
        git_ref: here(),
        created_at: Some(at(NOW - 100)),
        state: some(),
        creator: some(),
        environment_url: some(),
        odd: some(),
    };
    let name = RefName { tag: here(), title: some(), sha: some(), published_at: None, url: some() };
    let (h, r) = (|| host.clone(), || repo.clone());
    let items = vec![
        Observation::Runs { host: h(), repo: r(), workflow: here(), runs, skipped: 1 },
        Observation::Jobs { host: h(), repo: r(), run: 2, jobs: vec![job] },
        Observation::Waits { host: h(), repo: r(), run: 2, waits: waits() },
        Observation::Deployments {
            host: h(),
            repo: r(),
            deployments: vec![deployment],
            skipped: 0,
        },
        Observation::Releases {
            host: h(),
            repo: r(),
            releases: vec![name.clone()],
            tags: vec![name],
        },
    ];
    build.says(&FeedId::part("github", HERE), items);
}

fn journal(build: &mut Build, calm: bool) {
    let line = |build: &mut Build, kind| {
        let writer = Writer { id: here(), host: here(), pid: 1 };
        let record = Record { seq: 1, at: build.now(), operator: here(), writer, kind };
        build.tell(Event::Journaled { record: Box::new(record) });
    };
    let mut verbs = vec![("p", Verb::Promote, 0.0, 10.0, Outcome::Seen)];
    if !calm {
        verbs.push(("s", Verb::Pause, 10.0, 10.0, Outcome::Seen));
        verbs.push(("h", Verb::Hold, 10.0, 10.0, Outcome::Seen));
        verbs.push(("q", Verb::Promote, 10.0, 50.0, Outcome::Unknown));
    }
    for (action, verb, from, to, outcome) in verbs {
        let mut plan = plan(action, verb, from, to);
        (plan.from, plan.to) = (Some(Revision(here())), Some(Revision(here())));
        (plan.reason, plan.notes) = (some(), vec![here()]);
        plan.overrides = vec![Refusal::new(HERE, HERE)];
        for call in &mut plan.calls {
            (call.to, call.text) = (here(), here());
        }
        let told = Report { notes: vec![here()], ..report(&plan, outcome) };
        line(build, RecordKind::Intent { plan: Box::new(plan) });
        line(build, RecordKind::Outcome { report: Box::new(told), followed_up: false });
    }
    let candidate = Some(Revision(here()));
    line(
        build,
        RecordKind::FirstSight { target: target(), candidate: candidate.clone(), weight: 10.0 },
    );
    if !calm {
        let (from, to) = (here(), here());
        let reasons = vec![here()];
        line(build, RecordKind::Changed { target: target(), from, to, reasons });
        line(build, RecordKind::Completed { target: target(), candidate });
        let target = target();
        build.tell(Event::Progress { action: ActionId("q".into()), target, text: here() });
    }
}
