//! What a process that has just started knows of the past.

use flightdeck::control::{Began, Effect, GateState, Standing, assess, chores};
use flightdeck::model::{
    HealthState, Observation, Outcome, Probe, RecordKind, Severity, Track, Verb,
};

use super::scene::{NOW, Says, Stand, build};
use crate::support::build::{
    Build, FOR, SOAK, alert, at, deployment, engine_feed, health_feed, probe, rollout, target,
};

pub fn seen(build: &Build) -> flightdeck::control::Assessment {
    assess(&build.store, &target(), build.now()).expect("configured")
}

pub fn gate(build: &Build, name: &str) -> (GateState, String, Option<f64>) {
    let gate = seen(build).gates.into_iter().find(|gate| gate.name == name).expect("such a gate");
    (gate.state, gate.reason, gate.left_s)
}

fn deployed(build: &mut Build, git_ref: &str, s: i64) {
    build.deployed(vec![deployment("production", git_ref, "success", s)]);
}

#[test]
fn engine_then_journal_then_deployment_then_first_sight() {
    let mut build = Build::plain();
    build.till(500).reads(rollout(10.0)).probes(HealthState::Healthy);
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Unknown, Began::SeenSince(at(500))));
    deployed(&mut build, "v1.4.2", 300);
    let known = seen(&build).evidence;
    assert_eq!(known.release, Began::Deployment(at(300)));
    assert_eq!(known.step, Began::Deployment(at(300)), "a deployment begins the first step");
    build.till(501).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(502).reads(rollout(10.0));
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Journal(at(501)), Began::Journal(at(501))));
    let mut reading = rollout(10.0);
    reading.since = Some(at(400));
    build.till(503).reads(reading);
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Engine(at(400)), Began::Engine(at(400))));
}

#[test]
fn a_deployment_of_another_revision_or_step_proves_nothing() {
    let mut build = Build::plain();
    build.till(500).reads(rollout(10.0)).probes(HealthState::Healthy);
    deployed(&mut build, "v1.4.1", 300);
    assert_eq!(seen(&build).evidence.release, Began::Unknown);
    deployed(&mut build, "v1.4.2", 300);
    build.till(501).reads(rollout(50.0));
    assert_eq!(seen(&build).evidence.step, Began::SeenSince(at(501)), "somebody went on meanwhile");
}

#[test]
fn a_first_sight_that_is_journaled_counts_for_the_next_process() {
    let mut build = Build::plain();
    let sight = RecordKind::FirstSight { target: target(), candidate: None, weight: 10.0 };
    build.till(100).journals(sight.clone()).till(200).journals(sight);
    build.till(500).reads(rollout(10.0));
    assert_eq!(seen(&build).evidence.step, Began::Journal(at(100)), "the first one counts");
    assert_eq!(seen(&build).evidence.release, Began::Unknown);
}

#[test]
fn without_a_beginning_every_firing_alert_counts() {
    let old = alert("Old", Severity::P1, at(10));
    let mut build = Build::plain();
    build.till(500).reads(rollout(10.0)).alerts(vec![old]);
    assert_eq!(gate(&build, "alerts").0, GateState::Fail);
    build.acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen).reads(rollout(10.0));
    assert_eq!(gate(&build, "alerts").0, GateState::Pass, "it is older than the release");
    let new = alert("New", Severity::P1, at(505));
    let mild = alert("Mild", Severity::P2, at(505));
    build.till(506).alerts(vec![mild.clone()]);
    assert_eq!(gate(&build, "alerts").0, GateState::Pass, "below alert_block");
    build.till(507).alerts(vec![mild, new]);
    assert_eq!(gate(&build, "alerts").0, GateState::Fail);
}

#[test]
fn the_candidates_metrics_pass_while_it_has_no_traffic() {
    let mut build = Build::plain();
    build.till(500).reads(rollout(0.0)).measures([(500, f64::NAN)]);
    let (state, reason, _) = gate(&build, "error rate");
    assert_eq!((state, reason.as_str()), (GateState::Pass, "no traffic yet"));
    build.till(501).reads(rollout(10.0));
    assert_eq!(gate(&build, "error rate").0, GateState::Unknown, "NaN is not zero");
}

#[test]
fn a_limit_decides_when_it_is_broken_throughout() {
    for (says, expected) in [
        (Says::AllPass, GateState::Pass),
        (Says::MetricFails, GateState::Fail),
        (Says::MetricWaits, GateState::Wait),
        (Says::MetricUnknown, GateState::Unknown),
    ] {
        let build = build(Stand::Ready, says, &None);
        let (state, reason, left) = gate(&build, "error rate");
        assert_eq!(state, expected, "{reason}");
        assert_eq!(left.is_some(), expected == GateState::Wait);
    }
    // broken 20 s ago, so clean again when `for` has passed since
    let build = build(Stand::Ready, Says::MetricWaits, &None);
    assert_eq!(gate(&build, "error rate").2, Some((FOR - 20) as f64));
    assert_eq!(gate(&build, "soak").2, Some((SOAK - 20) as f64), "clean time began anew");
}

