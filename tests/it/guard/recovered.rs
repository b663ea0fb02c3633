//! Whether a rollback did what it is for: what was not read since is unknown, never well.

use flightdeck::control::{Proven, recovered};
use flightdeck::model::{FeedId, HealthState, Observation, Outcome, Point, Reading, Track, Verb};

use crate::support::build::{Build, at, fleet, rollout, spec, target};

/// A target whose metric is of what stays, rolled back from 10 % at second 100.
fn back() -> Build {
    let mut spec = spec();
    spec.metrics[0].track = Track::Stable;
    let mut build = Build::new(fleet(spec));
    build.reads(rollout(10.0)).probes(HealthState::Unhealthy).measures([(0, 0.2), (90, 0.2)]);
    shares(&mut build, 0, 10.0);
    build.till(100).acts("back", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build
}

fn shares(build: &mut Build, second: i64, share: f64) {
    let points = vec![Point { at: at(second), reading: Reading::of(share) }];
    let share = Observation::Share { target: target(), points, fault: None };
    build.says(&FeedId::source("prometheus.main"), vec![share]);
}

fn parts(build: &Build) -> Vec<Proven> {
    recovered(&build.store, build.state(), build.now())
}

fn of(build: &Build, name: &str) -> (Option<bool>, String) {
    let found = parts(build).into_iter().find(|part| part.name == name);
    let found = found.unwrap_or_else(|| panic!("{name} is looked at"));
    (found.is_well, found.sentence())
}

#[test]
fn without_a_rollback_there_is_nothing_to_prove() {
    let mut build = Build::plain();
    build.reads(rollout(0.0));
    assert_eq!(parts(&build), Vec::new());
    build.acts("back", Verb::Rollback, 10.0, 0.0, Outcome::Refused);
    assert_eq!(parts(&build), Vec::new(), "nothing was sent");
}

#[test]
fn what_was_not_read_since_is_unknown() {
    let build = back();
    for name in ["weights", "share", "health", "error rate"] {
        let (is_well, said) = of(&build, name);
        assert_eq!(is_well, None, "{said}");
        assert!(said.starts_with("? "), "{said}");
    }
}

#[test]
fn it_is_well_when_all_was_read_anew_and_is_well() {
    let mut build = back();
    build.till(150).reads(rollout(0.0)).probes(HealthState::Unhealthy);
    shares(&mut build, 150, 0.3);
    build.measures((105..=150).step_by(5).map(|s| (s, 0.001)));
    for part in parts(&build) {
        assert_eq!(part.is_well, Some(true), "the candidate has no say: {}", part.sentence());
    }
    assert_eq!(of(&build, "share").1, "✓ share: 0.3 % of the traffic still reaches it");
}

#[test]
fn what_is_read_and_not_well_is_said() {
    let mut build = back();
    build.till(150).reads(rollout(10.0));
    shares(&mut build, 150, 8.0);
    build.measures((105..=150).step_by(5).map(|s| (s, 0.2)));
    for name in ["weights", "share", "error rate"] {
        let (is_well, said) = of(&build, name);
        assert_eq!(is_well, Some(false), "{said}");
    }
    build.till(170);
    shares(&mut build, 170, f64::NAN);
    assert_eq!(of(&build, "share").0, None, "NaN is no small share");
}

#[test]
fn what_cannot_be_believed_any_more_is_unknown() {
    let mut build = back();
    build.till(150).reads(rollout(0.0)).probes(HealthState::Healthy);
    shares(&mut build, 150, 0.0);
    build.till(4_000);
    for name in ["weights", "share", "health", "error rate"] {
        let (is_well, said) = of(&build, name);
        assert_eq!(is_well, None, "{said}");
    }
}

#[test]
fn where_no_metric_of_what_is_left_has_a_limit_that_is_said() {
    let mut build = Build::plain();
    build.reads(rollout(10.0)).till(100).acts("b", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build.till(150).reads(rollout(0.0));
    let (is_well, said) = of(&build, "metrics");
    assert_eq!(is_well, None);
    assert_eq!(said, "? metrics: none of what is left has a limit");
}
