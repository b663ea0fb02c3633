//! Anything, in any order, at a target with every gate that is armed with every trigger. What is due by itself
//! is carried out as the program does it: on a desk, through the guard, once confirmed, after a fresh reading.

use flightdeck::control::{Answer, Desk, Effect, GateState, Request, ask, assess, chores, guard};
use flightdeck::model::{
    ActionId, Event, FeedId, FeedState, HealthState, Outcome, RecordKind, Severity, Verb,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::support::build::{Build, alert, at, feeds, rollout, target};

use super::super::random::{Told, event, told_of};
use super::super::scene::NOW;
use super::{TOLD, heard, prometheus};

/// Something that happens.
#[derive(Debug, Clone)]
enum Turn {
    /// Anything at all.
    Tell(Told),
    /// The candidate's check answers this, as often as it takes.
    Health(HealthState),
    /// Its error rate is this, for longer than it takes.
    Errors(f64),
    /// An alert begins to fire, or all are over.
    Alert(bool),
    /// The engine shows this.
    Engine(f64),
    /// A person does it.
    Person(Verb, f64, f64),
    /// A person holds what is announced.
    Disarm,
    /// Every feed answers.
    Beat,
    /// Nothing happens.
    Time(i64),
}

fn turn() -> impl Strategy<Value = Turn> {
    use HealthState::{Healthy, Unhealthy, Unknown};
    let acts = select(vec![
        (Verb::Promote, 0.0, 10.0),
        (Verb::Promote, 10.0, 50.0),
        (Verb::Rollback, 10.0, 0.0),
        (Verb::Hold, 10.0, 10.0),
        (Verb::Release, 10.0, 10.0),
        (Verb::Pause, 10.0, 10.0),
    ]);
    prop_oneof![
        4 => told_of(event()).prop_map(Turn::Tell),
        4 => select(vec![Healthy, Unhealthy, Unhealthy, Unknown]).prop_map(Turn::Health),
        2 => select(vec![0.001, 0.5, f64::NAN]).prop_map(Turn::Errors),
        2 => any::<bool>().prop_map(Turn::Alert),
        3 => select(vec![0.0, 10.0, 50.0, 100.0]).prop_map(Turn::Engine),
        2 => acts.prop_map(|(verb, from, to)| Turn::Person(verb, from, to)),
        1 => Just(Turn::Disarm),
        3 => Just(Turn::Beat),
        2 => (1..40i64).prop_map(Turn::Time),
    ]
}

/// The store with what is counted beside it.
struct Course {
    build: Build,
    s: i64,
    ids: u32,
    /// Rollbacks by themselves since the last promotion began.
    of_this: usize,
    all: usize,
}

impl Course {
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("own{}", self.ids)
    }

    /// Whether a turn may end a hold: a release that was seen is journaled.
    fn releases(turn: &Turn) -> bool {
        match turn {
            Turn::Person(verb, ..) => *verb == Verb::Release,
            Turn::Tell(told) => matches!(&told.event, Event::Journaled { record }
                if matches!(&record.kind, RecordKind::Outcome { report, .. }
                    if report.verb == Verb::Release && report.outcome == Outcome::Seen)),
            _ => false,
        }
    }

    fn take(&mut self, turn: &Turn) {
        let held = self.build.state().ledger.hold.clone();
        self.s += 1;
        self.build.till(self.s);
        match turn {
            Turn::Tell(told) => {
                self.s += told.later;
                self.build.till(self.s);
                for _ in 0..=usize::from(told.twice) {
                    self.build.told(self.s - told.ago, told.event.clone());
                }
                if let Event::Journaled { record } = &told.event
                    && matches!(&record.kind, RecordKind::Intent { plan } if plan.verb == Verb::Promote)
                {
                    self.of_this = 0;
                }
            }
            Turn::Health(state) => (0..3).for_each(|_| {
                self.build.probes(*state);
            }),
            Turn::Errors(value) => {
                let from = self.s - 60;
                self.build.measures((from..=self.s).step_by(5).map(|s| (s, *value)));
            }
            Turn::Alert(fires) => {
                let loud = alert("HighErrorRate", Severity::P0, at(self.s));
                self.build.alerts(if *fires { vec![loud] } else { Vec::new() });
            }
            Turn::Engine(routed) => {
                self.build.reads(rollout(*routed));
            }
            Turn::Person(verb, from, to) => {
                let id = self.id();
                self.build.acts(&id, *verb, *from, *to, Outcome::Seen);
                if *verb == Verb::Promote {
                    self.of_this = 0;
                }
            }
            Turn::Disarm => {
                let why = "we know".to_owned();
                let kind = RecordKind::Disarmed { target: target(), why, passed: false };
                self.build.journals(kind);
            }
            Turn::Beat => feeds().iter().for_each(|feed| {
                self.build.beats(feed);
            }),
            Turn::Time(s) => self.s += s,
        }
        self.build.till(self.s);
        let freed = held.is_some() && self.build.state().ledger.hold.is_none();
        assert!(!freed || Self::releases(turn), "a hold is gone by {turn:?}");
        self.holds();
        for _ in 0..3 {
            self.chores();
        }
    }

    /// What is true at any time.
    fn holds(&self) {
        let (store, now) = (&self.build.store, self.build.now());
        let state = self.build.state();
        let refusals = |request: &Request| guard(store, request, now);
        let ledger = &state.ledger;
        for refusal in refusals(&Request::new(target(), Verb::Rollback)) {
            let named = match refusal.gate.as_str() {
                "in flight" => ledger.in_flight().any(|entry| entry.plan.verb == Verb::Rollback),
                "engine unreadable" => state.reading.is_none(),
                _ => false,
            };
            assert!(named, "a rollback is refused: {refusal:?}");
        }
        let promote = Request::new(target(), Verb::Promote);
        let refused = refusals(&promote);
        let force = Request { force: true, reason: Some("we know".into()), ..promote.clone() };
        let forced = ask(store, &force, ActionId("f".into()), "ana", now);
        if ledger.hold.is_some() || ledger.open().next().is_some() || ledger.paused.is_some() {
            assert!(forced.is_err(), "a hold, a pause or an open question is passed");
        }
        let seen = assess(store, &target(), now).expect("a target");
        for gate in seen.gates.iter().filter(|gate| gate.state != GateState::Pass) {
            let told = refused.iter().any(|refusal| refusal.gate == gate.name);
            assert!(told || state.reading.is_none(), "{gate:?} lets pass");
        }
        let live = |feed: &FeedId| store.feed_state(feed, now) == FeedState::Live;
        if !feeds().iter().all(live) {
            assert!(!refused.is_empty(), "a feed is not live");
        }
        if !live(&prometheus()) {
            let passes = |gate: &&flightdeck::control::Gate| gate.state == GateState::Pass;
            let blind = ["burn", "backup", "alerts"];
            let mut own = seen.gates.iter().filter(|gate| blind.contains(&gate.name.as_str()));
            assert!(own.find(passes).is_none(), "a gate passes on old word");
        }
    }

    /// What is due by itself, carried out.
    fn chores(&mut self) {
        for effect in chores(&self.build.store, &target(), self.build.now(), true) {
            match effect {
                Effect::Note(kind) => {
                    let own =
                        matches!(*kind, RecordKind::Alarm { .. } | RecordKind::Disarmed { .. });
                    if own {
                        self.build.journals(*kind);
                    }
                }
                Effect::Act { request, since } => {
                    assert_eq!((request.verb, &request.target), (Verb::Rollback, &target()));
                    assert_eq!(request.alarm, Some(since));
                    assert!(!request.force, "nothing is overridden by itself");
                    self.act(*request);
                }
                Effect::Execute { plan } => panic!("nobody confirmed it: {plan:?}"),
                _ => {}
            }
        }
    }

    fn act(&mut self, request: Request) {
        let (now, state) = (self.build.now(), self.build.state());
        assert!(state.ledger.in_flight().next().is_none(), "beside an action");
        let feed = &state.spec.rollout.as_ref().expect("an engine").feed;
        assert_eq!(self.build.store.feed_state(feed, now), FeedState::Live);
        let mut desk = Desk::new("ana");
        let id = ActionId(self.id());
        desk.ask(&self.build.store, request.clone(), id.clone(), now);
        let effects = desk.answer(&Answer::Yes, now);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Execute { .. })));
        let routed = self.build.state().reading.as_ref().and_then(|read| read.rollout.routed);
        self.build.reads(rollout(routed.unwrap_or_default()));
        let effects = desk.reread(&self.build.store, &id, None, ActionId("again".into()), now);
        let [Effect::Execute { plan }] = effects.as_slice() else { return };
        assert_eq!(guard(&self.build.store, &request, now), [], "it went through the guard");
        assert_eq!((plan.verb, &plan.action, &plan.overrides), (Verb::Rollback, &id, &Vec::new()));
        self.of_this += 1;
        self.all += 1;
        assert_eq!(self.of_this, 1, "more than once a rollout");
        let plan = plan.clone();
        self.build.begins(&plan).ends(&plan, Outcome::Seen);
        self.build.reads(rollout(0.0));
    }
}

fn follow(silent: Option<&'static str>, turns: &[Turn]) -> usize {
    let mut course = Course { build: heard(silent), s: NOW, ids: 0, of_this: 0, all: 0 };
    turns.iter().for_each(|turn| course.take(turn));
    course.all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(
        silent in prop::option::weighted(0.3, select(TOLD.to_vec())),
        turns in prop::collection::vec(turn(), 1..50),
    ) {
        follow(silent, &turns);
    }
}

#[test]
fn the_turns_that_are_tried_roll_back_by_themselves() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let turns = prop::collection::vec(turn(), 1..50);
    let mut all = 0;
    for _ in 0..100 {
        all += follow(None, &turns.new_tree(&mut runner).expect("a value").current());
    }
    assert!(all > 30, "only {all} rollbacks by themselves: the property is idle");
}
