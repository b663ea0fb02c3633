//! What another environment has to say: has the same revision been there, and passed?

use std::time::Duration;

use flightdeck::control::{Gate, GateState, Request, assess, guard, is_overridable};
use flightdeck::model::rules::AfterSpec;
use flightdeck::model::{
    Conclusion, Deployment, Event, FeedId, Fleet, GateRules, HealthState, Observation, Outcome,
    RecordKind, Revision, Rollout, Status, Target, TargetSpec, Track, Verb,
};
use flightdeck::store::Store;

use crate::support::build::{Build, at, deployment, fleet, plan, probe, rollout, spec, target};
use crate::support::runs;

pub(super) fn staging() -> Target {
    "checkout/staging".parse().expect("a target")
}

pub(super) fn staging_feed(kind: &str) -> FeedId {
    FeedId::part(kind, "checkout/staging")
}

/// Staging without a soak of its own, or with none of an engine.
pub(super) fn second(engine: bool) -> TargetSpec {
    let mut spec = TargetSpec {
        target: staging(),
        production: false,
        alerts: None,
        metrics: Vec::new(),
        prometheus: None,
        environments: vec!["staging".into()],
        ..spec()
    };
    for check in &mut spec.health {
        check.feed = staging_feed("health");
    }
    let rollout = spec.rollout.as_mut().expect("a rollout");
    rollout.feed = staging_feed("engine");
    rollout.soak = Duration::from_secs(60);
    if !engine {
        spec.rollout = None;
        spec.health.truncate(1);
        spec.health[0].track = Track::Whole;
    }
    spec
}

/// Production after staging, at second 1000, with 1.4.2 as its candidate.
fn build(engine: bool, workflow: Option<&str>) -> Build {
    let after = AfterSpec { target: staging(), workflow: workflow.map(str::to_owned) };
    let rules = GateRules { after: Some(after), ..GateRules::default() };
    let mut build = Build::new(Fleet {
        targets: vec![TargetSpec { rules, ..spec() }, second(engine)],
        ..fleet(spec())
    });
    build.till(1000).reads(rollout(0.0)).probes(HealthState::Healthy);
    build
}

/// Staging's engine is read.
fn reads(build: &mut Build, rollout: Rollout) {
    let rollout = Box::new(rollout);
    let item = Observation::Rollout { target: staging(), rollout };
    build.says(&staging_feed("engine"), vec![item]);
}

/// Staging's checks answer, each side with its revision.
fn names(build: &mut Build, sides: &[(Track, HealthState, &str)]) {
    for (track, state, revision) in sides {
        let probe = Box::new(probe(*state, revision));
        let item =
            Observation::Health { target: staging(), check: "api".into(), track: *track, probe };
        build.says(&staging_feed("health"), vec![item]);
    }
}

const CANDIDATE: (Track, HealthState, &str) = (Track::Candidate, HealthState::Healthy, "1.4.2");

fn gate_of(store: &Store, build: &Build) -> Gate {
    let seen = assess(store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == "after").expect("a gate")
}

fn gate(build: &Build) -> (GateState, String) {
    let gate = gate_of(&build.store, build);
    (gate.state, gate.reason)
}

/// Staging, at a percentage since a second.
fn at_step(build: &mut Build, routed: f64, since: i64) {
    reads(build, Rollout { since: Some(at(since)), ..rollout(routed) });
    names(build, &[CANDIDATE, (Track::Stable, HealthState::Healthy, "1.4.1")]);
}

#[test]
fn nothing_heard_of_staging_is_unknown_and_blocks() {
    let build = build(true, None);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "{reason}");
    let promote = Request::new(target(), Verb::Promote);
    let refusals = guard(&build.store, &promote, build.now());
    let own = refusals.iter().find(|refusal| refusal.gate == "after").expect("refused");
    assert!(is_overridable(&build.store, &promote, own, build.now()));
    let rollback = Request::new(target(), Verb::Rollback);
    assert!(guard(&build.store, &rollback, build.now()).iter().all(|r| r.gate != "after"));
}

#[test]
fn a_candidate_without_a_name_is_unknown() {
    let mut build = build(true, None);
    at_step(&mut build, 100.0, 0);
    assert_eq!(gate(&build).0, GateState::Pass);
    let probe = flightdeck::model::Probe { revision: None, ..probe(HealthState::Healthy, "") };
    let health = Observation::Health {
        target: target(),
        check: "api".into(),
        track: Track::Candidate,
        probe: Box::new(probe),
    };
    build.till(1005).says(&crate::support::build::health_feed(Track::Candidate), vec![health]);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "{reason}");
}

