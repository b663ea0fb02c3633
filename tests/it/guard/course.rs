//! A rollout watched to its end, a target under watch after its release, and the circuit breaker.

use std::collections::BTreeSet;
use std::time::Duration;

use flightdeck::control::{
    Course, Effect, End, GateState, Request, alarm, assess, breach, chores, disarm, guard,
    is_ready, pending, stays, vigil,
};
use flightdeck::model::spec::{AutoMode, AutoSpec, RolloutSpec, Trigger};
use flightdeck::model::{
    Event, FeedId, HealthState, MetricSpec, Observation, Outcome, Phase, Point, Reading,
    RecordKind, Rollout, Severity, TargetSpec, Track, Verb,
};

use crate::support::build::{Build, at, engine_feed, feeds, fleet, plan, rollout, spec, target};

const DAY: i64 = 86_400;

/// Health and the breaker are looked at; the soak is as the fixture's.
fn watched(mode: AutoMode, rotate: bool) -> TargetSpec {
    let own = spec();
    let breaker = MetricSpec {
        name: "breaker".into(),
        track: Track::Whole,
        query: "max(circuit_breaker_open)".into(),
        max: Some(0.0),
        min: None,
        hold_for: Duration::ZERO,
        unit: String::new(),
        ..own.metrics[0].clone()
    };
    let auto = AutoSpec {
        mode,
        after: Duration::from_secs(30),
        on: BTreeSet::from([Trigger::Health, Trigger::Breaker]),
        alerts: Severity::P0,
        breaker: Some(own.metrics.len()),
        watch_after: Duration::from_secs(DAY as u64),
        said: None,
    };
    let rollout = own.rollout.clone().expect("an engine");
    let metrics = own.metrics.iter().cloned().chain([breaker]).collect();
    TargetSpec {
        rollout: Some(RolloutSpec { auto: Some(auto), rotate, ..rollout }),
        metrics,
        ..own
    }
}

/// All feeds speak at `s`: so much is routed, the candidate is so, the breaker says this.
fn hears(build: &mut Build, s: i64, routed: f64, candidate: HealthState, breaker: Option<f64>) {
    for back in [10, 5, 0] {
        build.till(s - back).probes(candidate);
        build.measures([(s - back, 0.001)]);
        let reading = breaker.map_or(Reading::Empty, Reading::of);
        let point = Point { at: at(s - back), reading };
        let metric =
            Observation::Metric { target: target(), index: 1, points: vec![point], fault: None };
        build.says(&FeedId::source("prometheus.main"), vec![metric]);
        build.reads(rollout(routed));
        build.alerts(Vec::new());
        for feed in feeds() {
            build.beats(&feed);
        }
    }
}

fn well(build: &mut Build, s: i64, routed: f64) {
    hears(build, s, routed, HealthState::Healthy, Some(0.0));
}

/// At 10 % since 0.
fn begun(mode: AutoMode) -> Build {
    let mut build = Build::new(fleet(watched(mode, false)));
    build.till(0).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    well(&mut build, 100, 10.0);
    build
}

/// Completed at 2000.
fn completed(mode: AutoMode, rotate: bool) -> Build {
    let mut build = Build::new(fleet(watched(mode, rotate)));
    build.till(0).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(500).acts("p2", Verb::Promote, 10.0, 100.0, Outcome::Seen);
    well(&mut build, 2000, 100.0);
    build.journals(RecordKind::Completed { target: target(), candidate: None });
    build
}

fn look(course: &mut Course, build: &Build) -> Option<End> {
    course.look(&build.store, &target(), build.now())
}

fn course(build: &Build, armed: bool) -> Course {
    Course::new(build.state(), armed, build.now())
}

fn gate(build: &Build, name: &str) -> GateState {
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.iter().find(|gate| gate.name == name).expect("a gate").state
}

fn alarms(build: &Build) -> Vec<RecordKind> {
    let all = chores(&build.store, &target(), build.now(), true);
    let kinds = all.into_iter().filter_map(|effect| match effect {
        Effect::Note(kind) => Some(*kind),
        _ => None,
    });
    kinds.filter(|kind| matches!(kind, RecordKind::Alarm { .. })).collect()
}

