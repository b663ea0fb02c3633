//! When a target was last rolled back, and whether it is time to rehearse that.

use std::time::Duration;

use flightdeck::control::{Standing, assess, rehearsal};
use flightdeck::model::{GateRules, Outcome, TargetSpec, Verb};

use crate::support::build::{Build, at, fleet, plan, spec, target};

const DAY: i64 = 24 * 3600;

fn build(rehearse: Option<Duration>) -> Build {
    let rules = GateRules { rehearse, ..GateRules::default() };
    Build::new(fleet(TargetSpec { rules, production: false, ..spec() }))
}

fn overdue(build: &Build) -> Option<String> {
    rehearsal(&build.store, build.state(), build.now()).expect("it has an engine").overdue
}

fn month() -> Option<Duration> {
    Some(Duration::from_secs(30 * 24 * 3600))
}

#[test]
fn a_young_journal_does_not_shout_and_an_old_one_does() {
    let mut build = build(month());
    build.till(400 * DAY);
    assert_eq!(overdue(&build), None, "there is no journal at all");
    build.acts("h", Verb::Hold, 0.0, 0.0, Outcome::Seen);
    build.till(429 * DAY);
    assert_eq!(overdue(&build), None);
    build.till(430 * DAY);
    let sentence = overdue(&build).expect("it is time");
    assert!(sentence.starts_with("no rollback since the journal began 30 d"), "{sentence}");
}

#[test]
fn a_rollback_is_remembered_with_its_time() {
    let mut build = build(month());
    let mut back = plan("r1", Verb::Rollback, 10.0, 0.0);
    back.within_ms = Some(60_000);
    build.till(10).begins(&back).ends(&back, Outcome::Seen);
    build.till(DAY);
    let found = rehearsal(&build.store, build.state(), build.now()).expect("it has an engine");
    let last = found.last.expect("a rollback");
    assert_eq!((last.at, last.by.as_str()), (at(10), "ana"));
    assert_eq!(last.to.as_ref().map(flightdeck::model::Revision::as_str), Some("1.4.1"));
    assert_eq!((last.in_time(), &found.overdue), (Some(true), &None));
    assert_eq!(found.sentence(build.now()), "23 h 59 m ago by ana to 1.4.1, took 0.0 s of 60.0 s");
    build.till(40 * DAY);
    let sentence = overdue(&build).expect("it is time");
    assert!(sentence.starts_with("the last rollback was 39 d"), "{sentence}");
    // it is said, and colours nothing by itself
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert!(seen.reasons.iter().all(|reason| !reason.contains("rehearse")), "{:?}", seen.reasons);
    assert_ne!(seen.standing, Standing::Critical);
}

#[test]
fn one_that_failed_or_was_refused_is_no_rehearsal() {
    let mut build = build(month());
    build.acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Refused);
    assert_eq!(build.state().ledger.past.went_back, None);
    build.acts("r2", Verb::Rollback, 10.0, 0.0, Outcome::Unknown);
    build.till(31 * DAY);
    assert!(overdue(&build).is_some());
}

#[test]
fn without_a_limit_nobody_is_reminded() {
    let mut build = build(None);
    build.acts("h", Verb::Hold, 0.0, 0.0, Outcome::Seen).till(4000 * DAY);
    assert_eq!(overdue(&build), None);
}
