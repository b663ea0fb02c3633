//! The nouns a store is made of: one target with its rollout, checks and metric, and what is said of it.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::DateTime;
use flightdeck::model::spec::{Hooks, RolloutSpec};
use flightdeck::model::{
    ActionId, Alert, AlertSpec, AlertState, Call, CheckSpec, ComparisonSpec, Deployment, FeedId,
    Fleet, GateRules, HealthState, JudgeSpec, MetricSpec, Offer, Outcome, Plan, Probe, Report,
    Revision, Rollout, Severity, StepReport, Target, TargetSpec, Time, Track, Verb,
};

use crate::support::programs::action;

/// The steps of the target that is built.
pub const STEPS: [f64; 3] = [10.0, 50.0, 100.0];
/// Its soak, in seconds.
pub const SOAK: i64 = 60;
/// The `for` of its metric, in seconds.
pub const FOR: i64 = 30;

/// A moment, in seconds from the beginning of the tests' time.
pub fn at(s: i64) -> Time {
    DateTime::from_timestamp(1_760_000_000 + s, 0).expect("a time")
}

/// The target that is built.
pub fn target() -> Target {
    "checkout/production".parse().expect("a target")
}

/// The feed of a check of the target, by its side.
pub fn health_feed(track: Track) -> FeedId {
    FeedId::part("health", format!("checkout/production {}", track.word()))
}

/// Every feed that a promotion of the target stands on.
pub fn feeds() -> [FeedId; 6] {
    [
        engine_feed(),
        health_feed(Track::Candidate),
        health_feed(Track::Stable),
        FeedId::source("prometheus.main"),
        FeedId::source("alertmanager.main"),
        FeedId::part("github", "acme/checkout"),
    ]
}

/// The feed of the target's engine.
pub fn engine_feed() -> FeedId {
    FeedId::part("engine", "checkout/production")
}

/// A production target with everything watched.
pub fn spec() -> TargetSpec {
    let check = |track: Track| CheckSpec {
        name: "api".into(),
        track,
        feed: health_feed(track),
        every: Duration::from_secs(5),
        grace: Duration::from_secs(30),
        rise: 2,
        fall: 3,
    };
    TargetSpec {
        target: target(),
        production: true,
        group: None,
        wave: None,
        host: Some("github".into()),
        repo: Some("acme/checkout".into()),
        workflow: Some("deploy.yml".into()),
        workflow_ref: None,
        environments: vec!["production".into()],
        advisory: vec!["nightly.yml".into()],
        migrations: vec!["db/migrate/**".into()],
        image: None,
        budget: BTreeMap::new(),
        alert_block: Severity::P1,
        alerts: Some(AlertSpec {
            feed: FeedId::source("alertmanager.main"),
            matchers: vec!["service=\"checkout\"".into()],
        }),
        links: BTreeMap::new(),
        contacts: Vec::new(),
        rollout: Some(RolloutSpec {
            engine: "haproxy".into(),
            feed: engine_feed(),
            steps: STEPS.to_vec(),
            soak: Duration::from_secs(SOAK.unsigned_abs()),
            auto: None,
            has_share: true,
            rollback_within: Duration::from_secs(60),
            rotate: false,
            rollback_workflow: None,
            reruns: false,
            sends_pause: false,
        }),
        health: vec![check(Track::Candidate), check(Track::Stable)],
        judge: None,
        rules: GateRules::default(),
        metrics: vec![MetricSpec {
            name: "error rate".into(),
            track: Track::Candidate,
            query: "errors".into(),
            max: Some(0.01),
            min: None,
            hold_for: Duration::from_secs(FOR.unsigned_abs()),
            unit: "ratio".into(),
            every: Duration::from_secs(5),
        }],
        prometheus: Some(FeedId::source("prometheus.main")),
        scrape_jobs: vec!["checkout".into()],
        hooks: Hooks::default(),
        actions: vec![action("drain", &["./drain", "{target}"])],
    }
}

/// A fleet of one target.
pub fn fleet(spec: TargetSpec) -> Fleet {
    Fleet { targets: vec![spec], origin: "a test".into(), ..Fleet::default() }
}

