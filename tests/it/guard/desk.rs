//! No way from input to an effect goes round the guard, and what is carried out is what was confirmed.

use flightdeck::control::{Answer, Challenge, Confirmation, Desk, Dialog, Effect, guard};
use flightdeck::model::{ActionId, Event, Fleet, Observation, Outcome, Plan, Verb};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::random::{Step, step};
use super::scene::{Says, Stand, build};
use crate::support::build::{Build, engine_feed, fleet, rollout, spec, target};

/// What was asked for, as shown to the operator, and how far it has come.
#[derive(Debug, Clone, Default)]
struct Witness {
    shown: Option<Confirmation>,
    confirmed: Option<Confirmation>,
    carried_out: usize,
    ids: u32,
}

impl Witness {
    fn id(&mut self) -> ActionId {
        self.ids += 1;
        ActionId(format!("id{}", self.ids))
    }

    fn look(&mut self, desk: &Desk) {
        self.shown = match desk.dialog() {
            Some(Dialog::Confirm { confirmation, .. }) => Some(confirmation.clone()),
            _ => None,
        };
        if !matches!(desk.dialog(), Some(Dialog::Rereading { .. })) {
            self.confirmed = None;
        }
    }
}

fn answers(answer: &Answer, confirmation: &Confirmation) -> bool {
    match (answer, confirmation.challenge) {
        (Answer::Yes, _) | (Answer::Key, Challenge::Key) => true,
        (Answer::Name(name), Challenge::Name) => *name == "checkout/production",
        _ => false,
    }
}

/// The plan as bytes: what is shown, confirmed and carried out must be these. Where the effect of a call is
/// looked for may have moved on: it is not part of what is sent.
fn bytes(plan: &Plan) -> String {
    let mut plan = plan.clone();
    plan.calls.iter_mut().for_each(|call| call.follow = None);
    serde_json::to_string(&plan).expect("a plan is plain data")
}

fn executed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Execute { .. }))
}

fn take(build: &mut Build, desk: &mut Desk, witness: &mut Witness, step: &Step, s: &mut i64) {
    build.till(*s);
    let now = build.now();
    match step {
        Step::Tell(told) => {
            *s += told.later;
            build.till(*s);
            for _ in 0..=usize::from(told.twice) {
                build.told(*s - told.ago, told.event.clone());
            }
        }
        Step::Ask(request) => {
            desk.ask(&build.store, request.clone(), witness.id(), now);
            if let Some(Dialog::Confirm { confirmation, .. }) = desk.dialog() {
                let refusals = guard(&build.store, request, now);
                assert_eq!(refusals, confirmation.plan.overrides, "only overrides are let through");
                assert!(refusals.is_empty() || request.force, "and only when forced");
            }
        }
        Step::Answer(answer) => {
            let effects = desk.answer(answer, now);
            assert!(!executed(&effects), "an answer alone acts");
            let right = witness.shown.as_ref().filter(|shown| answers(answer, shown)).cloned();
            assert_eq!(effects.len(), usize::from(right.is_some()), "{answer:?}");
            witness.confirmed = right.or(witness.confirmed.take());
        }
        Step::Dismiss => desk.dismiss(),
        Step::Reread { stale, fault, routed, late } => {
            let waits = witness.confirmed.as_ref().map(|known| known.plan.action.clone());
            let action = match waits {
                Some(action) if !stale => action,
                _ => ActionId("of another time".into()),
            };
            if !fault {
                let reading = Box::new(rollout(*routed));
                let items = vec![Observation::Rollout { target: target(), rollout: reading }];
                let event = Event::Observed {
                    feed: engine_feed(),
                    items,
                    budget: None,
                    warnings: Vec::new(),
                    next_s: 5.0,
                };
                build.told(if *late { *s - 20 } else { *s }, event);
            }
            let why = fault.then_some("no answer within 5 s");
            let effects = desk.reread(&build.store, &action, why, witness.id(), now);
            witness.carried_out += usize::from(executed(&effects));
            check(build, witness, &action, *fault, &effects);
        }
    }
    witness.look(desk);
}

/// What holds whenever something is about to be carried out.
fn check(build: &Build, witness: &Witness, action: &ActionId, fault: bool, effects: &[Effect]) {
    let [Effect::Execute { plan, .. }] = effects else {
        assert!(!executed(effects), "{effects:?}");
        return;
    };
    let confirmed = witness.confirmed.as_ref().expect("nobody confirmed it");
    assert_eq!(plan.action, *action);
    assert_eq!(bytes(&confirmed.plan), bytes(plan));
    let reads = plan.verb.is_of_runs() || matches!(plan.verb, Verb::Promote | Verb::Rollback);
    assert!(!(fault && reads), "the engine could not be read");
    let mut refusals = guard(&build.store, &confirmed.request, build.now());
    refusals.retain(|refusal| !plan.overrides.iter().any(|known| known.gate == refusal.gate));
    assert!(refusals.is_empty(), "{refusals:?}");
    let state = build.state();
    if plan.verb == Verb::Promote {
        let reading = state.reading.as_ref().expect("it was read");
        let offer = reading.rollout.offer(plan.verb, plan.full).expect("it is offered");
        assert_eq!(offer.calls, plan.calls, "what the newest reading offers");
        let moved = state.ledger.moved_at;
        assert!(moved.is_none_or(|moved| reading.asked_at >= moved), "an old reading");
    }
    assert!(!build.store.fleet().read_only && build.store.fleet().inert.is_none());
}