#[test]
fn harm_ends_it_whatever_auto_rollback_says() {
    let mut build = begun(AutoMode::Off);
    let mut course = course(&build, false);
    assert_eq!(look(&mut course, &build), None);
    hears(&mut build, 150, 10.0, HealthState::Unhealthy, Some(0.0));
    let Some(End::Breached(why)) = look(&mut course, &build) else { panic!("a breach") };
    assert!(why[0].contains("unhealthy"), "{why:?}");
    assert_eq!(alarms(&build), [], "nothing is armed");
    // the same while the candidate has no traffic harms nobody
    let mut idle = begun(AutoMode::Off);
    hears(&mut idle, 150, 0.0, HealthState::Unhealthy, Some(1.0));
    let seen = assess(&idle.store, &target(), idle.now()).expect("a target");
    assert_eq!(breach(&idle.store, idle.state(), &seen, idle.now()), Vec::<String>::new());
}

#[test]
fn an_armed_watch_waits_for_its_rollback_or_for_who_holds_it() {
    let mut build = begun(AutoMode::On);
    let mut course = course(&build, true);
    hears(&mut build, 150, 10.0, HealthState::Unhealthy, Some(0.0));
    assert_eq!(look(&mut course, &build), None);
    build.journals(alarms(&build).remove(0));
    let mut held = build.clone();
    let why = "we know".to_owned();
    held.journals(RecordKind::Disarmed { target: target(), why, passed: false });
    let Some(End::Breached(why)) = look(&mut course.clone(), &held) else { panic!("held") };
    assert!(why.iter().any(|why| why.contains("held by ana: we know")), "{why:?}");

    let mut failed = build.clone();
    failed.acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Failed);
    let Some(End::Breached(why)) = look(&mut course.clone(), &failed) else { panic!("failed") };
    assert!(why.iter().any(|why| why.contains("rollback by ana failed")), "{why:?}");

    let back = plan("r1", Verb::Rollback, 10.0, 0.0);
    build.begins(&back);
    assert_eq!(look(&mut course, &build), None, "it is under way");
    build.till(151).ends(&back, Outcome::Seen);
    well(&mut build, 170, 0.0);
    let Some(End::RolledBack(why)) = look(&mut course, &build) else { panic!("rolled back") };
    assert!(why.iter().any(|why| why.contains("unhealthy")), "the evidence is kept: {why:?}");
}

#[test]
fn another_hand_that_takes_the_traffic_ends_it_and_completion_does() {
    let mut build = begun(AutoMode::Off);
    let mut course = course(&build, false);
    assert_eq!(look(&mut course, &build), None);
    well(&mut build, 150, 0.0);
    let another = "another hand than flightdeck's took the candidate's traffic";
    assert_eq!(look(&mut course, &build), Some(End::RolledBack(vec![another.into()])));

    let build = completed(AutoMode::Off, false);
    assert_eq!(look(&mut self::course(&build, false), &build), Some(End::Completed));
    // sides that change places do so at the completion: of one before nothing is said
    let mut turned = completed(AutoMode::Off, true);
    let mut late = self::course(&turned, false);
    well(&mut turned, 2020, 0.0);
    assert_eq!(look(&mut late, &turned), None);
}

#[test]
fn who_took_the_traffic_is_named_where_the_engine_has_a_phase_of_its_own() {
    for (alarm, who) in [(None, "rollback by ana"), (Some(at(120)), "automatic rollback by ana")] {
        let mut build = begun(AutoMode::Off);
        let mut course = course(&build, false);
        assert_eq!(look(&mut course, &build), None);
        let mut back = plan("r1", Verb::Rollback, 10.0, 0.0);
        (back.alarm, back.reason) = (alarm, Some("auto_rollback: health".into()));
        build.till(150).begins(&back).till(151).ends(&back, Outcome::Seen);
        build.reads(Rollout { phase: Some(Phase::Idle), ..rollout(0.0) });
        let Some(End::RolledBack(why)) = look(&mut course, &build) else { panic!("rolled back") };
        assert_eq!(why, [format!("{who}: health")]);
    }
}

#[test]
fn who_cannot_see_for_long_says_so() {
    let mut build = begun(AutoMode::Off);
    let mut course = course(&build, false);
    build.till(160).fails(&engine_feed());
    let mut end = None;
    let mut s = 160;
    while end.is_none() && s < 2000 {
        s += 10;
        build.till(s).fails(&engine_feed());
        end = look(&mut course, &build);
    }
    assert!(matches!(&end, Some(End::Lost(why)) if why.contains("engine")), "{end:?}");
    assert!(s >= 460, "not before five minutes: {s}");
}