/// A reading of the engine at a percentage, with what a stepwise engine would offer from there.
pub fn rollout(routed: f64) -> Rollout {
    let setting = |weight: f64| BTreeMap::from([("candidate".to_owned(), format!("{weight}"))]);
    let call = |weight: f64| Call {
        to: "tcp:127.0.0.1:9999".into(),
        text: format!("set weight checkout/canary1 {weight}"),
        expect: setting(weight),
        run: None,
        follow: None,
    };
    let offer = |verb, full, weight: f64, refused: Option<&str>| Offer {
        verb,
        full,
        weight,
        calls: vec![call(weight)],
        refused: refused.map(str::to_owned),
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    };
    let next = STEPS.into_iter().find(|step| *step > routed + 0.5);
    let done = next.is_none().then_some("the candidate has all the traffic already");
    Rollout {
        engine: "haproxy".into(),
        phase: None,
        reason: None,
        routed: Some(routed),
        stable: None,
        candidate: None,
        since: None,
        settings: setting(routed),
        servers: Vec::new(),
        offers: vec![
            offer(Verb::Promote, false, next.unwrap_or(100.0), done),
            offer(Verb::Promote, true, 100.0, done),
            offer(Verb::Rollback, false, 0.0, None),
        ],
        blocks: Vec::new(),
        notes: Vec::new(),
        history: Vec::new(),
    }
}

/// An answer of a health endpoint.
pub fn probe(state: HealthState, revision: &str) -> Probe {
    Probe {
        state,
        latency_ms: 12.0,
        code: Some(200),
        fault: None,
        detail: None,
        revision: Some(revision.to_owned()),
        components: Vec::new(),
        error_rate: None,
        uptime_s: None,
        cert_days: None,
    }
}

/// A firing alert.
pub fn alert(name: &str, severity: Severity, since: Time) -> Alert {
    Alert {
        fingerprint: name.to_owned(),
        name: name.to_owned(),
        severity,
        unmapped: None,
        quiet_by: vec![],
        state: AlertState::Firing,
        since: Some(since),
        summary: None,
        runbook: None,
        generator: None,
        receivers: Vec::new(),
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
    }
}

/// A plan as the journal holds it, leading from one percentage to another.
pub fn plan(action: &str, verb: Verb, from: f64, to: f64) -> Plan {
    let moves = matches!(verb, Verb::Promote | Verb::Rollback);
    let reading = rollout(from);
    let calls = rollout(to).settings;
    let call = Call {
        to: "tcp:127.0.0.1:9999".into(),
        text: format!("to {to}"),
        expect: calls,
        ..Call::default()
    };
    let (old, new) = (Some(Revision::from("1.4.1")), Some(Revision::from("1.4.2")));
    let (left, reached) = if verb == Verb::Promote { (&old, &new) } else { (&new, &old) };
    Plan {
        action: ActionId(action.to_owned()),
        target: target(),
        verb,
        name: None,
        subject: None,
        full: false,
        from: left.clone(),
        to: reached.clone(),
        candidate: new.clone(),
        from_weight: reading.routed.filter(|_| moves),
        to_weight: moves.then_some(to),
        calls: if moves { vec![call] } else { Vec::new() },
        before: None,
        after: None,
        overrides: Vec::new(),
        reason: None,
        notes: Vec::new(),
        ahead: Vec::new(),
        read_at: None,
        alarm: None,
        verify_ms: 10_000,
        within_ms: None,
    }
}

/// A deployment as GitHub lists it.
pub fn deployment(environment: &str, git_ref: &str, state: &str, s: i64) -> Deployment {
    Deployment {
        id: 1,
        environment: environment.into(),
        sha: "0".repeat(40),
        git_ref: git_ref.into(),
        created_at: Some(at(s)),
        state: Some(state.into()),
        creator: None,
        environment_url: None,
        odd: None,
    }
}

/// A judge that compares what the names say.
pub fn judge(every: Duration, names: &[&str]) -> JudgeSpec {
    let comparison = |name: &&str| ComparisonSpec {
        name: (*name).into(),
        query: "errors / requests".into(),
        points: 0.0025,
        part: 0.2,
    };
    JudgeSpec {
        alpha: 0.05,
        warm_up: Duration::from_secs(10),
        every,
        comparisons: names.iter().map(comparison).collect(),
    }
}

/// What became of a plan. Calls count as sent unless it was refused or failed.
pub fn report(plan: &Plan, outcome: Outcome) -> Report {
    let sent = !matches!(outcome, Outcome::Refused | Outcome::Failed);
    let step = |call: &Call| StepReport {
        call: call.to_string(),
        sent_ms: sent.then_some(0),
        accepted_ms: matches!(outcome, Outcome::Seen | Outcome::Accepted).then_some(0),
        seen_ms: (outcome == Outcome::Seen).then_some(0),
        ..StepReport::default()
    };
    let steps = plan.calls.iter().map(step).collect();
    let refused = Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, Vec::new());
    Report { outcome, steps, from: plan.from.clone(), to: plan.to.clone(), ..refused }
}