#[test]
fn it_waits_while_staging_is_on_its_way_and_says_how_long_its_soak_takes() {
    let mut build = build(true, None);
    at_step(&mut build, 10.0, 900);
    let (state, reason) = gate(&build);
    assert_eq!((state, reason.contains("10 % in staging")), (GateState::Wait, true), "{reason}");
    at_step(&mut build, 100.0, 970);
    let soaking = gate_of(&build.store, &build);
    assert_eq!((soaking.state, soaking.left_s), (GateState::Wait, Some(30.0)), "{soaking:?}");
    at_step(&mut build, 100.0, 900);
    assert_eq!(gate(&build), (GateState::Pass, "1.4.2 completed in staging".into()));
}

#[test]
fn another_revision_there_waits_and_stable_there_passes() {
    let mut build = build(true, None);
    reads(&mut build, Rollout { since: Some(at(0)), ..rollout(0.0) });
    names(
        &mut build,
        &[
            (Track::Candidate, HealthState::Healthy, "1.4.3"),
            (Track::Stable, HealthState::Healthy, "1.4.1"),
        ],
    );
    let (state, reason) = gate(&build);
    assert_eq!((state, reason.as_str()), (GateState::Wait, "staging has 1.4.3, not 1.4.2 yet"));
    names(&mut build, &[(Track::Stable, HealthState::Healthy, "1.4.2")]);
    assert_eq!(gate(&build), (GateState::Pass, "1.4.2 is stable in staging".into()));
}

#[test]
fn an_engine_that_is_not_heard_any_more_is_unknown() {
    let mut build = build(true, None);
    at_step(&mut build, 100.0, 0);
    build.till(1200);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "{reason}");
}

#[test]
fn what_the_journal_saw_complete_stays_and_what_was_rolled_back_fails() {
    let mut build = build(true, None);
    let on_staging = |action: &str, verb, from, to| {
        let mut plan = plan(action, verb, from, to);
        plan.target = staging();
        plan
    };
    let up = on_staging("s1", Verb::Promote, 50.0, 100.0);
    build.begins(&up).ends(&up, Outcome::Seen).till(1005);
    let candidate = Some(Revision::from("1.4.2"));
    build.journals(RecordKind::Completed { target: staging(), candidate });
    build.till(1010);
    let (state, reason) = gate(&build);
    assert_eq!((state, reason.as_str()), (GateState::Pass, "1.4.2 completed in staging 5 s ago"));
    let back = on_staging("s2", Verb::Rollback, 100.0, 0.0);
    build.begins(&back).ends(&back, Outcome::Seen);
    let (state, reason) = gate(&build);
    assert_eq!((state, reason.as_str()), (GateState::Fail, "1.4.2 was rolled back in staging"));
}

#[test]
fn an_environment_that_nothing_moves_is_asked_what_runs_and_what_was_deployed() {
    let mut build = build(false, None);
    assert_eq!(gate(&build).0, GateState::Unknown);
    let whole = |state, revision| [(Track::Whole, state, revision)];
    names(&mut build, &whole(HealthState::Healthy, "1.4.1"));
    assert_eq!(gate(&build).0, GateState::Wait);
    names(&mut build, &whole(HealthState::Healthy, "1.4.2"));
    names(&mut build, &whole(HealthState::Healthy, "1.4.2"));
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Pass, "{reason}");
    build.till(1200);
    assert_eq!(gate(&build).0, GateState::Unknown, "its check is not heard any more");
    build.till(1000);
    names(&mut build, &whole(HealthState::Healthy, "1.4.3"));
    assert_eq!(gate(&build).0, GateState::Wait);
    build.deployed(vec![deployment("staging", "v1.4.2", "inactive", 500)]);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Wait, "what was deployed there does not run there: {reason}");
}

/// Staging as GitHub tells it, oldest first.
fn deploys(build: &mut Build, all: &[(&str, &str)]) {
    let all = all.iter().zip(1i64..);
    let deployments = all.map(|((git_ref, state), n)| Deployment {
        id: n.unsigned_abs(),
        ..deployment("staging", git_ref, state, n * 100)
    });
    build.deployed(deployments.collect());
}

