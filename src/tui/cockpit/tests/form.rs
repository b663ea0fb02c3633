//! The form of a workflow to start: what it begins with.

use super::*;
use crate::model::follow::Effect;
use crate::model::{FeedId, Observation};
use crate::tui::fixture::{HOSTED, target};

/// The form, with the workflow that rolls back chosen; its engine would start that on another branch.
fn form() -> Stage {
    let mut stage = Stage::new(World::hosted().with_rollback_file());
    let state = stage.world.store.target(&target(HOSTED)).unwrap();
    let mut rollout = state.reading.as_ref().unwrap().rollout.clone();
    let calls = rollout.offers.iter_mut().flat_map(|offer| &mut offer.calls);
    for follow in calls.filter_map(|call| call.follow.as_mut()) {
        if let Effect::Started { git_ref, .. } = &mut follow.effect {
            *git_ref = "stable".into();
        }
    }
    let item = Observation::Rollout { target: target(HOSTED), rollout: Box::new(rollout) };
    stage.world.observe(FeedId::part("engine", HOSTED), 0, vec![item]);
    stage.keys("G D up up");
    stage
}

/// The ref in the form.
fn git_ref(stage: &mut Stage) -> String {
    let picture = stage.picture(120, 40);
    let row = picture.lines().find_map(|line| line.split_once("ref *")).unwrap().1;
    row.trim_start().split([' ', '▏']).next().unwrap().to_owned()
}

#[test]
fn what_the_engine_would_start_begins_where_the_engine_would_start_it() {
    let mut stage = form();
    assert_eq!(git_ref(&mut stage), "main");
    stage.key("left");
    assert!(stage.picture(120, 40).contains("rollback.yml"));
    assert_eq!(git_ref(&mut stage), "stable");
    stage.key("right");
    assert_eq!(git_ref(&mut stage), "main", "nobody chose it for the other");
    stage.keys("down ctrl-u");
    stage.type_text("mine");
    stage.keys("up left");
    assert_eq!(git_ref(&mut stage), "mine");
}
