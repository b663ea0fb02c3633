//! What refuses a promotion besides its gates is said wherever one is told that it may go on; and what was
//! forced or taken back is let go on only by who says why.

use flightdeck::cli::status::Status;
use flightdeck::cli::{Format, Output, plan as printed};
use flightdeck::control::{Assessment, Desk, Dialog, Go, REASON, Request, ask, assess, guard};
use flightdeck::model::{
    ActionId, HealthState, Outcome, Plan, RecordKind, Refusal, Revision, Verb,
};

use crate::support::build::{Build, SOAK, feeds, plan, rollout, target};

/// Everything passes at a percentage, its soak included.
fn going(routed: f64) -> Build {
    let mut build = Build::plain();
    build.reads(rollout(0.0)).acts("up", Verb::Promote, 0.0, routed, Outcome::Seen);
    passing(&mut build, SOAK + 60, routed);
    build
}

fn passing(build: &mut Build, second: i64, routed: f64) {
    build
        .till(second)
        .reads(rollout(routed))
        .probes(HealthState::Healthy)
        .probes(HealthState::Healthy);
    build.measures((0..=second).step_by(5).map(|s| (s, 0.001))).alerts(Vec::new());
}

fn seen(build: &Build) -> Assessment {
    assess(&build.store, &target(), build.now()).expect("it is configured")
}

fn refused(build: &Build) -> Vec<String> {
    seen(build).refusals.into_iter().map(|refusal| refusal.gate).collect()
}

fn asked(build: &Build, verb: Verb, reason: Option<&str>) -> Result<Plan, Vec<Refusal>> {
    let request = Request { reason: reason.map(str::to_owned), ..Request::new(target(), verb) };
    ask(&build.store, &request, ActionId("new".into()), "ana", build.now()).map(|it| it.plan)
}

#[test]
fn a_pause_an_open_action_and_one_on_its_way_are_in_the_way() {
    let build = going(10.0);
    assert_eq!(refused(&build), Vec::<String>::new());
    let go = seen(&build);
    assert!(go.waits && !go.is_at_the_end, "{:?}", go.gates);

    let mut paused = build.clone();
    paused.acts("p", Verb::Pause, 10.0, 10.0, Outcome::Seen);
    assert_eq!(refused(&paused), ["pause"]);
    assert_eq!(seen(&paused).in_the_way().first(), Some(&"pause"));

    let mut open = build.clone();
    open.acts("o", Verb::Promote, 10.0, 50.0, Outcome::Unknown);
    assert!(refused(&open).contains(&"open action".to_owned()), "{:?}", refused(&open));

    let mut flying = build.clone();
    flying.begins(&plan("f", Verb::Promote, 10.0, 50.0));
    assert_eq!(refused(&flying), ["in flight"]);
}

#[test]
fn at_the_last_step_there_is_nothing_to_promote() {
    let build = going(100.0);
    let seen = seen(&build);
    assert!(seen.is_at_the_end && !seen.waits, "{seen:?}");
    assert_eq!(refused(&build), ["engine"]);
}

#[test]
fn an_engine_that_goes_no_further_asks_nobody() {
    let mut build = going(10.0);
    let mut reading = rollout(10.0);
    for offer in &mut reading.offers {
        offer.refused = Some("already past the last step".into());
    }
    build.till(SOAK + 65).reads(reading);
    assert!(!seen(&build).waits && seen(&build).wait.is_none());
}

#[test]
fn what_stable_already_runs_is_no_release() {
    let mut build = going(10.0);
    let mut reading = rollout(10.0);
    reading.stable = Some(Revision::from("1.4.1"));
    reading.candidate = Some(Revision::from("1.4.1"));
    build.till(SOAK + 61).reads(reading);
    let request = Request {
        force: true,
        reason: Some("a drill".into()),
        ..Request::new(target(), Verb::Promote)
    };
    let asked = ask(&build.store, &request, ActionId("new".into()), "ana", build.now());
    let plan = asked.expect("a plan").plan;
    let said = "! candidate and stable are both 1.4.1: nothing new would be released";
    assert!(plan.notes.iter().any(|note| note == said), "{:?}", plan.notes);
}

#[test]
fn what_was_forced_stays_visible() {
    let mut build = Build::plain();
    build.reads(rollout(0.0));
    let forced = Plan {
        overrides: vec![Refusal::new("judge", "too few"), Refusal::new("soak", "not yet")],
        reason: Some("a fix of the last one".into()),
        ..plan("f", Verb::Promote, 0.0, 10.0)
    };
    build.begins(&forced).ends(&forced, Outcome::Seen).till(30).reads(rollout(10.0));
    let said = "promoted over judge, soak by ana 30 s ago: a fix of the last one";
    assert!(seen(&build).reasons.iter().any(|it| it == said), "{:?}", seen(&build).reasons);
    build.till(40).acts("b", Verb::Rollback, 10.0, 0.0, Outcome::Seen).till(50).reads(rollout(0.0));
    assert!(!seen(&build).reasons.iter().any(|it| it.starts_with("promoted over")));
}

