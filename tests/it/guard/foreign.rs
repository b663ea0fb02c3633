//! A rollback that nobody here made, what holds after it, what could undo one, and what shows that one helped.

use flightdeck::control::{Effect, Request, assess, chores, guard, recovered};
use flightdeck::model::{
    HealthState, Observation, Outcome, RecordKind, Rollout, Server, Status, Verb,
};
use flightdeck::store::TargetState;

use crate::support::build::{Build, engine_feed, feeds, plan, rollout, target};
use crate::support::runs;

fn side(name: &str, side: &str, weight: u32, eligible: bool) -> Server {
    let (name, side, state) = (name.into(), side.into(), "UP".into());
    Server { name, side, weight, eligible, state, requests: None }
}

/// What the engine reads: the candidate's weight is what it gets, and whether it is up.
fn engine(routed: f64, weight: u32, up: bool) -> Rollout {
    let servers =
        vec![side("stable1", "stable", 100, true), side("canary1", "candidate", weight, up)];
    Rollout { servers, ..rollout(routed) }
}

fn reads(build: &mut Build, s: i64, rollout: Rollout, candidate: HealthState) {
    build.till(s).probes(candidate);
    build.measures([(s, 0.001)]);
    build.says(
        &engine_feed(),
        vec![Observation::Rollout { target: target(), rollout: Box::new(rollout) }],
    );
    build.alerts(Vec::new());
    for feed in feeds() {
        build.beats(&feed);
    }
}

