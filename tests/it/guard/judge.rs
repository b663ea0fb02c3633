//! The judge among the gates: what it says of looks, of none, and of sides without traffic.

use std::time::Duration;

use flightdeck::control::{Gate, GateState, Verdict, assess, findings};
use flightdeck::model::{FeedId, HealthState, Look, Observation, Outcome, Tally, TargetSpec, Verb};

use crate::support::build::{Build, at, fleet, judge, rollout, spec, target};

fn judged() -> TargetSpec {
    let judge = judge(Duration::from_secs(5), &["errors", "late"]);
    TargetSpec { judge: Some(judge), ..spec() }
}

/// A release at `routed` percent that began at 0.
fn build(routed: f64) -> Build {
    let mut build = Build::new(fleet(judged()));
    build.till(0).acts("p1", Verb::Promote, 0.0, routed, Outcome::Seen);
    build.till(1).reads(rollout(routed));
    build.probes(HealthState::Healthy);
    build
}

/// What was counted of a side: failures, requests.
type Side = Option<(f64, f64)>;

/// A look: its end, the candidate, the stable side.
type Told = (i64, Side, Side);

/// Says what was counted of a comparison in a look that ends at `s`.
fn looks(build: &mut Build, index: usize, looks: &[Told]) {
    let tally = |of: Side| of.map(|(bad, total)| Tally { bad, total });
    let look = |(s, candidate, stable): &Told| Look {
        at: at(*s),
        span_s: 5.0,
        candidate: tally(*candidate),
        stable: tally(*stable),
    };
    let looks = looks.iter().map(look).collect();
    let items = vec![Observation::Looks { target: target(), index, looks, fault: None }];
    build.says(&FeedId::source("prometheus.main"), items);
}

/// Looks from 5 to `till`, all alike.
fn alike(till: i64, ours: (f64, f64), theirs: (f64, f64)) -> Vec<Told> {
    (1..=till / 5).map(|n| (n * 5, Some(ours), Some(theirs))).collect()
}

fn gate(build: &Build) -> Gate {
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == "judge").expect("the judge")
}

#[test]
fn a_release_that_is_as_good_passes_and_one_that_is_worse_in_one_thing_fails() {
    let mut build = build(10.0);
    build.till(300);
    let good = alike(300, (0.0, 100.0), (1.0, 900.0));
    looks(&mut build, 0, &good);
    looks(&mut build, 1, &good);
    let pass = gate(&build);
    assert_eq!(pass.state, GateState::Pass, "{}", pass.reason);
    assert!(pass.reason.contains("not worse by"), "{}", pass.reason);

    looks(&mut build, 1, &alike(300, (5.0, 100.0), (1.0, 900.0)));
    let fail = gate(&build);
    assert_eq!(fail.state, GateState::Fail, "{}", fail.reason);
    assert!(fail.reason.starts_with("late: 5.00 % against 0.11 %"), "{}", fail.reason);
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert!(seen.reasons.iter().any(|reason| reason.starts_with("the judge: late")), "{seen:?}");
}

#[test]
fn what_was_counted_before_the_step_or_in_its_warm_up_does_not_count() {
    let mut build = build(10.0);
    build.till(60);
    looks(&mut build, 0, &alike(10, (50.0, 100.0), (1.0, 900.0)));
    let evidence = assess(&build.store, &target(), build.now()).expect("a target").evidence;
    let found = findings(build.state(), &evidence, build.now());
    assert_eq!(found[0].sides().0.total as u64, 0, "{found:?}");
    assert_ne!(found[0].verdict, Some(Verdict::Fail));
}

#[test]
fn too_few_requests_wait_and_say_how_many_are_lacking() {
    let mut build = build(10.0);
    build.till(40);
    for index in 0..2 {
        looks(&mut build, index, &alike(40, (1.0, 100.0), (9.0, 900.0)));
    }
    let wait = gate(&build);
    assert_eq!(wait.state, GateState::Wait, "{}", wait.reason);
    assert!(wait.reason.contains("more needed"), "{}", wait.reason);
    assert!(wait.left_s.is_some_and(|left| left > 10.0), "{wait:?}");
}

