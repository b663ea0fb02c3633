//! What waits for a person at GitHub: since when, whether anybody can answer it yet, and what of a
//! rollback's time goes by meanwhile.

use chrono::TimeDelta;

use super::runs::{report, under_way};
use super::*;
use crate::control::{Standing, assess};
use crate::model::{Event, Outcome, Waiting};
use crate::tui::fixture::{HOSTED, WAITS, target, waiting};

/// What the pipeline pane says of the run, and all of the rest.
fn pane(world: World) -> (String, String) {
    let mut stage = Stage::new(world);
    stage.keys("G");
    let picture = stage.picture(120, 40);
    let line = picture.lines().find(|line| line.contains("by push of ana"));
    (line.unwrap_or_default().to_owned(), picture)
}

#[test]
fn the_pipeline_waits_since_its_deployment_does_not_since_it_began() {
    let mut world = World::hosted();
    let (line, _) = pane(world);
    assert!(line.contains("▲ waits for an approval for 21 m, by push"), "{line}");

    world = World::hosted();
    let since = |since| Waiting { since, ..waiting(&World::good(), "production-50", 0) };
    world.waits("acme/storefront", WAITS, vec![since(None)]);
    let (line, _) = pane(world);
    assert!(line.contains("▲ waits for an approval, by push"), "nobody told: {line}");

    world = World::hosted();
    let timer = Waiting {
        may_decide: false,
        reviewers: vec![],
        timer_ends: Some(world.now + TimeDelta::seconds(300)),
        ..since(None)
    };
    world.waits("acme/storefront", WAITS, vec![timer]);
    let (line, _) = pane(world);
    assert!(line.contains("◌ waits for its timer with 5 m left, by push"), "{line}");
}

#[test]
fn while_only_the_soak_has_to_pass_nobody_is_waited_for() {
    let mut world = World::hosted();
    let seen = assess(&world.store, &target(HOSTED), world.now).unwrap();
    assert!(seen.wait.is_some() && seen.waits && seen.standing == Standing::Attention);
    let mut fleet = world.store.fleet().clone();
    let last = fleet.targets.last_mut().and_then(|spec| spec.rollout.as_mut()).unwrap();
    last.soak = std::time::Duration::from_secs(7_200);
    world.event(0, Event::Configured(Box::new(fleet)));
    world.released();
    let seen = assess(&world.store, &target(HOSTED), world.now).unwrap();
    assert_eq!((seen.wait, seen.waits), (None, false), "{:?}", seen.gates);
    assert!(!seen.reasons.iter().any(|reason| reason.contains("waits for")), "{:?}", seen.reasons);
    let (_, picture) = pane(world.clone());
    assert!(picture.contains("soaking") && !picture.contains("waits for you"), "{picture}");
    assert!(picture.contains("production-50 waits for an approval"), "its engine's own word");

    let mut stage = Stage::new(world);
    assert!(stage.picture(200, 50).contains("i inbox 1/3"));
    stage.keys("i j");
    for (width, height) in [(120, 40), (80, 24)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("inbox-soaking-{width}x{height}"), picture);
    }
}

#[test]
fn a_rollback_that_waits_for_somebody_is_not_being_carried_out_and_its_clock_runs() {
    let (mut stage, plan) = under_way();
    let here = waiting(&stage.world, "rollback", 3);
    stage.world.waits("acme/storefront", 7_710, vec![here]);
    stage.world.now += TimeDelta::seconds(9);
    for (width, height) in [(200, 50), (120, 40), (80, 24), (40, 12)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("rollback-waits-{width}x{height}"), picture);
    }
    let said = "nothing is carried out: run 7710 waits at rollback for";
    assert!(stage.picture(200, 50).contains(said));
    // taken, and not followed by this process any more
    report(&mut stage, &plan, Outcome::Accepted, Some(7_710));
    stage.world.now += TimeDelta::seconds(60);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("ACCEPTED") && picture.contains("over its 60 s"), "{picture}");
    assert!(picture.contains("; the clock runs"), "{picture}");
    stage.desk.dismiss();
    let picture = stage.picture(120, 40);
    assert!(picture.contains("? open  rollback waits at rollback for @acme/oncall or ana, 72 s"));
    // it goes on: nothing is said of waiting
    stage.world.waits("acme/storefront", 7_710, vec![]);
    assert!(!stage.picture(120, 40).contains("rollback waits"));
}
