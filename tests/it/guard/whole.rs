//! A target with every gate there is: each passes when all is told, and none of them passes while what it
//! stands on is not told. Whatever a gate says, a rollback goes on.

mod any;

use std::collections::BTreeSet;
use std::time::Duration;

use flightdeck::control::{Gate, GateState, Request, ask, assess, guard};
use flightdeck::model::backing::{Check, Checks};
use flightdeck::model::rules::AfterSpec;
use flightdeck::model::spec::{AutoMode, AutoSpec, RolloutSpec, Trigger};
use flightdeck::model::{
    ActionId, Conclusion, Danger, FeedId, Fleet, GateRules, HealthState, Link, LinkKind, LinkState,
    Look, MetricSpec, Observation, Outcome, Point, Reading, RefName, Run, Scan, Severity, Spent,
    Status, Tally, TargetSpec, Track, Verb,
};

use crate::support::Matrix;
use crate::support::build::{
    Build, at, feeds, fleet, health_feed, judge, probe, rollout, spec, target,
};
use crate::support::runs::run;

use super::after::{second, staging, staging_feed};
use super::freeze::between;
use super::scene::NOW;

const SHA: &str = "ab34567890ab34567890ab34567890ab34567890";

/// When the release began.
const BEGAN: i64 = NOW - 300;

const DAY: u64 = 86_400;

/// The gates that stand on what is told, in the order they are shown.
const TOLD: [&str; 14] = [
    "feeds",
    "health",
    "error rate",
    "breaker",
    "burn",
    "judge",
    "alerts",
    "soak",
    "checks",
    "pipeline",
    "queue",
    "security",
    "backup",
    "after",
];

/// Those that stand on the clock and the journal alone: they are always known.
const KNOWN: [&str; 2] = ["freeze", "hold"];

/// Everything that can be configured.
fn whole() -> TargetSpec {
    use Trigger::{Alerts, Breaker, Health, Judge, Metrics};
    let own = spec();
    let every = Duration::from_secs(5);
    let asked = super::assurance::rules();
    let rules = GateRules {
        required_checks: vec!["build".into()],
        pipeline: true,
        queue: true,
        security: vec![Danger::Critical, Danger::Secrets],
        burn: asked.burn,
        alert_path: asked.alert_path,
        backup: asked.backup,
        freezes: vec![between(1_000_000, 2_000_000)],
        after: Some(AfterSpec { target: staging(), workflow: None }),
        rehearse: Some(Duration::from_secs(DAY)),
        incident: None,
    };
    let judge = judge(every, &["errors"]);
    let auto = AutoSpec {
        mode: AutoMode::On,
        after: Duration::from_secs(30),
        on: BTreeSet::from([Judge, Metrics, Health, Alerts, Breaker]),
        alerts: Severity::P1,
        breaker: Some(own.metrics.len()),
        watch_after: Duration::from_secs(DAY),
        said: None,
    };
    let breaker = MetricSpec {
        name: "breaker".into(),
        track: Track::Whole,
        max: Some(0.0),
        hold_for: Duration::ZERO,
        ..own.metrics[0].clone()
    };
    let rollout = own.rollout.clone().expect("an engine");
    let metrics = own.metrics.iter().cloned().chain([breaker]).collect();
    let rollout = Some(RolloutSpec { auto: Some(auto), ..rollout });
    TargetSpec { rules, judge: Some(judge), rollout, metrics, ..own }
}

fn prometheus() -> FeedId {
    FeedId::source("prometheus.main")
}