#[test]
fn no_series_a_fault_and_silence_are_unknown_and_never_pass() {
    let mut silent = build(10.0);
    silent.till(60);
    assert_eq!(gate(&silent).state, GateState::Unknown, "{}", gate(&silent).reason);

    let mut one_sided = build(10.0);
    one_sided.till(200);
    let only: Vec<_> = (1..=40).map(|n| (n * 5, Some((0.0, 100.0)), None)).collect();
    looks(&mut one_sided, 0, &only);
    looks(&mut one_sided, 1, &only);
    let unknown = gate(&one_sided);
    assert_eq!(unknown.state, GateState::Unknown);
    assert!(unknown.reason.contains("no series of the stable side"), "{}", unknown.reason);

    let mut fallen = build(10.0);
    fallen.till(600);
    let good = alike(300, (0.0, 100.0), (1.0, 900.0));
    (0..2).for_each(|index| looks(&mut fallen, index, &good));
    let unknown = gate(&fallen);
    assert_eq!(unknown.state, GateState::Unknown, "300 s old: {}", unknown.reason);

    let fault = Some("query: parse error".to_owned());
    let items = vec![Observation::Looks { target: target(), index: 0, looks: vec![], fault }];
    fallen.says(&FeedId::source("prometheus.main"), items);
    assert!(gate(&fallen).reason.contains("parse error"));
}

/// Looks each 5 s at counters that are scraped each 60 s, of which these scrapes failed.
fn scraped_each_minute(till: i64, failed: &[i64]) -> Vec<Told> {
    let side = |s: i64, of: (f64, f64)| {
        let scrape = s / 60 * 60;
        let told = if s == scrape { of } else { (0.0, 0.0) };
        (scrape > 0 && !failed.contains(&scrape)).then_some(told)
    };
    let look = |s: i64| (s, side(s, (0.0, 1200.0)), side(s, (12.0, 10_800.0)));
    (1..=till / 5).map(|n| look(n * 5)).collect()
}

#[test]
fn a_server_that_scrapes_each_minute_is_not_silent() {
    let judged = |till: i64, failed: &[i64]| {
        let mut build = build(10.0);
        build.till(till);
        (0..2).for_each(|index| looks(&mut build, index, &scraped_each_minute(till, failed)));
        gate(&build)
    };
    for till in [30, 55, 90, 120] {
        let gate = judged(till, &[]);
        assert_ne!(gate.state, GateState::Unknown, "{till} s: {}", gate.reason);
    }
    let late = judged(115, &[60]);
    assert_ne!(late.state, GateState::Unknown, "the first scrape failed: {}", late.reason);
    assert_eq!(judged(600, &[]).state, GateState::Pass);
    let once = judged(655, &[600]);
    assert_eq!(once.state, GateState::Pass, "one scrape failed: {}", once.reason);
    let gone = judged(775, &[600, 660, 720]);
    assert_eq!(gone.state, GateState::Unknown, "three failed: {}", gone.reason);
    let never = judged(400, &[60, 120, 180, 240, 300, 360]);
    assert_eq!(never.state, GateState::Unknown, "{}", never.reason);
}

#[test]
fn a_failure_stays_when_nothing_more_is_heard() {
    let mut build = build(10.0);
    build.till(600);
    looks(&mut build, 0, &alike(300, (5.0, 100.0), (1.0, 900.0)));
    assert_eq!(gate(&build).state, GateState::Fail);
}

#[test]
fn without_two_sides_there_is_nothing_to_compare() {
    for (routed, says) in [(0.0, "no traffic yet"), (100.0, "nothing is left to compare")] {
        let mut build = build(routed);
        build.till(60);
        let gate = gate(&build);
        assert_eq!(gate.state, GateState::Pass);
        assert!(gate.reason.contains(says), "{}", gate.reason);
    }
}

#[test]
fn a_good_day_does_not_outweigh_what_fails_now() {
    let mut build = build(10.0);
    build.till(3 * 3600 + 400);
    let mut told = alike(3 * 3600, (0.0, 100.0), (1.0, 900.0));
    told.extend((0..80).map(|n| (3 * 3600 + 5 + n * 5, Some((4.0, 100.0)), Some((1.0, 900.0)))));
    looks(&mut build, 0, &told[..told.len() - 80]);
    looks(&mut build, 1, &told[..told.len() - 80]);
    build.till(3 * 3600 + 20);
    assert_eq!(gate(&build).state, GateState::Pass, "cleared by the hour before");
    build.till(3 * 3600 + 400);
    looks(&mut build, 0, &told[told.len() - 80..]);
    assert_eq!(gate(&build).state, GateState::Fail, "{}", gate(&build).reason);
}