#[test]
fn only_what_is_new_and_well_goes_on_by_itself() {
    let request = Request::new(target(), Verb::Promote);
    let ready = |build: &Build| is_ready(&build.store, &request, build.now());
    let soaked = || {
        let mut build = begun(AutoMode::Off);
        (1..120).for_each(|i| well(&mut build, 100 + i * 15, 10.0));
        build
    };
    let build = soaked();
    assert!(ready(&build), "{:?}", assess(&build.store, &target(), build.now()).map(|s| s.gates));
    let now = Build::second(build.now());
    let not = |change: &dyn Fn(&mut Build)| {
        let mut build = build.clone();
        change(&mut build);
        assert!(!ready(&build), "{:?}", build.log.last());
    };
    not(&|build| hears(build, now + 15, 10.0, HealthState::Unhealthy, Some(0.0)));
    not(&|build| hears(build, now + 15, 10.0, HealthState::Healthy, Some(1.0)));
    not(&|build| hears(build, now + 15, 10.0, HealthState::Healthy, None));
    not(&|build| {
        build.till(now + 900);
    });
    not(&|build| {
        build.begins(&plan("p9", Verb::Pause, 10.0, 10.0));
    });
    not(&|build| {
        build.acts("h1", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    });
    not(&|build| {
        build.tell(Event::ReadOnly { on: true });
    });
    let alarm = || RecordKind::Alarm {
        target: target(),
        candidate: None,
        why: "errors".into(),
        acts_at: at(now + 60),
        release: None,
    };
    not(&|build| {
        build.journals(alarm());
    });
    // what was rolled back from before is a person's to release again
    let mut again = Build::new(fleet(watched(AutoMode::Off, false)));
    again.till(0).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    again.till(10).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    again.till(20).acts("e1", Verb::Release, 0.0, 0.0, Outcome::Seen);
    (1..100).for_each(|i| well(&mut again, 20 + i * 15, 0.0));
    assert!(!ready(&again));
}

#[test]
fn a_breaker_passes_at_0_trips_above_and_is_unknown_without_a_value() {
    let mut build = begun(AutoMode::Ask);
    assert_eq!(gate(&build, "breaker"), GateState::Pass);
    hears(&mut build, 150, 10.0, HealthState::Healthy, Some(1.0));
    assert_eq!(gate(&build, "breaker"), GateState::Fail);
    let why = alarms(&build);
    assert!(matches!(why.as_slice(), [RecordKind::Alarm { why, .. }] if why.contains("breaker")));
    for value in [f64::NAN, 0.0] {
        hears(&mut build, 200, 10.0, HealthState::Healthy, Some(value));
        let answer = if value.is_nan() { GateState::Unknown } else { GateState::Pass };
        assert_eq!(gate(&build, "breaker"), answer);
        assert_eq!(alarms(&build), []);
    }
    let mut silent = Build::new(fleet(watched(AutoMode::Ask, false)));
    silent.till(0).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    hears(&mut silent, 100, 10.0, HealthState::Healthy, None);
    assert_eq!(gate(&silent, "breaker"), GateState::Unknown);
}

#[test]
fn after_completion_harm_is_asked_about_for_a_day_whatever_the_mode() {
    for mode in [AutoMode::Off, AutoMode::Ask, AutoMode::On] {
        let mut build = completed(mode, false);
        let seen = assess(&build.store, &target(), build.now()).expect("a target");
        let vigil = vigil(build.state(), &seen, build.now()).expect("it is watched");
        assert_eq!((vigil.since, vigil.until), (at(2000), at(2000 + DAY)));
        assert!(vigil.way_back);
        hears(&mut build, 3000, 100.0, HealthState::Unhealthy, Some(0.0));
        let raised = alarms(&build);
        let [RecordKind::Alarm { acts_at, .. }] = raised.as_slice() else { panic!("{raised:?}") };
        assert_eq!(*acts_at, at(3030), "somebody is asked: {mode:?}");
        hears(&mut build, 2000 + DAY + 20, 100.0, HealthState::Unhealthy, Some(0.0));
        assert_eq!(alarms(&build), [], "the watch is over: {mode:?}");
        // an announcement that stands is over with it
        build.till(2000 + DAY - 20).journals(raised[0].clone());
        hears(&mut build, 2000 + DAY + 40, 100.0, HealthState::Unhealthy, Some(0.0));
        let due = chores(&build.store, &target(), build.now(), true);
        let over = |effect: &Effect| {
            matches!(effect, Effect::Note(kind)
            if matches!(**kind, RecordKind::Disarmed { passed: true, .. }))
        };
        assert!(due.iter().any(over), "{due:?}");
    }
}

#[test]
fn after_a_rollback_and_an_exchange_harm_is_a_warning() {
    let mut back = begun(AutoMode::On);
    back.till(150).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    let turned = completed(AutoMode::On, true);
    for (mut build, from) in [(back, 150), (turned, 2000)] {
        well(&mut build, from + 50, 0.0);
        let warns = |build: &Build| {
            let seen = assess(&build.store, &target(), build.now()).expect("a target");
            seen.reasons.iter().any(|reason| reason.contains("nothing to roll back to"))
        };
        let seen = assess(&build.store, &target(), build.now()).expect("a target");
        let vigil = vigil(build.state(), &seen, build.now()).expect("it is watched");
        assert!(!vigil.way_back && !warns(&build));
        hears(&mut build, from + 100, 0.0, HealthState::Healthy, Some(1.0));
        assert!(warns(&build), "{from}");
        assert_eq!(alarms(&build), []);
        hears(&mut build, from + DAY + 100, 0.0, HealthState::Healthy, Some(1.0));
        assert!(!warns(&build), "the watch is over");
    }
}

#[test]
fn an_alarm_is_held_from_the_journal_alone() {
    let mut build = begun(AutoMode::Ask);
    hears(&mut build, 150, 10.0, HealthState::Unhealthy, Some(0.0));
    assert_eq!(disarm(&build.store, &target(), "no alarm"), None);
    let raised = alarms(&build).remove(0);
    let mut blind = Build::new(fleet(watched(AutoMode::Ask, false)));
    blind.till(150).journals(raised);
    assert!(pending(blind.state()).is_some());
    let seen = assess(&blind.store, &target(), blind.now()).expect("a target");
    assert!(alarm(blind.state(), &seen).is_none(), "nobody knows what is routed");
    let Some(Effect::Note(kind)) = disarm(&blind.store, &target(), "we know") else {
        panic!("a line")
    };
    blind.journals(*kind);
    assert!(pending(blind.state()).is_none());
}

#[test]
fn without_a_soak_it_goes_on_only_by_what_was_asked_after_the_last_step() {
    let mut own = watched(AutoMode::Off, false);
    own.rollout.as_mut().expect("an engine").soak = Duration::ZERO;
    own.metrics.iter_mut().for_each(|metric| metric.hold_for = Duration::ZERO);
    let mut build = Build::new(fleet(own));
    well(&mut build, 100, 0.0);
    let request = Request::new(target(), Verb::Promote);
    let ready = |build: &Build| is_ready(&build.store, &request, build.now());
    assert!(ready(&build), "{:?}", assess(&build.store, &target(), build.now()).map(|s| s.gates));
    build.till(101).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.reads(rollout(10.0));
    build.till(102).beats(&engine_feed());
    assert!(!ready(&build), "nothing was asked since");
    let [_, candidate, stable, prometheus, alerts, _] = feeds();
    for feed in [&candidate, &stable, &prometheus] {
        build.beats(feed);
        assert!(!ready(&build), "{feed} is not all");
    }
    build.beats(&alerts);
    assert!(ready(&build), "{:?}", assess(&build.store, &target(), build.now()).map(|s| s.gates));
}

#[test]
fn a_tags_leading_v_makes_no_other_revision() {
    let mut build = Build::new(fleet(watched(AutoMode::Off, false)));
    well(&mut build, 100, 0.0);
    let to = |verb, to: &str| Request { to: Some(to.into()), ..Request::new(target(), verb) };
    for same in ["1.4.2", "v1.4.2"] {
        assert!(is_ready(&build.store, &to(Verb::Promote, same), build.now()), "{same}");
        assert_eq!(stays(&build.store, &to(Verb::Promote, same), build.now()), None);
    }
    for same in ["1.4.1", "v1.4.1"] {
        let refusals = guard(&build.store, &to(Verb::Rollback, same), build.now());
        assert_eq!(refusals, [], "{same}");
    }
    let other = stays(&build.store, &to(Verb::Promote, "v1.5.0"), build.now()).expect("told");
    assert!(other.text.contains("v1.5.0 was asked for"), "{other:?}");
}

#[test]
fn what_keeps_it_where_it_is_is_told_once_whatever_time_it_is() {
    let mut build = begun(AutoMode::Off);
    let request = Request::new(target(), Verb::Promote);
    assert_eq!(stays(&build.store, &request, build.now()), None, "its soak says why");
    let plan = plan("p2", Verb::Promote, 10.0, 50.0);
    build.begins(&plan);
    build.tell(Event::WriterGone { action: plan.action.clone() });
    let first = stays(&build.store, &request, build.now()).expect("told");
    assert!(first.text.contains("open action"), "{first:?}");
    well(&mut build, 200, 10.0);
    let later = stays(&build.store, &request, build.now()).expect("told");
    assert_eq!(first.mark, later.mark);
}
