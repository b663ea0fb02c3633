//! What the journal's lines make of a target, told once, twice, late or by two processes.

use flightdeck::control::Effect;
use flightdeck::control::{GateState, Request, assess, chores, guard, is_overridable};
use flightdeck::model::{
    Event, JournalTrouble, Outcome, Phase, RecordKind, Revision, StepReport, Verb,
};

use crate::support::build::{Build, at, fleet, plan, report, rollout, spec, target};

fn again(build: &mut Build, from: usize) {
    let lines: Vec<Event> = build.log[from..].iter().map(|known| known.event.clone()).collect();
    for line in lines {
        build.tell(line);
    }
}

#[test]
fn a_rollback_holds_and_marks_until_released() {
    for outcome in [Outcome::Seen, Outcome::Accepted, Outcome::Unknown] {
        let mut build = Build::plain();
        build.till(1).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
        build.till(2).acts("r", Verb::Rollback, 10.0, 0.0, outcome);
        let ledger = &build.state().ledger;
        let hold = ledger.hold.as_ref().expect("it is held");
        assert_eq!((hold.since, hold.by.as_str()), (at(2), "ana"), "{outcome:?}");
        assert_eq!(ledger.bad, [Revision::from("1.4.2")]);
        assert_eq!(ledger.asked, Some(0.0));
        build.till(3).acts("free", Verb::Release, 0.0, 0.0, Outcome::Seen);
        assert_eq!(build.state().ledger.hold, None);
        assert_eq!(build.state().ledger.open().count(), 0, "released settles: {outcome:?}");
        assert_eq!(build.state().ledger.bad.len(), 1, "the bad revision stays marked");
    }
    let mut build = Build::plain();
    build.acts("r", Verb::Rollback, 10.0, 0.0, Outcome::Refused);
    assert_eq!(build.state().ledger.hold, None, "a refused rollback did nothing");
}

#[test]
fn a_follow_up_told_twice_does_not_hold_a_released_target_again() {
    let mut build = Build::plain();
    let back = plan("r", Verb::Rollback, 10.0, 0.0);
    build.till(1).begins(&back).ends(&back, Outcome::Unknown);
    let late =
        RecordKind::Outcome { report: Box::new(report(&back, Outcome::Seen)), followed_up: true };
    build.till(2).journals(late.clone());
    build.till(3).acts("free", Verb::Release, 0.0, 0.0, Outcome::Seen);
    // another process had the same answer and writes it a moment later
    build.till(4).journals(late);
    assert_eq!(build.state().ledger.hold, None);
}

#[test]
fn a_pause_told_twice_does_not_come_back_after_resume() {
    let mut build = Build::plain();
    let pause = plan("s", Verb::Pause, 10.0, 10.0);
    build.till(1).begins(&pause).ends(&pause, Outcome::Seen);
    build.till(2).acts("go", Verb::Resume, 10.0, 10.0, Outcome::Seen);
    let late =
        RecordKind::Outcome { report: Box::new(report(&pause, Outcome::Seen)), followed_up: true };
    build.till(3).journals(late);
    assert_eq!(build.state().ledger.paused, None);
}

#[test]
fn an_intent_told_twice_is_one_action() {
    let mut build = Build::plain();
    build.till(1).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    again(&mut build, 1);
    let ledger = &build.state().ledger;
    assert_eq!(ledger.entries.len(), 1);
    assert_eq!(ledger.in_flight().count(), 0);
}