#[test]
fn a_deployment_proves_nothing_that_a_check_contradicts_or_cannot_confirm() {
    let mut build = build(false, None);
    deploys(&mut build, &[("v1.4.2", "success")]);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "it was not probed: {reason}");
    let probe = flightdeck::model::Probe { revision: None, ..probe(HealthState::Unhealthy, "") };
    let refused = |probe| Observation::Health {
        target: staging(),
        check: "api".into(),
        track: Track::Whole,
        probe: Box::new(probe),
    };
    for _ in 0..3 {
        build.says(&staging_feed("health"), vec![refused(probe.clone())]);
    }
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Fail, "it refuses connections: {reason}");
    let nameless = flightdeck::model::Probe { state: HealthState::Healthy, ..probe };
    for _ in 0..2 {
        build.says(&staging_feed("health"), vec![refused(nameless.clone())]);
    }
    assert_eq!(
        gate(&build),
        (GateState::Pass, "1.4.2 was deployed to staging and is healthy".into())
    );
    names(&mut build, &[(Track::Whole, HealthState::Healthy, "2.1.0")]);
    assert_eq!(gate(&build).0, GateState::Wait);
    build.says(&staging_feed("health"), vec![refused(nameless)]);
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "it named another before: {reason}");
}

#[test]
fn where_nothing_is_probed_the_last_deployment_counts() {
    let mut own = build(false, None);
    let mut fleet = own.store.fleet().clone();
    fleet.targets[1].health.clear();
    own.tell(Event::Configured(Box::new(fleet)));
    own.reads(rollout(0.0)).probes(HealthState::Healthy);
    deploys(&mut own, &[("v1.4.2", "success")]);
    assert_eq!(gate(&own), (GateState::Pass, "1.4.2 was deployed to staging".into()));
    own.deployed_beside(vec![deployment("staging", "v1.4.2", "success", 100)], 1);
    let (state, reason) = gate(&own);
    assert_eq!(state, GateState::Unknown, "the one that cannot be read may be the last");
    assert!(reason.ends_with("but 1 of GitHub's items could not be read"), "{reason}");
    deploys(&mut own, &[("v1.4.2", "inactive"), ("v2.1.0", "success")]);
    let (state, reason) = gate(&own);
    assert_eq!(state, GateState::Wait, "{reason}");
}

#[test]
fn what_completed_by_its_engine_counts_only_while_its_health_is_known() {
    let mut build = build(true, None);
    at_step(&mut build, 100.0, 0);
    assert_eq!(gate(&build).0, GateState::Pass);
    for _ in 0..4 {
        build.fails(&staging_feed("health"));
    }
    let (state, reason) = gate(&build);
    assert_eq!(state, GateState::Unknown, "{reason}");
}

#[test]
fn the_named_workflow_must_have_passed_for_the_same_commit() {
    for (status, conclusion, expected) in [
        (Status::Completed, Some(Conclusion::Success), GateState::Pass),
        (Status::Completed, Some(Conclusion::Failure), GateState::Fail),
        (Status::Completed, Some(Conclusion::Skipped), GateState::Unknown),
        (Status::InProgress, None, GateState::Wait),
    ] {
        let mut build = build(true, Some("e2e.yml"));
        at_step(&mut build, 100.0, 0);
        assert_eq!(gate(&build).0, GateState::Unknown, "no run is known");
        let mut run = runs::run(860, status, conclusion);
        run.workflow = "e2e.yml".into();
        run.branch = Some("v1.4.2".into());
        let items = vec![Observation::Runs {
            host: "github".into(),
            repo: "acme/checkout".into(),
            workflow: "e2e.yml".into(),
            runs: vec![run],
            skipped: 0,
        }];
        build.tell(Event::Observed {
            feed: FeedId::part("github", "acme/checkout"),
            items,
            budget: None,
            warnings: Vec::new(),
            next_s: 5.0,
        });
        let (state, reason) = gate(&build);
        assert_eq!(state, expected, "{reason}");
        assert!(reason.contains("e2e.yml #"), "{reason}");
    }
}

#[test]
fn two_that_wait_for_each_other_still_end() {
    let mut build = build(true, None);
    let mut fleet = build.store.fleet().clone();
    let after = AfterSpec { target: target(), workflow: None };
    fleet.targets[1].rules.after = Some(after);
    build.tell(Event::Configured(Box::new(fleet)));
    assert_ne!(gate(&build).0, GateState::Pass);
}