#[test]
fn a_hole_is_unknown_not_clean() {
    let build = build(Stand::Ready, Says::SoakUnknown, &None);
    let (state, reason, _) = gate(&build, "soak");
    assert_eq!(state, GateState::Unknown, "{reason}");
    assert!(reason.contains("hole"), "{reason}");
}

#[test]
fn a_hole_that_goes_on_has_not_ended() {
    let mut build = build(Stand::Ready, Says::AllPass, &None);
    build.till(NOW + 18);
    let (state, reason, _) = gate(&build, "error rate");
    assert_eq!((state, reason.as_str()), (GateState::Unknown, "0.10 %, but no data for 18 s"));
    let (state, reason, _) = gate(&build, "soak");
    assert_eq!(state, GateState::Unknown);
    assert_eq!(reason, "no metrics for 18 s; clean time is not known");
    build.measures([(NOW + 18, 0.001)]);
    let (_, reason, _) = gate(&build, "error rate");
    assert!(reason.ends_with("a hole in the data ended 0 s ago"), "{reason}");
    build.till(NOW + 19).measures([(NOW + 19, f64::NAN)]);
    let (_, reason, _) = gate(&build, "soak");
    assert_eq!(reason, "no metrics for 1 s; clean time is not known");
}

#[test]
fn an_unhealthy_answer_within_the_soak_is_remembered_however_many_came_since() {
    let mut build = Build::plain();
    build.till(10).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen).reads(rollout(10.0));
    build.probes(HealthState::Healthy);
    build.till(NOW).probes(HealthState::Unhealthy);
    for s in 1..=400 {
        // eight a second: more answers than are kept
        build.till(NOW + s / 8).probes(HealthState::Healthy);
    }
    let points: Vec<(i64, f64)> = (NOW - 100..=NOW + 50).step_by(5).map(|s| (s, 0.001)).collect();
    build.till(NOW + 50).measures(points).reads(rollout(10.0));
    let (state, reason, left) = gate(&build, "soak");
    assert_eq!((state, left), (GateState::Wait, Some(10.0)), "{reason}");
    assert!(reason.ends_with("counted from a failure of api candidate"), "{reason}");
}

#[test]
fn one_answer_without_history_decides_and_says_so() {
    let mut build = Build::plain();
    build.till(5).reads(rollout(10.0)).probes(HealthState::Healthy);
    let (state, reason, _) = gate(&build, "health");
    assert_eq!(state, GateState::Pass);
    assert!(reason.contains("seen once"), "{reason}");
}

/// The candidate is probed and calls itself so.
fn calls_itself(build: &mut Build, revision: &str) {
    let probe = Box::new(probe(HealthState::Healthy, revision));
    let (target, track) = (target(), Track::Candidate);
    let health = Observation::Health { target, check: "api".into(), track, probe };
    build.says(&health_feed(track), vec![health]);
}

#[test]
fn another_candidate_at_the_same_weight_does_not_inherit_the_past() {
    let mut build = Build::plain();
    build.till(10).probes(HealthState::Healthy);
    build.acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen).reads(rollout(10.0));
    build.till(NOW).reads(rollout(10.0));
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Journal(at(10)), Began::Journal(at(10))));
    // the canary is replaced, and nobody touches the weights
    build.till(NOW + 1);
    calls_itself(&mut build, "1.4.3");
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Unknown, Began::SeenSince(at(NOW + 1))));
    let sight =
        RecordKind::FirstSight { target: target(), candidate: Some("1.4.3".into()), weight: 10.0 };
    build.till(NOW + 2).journals(sight.clone()).till(NOW + 3).journals(sight);
    let known = seen(&build).evidence;
    assert_eq!((known.release, known.step), (Began::Unknown, Began::Journal(at(NOW + 2))));
    deployed(&mut build, "v1.4.3", NOW);
    assert_eq!(seen(&build).evidence.release, Began::Deployment(at(NOW)));
}

#[test]
fn a_candidate_that_is_silent_for_a_moment_keeps_its_past() {
    let mut build = Build::plain();
    build.till(10).probes(HealthState::Healthy);
    build.acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen).reads(rollout(10.0));
    build.till(20);
    let mute = Probe { revision: None, ..probe(HealthState::Unhealthy, "") };
    let (target, track, probe) = (target(), Track::Candidate, Box::new(mute));
    let health = Observation::Health { target, check: "api".into(), track, probe };
    build.says(&health_feed(track), vec![health]);
    assert_eq!(seen(&build).evidence.step, Began::Journal(at(10)));
}

/// What another process wrote of the target's state.
fn changed(build: &mut Build, s: i64, from: &str, to: &str) {
    let (from, to, reasons) = (from.to_owned(), to.to_owned(), vec!["errors".to_owned()]);
    build.till(s).journals(RecordKind::Changed { target: target(), from, to, reasons });
}