/// A release at 10 % of which everything is told but what one gate stands on.
fn heard(silent: Option<&str>) -> Build {
    let fleet = Fleet { targets: vec![whole(), second(false)], ..fleet(spec()) };
    let mut build = Build::new(fleet);
    build.till(BEGAN).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(NOW);
    let told = |name: &str| silent != Some(name);
    let state = if told("health") { HealthState::Healthy } else { HealthState::Unknown };
    (0..3).for_each(|_| {
        build.probes(state);
    });
    counted(&mut build, silent);
    assured(&mut build, silent);
    hosted(&mut build, silent);
    let mut reading = rollout(10.0);
    if !told("queue") {
        for offer in &mut reading.offers {
            offer.unread = Some("its queue could not be read".into());
        }
    }
    build.reads(reading).alerts(Vec::new());
    if told("after") {
        let probe = Box::new(probe(HealthState::Healthy, "1.4.2"));
        let item = Observation::Health {
            target: staging(),
            check: "api".into(),
            track: Track::Whole,
            probe,
        };
        (0..2).for_each(|_| {
            build.says(&staging_feed("health"), vec![item.clone()]);
        });
    }
    for feed in feeds() {
        build.beats(&feed);
    }
    if !told("feeds") {
        build.fails(&health_feed(Track::Stable));
    }
    build
}

/// What Prometheus counts of the release.
fn counted(build: &mut Build, silent: Option<&str>) {
    let seconds = || (NOW - 120..=NOW).step_by(5);
    let series = |index: usize, name: &str, value: f64| {
        let hole =
            |s: i64| index == 0 && silent == Some("soak") && (NOW - 65..NOW - 20).contains(&s);
        let seconds = seconds().filter(|s| silent != Some(name) && !hole(*s));
        let points = seconds.map(|s| Point { at: at(s), reading: Reading::of(value) });
        Observation::Metric { target: target(), index, points: points.collect(), fault: None }
    };
    let look = |s: i64| Look {
        at: at(s),
        span_s: 5.0,
        candidate: Some(Tally { bad: 0.0, total: 100.0 }),
        stable: Some(Tally { bad: 1.0, total: 900.0 }),
    };
    let looks = (BEGAN + 5..=NOW).step_by(5).filter(|_| silent != Some("judge")).map(look);
    let looks =
        Observation::Looks { target: target(), index: 0, looks: looks.collect(), fault: None };
    build.says(
        &prometheus(),
        vec![series(0, "error rate", 0.001), series(1, "breaker", 0.0), looks],
    );
}

/// What Prometheus and its Alertmanager say beside it.
fn assured(build: &mut Build, silent: Option<&str>) {
    use LinkKind::{Alertmanager, Notifications, Rules, Watchdog};
    const WINDOWS: [u64; 7] = [300, 1_800, 3_600, 7_200, 21_600, DAY, 3 * DAY];
    if silent != Some("burn") {
        let spent = WINDOWS.map(|seconds| Spent {
            window: Duration::from_secs(seconds),
            errors: Reading::Number(0.0001),
            requests: None,
            fault: None,
        });
        let spent = spent.to_vec();
        build.says(&prometheus(), vec![Observation::Burn { target: target(), spent }]);
    }
    if silent != Some("backup") {
        let made = Reading::Number(at(NOW - 60).timestamp() as f64);
        build
            .says(&prometheus(), vec![Observation::Backup { target: target(), made, fault: None }]);
    }
    if silent != Some("alerts") {
        let links = |kinds: &[LinkKind]| {
            let link = |kind: &LinkKind| Link {
                kind: *kind,
                state: LinkState::Holds,
                detail: String::new(),
            };
            Observation::Path { target: target(), links: kinds.iter().map(link).collect() }
        };
        build.says(&prometheus(), vec![links(&[Rules, Alertmanager, Notifications])]);
        build.says(&FeedId::source("alertmanager.main"), vec![links(&[Watchdog])]);
    }
}

