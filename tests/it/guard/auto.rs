//! Rolling back by itself: when an alarm is raised, how long it waits, what ends it, and that it acts once.

use std::collections::BTreeSet;
use std::time::Duration;

use flightdeck::control::{
    Desk, Dialog, Effect, GateState, Recheck, Request, alarm, ask, assess, chores, recheck,
};
use flightdeck::model::spec::{AutoMode, AutoSpec, RolloutSpec, Trigger};
use flightdeck::model::{
    ActionId, Event, HealthState, Observation, Outcome, Probe, ProbeFault, RecordKind, Report,
    Severity, TargetSpec, Track, Verb,
};

use crate::support::build::{
    Build, at, engine_feed, feeds, fleet, health_feed, plan, probe, report, rollout, spec, target,
};

fn armed(mode: AutoMode) -> TargetSpec {
    let on = BTreeSet::from([Trigger::Health, Trigger::Metrics, Trigger::Alerts]);
    let auto = AutoSpec {
        mode,
        after: Duration::from_secs(30),
        on,
        alerts: Severity::P0,
        breaker: None,
        watch_after: Duration::ZERO,
        said: None,
    };
    let own = spec();
    let rollout = own.rollout.clone().expect("an engine");
    TargetSpec { rollout: Some(RolloutSpec { auto: Some(auto), ..rollout }), ..own }
}

/// A release at 10 % that began at 0; everything is live at 100.
fn build(mode: AutoMode) -> Build {
    let mut build = Build::new(fleet(armed(mode)));
    build.till(0).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    now(&mut build, 100, HealthState::Healthy);
    build
}

/// All feeds speak at `s`; the candidate's check says this, three times.
fn now(build: &mut Build, s: i64, candidate: HealthState) {
    for back in [10, 5, 0] {
        build.till(s - back).probes(candidate);
        build.measures([(s - back, 0.001)]);
        build.reads(rollout(10.0));
        build.alerts(Vec::new());
        for feed in feeds() {
            build.beats(&feed);
        }
    }
}

fn due(build: &Build) -> Vec<Effect> {
    let all = chores(&build.store, &target(), build.now(), true);
    let own = |effect: &Effect| match effect {
        Effect::Act { .. } => true,
        Effect::Note(kind) => {
            matches!(**kind, RecordKind::Alarm { .. } | RecordKind::Disarmed { .. })
        }
        _ => false,
    };
    all.into_iter().filter(own).collect()
}

/// Writes what is due into the journal.
fn note(build: &mut Build) -> RecordKind {
    let due = due(build);
    let [Effect::Note(kind)] = due.as_slice() else { panic!("one line: {due:?}") };
    build.journals(kind.as_ref().clone());
    kind.as_ref().clone()
}

fn acts(build: &Build) -> bool {
    matches!(due(build).as_slice(), [Effect::Act { request, .. }]
        if request.verb == Verb::Rollback && request.target == target()
            && request.reason.as_ref().is_some_and(|why| why.starts_with("auto_rollback: ")))
}

#[test]
fn it_is_announced_waits_and_is_done_once() {
    let mut build = build(AutoMode::Ask);
    assert_eq!(due(&build), [], "all is well");
    now(&mut build, 150, HealthState::Unhealthy);
    let RecordKind::Alarm { acts_at, why, .. } = note(&mut build) else { panic!("an alarm") };
    assert_eq!(acts_at, at(180));
    assert!(why.contains("unhealthy"), "{why}");
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert!(alarm(build.state(), &seen).is_some(), "it is on screen");
    assert_eq!(due(&build), [], "it waits");
    now(&mut build, 175, HealthState::Unhealthy);
    assert_eq!(due(&build), [], "it still waits");
    let promote = Request {
        force: true,
        reason: Some("we must".into()),
        ..Request::new(target(), Verb::Promote)
    };
    let forced = ask(&build.store, &promote, ActionId("p2".into()), "ana", build.now());
    let said = forced.expect("a plan").plan.notes;
    let near = "! it is to be rolled back by itself in 5 s: ";
    assert!(said.iter().any(|note| note.starts_with(near)), "{said:?}");
    now(&mut build, 180, HealthState::Unhealthy);
    assert!(acts(&build), "{:?}", due(&build));
    // refused, failed or done: it was begun, and is not begun again
    build.begins(&plan("r1", Verb::Rollback, 10.0, 0.0));
    assert_eq!(due(&build), []);
    build.ends(&plan("r1", Verb::Rollback, 10.0, 0.0), Outcome::Failed);
    now(&mut build, 300, HealthState::Unhealthy);
    assert_eq!(due(&build), []);
}