#[test]
fn harm_that_another_process_journaled_is_not_clean_time() {
    let ready = || {
        let says = Says::AllPass;
        let mut build = build(Stand::Ready, says, &super::scene::links()[0]);
        assert_eq!(gate(&build, "soak").0, GateState::Pass);
        let now = Build::second(build.now());
        changed(&mut build, now - 20, "ok", "critical");
        build.till(now);
        build
    };
    let mut open = ready();
    let (state, reason, left) = gate(&open, "soak");
    assert_eq!((state, left), (GateState::Wait, Some(SOAK as f64)), "{reason}");
    assert!(reason.contains("critical"), "{reason}");
    // a single look is the first to see that it is over, and notes it
    let due = chores(&open.store, &target(), open.now(), false);
    let noted = due.iter().find_map(|effect| match effect {
        Effect::Note(kind) => {
            Some(kind.as_ref().clone()).filter(|kind| matches!(kind, RecordKind::Changed { .. }))
        }
        _ => None,
    });
    open.journals(noted.expect("a note"));
    assert_eq!(gate(&open, "soak").2, Some(SOAK as f64));
    let mut over = ready();
    let now = Build::second(over.now());
    changed(&mut over, now - 10, "critical", "attention");
    over.till(now);
    assert_eq!(gate(&over, "soak").2, Some(SOAK as f64 - 10.0));
    let mut blind = ready();
    changed(&mut blind, now - 10, "critical", "unknown");
    blind.till(now);
    assert_eq!(gate(&blind, "soak").2, Some(SOAK as f64), "that it is not seen is no end");
}

#[test]
fn a_limit_is_broken_for_as_long_as_it_was_and_not_for_as_long_as_matters() {
    let mut build = Build::plain();
    build.till(1000).reads(rollout(10.0)).probes(HealthState::Healthy);
    build.measures((0..=20).map(|i| (900 + i * 5, if i < 10 { 0.001 } else { 0.5 })));
    let (state, reason, _) = gate(&build, "error rate");
    assert_eq!(state, GateState::Fail);
    assert!(reason.ends_with("broken for 50 s"), "{reason}");
    let mut whole = Build::plain();
    whole.till(1000).reads(rollout(10.0)).probes(HealthState::Healthy);
    whole.measures((0..=20).map(|i| (900 + i * 5, 0.5)));
    let (_, reason, _) = gate(&whole, "error rate");
    assert!(reason.ends_with("broken for at least 100 s"), "{reason}");
}

#[test]
fn one_answer_says_nothing_of_how_long() {
    let mut build = Build::plain();
    build.till(100).reads(rollout(10.0)).probes(HealthState::Unhealthy);
    let (state, reason, _) = gate(&build, "health");
    assert_eq!(state, GateState::Unknown);
    assert_eq!(reason, "api candidate unknown, seen just now; failed 1 of 3 times");
    assert_eq!(seen(&build).standing, Standing::Unknown, "one lost packet is no harm");
    build.probes(HealthState::Unhealthy).probes(HealthState::Unhealthy);
    let (state, reason, _) = gate(&build, "health");
    assert_eq!(state, GateState::Fail);
    assert!(reason.contains("unhealthy, seen just now"), "{reason}");
    let reasons = seen(&build).reasons;
    assert!(reasons.iter().all(|reason| !reason.contains("for 0 s")), "{reasons:?}");
}

#[test]
fn alerts_that_ended_are_told() {
    let mut build = Build::plain();
    build.till(100).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(110).reads(rollout(10.0)).alerts(vec![alert("Errors", Severity::P1, at(105))]);
    assert_eq!(gate(&build, "alerts").0, GateState::Fail);
    build.till(120).alerts(Vec::new());
    let (state, reason, _) = gate(&build, "alerts");
    assert_eq!(state, GateState::Pass);
    assert!(reason.starts_with("none firing") && reason.ends_with("1 ended"), "{reason}");
}

#[test]
fn an_engine_that_is_silent_makes_nothing_better_and_its_soak_does_not_go_on() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    let now = Build::second(build.now());
    changed(&mut build, now, "ok", "attention");
    assert_eq!(seen(&build).standing.word(), "attention");
    build.till(now + 1).fails(&engine_feed());
    assert_eq!(seen(&build).standing.word(), "attention");
    let mut young = Build::plain();
    young.till(100).reads(rollout(10.0)).probes(HealthState::Healthy);
    young.measures((0..=20).map(|i| (i * 5, 0.001)));
    young.till(110).measures([(105, 0.001), (110, 0.001)]).beats(&engine_feed());
    young.till(120).measures([(115, 0.001), (120, 0.001)]).fails(&engine_feed());
    let (state, reason, left) = gate(&young, "soak");
    assert_eq!((state, left), (GateState::Wait, Some(SOAK as f64 - 10.0)), "{reason}");
}

#[test]
fn what_was_rolled_back_has_no_traffic_any_more() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    let now = Build::second(build.now());
    build.till(now + 1).acts("r", Verb::Rollback, 10.0, 0.0, Outcome::Seen).reads(rollout(0.0));
    for name in ["error rate", "soak"] {
        let (state, reason, _) = gate(&build, name);
        let says = "no traffic any more: 1.4.2 was rolled back";
        assert_eq!((state, reason.as_str()), (GateState::Pass, says));
    }
}
