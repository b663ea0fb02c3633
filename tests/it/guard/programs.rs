//! Named actions, and an engine whose calls are programs: what is filled in, what that refuses, and what
//! an end without anything to read back leaves.

use std::collections::BTreeMap;

use flightdeck::control::{Challenge, Confirmation, Recheck, Request, ask, assess, guard, recheck};
use flightdeck::model::{
    ActionId, Call, Fleet, Observation, Offer, Outcome, Phase, Plan, RecordKind, Refusal, Report,
    Revision, Rollout, StepReport, Verb,
};

use super::scene::{Says, Stand, build};
use crate::support::build::{Build, engine_feed, fleet, report, rollout, spec, target};
use crate::support::programs::{action, program, request};

fn id(name: &str) -> ActionId {
    ActionId(name.into())
}

/// What an engine of programs reads at a percentage.
fn programs(routed: f64, rollback: &[&str]) -> Rollout {
    let offer = |verb, weight, argv: &[&str]| Offer {
        verb,
        full: false,
        weight,
        calls: vec![Call::of(program(argv), BTreeMap::from([("done".into(), "yes".into())]))],
        refused: None,
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    };
    Rollout {
        engine: "command".into(),
        offers: vec![
            offer(Verb::Promote, 50.0, &["./to", "{weight}", "{revision}"]),
            offer(Verb::Rollback, 0.0, rollback),
        ],
        ..rollout(routed)
    }
}

fn reads(build: &mut Build, rollout: Rollout) {
    let items = vec![Observation::Rollout { target: target(), rollout: Box::new(rollout) }];
    build.says(&engine_feed(), items);
}

/// A release that may go on, moved by programs.
fn ready(rollback: &[&str]) -> Build {
    let mut build = build(Stand::Ready, Says::AllPass, &None);
    reads(&mut build, programs(10.0, rollback));
    build
}

fn asked(build: &Build, request: &Request) -> Result<Confirmation, Vec<Refusal>> {
    ask(&build.store, request, id("new"), "ana", build.now())
}

fn line(build: &Build, request: &Request) -> String {
    asked(build, request).expect("a plan").plan.calls[0].text.clone()
}

/// The same story for another fleet.
fn told_to(fleet: Fleet, story: &Build) -> Build {
    let mut build = Build::new(fleet);
    for envelope in story.log.iter().skip(1) {
        build.till(Build::second(envelope.at));
        build.told(Build::second(envelope.asked_at), envelope.event.clone());
    }
    build
}

#[test]
fn what_is_shown_is_what_is_run() {
    let build = ready(&["./back", "--to={revision}"]);
    let promote = request(Verb::Promote);
    assert_eq!(line(&build, &promote), "./to 50 1.4.2");
    let rollback = request(Verb::Rollback);
    assert_eq!(line(&build, &rollback), "./back --to=1.4.1");
    let elsewhere = Request { to: Some("1.3.9".into()), ..rollback };
    let asked = asked(&build, &elsewhere).expect("it goes anywhere");
    assert_eq!(asked.plan.calls[0].text, "./back --to=1.3.9");
    assert_eq!(asked.plan.to, Some(Revision::from("1.3.9")));
    assert!(asked.plan.notes[0].contains("as asked"), "{:?}", asked.plan.notes);
    assert_eq!(recheck(&build.store, &asked, build.now()), Ok(()));
    assert_eq!(line(&build, &request(Verb::Do)), "./drain checkout/production");
}

#[test]
fn a_rollback_without_the_placeholder_goes_to_stable_alone() {
    let build = ready(&["./back"]);
    let elsewhere = Request { to: Some("1.3.9".into()), ..request(Verb::Rollback) };
    let refusals = guard(&build.store, &elsewhere, build.now());
    assert_eq!(refusals.iter().map(|r| r.gate.as_str()).collect::<Vec<_>>(), ["revision"]);
    assert_eq!(line(&build, &request(Verb::Rollback)), "./back");
}

#[test]
fn a_placeholder_without_a_value_refuses_and_is_never_overridden() {
    for bad in ["--force", "1\n2", ""] {
        let mut build = ready(&["./back", "{revision}"]);
        let name = Some(Revision::from(bad));
        let odd = Rollout {
            stable: name.clone(),
            candidate: name,
            ..programs(10.0, &["./back", "{revision}"])
        };
        reads(&mut build, odd);
        for verb in [Verb::Promote, Verb::Rollback] {
            let force = Request { force: true, reason: Some("we know".into()), ..request(verb) };
            let refusals = asked(&build, &force).expect_err("nothing to fill in");
            assert!(refusals.iter().any(|r| r.gate == "placeholder"), "{verb}: {refusals:?}");
        }
    }
    let mut named = spec();
    named.actions = vec![action("drain", &["./drain", "{weight}"])];
    let unread = Build::new(fleet(named));
    let refusals = asked(&unread, &request(Verb::Do)).expect_err("nobody knows the weight");
    assert_eq!(refusals[0].gate, "placeholder");
    assert!(refusals[0].reason.contains("{weight}"), "{refusals:?}");
}

