//! What is marked, or the group under the cursor, promoted or rolled back by one answer.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;

use super::*;
use crate::control::{Answer, Dialog, Intent};
use crate::model::{ActionId, Verb};
use crate::tui::fixture::target;

fn ids() -> ActionId {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    ActionId(format!("wave-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// Where something is being released, and where it is not.
fn mark(stage: &mut Stage) {
    for name in ["checkout/production", "payments/staging"] {
        stage.cockpit.session.arrangement.mark(&target(name));
    }
}

/// The targets that one question is asked about.
fn asked(intents: &[Intent], verb: Verb) -> Vec<String> {
    let [Intent::AskAll(requests)] = intents else { panic!("{intents:?}") };
    assert!(requests.iter().all(|request| request.verb == verb));
    requests.iter().map(|request| request.target.to_string()).collect()
}

#[test]
fn marked_targets_are_rolled_back_by_one_typed_name() {
    let mut stage = Stage::new(World::bad());
    mark(&mut stage);
    stage.picture(120, 40);
    assert!(stage.picture(200, 60).contains("roll back 2 marked"));
    let intents = stage.keys("B");
    let targets = asked(&intents, Verb::Rollback);
    assert_eq!(targets.len(), 2, "{targets:?}");
    let [Intent::AskAll(requests)] = intents.as_slice() else { panic!() };
    stage.desk.ask_all(&stage.world.store, requests.clone(), ids, stage.world.now);
    for (width, height) in [(80, 24), (120, 40)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("waves-rollback-{width}x{height}"), picture);
    }
    let Some(Dialog::Several(several)) = stage.desk.dialog() else { panic!("one dialog") };
    let word = several.word().expect("a production target is among them").to_owned();
    let picture = stage.picture(120, 40);
    assert!(picture.contains("roll back 2 at once? (marked; not checkout/staging)"), "{picture}");
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.keys("y enter"), [], "no key answers it");
    stage.keys("backspace");
    stage.type_text(&word);
    assert_eq!(stage.keys("enter"), [Intent::Answer(Answer::Name(word))]);
    assert_eq!(stage.cockpit.session.arrangement.marks(), 0, "what was done is marked no more");
}

#[test]
fn in_a_targets_own_panes_nothing_is_marked_and_marks_do_not_count() {
    let mut stage = Stage::new(World::bad());
    mark(&mut stage);
    stage.keys("j 2 space");
    assert_eq!(stage.cockpit.session.arrangement.marks(), 2);
    assert!(stage.picture(120, 40).contains("marks are made in the list of the targets"));
    assert!(matches!(stage.keys("B").as_slice(), [Intent::Ask(_)]));
    let picture = stage.picture(120, 40);
    assert!(picture.contains("about checkout/production alone: marks (2) count"), "{picture}");
}

#[test]
fn marks_count_in_the_list_only_and_escape_takes_them_away() {
    let mut stage = Stage::new(World::bad());
    mark(&mut stage);
    stage.keys("enter");
    stage.picture(120, 40);
    let intents = stage.keys("B");
    assert!(matches!(intents.as_slice(), [Intent::Ask(_)]), "of an open target: {intents:?}");
    // the first puts the notice away
    stage.keys("esc esc a");
    let intents = stage.keys("B");
    assert!(matches!(intents.as_slice(), [Intent::Ask(_)]), "of the menu's target: {intents:?}");
    assert_eq!(asked(&stage.keys("P"), Verb::Promote).len(), 2);
    stage.keys("esc");
    let intents = stage.keys("B");
    assert!(matches!(intents.as_slice(), [Intent::Ask(_)]), "no mark is left: {intents:?}");
}

#[test]
fn on_the_heading_of_a_wave_the_whole_group_is_meant() {
    let mut stage = Stage::new(World::crowd(2, 4));
    stage.keys(":");
    stage.type_text("group waves");
    stage.key("enter");
    stage.keys("g k");
    let group = stage.world.store.targets().find_map(|state| state.spec.group.clone());
    let members = stage.world.store.targets().filter(|state| state.spec.group == group).count();
    let on_heading = !stage.cockpit.session.is_on_target();
    assert!(on_heading && members > 2, "{}", stage.picture(120, 40));
    let targets = asked(&stage.keys("P"), Verb::Promote);
    assert_eq!(targets.len(), members, "{targets:?}");
}

#[test]
fn one_reason_lets_all_go_that_were_taken_back() {
    let mut stage = Stage::new(World::good());
    let names = ["payments/production", "search/production"];
    for name in names {
        stage.world.did(name, Verb::Rollback, 600);
        stage.cockpit.session.arrangement.mark(&target(name));
    }
    stage.picture(120, 40);
    let intents = stage.keys("H");
    assert_eq!(asked(&intents, Verb::Release), names);
    ask_all(&mut stage, &intents);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("why? 2 of 2 need a reason; one serves all"), "{picture}");
    stage.world.now += TimeDelta::seconds(1);
    stage.type_text("fixed in 2.0");
    let again = stage.keys("enter");
    assert_eq!(asked(&again, Verb::Release), names);
    ask_all(&mut stage, &again);
    let Some(Dialog::Several(several)) = stage.desk.dialog() else { panic!("one dialog") };
    assert_eq!((several.ready(), several.unexplained()), (2, 0));
    let reasons = several.requests().map(|request| request.reason.as_deref());
    assert!(reasons.eq([Some("fixed in 2.0"); 2]));
    stage.picture(120, 40);
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.keys("y"), [Intent::Answer(Answer::Key)]);
}

fn ask_all(stage: &mut Stage, intents: &[Intent]) {
    let [Intent::AskAll(requests)] = intents else { panic!("{intents:?}") };
    stage.desk.ask_all(&stage.world.store, requests.clone(), ids, stage.world.now);
}

#[test]
fn what_is_held_and_what_is_not_are_not_one_question() {
    let mut stage = Stage::new(World::good());
    stage.world.hold("payments/production", 600);
    mark(&mut stage);
    stage.cockpit.session.arrangement.mark(&target("payments/production"));
    stage.picture(120, 40);
    assert_eq!(stage.keys("H"), []);
    assert!(stage.picture(120, 40).contains("mark those of one kind alone"));
}
