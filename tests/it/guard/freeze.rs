//! Freezes among the gates: what they stop, who may go on all the same, and that going back is never asked.

use std::slice;

use flightdeck::control::{Gate, GateState, Request, Standing, assess, guard, is_overridable};
use flightdeck::model::freeze::{Exception, FreezeSpec};
use flightdeck::model::{GateRules, HealthState, Phase, TargetSpec, Verb};

use crate::support::build::{Build, at, feeds, fleet, rollout, spec, target};

/// Frozen between two seconds.
pub(super) fn between(from: i64, to: i64) -> FreezeSpec {
    FreezeSpec {
        name: "holidays".into(),
        zone: "Europe/Berlin".parse().expect("a zone"),
        weekly: None,
        start: Some(local(from)),
        end: Some(local(to)),
        except: Vec::new(),
        reason: Some("nobody is here".into()),
    }
}

/// A second by the clocks of Berlin, an hour or two before those of the tests.
fn local(s: i64) -> chrono::NaiveDateTime {
    at(s).with_timezone(&chrono_tz::Europe::Berlin).naive_local()
}

/// A release that could go on if it were not for a freeze.
fn build(freezes: &[FreezeSpec]) -> Build {
    let rules = GateRules { freezes: freezes.to_vec(), ..GateRules::default() };
    let mut build = Build::new(fleet(TargetSpec { rules, ..spec() }));
    build.acts("p1", Verb::Promote, 0.0, 10.0, flightdeck::model::Outcome::Seen);
    for s in (0..=400).step_by(5) {
        build.till(s).measures([(s, 0.001)]);
    }
    build.probes(HealthState::Healthy).probes(HealthState::Healthy);
    build.reads(rollout(10.0)).alerts(Vec::new());
    feeds().iter().for_each(|feed| {
        build.beats(feed);
    });
    build
}

fn gate(build: &Build) -> Option<Gate> {
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == "freeze")
}

#[test]
fn without_one_there_is_no_gate() {
    assert_eq!(gate(&build(&[])), None);
}

#[test]
fn a_freeze_waits_for_its_end_and_its_exceptions_are_open() {
    let mut freeze = between(300, 900);
    let wait = gate(&build(slice::from_ref(&freeze))).expect("a gate");
    assert_eq!((wait.state, wait.left_s), (GateState::Wait, Some(500.0)));
    assert!(wait.reason.starts_with("holidays until "), "{}", wait.reason);
    assert!(wait.reason.ends_with(" CEST: nobody is here"), "{}", wait.reason);
    freeze.except = vec![Exception { start: local(350), end: local(450) }];
    let pass = gate(&build(slice::from_ref(&freeze))).expect("a gate");
    assert_eq!(pass.state, GateState::Pass);
    assert!(pass.reason.starts_with("none now; holidays begins in 50 s"), "{}", pass.reason);
    let over = gate(&build(&[between(300, 400)])).expect("a gate");
    assert_eq!(
        (over.state, over.reason.as_str()),
        (GateState::Pass, "none now, and none within 24 h")
    );
}

#[test]
fn one_without_an_end_in_sight_fails() {
    let endless = FreezeSpec { end: None, ..between(300, 900) };
    let fail = gate(&build(&[endless])).expect("a gate");
    assert_eq!((fail.state, fail.left_s), (GateState::Fail, None));
}

#[test]
fn it_stops_a_promotion_unless_forced_and_never_a_rollback() {
    let build = build(&[between(300, 900)]);
    let promote = Request::new(target(), Verb::Promote);
    let refusals = guard(&build.store, &promote, build.now());
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!(refusal.gate, "freeze");
    assert!(is_overridable(&build.store, &promote, refusal, build.now()));
    let rollback = Request::new(target(), Verb::Rollback);
    assert_eq!(guard(&build.store, &rollback, build.now()), []);
}

#[test]
fn a_frozen_target_is_well_and_nobody_is_asked() {
    let endless = FreezeSpec { end: None, ..between(300, 900) };
    for freeze in [between(300, 900), endless] {
        let build = build(&[freeze]);
        let seen = assess(&build.store, &target(), build.now()).expect("a target");
        assert_eq!(seen.phase, Some(Phase::AwaitingApproval));
        assert!(seen.is_frozen());
        assert_ne!(seen.standing, Standing::Critical, "{:?}", seen.reasons);
    }
}