#[test]
fn on_waits_for_nobody() {
    let mut build = build(AutoMode::On);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    assert!(acts(&build), "{:?}", due(&build));
}

#[test]
fn who_takes_it_in_hand_has_it_for_the_whole_release() {
    let mut build = build(AutoMode::Ask);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    let why = "we know".to_owned();
    build.journals(RecordKind::Disarmed { target: target(), why, passed: false });
    now(&mut build, 400, HealthState::Unhealthy);
    assert_eq!(due(&build), []);
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert!(alarm(build.state(), &seen).is_none());
    // the next release is another matter
    build.till(1000).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build.till(2000).acts("p2", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    now(&mut build, 2100, HealthState::Unhealthy);
    assert!(matches!(note(&mut build), RecordKind::Alarm { .. }));
}

/// The alarm that another process has raised.
fn raise(build: &mut Build, acts_at: i64) {
    let candidate = build.state().named(Track::Candidate).map(|name| name.revision);
    let (why, acts_at) = ("unhealthy".to_owned(), at(acts_at));
    let release = Some(at(0));
    build.journals(RecordKind::Alarm { target: target(), candidate, why, acts_at, release });
}

fn disarm(build: &mut Build, passed: bool) {
    let why = if passed { "it has passed" } else { "by key" }.to_owned();
    build.journals(RecordKind::Disarmed { target: target(), why, passed });
}

#[test]
fn an_operators_word_stands_against_what_others_write_in_the_same_moment() {
    for found_over in [false, true] {
        let mut build = build(AutoMode::Ask);
        now(&mut build, 150, HealthState::Unhealthy);
        note(&mut build);
        if found_over {
            disarm(&mut build, true);
        }
        disarm(&mut build, false);
        build.till(151);
        raise(&mut build, 181);
        let (why, acts_at) = ("unhealthy".to_owned(), at(181));
        let (candidate, release) = (None, None);
        let unnamed = RecordKind::Alarm { target: target(), candidate, why, acts_at, release };
        build.journals(unnamed);
        now(&mut build, 200, HealthState::Unhealthy);
        assert_eq!(due(&build), [], "held, {found_over}");
        let alarm = build.state().ledger.alarm.as_ref().expect("an alarm");
        assert!(alarm.is_settled(), "{alarm:?}");
    }
}

#[test]
fn an_alarm_is_not_over_by_what_was_read_before_it() {
    let mut build = build(AutoMode::Ask);
    now(&mut build, 150, HealthState::Healthy);
    build.till(151);
    raise(&mut build, 181);
    assert_eq!(due(&build), [], "another has seen more than we have");
    now(&mut build, 165, HealthState::Healthy);
    assert!(matches!(note(&mut build), RecordKind::Disarmed { passed: true, .. }));
}

#[test]
fn who_may_act_from_now_on_gives_the_whole_time_to_hold_it() {
    let mut build = build(AutoMode::Ask);
    build.tell(Event::ReadOnly { on: true });
    now(&mut build, 150, HealthState::Unhealthy);
    raise(&mut build, 180);
    now(&mut build, 300, HealthState::Unhealthy);
    assert_eq!(due(&build), []);
    build.tell(Event::ReadOnly { on: false });
    now(&mut build, 325, HealthState::Unhealthy);
    assert_eq!(due(&build), [], "a countdown that can be seen");
    now(&mut build, 330, HealthState::Unhealthy);
    assert!(acts(&build));

    // and so does a process that begins beside an alarm of one that is gone
    let mut begun = self::build(AutoMode::Ask);
    begun.till(300).tell(Event::Armed);
    let mut earlier = self::build(AutoMode::Ask);
    now(&mut earlier, 150, HealthState::Unhealthy);
    let RecordKind::Alarm { candidate, why, .. } = note(&mut earlier) else { panic!("an alarm") };
    let release = None;
    let kind = RecordKind::Alarm { target: target(), candidate, why, acts_at: at(180), release };
    begun.journals_at(150, kind);
    now(&mut begun, 320, HealthState::Unhealthy);
    assert_eq!(due(&begun), []);
    now(&mut begun, 330, HealthState::Unhealthy);
    assert!(acts(&begun), "{:?}", due(&begun));
}

#[test]
fn what_passes_is_over_and_may_come_again() {
    let mut build = build(AutoMode::Ask);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    now(&mut build, 170, HealthState::Healthy);
    assert!(matches!(note(&mut build), RecordKind::Disarmed { passed: true, .. }));
    now(&mut build, 190, HealthState::Healthy);
    assert_eq!(due(&build), []);
    now(&mut build, 260, HealthState::Unhealthy);
    let RecordKind::Alarm { acts_at, .. } = note(&mut build) else { panic!("an alarm") };
    assert_eq!(acts_at, at(290), "a countdown of its own");
}

#[test]
fn nothing_is_done_on_old_word_beside_an_action_or_where_nothing_may_be_done() {
    let sick = || {
        let mut build = build(AutoMode::On);
        now(&mut build, 150, HealthState::Unhealthy);
        build
    };
    assert_eq!(due(&sick()).len(), 1);

    let mut old = sick();
    old.till(400);
    assert_eq!(due(&old), [], "nothing was heard for minutes");

    let mut busy = sick();
    busy.begins(&plan("p2", Verb::Promote, 10.0, 50.0));
    assert_eq!(due(&busy), [], "an operator's action is in flight");

    let mut shut = sick();
    shut.tell(Event::ReadOnly { on: true });
    assert_eq!(due(&shut), []);

    let mut gone = sick();
    gone.reads(rollout(0.0));
    assert_eq!(due(&gone), [], "there is nothing to go back from");

    let one_look = sick();
    let all = chores(&one_look.store, &target(), one_look.now(), false);
    let alarms = |effect: &Effect| matches!(effect, Effect::Note(kind) if matches!(**kind, RecordKind::Alarm { .. }));
    assert!(!all.iter().any(alarms), "one look acts on nothing");
}

#[test]
fn what_cannot_be_seen_has_not_passed() {
    let mut build = build(AutoMode::On);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    // a process that has just begun knows the engine before it knows anything else
    for feed in feeds().iter().filter(|feed| **feed != engine_feed()) {
        build.fails(feed);
    }
    build.till(300).reads(rollout(10.0)).beats(&engine_feed());
    assert_eq!(due(&build), [], "neither over nor acted on");
    now(&mut build, 400, HealthState::Unhealthy);
    assert!(acts(&build), "it stands, and is seen again");
}

#[test]
fn what_was_under_way_when_an_alarm_was_raised_answers_it() {
    let mut build = build(AutoMode::On);
    now(&mut build, 150, HealthState::Unhealthy);
    let back = plan("r1", Verb::Rollback, 10.0, 0.0);
    build.begins(&back);
    build.till(152);
    let why = "unhealthy".to_owned();
    let candidate = build.state().named(Track::Candidate).map(|name| name.revision);
    let acts_at = build.now();
    build.journals(RecordKind::Alarm { target: target(), candidate, why, acts_at, release: None });
    build.till(155).journals(RecordKind::Outcome {
        report: Box::new(Report { took_ms: 5_000, ..report(&back, Outcome::Seen) }),
        followed_up: false,
    });
    // its engine is read by an answer that was on its way
    now(&mut build, 156, HealthState::Unhealthy);
    assert!(!acts(&build), "{:?}", due(&build));
}

#[test]
fn by_itself_it_takes_back_only_what_still_has_traffic() {
    let mut build = build(AutoMode::On);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    let alarm = build.state().ledger.alarm.as_ref().map(|alarm| alarm.at);
    let confirmed = |alarm| {
        let request = Request { alarm, ..Request::new(target(), Verb::Rollback) };
        let mut desk = Desk::new("ana");
        desk.ask(&build.store, request, ActionId("r2".to_owned()), build.now());
        match desk.dialog() {
            Some(Dialog::Confirm { confirmation, .. }) => confirmation.clone(),
            other => panic!("a question: {other:?}"),
        }
    };
    let (by_itself, asked) = (confirmed(alarm), confirmed(None));
    assert_eq!(recheck(&build.store, &by_itself, build.now()), Ok(()));
    build.till(155).reads(rollout(0.0)).beats(&engine_feed());
    let moved = recheck(&build.store, &by_itself, build.now());
    assert!(matches!(moved, Err(Recheck::Moved(_))), "{moved:?}");
    assert_eq!(recheck(&build.store, &asked, build.now()), Ok(()), "a person may");
}

#[test]
fn the_same_revision_released_again_is_watched_anew() {
    let mut build = build(AutoMode::Ask);
    now(&mut build, 150, HealthState::Unhealthy);
    note(&mut build);
    now(&mut build, 180, HealthState::Unhealthy);
    assert!(acts(&build), "{:?}", due(&build));
    build.till(181).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build.till(300).reads(rollout(0.0)).beats(&engine_feed());
    build.till(400).acts("p2", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    now(&mut build, 500, HealthState::Unhealthy);
    let RecordKind::Alarm { acts_at, .. } = note(&mut build) else { panic!("an alarm") };
    assert_eq!(acts_at, at(530));
    now(&mut build, 515, HealthState::Unhealthy);
    assert_eq!(due(&build), [], "it is announced once");
    now(&mut build, 530, HealthState::Unhealthy);
    assert!(acts(&build), "{:?}", due(&build));
}

/// Every probe of these sides runs into a timeout, three times until `s`.
fn unreachable(build: &mut Build, s: i64, sides: &[(Track, &str)]) {
    for back in [10, 5, 0] {
        build.till(s - back);
        for (track, revision) in sides {
            let known = probe(HealthState::Unhealthy, revision);
            let silent = Probe { code: None, fault: Some(ProbeFault::Timeout), ..known };
            let item = Observation::Health {
                target: target(),
                check: "api".into(),
                track: *track,
                probe: Box::new(silent),
            };
            build.says(&health_feed(*track), vec![item]);
        }
        build.reads(rollout(10.0)).beats(&engine_feed());
    }
}

#[test]
fn who_has_no_network_condemns_nobody() {
    let both = [(Track::Candidate, "1.4.2"), (Track::Stable, "1.4.1")];
    let mut build = build(AutoMode::On);
    unreachable(&mut build, 120, &both);
    assert_eq!(due(&build), [], "nothing was reached since");
    assert_eq!(build.state().checks[0].state, HealthState::Unknown, "it may be our network");
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert_eq!(seen.standing.word(), "unknown", "{:?}", seen.reasons);
    let health = seen.gates.iter().find(|gate| gate.name == "health").expect("a gate");
    assert_eq!(health.state, GateState::Unknown);
    assert!(
        health.reason.contains("perhaps our own network: nothing else that is watched was reached"),
        "{health:?}"
    );
    assert_eq!(build.state().checks[0].down_at, None, "and its soak goes on");
    // prometheus answers, and it still does not: it is not our network
    build.till(121).measures([(121, 0.001)]);
    assert_eq!(due(&build), [], "the network is back, and it was not asked since");
    unreachable(&mut build, 132, &both[..1]);
    assert!(matches!(note(&mut build), RecordKind::Alarm { .. }));

    let mut alone = self::build(AutoMode::On);
    unreachable(&mut alone, 120, &both[..1]);
    let well = Box::new(probe(HealthState::Healthy, "1.4.1"));
    let item = Observation::Health {
        target: target(),
        check: "api".into(),
        track: Track::Stable,
        probe: well,
    };
    alone.till(121).says(&health_feed(Track::Stable), vec![item]);
    assert!(matches!(note(&mut alone), RecordKind::Alarm { .. }), "the stable side answers");
}
