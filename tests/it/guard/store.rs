//! The fold: the same for the same envelopes, ordered by when things were asked, bounded.

use flightdeck::control::{Board, assess};
use flightdeck::model::{Event, Observation, Outcome, Verb};
use flightdeck::store::{Store, caps};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::random::{Told, told};
use crate::support::build::{Build, at, rollout, spec, target};

fn fold(build: &mut Build, all: &[Told]) {
    let mut s = 100;
    for told in all {
        s += told.later;
        build.till(s);
        for _ in 0..=usize::from(told.twice) {
            build.told(s - told.ago, told.event.clone());
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn the_same_envelopes_make_the_same_store(all in prop::collection::vec(told(), 0..60)) {
        let mut build = Build::plain();
        fold(&mut build, &all);
        let text = serde_json::to_string(&build.log).expect("events are plain data");
        let log: Vec<flightdeck::model::Envelope> = serde_json::from_str(&text).expect("and back");
        let mut again = Store::default();
        log.iter().for_each(|envelope| again.apply(envelope));
        // NaN is a reading of its own, so equality is equality
        prop_assert_eq!(&again, &build.store);
    }

    #[test]
    fn what_is_kept_of_a_target_is_what_a_fresh_look_would_say(
        all in prop::collection::vec(told(), 0..60),
    ) {
        let mut build = Build::plain();
        fold(&mut build, &all);
        let (mut store, mut board) = (Store::default(), Board::default());
        for envelope in &build.log {
            store.apply(envelope);
            board.refresh(&store, envelope.at);
            let fresh = assess(&store, &target(), envelope.at);
            // `assert_eq` cannot: NaN is a reading of its own
            prop_assert_eq!(format!("{:?}", board.all().first()), format!("{:?}", fresh.as_ref()));
        }
    }

    #[test]
    fn an_old_poll_never_overtakes_an_action_or_a_newer_poll(
        all in prop::collection::vec(told(), 0..60),
        routed in prop::sample::select(vec![0.0, 10.0, 50.0, 100.0]),
        ago in 0..500i64,
    ) {
        let mut build = Build::plain();
        fold(&mut build, &all);
        let mut before = build.state().clone();
        let asked = Build::second(build.now()) - ago;
        let moved = before.ledger.moved_at.is_some_and(|moved| at(asked) < moved);
        let newer = before.reading.as_ref().is_some_and(|held| at(asked) < held.asked_at);
        let items = vec![Observation::Rollout { target: target(), rollout: Box::new(rollout(routed)) }];
        let feed = crate::support::build::engine_feed();
        let event = Event::Observed { feed, items, budget: None, warnings: Vec::new(), next_s: 5.0 };
        build.told(asked, event);
        if moved || newer {
            // that something was said is noted; what was said is dropped
            before.touched = build.state().touched;
            prop_assert_eq!(build.state(), &before);
        } else {
            prop_assert_eq!(build.state().reading.as_ref().map(|held| held.asked_at), Some(at(asked)));
        }
    }
}

#[test]
fn ten_thousand_events_stay_within_the_caps() {
    let mut random = spec();
    random.metrics.push(random.metrics[0].clone());
    let mut build = Build::new(crate::support::build::fleet(random));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = told();
    for n in 0..10_000i64 {
        let told = strategy.new_tree(&mut runner).expect("a value").current();
        build.till(n);
        build.told(n - told.ago, told.event);
        build.log.clear();
        if n % 500 == 0 || n == 9_999 {
            within(&build.store);
        }
    }
}

fn within(store: &Store) {
    let state = store.target(&target()).expect("configured");
    for series in state.metrics.iter().chain([&state.share]) {
        assert!(series.points.len() <= caps::POINTS);
        assert!(series.points.iter().is_sorted_by_key(|point| point.at), "in the order of time");
    }
    for check in &state.checks {
        assert!(check.beats.len() <= caps::PROBES);
    }
    assert!(state.alerts.list.len() <= caps::ALERTS);
    assert!(state.ledger.entries.len() <= caps::ACTIONS);
    assert!(state.ledger.bad.len() <= caps::ACTIONS);
    let lines: Vec<_> = store.timeline().iter().collect();
    assert!(lines.len() <= caps::LINES);
    assert!(lines.is_sorted_by_key(|line| line.at));
    assert!(store.notices().len() <= caps::NOTICES);
    let Some(repo) = store.repo_of(&state.spec) else { return };
    assert!(repo.workflows().count() <= caps::WORKFLOWS);
    for (_, runs) in repo.workflows() {
        assert!(runs.len() <= caps::RUNS);
    }
    let with_jobs = (0..100).filter(|run| !repo.jobs_of(*run).is_empty());
    assert!(with_jobs.count() <= caps::RUNS_WITH_JOBS);
    assert!((0..100).all(|run| repo.jobs_of(run).len() <= caps::JOBS));
    assert!(repo.deployments.len() <= caps::REFS);
    assert!(repo.releases.len() <= caps::REFS && repo.tags.len() <= caps::REFS);
}

#[test]
fn more_open_questions_than_the_ledger_holds_are_bounded_too() {
    let mut build = Build::plain();
    for n in 0..500 {
        build.till(n).acts(&format!("p{n}"), Verb::Promote, 0.0, 10.0, Outcome::Unknown);
    }
    assert_eq!(build.state().ledger.entries.len(), caps::ACTIONS);
}
