//! Who runs where: the last name that was heard stays known, and is never taken for one heard now.

use flightdeck::cli::output::{Format, Output};
use flightdeck::cli::status::Status;
use flightdeck::control::{
    Assessment, Effect, Recheck, Request, ask, assess, chores, guard, recheck,
};
use flightdeck::model::{
    ActionId, HealthState, Observation, Outcome, Plan, Probe, RecordKind, Revision, Track, Verb,
};

use crate::support::build::{Build, SOAK, at, fleet, health_feed, probe, rollout, spec, target};

fn seen(build: &Build) -> Assessment {
    assess(&build.store, &target(), build.now()).expect("configured")
}

/// One side answers, and names a revision or none.
fn answers(build: &mut Build, track: Track, state: HealthState, revision: Option<&str>) {
    let revision = revision.map(str::to_owned);
    let probe = Box::new(Probe { revision, ..probe(state, "") });
    let health = Observation::Health { target: target(), check: "api".into(), track, probe };
    build.says(&health_feed(track), vec![health]);
}

/// Ten percent are routed to a candidate that was well and crashed at second 20.
fn crashed() -> Build {
    let mut build = Build::plain();
    build.till(10).probes(HealthState::Healthy);
    build.acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen).reads(rollout(10.0));
    for s in [20, 21, 22] {
        build.till(s);
        answers(&mut build, Track::Candidate, HealthState::Unhealthy, None);
    }
    build
}

fn rollback(build: &Build) -> Plan {
    let request = Request::new(target(), Verb::Rollback);
    let asked = ask(&build.store, &request, ActionId("r".into()), "ana", build.now());
    asked.expect("a rollback is always possible").plan
}

#[test]
fn a_candidate_that_crashed_keeps_its_name_and_is_marked() {
    let mut build = crashed();
    build.till(50);
    answers(&mut build, Track::Stable, HealthState::Unhealthy, None);
    let evidence = seen(&build).evidence;
    assert_eq!(evidence.candidate, Some("1.4.2".into()));
    assert_eq!(evidence.candidate_old, Some(at(10)), "and how old that name is");
    assert_eq!(evidence.release.known(), Some(at(10)));
    assert_eq!(build.state().checks[0].state, HealthState::Unhealthy);
    let plan = rollback(&build);
    let notes = plan.notes.join("\n");
    assert!(!notes.contains("nobody named"), "{notes}");
    assert!(notes.contains("goes to 1.4.1: it is what stable runs"), "{notes}");
    assert!(notes.contains("1.4.2 was last named 40 s ago"), "{notes}");
    build.begins(&plan).ends(&plan, Outcome::Seen);
    assert_eq!(build.state().ledger.bad, [Revision::from("1.4.2")]);
}

#[test]
fn a_newer_name_takes_the_place_of_the_old_one() {
    let mut build = crashed();
    build.till(30);
    answers(&mut build, Track::Candidate, HealthState::Healthy, Some("1.4.3"));
    let evidence = seen(&build).evidence;
    assert_eq!((evidence.candidate, evidence.candidate_old), (Some("1.4.3".into()), None));
    assert_eq!(evidence.release.known(), None, "another release");
}

#[test]
fn a_promotion_is_not_pinned_to_an_old_name() {
    let mut build = Build::plain();
    build.till(10).probes(HealthState::Healthy).reads(rollout(10.0));
    let mut request = Request::new(target(), Verb::Promote);
    (request.force, request.reason) = (true, Some("a test".into()));
    request.to = Some("1.4.2".into());
    let confirmed = ask(&build.store, &request, ActionId("p".into()), "ana", build.now());
    let confirmed = confirmed.expect("forced");
    build.till(11);
    answers(&mut build, Track::Candidate, HealthState::Healthy, None);
    let refusals = guard(&build.store, &request, build.now());
    assert!(refusals.iter().any(|refusal| refusal.gate == "revision"), "{refusals:?}");
    let mut plain = confirmed;
    plain.request.to = None;
    let moved = recheck(&build.store, &plain, build.now());
    assert!(matches!(moved, Err(Recheck::Moved(_))), "{moved:?}");
    request.to = None;
    let anew = ask(&build.store, &request, ActionId("q".into()), "ana", build.now());
    let anew = anew.expect("forced").plan;
    assert_eq!((anew.candidate, anew.to), (None, None), "nobody says what it would be");
}

#[test]
fn a_release_is_not_completed_by_an_old_name() {
    let mut build = Build::plain();
    build.till(10).probes(HealthState::Healthy).alerts(Vec::new());
    build.acts("p", Verb::Promote, 0.0, 100.0, Outcome::Seen);
    let end = 20 + SOAK;
    build.till(end).reads(rollout(100.0)).probes(HealthState::Healthy);
    build.measures((0..=end / 5).map(|i| (i * 5, 0.001)));
    let is_completed = |build: &Build| {
        chores(&build.store, &target(), build.now(), false).iter().any(|effect| {
            matches!(effect, Effect::Note(kind) if matches!(**kind, RecordKind::Completed { .. }))
        })
    };
    assert!(is_completed(&build));
    answers(&mut build, Track::Candidate, HealthState::Unhealthy, None);
    assert!(!is_completed(&build), "it may be another one by now");
}

#[test]
fn a_rollback_where_nothing_runs_says_so_and_marks_nothing() {
    let mut build = Build::plain();
    build.till(10).reads(rollout(0.0));
    for track in [Track::Candidate, Track::Stable] {
        answers(&mut build, track, HealthState::Healthy, Some("1.4.1"));
    }
    let plan = rollback(&build);
    let notes = plan.notes.join("\n");
    assert!(notes.contains("the candidate has no traffic: nothing moves, 1.4.1 keeps it all"));
    assert!(!notes.contains("takes all traffic") && !notes.contains("goes to"), "{notes}");
    build.till(11).begins(&plan).ends(&plan, Outcome::Seen);
    let ledger = &build.state().ledger;
    assert_eq!(ledger.bad, [], "stable is not what was left");
    assert!(ledger.hold.is_some(), "it was asked for, so it is held");
}

#[test]
fn the_table_names_what_runs_where_no_engine_moves_anything() {
    let mut only = spec();
    only.rollout = None;
    only.health.truncate(1);
    only.health[0].track = Track::Whole;
    let mut build = Build::new(fleet(only));
    build.till(10);
    answers(&mut build, Track::Whole, HealthState::Healthy, Some("1.4.2"));
    answers(&mut build, Track::Whole, HealthState::Unhealthy, None);
    let mut out = Vec::new();
    let status = Status::of(&build.store, &[], build.now());
    status.print(false, &mut Output::new(&mut out, Format::Table)).expect("it is a vector");
    let table = String::from_utf8(out).expect("text");
    assert!(table.contains("1.4.2"), "{table}");
    let json = serde_json::to_value(&status).expect("plain data");
    assert_eq!(json["targets"][0]["health"][0]["revision"], serde_json::Value::Null);
    assert_eq!(json["targets"][0].get("runs"), None, "no field of the contract");
}