#[test]
fn an_action_needs_its_name_and_the_confirmation_it_is_configured_with() {
    let story = build(Stand::Ready, Says::AllPass, &None);
    for name in [None, Some("dry"), Some("Drain")] {
        let request = Request { name: name.map(str::to_owned), ..request(Verb::Do) };
        let refusals = asked(&story, &request).expect_err("no such action");
        assert_eq!(refusals[0].gate, "action");
        assert!(refusals[0].reason.contains("there are: drain"), "{refusals:?}");
    }
    let mut careful = spec();
    careful.actions[0].by_name = true;
    let careful = told_to(fleet(careful), &story);
    let challenge = |build: &Build| asked(build, &request(Verb::Do)).expect("a plan").challenge;
    assert_eq!(challenge(&story), Challenge::Key);
    assert_eq!(challenge(&careful), Challenge::Name);
}

#[test]
fn an_action_needs_no_engine() {
    let mut watched = spec();
    watched.rollout = None;
    let build = Build::new(fleet(watched));
    assert_eq!(line(&build, &request(Verb::Do)), "./drain checkout/production");
}

#[test]
fn an_action_that_would_be_given_something_else_is_asked_anew() {
    let mut named = spec();
    named.actions = vec![action("drain", &["./drain", "{revision}"])];
    let mut build = told_to(fleet(named), &build(Stand::Ready, Says::AllPass, &None));
    let confirmation = asked(&build, &request(Verb::Do)).expect("a plan");
    assert_eq!(recheck(&build.store, &confirmation, build.now()), Ok(()));
    reads(&mut build, Rollout { candidate: Some("1.5.0".into()), ..rollout(10.0) });
    let moved = recheck(&build.store, &confirmation, build.now());
    assert!(matches!(moved, Err(Recheck::Moved(_))), "{moved:?}");
}

/// The report of a plan whose calls cannot be read back.
fn blind(plan: &Plan, outcome: Outcome) -> Report {
    let told = report(plan, outcome);
    let steps = told.steps.iter().map(|step| StepReport { blind: true, ..step.clone() }).collect();
    Report { steps, name: plan.name.clone(), ..told }
}

#[test]
fn accepted_is_the_end_of_what_cannot_be_read_back_and_unknown_is_not() {
    for (outcome, open) in
        [(Outcome::Accepted, false), (Outcome::Failed, false), (Outcome::Unknown, true)]
    {
        let mut build = build(Stand::Ready, Says::AllPass, &None);
        let plan = asked(&build, &request(Verb::Do)).expect("a plan").plan;
        build.begins(&plan);
        assert_eq!(
            assess(&build.store, &target(), build.now()).expect("configured").phase,
            Some(Phase::AwaitingApproval),
            "an action in flight says nothing of the rollout"
        );
        let refused = |build: &Build| {
            let refusals = guard(&build.store, &request(Verb::Promote), build.now());
            refusals.iter().map(|r| r.gate.clone()).collect::<Vec<_>>()
        };
        assert_eq!(refused(&build), ["in flight"]);
        let report = Box::new(blind(&plan, outcome));
        build.journals(RecordKind::Outcome { report, followed_up: false });
        assert_eq!(build.state().ledger.open().count(), usize::from(open), "{outcome:?}");
        let expected: &[&str] = if open { &["open action"] } else { &[] };
        assert_eq!(refused(&build), expected, "{outcome:?}");
        // no reading answers it: only an operator does
        let chores = flightdeck::control::chores(&build.store, &target(), build.now(), false);
        let followed = chores.iter().any(|effect| format!("{effect:?}").contains("followed_up"));
        assert!(!followed, "{chores:?}");
        if open {
            build.acts("free", Verb::Release, 0.0, 0.0, Outcome::Seen);
            assert_eq!(refused(&build), [""; 0]);
        }
    }
}

#[test]
fn a_pause_that_must_be_sent_needs_a_reading() {
    let mut sends = spec();
    if let Some(rollout) = &mut sends.rollout {
        rollout.sends_pause = true;
    }
    let unread = Build::new(fleet(sends));
    let refusals = guard(&unread.store, &request(Verb::Pause), unread.now());
    assert_eq!(refusals[0].gate, "engine unreadable");
}

#[test]
fn what_the_engine_paused_is_resumed() {
    let mut build = build(Stand::Ready, Says::AllPass, &None);
    assert!(asked(&build, &request(Verb::Resume)).is_err());
    reads(&mut build, Rollout { phase: Some(Phase::Paused), ..rollout(10.0) });
    assert!(asked(&build, &request(Verb::Resume)).is_ok());
}

#[test]
fn an_answer_that_changed_nothing_is_a_reading() {
    let mut build = ready(&["./back"]);
    let read_at =
        |build: &Build| asked(build, &request(Verb::Promote)).expect("a plan").plan.read_at;
    let before = read_at(&build);
    let later = Build::second(build.now()) + 1;
    build.till(later).beats(&engine_feed());
    assert_eq!(read_at(&build), Some(build.now()));
    assert!(before < Some(build.now()), "{before:?}");
}