#[test]
fn a_promotion_that_a_rollback_overtook_has_no_say() {
    let mut build = Build::plain();
    build.till(1).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    let overtaken = plan("p2", Verb::Promote, 10.0, 50.0);
    build.till(2).begins(&overtaken);
    build.till(3).acts("r", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build.till(4).ends(&overtaken, Outcome::Unknown);
    let ledger = &build.state().ledger;
    assert_eq!((ledger.asked, ledger.step), (Some(0.0), Some((0.0, at(3)))));
    assert!(ledger.hold.is_some());
    assert_eq!(ledger.open().count(), 1, "its question stays open");
    build.till(5).reads(rollout(0.0));
    let refused = guard(&build.store, &Request::new(target(), Verb::Rollback), build.now());
    assert_eq!(refused, [], "and blocks no rollback");
}

#[test]
fn a_promotion_that_failed_before_sending_moves_nothing() {
    let mut build = Build::plain();
    build.till(1).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(2).acts("p2", Verb::Promote, 10.0, 50.0, Outcome::Failed);
    let ledger = &build.state().ledger;
    assert_eq!((ledger.asked, ledger.step), (Some(10.0), Some((10.0, at(1)))));
    assert_eq!(ledger.moved_at, Some(at(1)));
    assert_eq!(ledger.began, Some(at(1)));
}

#[test]
fn an_action_has_moved_when_its_last_call_was_taken() {
    let mut build = Build::plain();
    let slow = plan("p", Verb::Promote, 0.0, 10.0);
    build.till(10).begins(&slow);
    let step = StepReport {
        call: "to 10".into(),
        sent_ms: Some(1_000),
        accepted_ms: Some(2_000),
        seen_ms: Some(9_000),
        error: None,
        ..StepReport::default()
    };
    let told = flightdeck::model::Report { steps: vec![step], ..report(&slow, Outcome::Seen) };
    build.till(20);
    build.journals(RecordKind::Outcome { report: Box::new(told), followed_up: false });
    assert_eq!(build.state().ledger.moved_at, Some(at(12)));
    // readings of before are old news; the one that saw it is not
    build.told(11, reading(0.0));
    assert!(build.state().reading.is_none());
    build.told(13, reading(10.0));
    assert_eq!(build.state().reading.as_ref().map(|held| held.asked_at), Some(at(13)));
}

fn reading(routed: f64) -> Event {
    let rollout = Box::new(rollout(routed));
    Event::Observed {
        feed: crate::support::build::engine_feed(),
        items: vec![flightdeck::model::Observation::Rollout { target: target(), rollout }],
        budget: None,
        warnings: Vec::new(),
        next_s: 5.0,
    }
}

#[test]
fn completed_is_written_by_two_and_exchanges_the_sides_once() {
    let mut rotating = spec();
    if let Some(rollout) = &mut rotating.rollout {
        rollout.rotate = true;
    }
    let mut build = Build::new(fleet(rotating));
    build.till(1).acts("p", Verb::Promote, 0.0, 100.0, Outcome::Seen);
    let done = || RecordKind::Completed { target: target(), candidate: Some("1.4.2".into()) };
    build.till(100).journals(done()).till(101).journals(done());
    let ledger = &build.state().ledger;
    assert!(ledger.exchanged, "once, not there and back");
    assert_eq!((ledger.completed, ledger.asked), (Some(at(100)), Some(0.0)));
    // the next release is another one
    build.till(200).acts("q", Verb::Promote, 0.0, 100.0, Outcome::Seen);
    build.till(300).journals(done()).journals(done());
    assert!(!build.state().ledger.exchanged);
}

#[test]
fn completed_before_its_step_is_not_believed() {
    let mut build = Build::plain();
    build.till(1).acts("p", Verb::Promote, 0.0, 50.0, Outcome::Seen);
    let done = RecordKind::Completed { target: target(), candidate: None };
    build.till(2).journals(done);
    assert_eq!(build.state().ledger.completed, None);
}

#[test]
fn open_questions_are_followed_up_by_reading_never_by_sending() {
    let mut build = Build::plain();
    let asked = plan("p", Verb::Promote, 0.0, 10.0);
    build.till(10).begins(&asked).ends(&asked, Outcome::Unknown);
    let due =
        |build: &Build| -> Vec<Effect> { chores(&build.store, &target(), build.now(), false) };
    build.till(12).told(9, reading(10.0));
    assert_eq!(due(&build), [], "a reading of before the intent proves nothing");
    build.till(13).told(13, reading(0.0));
    assert_eq!(due(&build), [], "nor does one that does not show it");
    build.till(14).told(14, reading(10.0));
    let effects = due(&build);
    let [Effect::Note(kind), ..] = &effects[..] else { panic!("{effects:?}") };
    let RecordKind::Outcome { report, followed_up: true } = kind.as_ref() else {
        panic!("{kind:?}")
    };
    assert_eq!(report.outcome, Outcome::Seen);
    build.journals(kind.as_ref().clone());
    assert_eq!(build.state().ledger.open().count(), 0);
    assert!(effects.iter().all(|effect| matches!(effect, Effect::Note(_))));
}

#[test]
fn a_hold_of_an_operator_is_no_rollback() {
    let mut build = Build::plain();
    let mut hold = plan("h", Verb::Hold, 0.0, 0.0);
    hold.reason = Some("freeze".into());
    build.till(1).begins(&hold).ends(&hold, Outcome::Seen).reads(rollout(0.0));
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    assert_eq!(seen.phase, Some(Phase::Idle));
    let refused = guard(&build.store, &Request::new(target(), Verb::Promote), build.now());
    assert!(refused.iter().any(|refusal| refusal.gate == "hold"));
}

#[test]
fn what_is_on_its_way_is_what_was_asked_last() {
    let mut build = Build::plain();
    build.till(1).acts("p", Verb::Promote, 10.0, 50.0, Outcome::Seen);
    build.till(2).reads(rollout(50.0));
    let seen = |build: &Build| assess(&build.store, &target(), build.now()).expect("configured");
    let back = plan("r", Verb::Rollback, 50.0, 0.0);
    build.till(3).begins(&back);
    assert_eq!(seen(&build).weight, Some(0.0), "asked for, whatever is routed yet");
    let mut refused = build.clone();
    refused.till(4).ends(&back, Outcome::Refused);
    assert_eq!(seen(&refused).weight, Some(50.0), "it was never sent");
    build.till(4).ends(&back, Outcome::Accepted);
    let now = seen(&build);
    assert_eq!((now.weight, now.routed), (Some(0.0), Some(50.0)));
    let drift = |reasons: &[String]| reasons.iter().any(|reason| reason.starts_with("drift"));
    assert!(!drift(&now.reasons), "the engine was not asked since");
    build.till(9).reads(rollout(50.0));
    assert!(drift(&seen(&build).reasons), "now it says otherwise");
}

#[test]
fn a_change_that_three_processes_saw_is_one_line() {
    let change = |from: &str, to: &str| RecordKind::Changed {
        target: target(),
        from: from.into(),
        to: to.into(),
        reasons: vec!["P1 HighErrorRate".into()],
    };
    let mut build = Build::plain();
    build.till(5).journals(change("critical", "attention"));
    build.till(6).journals(change("critical", "attention"));
    build.till(8).journals(change("critical", "attention"));
    assert_eq!(build.store.timeline().iter().count(), 1);
    build.till(9).journals(change("attention", "critical"));
    build.till(10).journals(change("critical", "attention"));
    assert_eq!(build.store.timeline().iter().count(), 3, "there and back is another change");
    build.till(30).journals(change("critical", "attention"));
    assert_eq!(build.store.timeline().iter().count(), 4, "so is one much later");
}

#[test]
fn a_journal_that_lost_lines_leaves_the_hold_unknown_until_it_is_said_anew() {
    let refuses = |build: &Build, verb| {
        let request = Request { force: true, ..Request::new(target(), verb) };
        guard(&build.store, &request, build.now())
    };
    let gate = |build: &Build| {
        let seen = assess(&build.store, &target(), build.now()).expect("it is configured");
        let gate = seen.gates.into_iter().find(|gate| gate.name == "hold").expect("a gate");
        (gate.state, gate.reason)
    };
    let upto = 90;
    for trouble in
        [JournalTrouble::Lost { upto }, JournalTrouble::Unread { why: "no such folder".into() }]
    {
        let mut build = Build::plain();
        build.till(1).reads(rollout(10.0)).tell(Event::Journal { trouble: Some(trouble) });
        let (state, reason) = gate(&build);
        assert_eq!(state, GateState::Unknown);
        assert!(reason.contains("nobody knows whether it is held"), "{reason}");
        let promotion = refuses(&build, Verb::Promote);
        let hold = promotion.iter().find(|refusal| refusal.gate == "hold").expect("it refuses");
        let request = Request::new(target(), Verb::Promote);
        assert!(!is_overridable(&build.store, &request, hold, build.now()));
        assert_eq!(refuses(&build, Verb::Rollback), []);
        assert_eq!(refuses(&build, Verb::Release), []);
        build.till(2).tell(Event::Journal { trouble: None });
        assert_eq!(gate(&build).0, GateState::Pass);
    }

    let mut build = Build::plain();
    build.till(1).acts("early", Verb::Release, 0.0, 0.0, Outcome::Seen);
    build.tell(Event::Journal { trouble: Some(JournalTrouble::Lost { upto }) });
    assert_eq!(gate(&build).0, GateState::Unknown, "what was said before it may have been undone");
    while (build.log.len() as u64) <= upto {
        build.reads(rollout(10.0));
    }
    build.till(2).acts("late", Verb::Release, 0.0, 0.0, Outcome::Seen);
    assert_eq!(gate(&build).0, GateState::Pass);
    build.till(3).acts("held", Verb::Hold, 0.0, 0.0, Outcome::Seen);
    assert_eq!(gate(&build).0, GateState::Fail);
}