/// What GitHub says.
fn hosted(build: &mut Build, silent: Option<&str>) {
    let place = || ("github".to_owned(), "acme/checkout".to_owned());
    let tag = |tag: &str, sha: Option<&str>| RefName {
        tag: tag.to_owned(),
        title: None,
        sha: sha.map(str::to_owned),
        published_at: Some(at(0)),
        url: None,
    };
    let (host, repo) = place();
    let (releases, tags) = (vec![tag("v1.4.1", None)], vec![tag("v1.4.2", Some(SHA))]);
    let mut items = vec![Observation::Releases { host, repo, releases, tags }];
    if silent != Some("checks") {
        let (host, repo) = place();
        let (status, conclusion) = (Status::Completed, Some(Conclusion::Success));
        let check = Check { name: "build".into(), status, conclusion };
        let checks = Checks { all: vec![check], ..Checks::default() };
        items.push(Observation::Checks { host, repo, sha: SHA.into(), checks });
    }
    if silent != Some("pipeline") {
        let ((host, repo), workflow) = (place(), "deploy.yml".to_owned());
        let own = run(900, Status::Completed, Some(Conclusion::Success));
        let runs = vec![Run { sha: SHA.into(), ..own }];
        items.push(Observation::Runs { host, repo, workflow, runs, skipped: 0 });
    }
    if silent != Some("security") {
        let (host, repo) = place();
        let scan = |danger| Scan { danger, open: Vec::new(), more: false, unread: None };
        let scans = [Danger::Critical, Danger::Secrets].map(scan).to_vec();
        items.push(Observation::Scans { host, repo, scans });
    }
    build.says(&FeedId::part("github", "acme/checkout"), items);
}

fn gates(build: &Build) -> Vec<Gate> {
    assess(&build.store, &target(), build.now()).expect("a target").gates
}

fn id() -> ActionId {
    ActionId("new".into())
}

#[test]
fn the_documents_have_every_gate() {
    let told = std::fs::read_to_string("docs/gates.md").expect("the page");
    let rows = told.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let rows: Vec<String> = rows.skip(1).map(|cell| cell.replace('`', "")).collect();
    let mut all: Vec<String> = TOLD.into_iter().chain(KNOWN).map(str::to_owned).collect();
    all.iter_mut().filter(|name| *name == "error rate").for_each(|n| *n = "a metric's name".into());
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(rows), sorted(all));
}

#[test]
fn what_is_told_whole_passes_every_gate_there_is() {
    let build = heard(None);
    let gates = gates(&build);
    let not: Vec<&Gate> = gates.iter().filter(|gate| gate.state != GateState::Pass).collect();
    assert_eq!(not, Vec::<&Gate>::new());
    let names: BTreeSet<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
    // a gate that comes to be has to be listed here, and is then tried below
    assert_eq!(names, TOLD.into_iter().chain(KNOWN).collect());
    assert_eq!(guard(&build.store, &Request::new(target(), Verb::Promote), build.now()), []);
}

#[test]
fn a_gate_that_is_told_nothing_never_passes_and_never_keeps_a_rollback() {
    let columns = ["says", "promote", "promote by force", "rollback"];
    let title = "Every gate, while what it stands on is not told";
    let mut table = Matrix::new(title, TOLD, columns);
    for name in TOLD {
        let build = heard(Some(name));
        let gates = gates(&build);
        let gate = gates.iter().find(|gate| gate.name == name).expect(name);
        assert_eq!(gate.state, GateState::Unknown, "{name}: {}", gate.reason);
        table.fill(&name, &"says", gate.reason.as_str());

        let (store, now) = (&build.store, build.now());
        let promote = Request::new(target(), Verb::Promote);
        let refusals = guard(store, &promote, now);
        assert!(refusals.iter().any(|refusal| refusal.gate == name), "{name}: {refusals:?}");
        let asked = ask(store, &promote, id(), "ana", now);
        assert_eq!(asked.expect_err("it is not planned"), refusals);
        table.fill(&name, &"promote", "refused");

        let force = |reason: &str| Request {
            force: true,
            reason: Some(reason.to_owned()),
            ..promote.clone()
        };
        assert!(ask(store, &force(" "), id(), "ana", now).is_err(), "{name}: without a reason");
        let forced = ask(store, &force("we know"), id(), "ana", now).expect("with one");
        assert_eq!(forced.plan.overrides, refusals, "{name}: each is in the journal");
        table.fill(&name, &"promote by force", "named, and in the journal");

        let back = Request::new(target(), Verb::Rollback);
        assert_eq!(guard(store, &back, now), [], "{name}");
        assert!(ask(store, &back, id(), "ana", now).is_ok(), "{name}");
        table.fill(&name, &"rollback", "goes");
    }
    table.write("gate-matrix");
}