#[test]
fn what_was_taken_back_in_production_is_released_with_a_reason() {
    let mut build = going(10.0);
    build.acts("b", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build.till(SOAK + 70).reads(rollout(0.0));
    for blank in [None, Some("  ")] {
        let refusals = asked(&build, Verb::Release, blank).expect_err("no reason");
        assert_eq!(refusals.iter().map(|it| it.gate.as_str()).collect::<Vec<_>>(), [REASON]);
        assert!(refusals[0].reason.contains("held by ana since"), "{refusals:?}");
    }
    let plan = asked(&build, Verb::Release, Some("fixed in 1.4.3")).expect("a plan");
    assert!(plan.notes.iter().any(|note| note.contains("rolled back from 1.4.2")), "{plan:?}");
    assert!(plan.notes.iter().any(|note| note == "marked bad: 1.4.2"), "{:?}", plan.notes);

    let mut desk = Desk::new("ana");
    let release = Request::new(target(), Verb::Release);
    desk.ask(&build.store, release, ActionId("new".into()), build.now());
    assert!(matches!(desk.dialog(), Some(Dialog::Refused { overridable: false, .. })));
}

#[test]
fn a_hold_that_an_operator_set_needs_none() {
    let mut build = going(10.0);
    build.acts("h", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    assert!(asked(&build, Verb::Release, None).is_ok());
}

#[test]
fn traffic_comes_back_only_after_it_was_gone() {
    let mut build = going(10.0);
    let back = plan("b", Verb::Rollback, 10.0, 0.0);
    build.begins(&back).ends(&back, Outcome::Accepted).till(SOAK + 70).reads(rollout(10.0));
    let said = |build: &Build| {
        let routed = |it: &String| it.contains("routed to the candidate");
        seen(build).reasons.into_iter().find(routed)
    };
    assert_eq!(said(&build).as_deref(), Some("10 % is still routed to the candidate"));
    let report = Box::new(crate::support::build::report(&back, Outcome::Seen));
    build.journals(RecordKind::Outcome { report, followed_up: true });
    build.till(SOAK + 80).reads(rollout(10.0));
    assert!(said(&build).is_some_and(|it| it.contains("again, although")), "{:?}", said(&build));
}

/// Every feed has just answered.
fn heard(mut build: Build) -> Build {
    for feed in feeds() {
        build.beats(&feed);
    }
    build
}

fn unwell(build: &mut Build) {
    for _ in 0..4 {
        build.probes(HealthState::Unhealthy);
    }
}

/// A dry run of something that the guard lets go on, and a row of the table.
fn said(build: &Build) -> (String, String) {
    let (mut dry, mut row) = (Vec::new(), Vec::new());
    let again = plan("x", Verb::Rerun, 10.0, 10.0);
    let mut out = Output::new(&mut dry, Format::Table);
    printed::print_dry_run(&again, Some(&seen(build)), &mut out).expect("memory");
    let status = Status::of(&build.store, &[], build.now());
    status.print(false, &mut Output::new(&mut row, Format::Table)).expect("memory");
    [dry, row].map(|text| String::from_utf8(text).expect("text")).into()
}

#[test]
fn every_place_that_says_go_says_what_the_guard_says() {
    let build = heard(going(10.0));
    let with = |change: fn(&mut Build)| {
        let mut build = build.clone();
        change(&mut build);
        heard(build)
    };
    let paused = with(|it| {
        it.acts("p", Verb::Pause, 10.0, 10.0, Outcome::Seen);
    });
    let open = with(|it| {
        it.acts("o", Verb::Promote, 10.0, 50.0, Outcome::Unknown);
    });
    let flying = with(|it| {
        it.begins(&plan("f", Verb::Promote, 10.0, 50.0));
    });
    let held = with(|it| {
        it.acts("h", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    });
    let sick = with(unwell);
    let reloaded = with(|it| {
        let mut reading = rollout(10.0);
        reading.blocks.push("a server that nobody named".into());
        it.till(SOAK + 61).reads(reading);
    });
    let cases = [
        (&build, Go::Yes, "go: yes", "yes"),
        (&paused, Go::No, "refused by pause: paused by ana", "no: pause"),
        (&open, Go::No, "refused by open action: ", "no: open action"),
        (&flying, Go::No, "refused by in flight: ", "no: in flight"),
        (&held, Go::No, "hold fail: ", "no: hold"),
        (&sick, Go::No, "go: no\n", "health"),
        (&reloaded, Go::No, "refused by engine: a server", "no: engine"),
        (&heard(going(100.0)), Go::Nothing, "go: –; nothing to promote", "– nothing to promote"),
    ];
    for (build, go, told, row) in cases {
        assert_eq!(seen(build).go(), go, "{told}");
        let request = Request::new(target(), Verb::Promote);
        let refusals = guard(&build.store, &request, build.now());
        assert_eq!(refusals.is_empty(), go == Go::Yes, "{told}: {refusals:?}");
        let (dry, table) = said(build);
        assert!(dry.contains(told), "{told}: {dry}");
        assert_eq!(dry.contains("go: yes"), go == Go::Yes, "{dry}");
        assert!(table.contains(row), "{row}: {table}");
    }
}