/// Takes every step; the desk at the end, and how many plans were carried out.
fn follow(begin: Build, steps: &[Step]) -> (Desk, usize) {
    let (mut build, mut desk) = (begin, Desk::new("ana"));
    let (mut witness, mut s) = (Witness::default(), super::scene::NOW);
    for step in steps {
        take(&mut build, &mut desk, &mut witness, step, &mut s);
    }
    (desk, witness.carried_out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_goes_round_the_guard(
        stand in prop::sample::select(Stand::ALL.to_vec()),
        says in prop::sample::select(vec![Says::AllPass, Says::AllPass, Says::AlertsFail]),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        follow(build(stand, says, &None), &steps);
    }

    #[test]
    fn nothing_is_confirmed_read_only(steps in prop::collection::vec(step(), 1..40)) {
        let mut shut = Build::new(Fleet { read_only: true, ..fleet(spec()) });
        for envelope in build(Stand::Ready, Says::AllPass, &None).log.iter().skip(1) {
            shut.till(Build::second(envelope.at));
            shut.told(Build::second(envelope.asked_at), envelope.event.clone());
        }
        let (desk, _) = follow(shut, &steps);
        let refused = matches!(desk.dialog(), None | Some(Dialog::Refused { .. }));
        prop_assert!(refused, "{:?}", desk.dialog());
    }
}

fn ready() -> (Build, Desk) {
    let (build, mut desk) = (build(Stand::Ready, Says::AllPass, &None), Desk::new("ana"));
    let request = flightdeck::control::Request::new(target(), Verb::Promote);
    desk.ask(&build.store, request, ActionId("one".into()), build.now());
    (build, desk)
}

#[test]
fn the_straight_way_acts_once() {
    let (build, mut desk) = ready();
    let now = build.now();
    assert!(matches!(desk.answer(&Answer::Key, now)[..], [Effect::Reread { .. }]));
    assert_eq!(desk.answer(&Answer::Key, now), [], "a second press");
    let one = ActionId("one".into());
    let effects = desk.reread(&build.store, &one, None, ActionId("two".into()), now);
    assert!(executed(&effects));
    let again = desk.reread(&build.store, &one, None, ActionId("three".into()), now);
    assert_eq!(again, [], "a second reading");
}

#[test]
fn what_is_put_away_is_not_done() {
    let (build, mut desk) = ready();
    let now = build.now();
    desk.answer(&Answer::Yes, now);
    desk.dismiss();
    let one = ActionId("one".into());
    assert_eq!(desk.reread(&build.store, &one, None, ActionId("two".into()), now), []);
}

#[test]
fn a_target_that_moved_is_asked_anew_under_a_new_id() {
    let (mut build, mut desk) = ready();
    desk.answer(&Answer::Yes, build.now());
    build.till(super::scene::NOW + 1).reads(rollout(50.0));
    let (one, two) = (ActionId("one".into()), ActionId("two".into()));
    let effects = desk.reread(&build.store, &one, None, two.clone(), build.now());
    assert_eq!(effects, []);
    match desk.dialog() {
        // the new step begins its soak: refused now, or shown anew with why
        Some(Dialog::Confirm { confirmation, moved }) => {
            assert_eq!(confirmation.plan.action, two);
            assert!(moved.is_some());
        }
        other => assert!(matches!(other, Some(Dialog::Refused { .. })), "{other:?}"),
    }
}

#[test]
fn a_reading_older_than_another_hands_action_does_not_pass_for_fresh() {
    let mut hasty = spec();
    if let Some(rollout) = &mut hasty.rollout {
        rollout.soak = std::time::Duration::ZERO;
    }
    let (ready, mut desk) = ready();
    let mut build = Build::new(fleet(hasty));
    for envelope in ready.log.iter().skip(1) {
        build.till(Build::second(envelope.at));
        build.told(Build::second(envelope.asked_at), envelope.event.clone());
    }
    desk.answer(&Answer::Yes, build.now());
    let asked = super::scene::NOW;
    // another process moved it meanwhile; our fresh reading was asked for just before and is dropped
    build.till(asked + 2).acts("theirs", Verb::Promote, 10.0, 100.0, Outcome::Seen);
    let items = vec![Observation::Rollout { target: target(), rollout: Box::new(rollout(10.0)) }];
    let event = Event::Observed {
        feed: engine_feed(),
        items,
        budget: None,
        warnings: Vec::new(),
        next_s: 5.0,
    };
    build.told(asked + 1, event);
    let (one, two) = (ActionId("one".into()), ActionId("two".into()));
    assert_eq!(desk.reread(&build.store, &one, None, two, build.now()), []);
}

#[test]
fn the_ways_that_are_tried_reach_the_end() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]),
    );
    let sequences = prop::collection::vec(step(), 1..60);
    let mut carried_out = 0;
    for _ in 0..200 {
        let steps = sequences.new_tree(&mut runner).expect("a value").current();
        carried_out += follow(build(Stand::Ready, Says::AllPass, &None), &steps).1;
    }
    assert!(carried_out > 50, "only {carried_out} plans were carried out: the property is idle");
}