/// A release that an operator brought to 10 %.
fn released() -> Build {
    let mut build = Build::plain();
    reads(&mut build, 1, engine(0.0, 0, true), HealthState::Healthy);
    build.till(5).acts("p1", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    reads(&mut build, 60, engine(10.0, 10, true), HealthState::Healthy);
    build
}

fn noted(build: &Build) -> Option<RecordKind> {
    let due = chores(&build.store, &target(), build.now(), false);
    due.into_iter().find_map(|effect| match effect {
        Effect::Note(kind) if matches!(*kind, RecordKind::Foreign { .. }) => Some(*kind),
        _ => None,
    })
}

fn state(build: &Build) -> &TargetState {
    build.state()
}

#[test]
fn traffic_that_another_hand_took_back_is_held_and_marked() {
    let mut build = released();
    assert_eq!(noted(&build), None);
    reads(&mut build, 70, engine(0.0, 0, true), HealthState::Healthy);
    assert_eq!(noted(&build), None, "the lines of another process of ours may be on their way");
    reads(&mut build, 75, engine(0.0, 0, true), HealthState::Healthy);
    let kind = noted(&build).expect("it is recognised");
    build.journals(kind);
    assert_eq!(noted(&build), None, "once");
    let ledger = &state(&build).ledger;
    assert!(ledger.hold.as_ref().is_some_and(|hold| hold.reason.contains("outside flightdeck")));
    assert_eq!(ledger.bad, ["1.4.2".into()]);
    let request = Request { force: true, ..Request::new(target(), Verb::Promote) };
    let refused = guard(&build.store, &request, build.now());
    assert!(refused.iter().any(|refusal| refusal.gate == "hold"), "{refused:?}");
}

#[test]
fn a_candidate_that_fell_over_was_not_taken_back() {
    let mut build = released();
    reads(&mut build, 70, engine(0.0, 10, false), HealthState::Unhealthy);
    reads(&mut build, 80, engine(0.0, 10, false), HealthState::Unhealthy);
    assert_eq!(noted(&build), None, "its weight is as it was");
}

#[test]
fn our_own_rollback_is_no_foreign_one_and_one_in_flight_is_not_either() {
    let mut build = released();
    let back = plan("r1", Verb::Rollback, 10.0, 0.0);
    build.till(61).begins(&back);
    reads(&mut build, 62, engine(0.0, 0, true), HealthState::Healthy);
    assert_eq!(noted(&build), None, "it is in flight");
    build.ends(&back, Outcome::Seen);
    reads(&mut build, 80, engine(0.0, 0, true), HealthState::Healthy);
    assert_eq!(noted(&build), None, "it was ours");
}

#[test]
fn what_could_undo_a_rollback_is_named_until_it_is_released() {
    let mut build = released();
    build.till(61).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    reads(&mut build, 70, engine(0.0, 0, true), HealthState::Healthy);
    let reasons =
        |build: &Build| assess(&build.store, &target(), build.now()).expect("a target").reasons;
    let says = |build: &Build, part: &str| reasons(build).iter().any(|why| why.contains(part));
    assert!(!says(&build, "again"), "{:?}", reasons(&build));
    reads(&mut build, 80, engine(10.0, 10, true), HealthState::Healthy);
    assert!(says(&build, "10 % is routed to the candidate again"), "{:?}", reasons(&build));
    build.till(90).acts("x1", Verb::Release, 0.0, 0.0, Outcome::Seen);
    reads(&mut build, 95, engine(10.0, 10, true), HealthState::Healthy);
    assert!(!says(&build, "again, although"), "released: {:?}", reasons(&build));
}

fn notes(build: &Build) -> Vec<RecordKind> {
    let due = chores(&build.store, &target(), build.now(), true);
    let noted = due.into_iter().filter_map(|effect| match effect {
        Effect::Note(kind) => Some(*kind),
        _ => None,
    });
    noted.collect()
}

#[test]
fn what_was_read_before_a_rollback_of_another_process_is_no_news_after_it() {
    let mut build = released();
    build.till(61).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    assert_eq!(notes(&build), [], "no first sight, no change of state");
    let reasons = assess(&build.store, &target(), build.now()).expect("a target").reasons;
    assert!(reasons.iter().all(|why| !why.contains("again")), "{reasons:?}");
    reads(&mut build, 65, engine(0.0, 0, true), HealthState::Healthy);
    assert!(matches!(notes(&build)[..], [RecordKind::Changed { .. }]), "{:?}", notes(&build));
}

#[test]
fn a_state_is_contradicted_only_by_who_asked_all_since_it_was_journaled() {
    let mut build = released();
    let ours = assess(&build.store, &target(), build.now()).expect("a target").standing;
    let (from, to) = (ours.word().to_owned(), "critical".to_owned());
    build.till(62).journals(RecordKind::Changed { target: target(), from, to, reasons: vec![] });
    assert_eq!(notes(&build), [], "what is known here is older");
    let [engine_feed, rest @ ..] = feeds();
    build.till(64);
    rest.iter().for_each(|feed| {
        build.beats(feed);
    });
    assert_eq!(notes(&build), [], "the engine may have changed");
    build.till(65).beats(&engine_feed);
    assert!(matches!(notes(&build)[..], [RecordKind::Changed { .. }]), "{:?}", notes(&build));
}

#[test]
fn a_run_that_goes_on_could_undo_it_too() {
    let mut build = released();
    build.till(61).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    let mut run = runs::run(900, Status::Waiting, None);
    run.workflow = "deploy.yml".into();
    let (host, repo) = ("github".into(), "acme/checkout".into());
    let waits = flightdeck::model::Waits {
        waiting: vec![runs::waiting("production", None)],
        ..Default::default()
    };
    let feed = flightdeck::model::FeedId::part("github", "acme/checkout");
    let items = vec![
        Observation::Run {
            host: String::clone(&host),
            repo: String::clone(&repo),
            run: Box::new(run),
        },
        Observation::Waits { host, repo, run: 900, waits },
    ];
    build.says(&feed, items);
    let reasons = assess(&build.store, &target(), build.now()).expect("a target").reasons;
    assert!(
        reasons.iter().any(|why| why.contains("run 900") && why.contains("deploys again")),
        "{reasons:?}"
    );
}

#[test]
fn what_was_not_read_since_proves_nothing() {
    let mut build = released();
    build.till(61).acts("r1", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    let all = |build: &Build| recovered(&build.store, state(build), build.now());
    assert!(all(&build).iter().all(|one| one.is_well.is_none()), "{:?}", all(&build));
    reads(&mut build, 70, engine(0.0, 0, true), HealthState::Unhealthy);
    let well = |build: &Build, name: &str| {
        all(build).into_iter().find(|one| one.name == name).expect("a part").is_well
    };
    assert_eq!(well(&build, "weights"), Some(true));
    assert_eq!(well(&build, "health"), Some(true), "the candidate's does not count any more");
    reads(&mut build, 80, engine(10.0, 10, true), HealthState::Healthy);
    assert_eq!(well(&build, "weights"), Some(false));
}
