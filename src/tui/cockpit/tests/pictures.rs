//! Every kind of data at every size, and every dialog.

use chrono::TimeDelta;

use super::*;
use crate::control::{Answer, Request};
use crate::model::{Outcome, RecordKind, Report, StepReport, Verb};
use crate::tui::fixture::target;

const SIZES: [(u16, u16); 5] = [(200, 60), (200, 50), (120, 40), (80, 24), (40, 12)];

fn at_every_size(name: &str, world: &World) {
    for (width, height) in SIZES {
        let mut stage = Stage::new(world.clone());
        stage.key("j");
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), stage.picture(width, height));
    }
    let mut stage = Stage::new(world.clone());
    assert_eq!(stage.picture(1, 1).lines().count(), 1);
}

#[test]
fn empty() {
    at_every_size("empty", &World::empty());
}

#[test]
fn loading() {
    at_every_size("loading", &World::loading());
}

#[test]
fn good() {
    at_every_size("good", &World::good());
}

#[test]
fn bad() {
    at_every_size("bad", &World::bad());
}

#[test]
fn stale() {
    at_every_size("stale", &World::stale());
}

#[test]
fn lost() {
    at_every_size("lost", &World::lost());
}

fn asked(world: World, verb: Verb) -> Stage {
    let mut stage = Stage::new(world);
    let request = Request::new(target("checkout/production"), verb);
    stage.world.ask(&mut stage.desk, request);
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    stage
}

#[test]
fn a_refusal_and_its_override() {
    let mut stage = asked(World::bad(), Verb::Promote);
    insta::assert_snapshot!("dialog-refused", stage.picture(80, 24));
    stage.key("O");
    stage.type_text("it is a false alarm");
    insta::assert_snapshot!("dialog-override", stage.picture(80, 24));
    insta::assert_snapshot!("dialog-override-40x12", stage.picture(40, 12));
}

#[test]
fn a_rollback_from_question_to_outcome() {
    let mut stage = asked(World::bad(), Verb::Rollback);
    insta::assert_snapshot!("dialog-rollback", stage.picture(80, 24));
    insta::assert_snapshot!("dialog-rollback-40x12", stage.picture(40, 12));
    let name = Answer::Name("checkout/production".into());
    stage.desk.answer(&name, stage.world.now);
    insta::assert_snapshot!("dialog-rereading", stage.picture(80, 24));
    stage.world.carry_out(&mut stage.desk);
    stage.world.now += TimeDelta::seconds(3);
    insta::assert_snapshot!("dialog-under-way", stage.picture(80, 24));
    let Some(crate::control::Dialog::Following { plan, .. }) = stage.desk.dialog() else {
        panic!("it is being followed");
    };
    let (action, calls) = (plan.action.clone(), plan.calls.clone());
    let step = |call: &crate::model::Call, seen_ms, error: Option<&str>| StepReport {
        call: call.to_string(),
        sent_ms: Some(1),
        accepted_ms: seen_ms,
        seen_ms,
        error: error.map(str::to_owned),
        ..StepReport::default()
    };
    let report = Report {
        outcome: Outcome::Unknown,
        steps: vec![
            step(&calls[0], Some(12), None),
            step(&calls[1], None, Some("no answer within 5 s from 127.0.0.1:9999")),
        ],
        refusals: vec![],
        took_ms: 5_012,
        ..Report::refused(action, target("checkout/production"), Verb::Rollback, vec![])
    };
    let kind = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    stage.world.journal(0, kind);
    insta::assert_snapshot!("dialog-unknown", stage.picture(80, 24));
}

#[test]
fn the_screens_own_dialogs() {
    let mut stage = Stage::new(World::bad());
    stage.keys("j a");
    insta::assert_snapshot!("dialog-actions", stage.picture(80, 24));
    stage.keys("esc ?");
    insta::assert_snapshot!("dialog-help", stage.picture(120, 40));
    insta::assert_snapshot!("dialog-help-40x12", stage.picture(40, 12));
}

#[test]
fn a_zoomed_pane_and_a_focused_one_are_there_whatever_the_size() {
    let mut stage = Stage::new(World::bad());
    stage.keys("j 7");
    assert!(stage.picture(80, 24).contains("7 Timeline"));
    stage.keys("6 z j");
    insta::assert_snapshot!("zoomed-alerts", stage.picture(80, 24));
    stage.keys("esc esc 2 z");
    insta::assert_snapshot!("zoomed-rollout", stage.picture(80, 24));
}

#[test]
fn what_kind_of_world_it_is_stands_on_top() {
    let mut stage = Stage::new(World::good());
    let mut fleet = stage.world.store.fleet().clone();
    fleet.read_only = true;
    fleet.inert = Some("./flightdeck.toml was found, not trusted; run `flightdeck trust`".into());
    stage.world.event(0, crate::model::Event::Configured(Box::new(fleet)));
    let picture = stage.picture(120, 40);
    for words in ["DEMO", "READ-ONLY", "NOT TRUSTED", "run `flightdeck trust`", "✗ trust"] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    // in little room they all stand, and no count of targets is told by half
    let mut all = String::new();
    for held in [false, true] {
        if held {
            stage.key("f");
        }
        for (width, height) in [(80, 24), (40, 12)] {
            let picture = stage.picture(width, height);
            let head: Vec<&str> = picture.lines().take(2).collect();
            let foot: Vec<&str> = picture.lines().skip(usize::from(height) - 3).collect();
            all.push_str(&format!(
                "== {width}x{height}\n{}\n…\n{}\n",
                head.join("\n"),
                foot.join("\n")
            ));
        }
    }
    insta::assert_snapshot!("banners", all);
}

#[test]
fn the_log_and_the_held_picture() {
    let mut stage = Stage::new(World::bad());
    stage.keys("e");
    insta::assert_snapshot!("log", stage.picture(80, 24));
    insta::assert_snapshot!("log-40x12", stage.picture(40, 12));
    stage.keys("esc j f");
    insta::assert_snapshot!("held", stage.picture(80, 24));
}
