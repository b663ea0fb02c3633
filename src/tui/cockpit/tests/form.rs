//! The form of a workflow to start: what it begins with, and what it cannot start.

use super::*;
use crate::control::{Request, guard};
use crate::model::backing::WorkflowFile;
use crate::model::follow::Effect;
use crate::model::{FeedId, Observation, Subject, Verb};
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

/// GitHub tells of the file of `ci.yml` at a place, which nothing starts by hand.
fn read(world: &mut World, sha: &str, file: WorkflowFile) {
    let (host, repo) = ("github".to_owned(), "acme/storefront".to_owned());
    let feed = FeedId::part(&host, &repo);
    let (workflow, sha) = ("ci.yml".to_owned(), sha.to_owned());
    world.observe(feed, 0, vec![Observation::WorkflowFile { host, repo, workflow, sha, file }]);
}

#[test]
fn what_nobody_can_start_by_hand_is_refused_by_its_file() {
    let refused = |world: &World| {
        let (file, git_ref) = ("ci.yml".to_owned(), "main".to_owned());
        let subject = Some(Subject::Workflow { file, git_ref, inputs: [].into() });
        let request = Request { subject, ..Request::new(target(HOSTED), Verb::Dispatch) };
        let refusals = guard(&world.store, &request, world.now);
        refusals.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let workflow = |text: &str| WorkflowFile::Read(Box::new(crate::workflow::parse(text).unwrap()));
    let mut world = World::hosted();
    assert_eq!(refused(&world), [""; 0], "no file is known");
    read(&mut world, "0a1b2c3d", WorkflowFile::Read(Box::default()));
    let no = "run: ci.yml has no `workflow_dispatch`: nobody can start it by hand";
    assert_eq!(refused(&world), [no], "as it is elsewhere");
    read(&mut world, "main", workflow("on: workflow_dispatch\njobs: { a: {} }\n"));
    assert_eq!(refused(&world), [""; 0], "there it can");
    read(&mut world, "4e5f6071", workflow("on: push\njobs: { a: {} }\n"));
    assert_eq!(refused(&world), [""; 0], "whatever it is elsewhere");
    read(&mut world, "main", workflow("on: push\njobs: { a: {} }\n"));
    assert_eq!(refused(&world), [no]);
}
