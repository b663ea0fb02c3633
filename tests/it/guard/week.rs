//! A soak of a week on a machine that has just begun to look: the engine says since when, Prometheus's
//! history says how it went.

use std::time::Duration;

use flightdeck::control::{Gate, GateState, assess};
use flightdeck::model::{FeedId, HealthState, Observation, Point, Reading, Rollout, TargetSpec};

use crate::support::build::{Build, at, fleet, rollout, spec, target};

const DAY: i64 = 24 * 3600;
const WEEK: i64 = 7 * DAY;
/// Readings of a week's history are so far apart.
const STEP: i64 = 3024;

/// A process that has just been started, eight days after the step began, with an empty journal.
fn fresh(odd: &[(i64, Reading)]) -> Gate {
    let mut spec: TargetSpec = spec();
    if let Some(rollout) = &mut spec.rollout {
        rollout.soak = Duration::from_secs(WEEK.unsigned_abs());
    }
    let mut build = Build::new(fleet(spec));
    let now = 8 * DAY;
    build.till(now).reads(Rollout { since: Some(at(0)), ..rollout(10.0) });
    build.probes(HealthState::Healthy);
    let clean = (0..=WEEK / STEP).map(|n| (now - WEEK + n * STEP, Reading::Number(0.001)));
    let mut points: Vec<Point> =
        clean.chain(odd.iter().copied()).map(|(s, reading)| Point { at: at(s), reading }).collect();
    points.sort_by_key(|point| point.at);
    let metric = Observation::Metric { target: target(), index: 0, points, fault: None };
    build.says(&FeedId::source("prometheus.main"), vec![metric]);
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == "soak").expect("a soak")
}

#[test]
fn a_clean_week_passes_at_once() {
    let gate = fresh(&[]);
    assert_eq!((gate.state, gate.reason.as_str()), (GateState::Pass, "7 d 0 h clean"));
}

#[test]
fn a_breach_two_days_ago_leaves_five_to_wait() {
    let gate = fresh(&[(6 * DAY, Reading::Number(0.3))]);
    assert_eq!((gate.state, gate.left_s), (GateState::Wait, Some(5.0 * DAY as f64)), "{gate:?}");
}

#[test]
fn a_hole_is_unknown_unless_it_was_before_the_clean_time() {
    let hole = (6 * DAY + 1, Reading::Empty);
    let gate = fresh(&[hole]);
    assert_eq!(gate.state, GateState::Unknown, "{gate:?}");
    assert!(gate.reason.contains("clean time is not known"), "{}", gate.reason);
    let gate = fresh(&[hole, (7 * DAY, Reading::Number(0.3))]);
    assert_eq!((gate.state, gate.left_s), (GateState::Wait, Some(6.0 * DAY as f64)), "{gate:?}");
}

#[test]
fn forty_breaches_are_kept_and_the_last_one_counts() {
    let odd: Vec<_> = (0..60).map(|n| (2 * DAY + n * 7200, Reading::Number(0.3))).collect();
    let gate = fresh(&odd);
    let last = 2 * DAY + 59 * 7200;
    assert_eq!(gate.state, GateState::Wait, "{gate:?}");
    assert_eq!(gate.left_s, Some((last + WEEK - 8 * DAY) as f64));
}
