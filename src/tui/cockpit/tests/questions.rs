//! What stands on a question, and in which order: the evidence beside what deploys, queue by queue what is in
//! the way.

use chrono::TimeDelta;

use super::keys::{asked, later};
use super::runs::{SIZES, known, told};
use super::*;
use crate::control::{Answer, Request};
use crate::model::rollout::{Ahead, Fate};
use crate::model::{ActionId, Conclusion, FeedId, Observation, Run, Status, Subject, Verb};
use crate::tui::fixture::{HOSTED, WAITS, target};

/// The question whether a run of a workflow, which failed, is to run again.
fn again(workflow: &str) -> Stage {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    let id = 7_690;
    let (status, conclusion) = (Status::Completed, Some(Conclusion::Failure));
    let run = Run {
        id,
        number: 401,
        workflow: workflow.into(),
        status,
        conclusion,
        ..known(&stage, WAITS)
    };
    let name = workflow.trim_end_matches(".yml").to_owned();
    let run = Run { name, ..run };
    told(&mut stage, run.clone());
    let subject = Some(Subject::Run { run: id });
    let request = Request { subject, ..Request::new(target(HOSTED), Verb::Rerun) };
    stage.world.ask(&mut stage.desk, request);
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    stage.world.released();
    told(&mut stage, run);
    stage
}

#[test]
fn to_deploy_to_production_again_is_asked_for_as_a_deploy() {
    for (width, height) in SIZES {
        let picture = again("deploy.yml").picture(width, height);
        insta::assert_snapshot!(format!("again-{width}x{height}"), picture);
    }
    let mut stage = again("deploy.yml");
    stage.picture(80, 24);
    assert_eq!(stage.key("y"), [], "a key is no name");
    stage.key("ctrl-u");
    stage.type_text(HOSTED);
    assert_eq!(stage.key("enter"), [Intent::Answer(Answer::Name(HOSTED.into()))]);
    let mut stage = again("ci.yml");
    let picture = stage.picture(80, 24);
    assert!(!picture.contains("Go ✓") && picture.contains("y run again"), "{picture}");
    assert_eq!(stage.key("y"), [Intent::Answer(Answer::Key)]);
}

#[test]
fn the_gates_beside_a_question_are_those_of_now() {
    let mut stage = again("deploy.yml");
    assert!(stage.picture(80, 24).contains("Go ✓"));
    stage.world.now += TimeDelta::minutes(10);
    let picture = stage.picture(80, 24);
    assert!(picture.contains("Go?") && picture.contains("? feeds: "), "{picture}");
}

#[test]
fn runs_in_no_queue_stand_under_words_of_their_own() {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    let state = stage.world.store.target(&target(HOSTED)).unwrap();
    let mut rollout = state.reading.as_ref().unwrap().rollout.clone();
    let back = rollout.offers.iter_mut().find(|offer| offer.verb == Verb::Rollback).unwrap();
    let release = Ahead {
        run: WAITS,
        name: "deploy #412".into(),
        status: "waiting".into(),
        group: String::new(),
        told: true,
        fate: Fate::GoesOn,
    };
    let smoke = Ahead { run: 7_705, group: "smoke".into(), fate: Fate::Unknown, ..release.clone() };
    back.ahead.insert(0, release);
    back.ahead.push(smoke);
    let item = Observation::Rollout { target: target(HOSTED), rollout: Box::new(rollout) };
    stage.world.observe(FeedId::part("engine", HOSTED), 0, vec![item]);
    stage.world.ask(&mut stage.desk, Request::new(target(HOSTED), Verb::Rollback));
    for (width, height) in SIZES {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("preflight-queues-{width}x{height}"), picture);
    }
}

#[test]
fn a_reason_outlives_the_question_that_comes_between() {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    stage.world.ask(&mut stage.desk, Request::new(target(HOSTED), Verb::Rollback));
    stage.picture(120, 40);
    stage.world.now += TimeDelta::seconds(1);
    stage.world.released();
    stage.type_text("store");
    stage.key("tab");
    stage.type_text("too slow ");
    let intents = stage.key("ctrl-x");
    let [Intent::Ask(between)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!(between.reason, None, "it is the other's");
    stage.world.ask(&mut stage.desk, between.clone());
    stage.picture(120, 40);
    let intents = stage.key("esc");
    let [Intent::Dismiss, Intent::Ask(first)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!((first.verb, first.reason.as_deref()), (Verb::Rollback, Some("too slow")));
    stage.world.ask(&mut stage.desk, first.clone());
    let picture = stage.picture(120, 40);
    assert!(picture.contains("too slow") && !picture.contains("store▏"), "{picture}");
}

#[test]
fn what_refuses_is_said_as_it_is_now() {
    let mut stage = asked(World::good(), "P");
    let then = stage.picture(120, 40);
    assert!(then.contains("refused: promote") && then.contains("06:12 of 15:00"), "{then}");
    later(&mut stage, 4_000);
    let picture = stage.picture(120, 40);
    let now = "unknown: health stale: no answer; last answer 24 s ago";
    assert!(!then.contains("unknown: ") && picture.contains(now), "{picture}");
}

#[test]
fn a_hold_says_nothing_of_weights_and_a_refusal_is_read_whole() {
    let picture = asked(World::good(), "H").picture(120, 40);
    assert!(picture.contains("hold?") && !picture.contains("no weight changes"), "{picture}");
    let mut stage = asked(World::bad(), "B");
    stage.desk.answer(&Answer::Name("checkout/production".into()), stage.world.now);
    let why = format!("{}the end", "one more cause; ".repeat(40));
    let ids = ["a-1", "a-2"].map(|id| ActionId(id.into()));
    let [id, again] = ids;
    stage.desk.reread(&stage.world.store, &id, Some(&why), again, stage.world.now);
    stage.picture(120, 40);
    later(&mut stage, 12_000);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("the end") && picture.contains("engine unreadable, 12 s ago"));
}

#[test]
fn a_name_that_was_typed_stands_when_the_same_plan_comes_back_with_a_reason() {
    let mut stage = asked(World::bad(), "B");
    later(&mut stage, 1_000);
    stage.type_text("checkout/production");
    stage.key("tab");
    assert!(stage.picture(120, 40).contains("name       checkout/production"));
    stage.type_text("errors");
    let again = stage.key("enter");
    let [Intent::Ask(request)] = again.as_slice() else { panic!("{again:?}") };
    stage.desk.ask(&stage.world.store, request.clone(), ActionId("a-9".into()), stage.world.now);
    stage.picture(120, 40);
    assert_eq!(stage.key("enter"), [], "it was on its way before the dialog stood");
    later(&mut stage, 1_000);
    assert_eq!(stage.key("enter"), [Intent::Answer(Answer::Name("checkout/production".into()))]);
}
