//! The command line and the palette: what they do, and that they do what the keys and the menu do.

use std::time::Duration;

use super::*;
use crate::control::{Dialog, Request};
use crate::model::{
    ActionId, ActionSpec, Event, Outcome, Program, RecordKind, Report, Target, Verb,
};
use crate::tui::fixture::{plan, target};
use crate::tui::keymap::{Action, Binding};

impl Stage {
    /// The question or the refusal that one request leads to.
    fn dialog(&self, intents: &[Intent]) -> (Request, Option<Dialog>) {
        let [Intent::Ask(request)] = intents else { panic!("one question: {intents:?}") };
        let mut desk = self.desk.clone();
        self.world.ask(&mut desk, request.clone());
        (request.clone(), desk.dialog().cloned())
    }

    fn command(&mut self, key: &str, line: &str) -> Vec<Intent> {
        self.keys(key);
        self.input(&Input::Paste(line.to_owned()));
        self.key("enter")
    }
}

#[test]
fn a_rollback_asked_for_in_full_is_the_same_rollback() {
    let stage = Stage::new(World::good());
    let plain = Request::new(target("checkout/production"), Verb::Rollback);
    let [plain, full] = [plain.clone(), Request { full: true, ..plain }].map(|request| match stage
        .dialog(&[Intent::Ask(request)])
        .1
    {
        Some(Dialog::Confirm { confirmation, .. }) => confirmation.plan,
        other => panic!("{other:?}"),
    });
    assert_eq!(plain.calls.len(), 2);
    assert_eq!(full, plain);
}

/// A world in which the live target was acted on, and it was seen.
fn after(verb: Verb) -> World {
    let mut world = World::good();
    let plan = plan("earlier", verb, 50.0, 50.0);
    let action = ActionId("earlier".into());
    let report = Report {
        outcome: Outcome::Seen,
        ..Report::refused(action, plan.target.clone(), verb, vec![])
    };
    world.journal(9, RecordKind::Intent { plan: Box::new(plan) });
    let kind = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    world.journal(8, kind);
    world
}

fn read_only() -> World {
    let mut world = World::good();
    let mut fleet = world.store.fleet().clone();
    fleet.read_only = true;
    world.event(0, Event::Configured(Box::new(fleet)));
    world
}

#[test]
fn key_menu_line_and_palette_show_the_same_plan() {
    let worlds = [
        World::good(),
        World::bad(),
        World::stale(),
        World::lost(),
        after(Verb::Pause),
        after(Verb::Hold),
        read_only(),
    ];
    let (mut plans, mut refusals) = (0, 0);
    for world in worlds {
        let targets: Vec<Target> =
            world.store.targets().map(|state| state.spec.target.clone()).collect();
        for target in targets {
            for action in Action::ALL.iter().copied().filter(|action| action.mutates()) {
                let mut stage = Stage::new(world.clone());
                stage.command(":", &format!("go {target}"));
                let key = Keymap::default().hint(action).unwrap();
                let by_key = stage.key(&key);
                let wanted = stage.dialog(&by_key);
                assert_eq!(wanted.0.target, target);
                match &wanted.1 {
                    Some(Dialog::Confirm { .. }) => plans += 1,
                    Some(Dialog::Refused { .. }) => refusals += 1,
                    other => panic!("{other:?}"),
                }
                let Request { verb, full, .. } = wanted.0;
                let line = format!("{verb} {target}{}", if full { " --full" } else { "" });
                let short = format!("{verb}{}", if full { " --full" } else { "" });
                let name = action.name();
                let ways: [(&str, Vec<Intent>); 7] = [
                    ("the key in the menu", stage.keys(&format!("a {key}"))),
                    ("the line", stage.command(":", &line)),
                    ("the line without its target", stage.command(":", &short)),
                    ("the action's name", stage.command(":", name)),
                    ("the palette", stage.command("ctrl-p", &line)),
                    ("the name in the palette", stage.command("ctrl-p", &format!("{name} "))),
                    ("the shell's command", {
                        let shell = wanted.0.command();
                        stage.command(":", shell.strip_prefix("flightdeck ").unwrap())
                    }),
                ];
                for (way, intents) in ways {
                    assert_eq!(stage.dialog(&intents), wanted, "{name} of {target} by {way}");
                }
                let by_menu = (0..9).map(|place| {
                    let downs = "j ".repeat(place);
                    stage.keys(&format!("a {downs} enter"))
                });
                let same = by_menu.filter(|intents| *intents == by_key).count();
                assert_eq!(same, 1, "{name} of {target} is in the menu once");
            }
        }
    }
    assert!(plans > 50 && refusals > 50, "{plans} plans, {refusals} refusals");
}

#[test]
fn a_named_action_is_asked_for_in_the_menu_the_line_and_the_palette() {
    let mut world = World::good();
    let mut fleet = world.store.fleet().clone();
    let program =
        Program { argv: vec!["drain".into()], timeout: Duration::from_secs(5), env: vec![] };
    let action =
        ActionSpec { name: "drain the queue".into(), program, by_name: true, within: None };
    fleet.targets[1].actions.push(action);
    world.event(0, Event::Configured(Box::new(fleet)));
    let mut stage = Stage::new(world);
    let intents = stage.keys("j a G enter");
    let wanted = stage.dialog(&intents);
    assert!(matches!(wanted.1, Some(Dialog::Confirm { .. })), "{wanted:?}");
    let shell = wanted.0.command();
    assert_eq!(shell, "flightdeck do checkout/production 'drain the queue'");
    for (key, line) in [
        (":", "do drain the queue"),
        (":", "do checkout/production drain the queue"),
        (":", shell.strip_prefix("flightdeck ").unwrap()),
        ("ctrl-p", "drain"),
    ] {
        let intents = stage.command(key, line);
        assert_eq!(stage.dialog(&intents), wanted, "{line}");
    }
}

#[test]
fn every_other_action_does_by_name_what_its_key_does() {
    for action in Action::ALL.iter().copied().filter(|action| !action.mutates()) {
        let key = Keymap::default().hint(action).unwrap();
        let mut stages = [(); 3].map(|()| {
            let mut stage = Stage::new(World::bad());
            stage.picture(120, 40);
            stage.keys("2 j");
            stage
        });
        let intents = [
            stages[0].key(&key),
            stages[1].command(":", action.name()),
            stages[2].command("ctrl-p", action.name()),
        ];
        let pictures = stages.each_mut().map(|stage| stage.picture(120, 40));
        for other in 1..3 {
            assert_eq!(intents[0], intents[other], "{action:?}");
            assert_eq!(pictures[0], pictures[other], "{action:?}");
        }
    }
}

#[test]
fn the_line_completes_and_remembers() {
    let mut stage = Stage::new(World::good());
    stage.keys("j :");
    stage.type_text("prom");
    stage.keys("tab tab");
    stage.type_text("pay");
    stage.key("tab");
    stage.type_text("p");
    stage.keys("tab");
    stage.type_text("--fu");
    stage.key("tab");
    let full = Request { full: true, ..Request::new(target("payments/production"), Verb::Promote) };
    assert_eq!(stage.key("enter"), [Intent::Ask(full.clone())]);
    assert_eq!(stage.command(":", "go search/staging"), []);
    assert_eq!(stage.command(":", "fly"), [], "what is not understood is not remembered");
    assert!(stage.picture(80, 24).contains("`fly` is no command"));
    stage.keys("esc");
    assert_eq!(stage.keys(": up up down up enter"), [Intent::Ask(full)]);
    assert_eq!(stage.keys(": up down enter"), [], "below the newest is the empty line");
}

#[test]
fn entries_are_chosen_and_esc_does_nothing() {
    let mut stage = Stage::new(World::good());
    stage.keys("j ctrl-p");
    let first = Request::new(target("checkout/production"), Verb::Promote);
    assert_eq!(stage.key("enter"), [Intent::Ask(first.clone())]);
    stage.keys(":");
    assert_eq!(stage.key("enter"), [], "an empty line is nothing");
    assert_eq!(stage.keys(": j esc"), []);
    stage.keys(":");
    stage.type_text("prom chk prod");
    assert_eq!(stage.key("enter"), [], "a line is taken as it stands");
    assert_eq!(stage.keys("down enter"), [Intent::Ask(first.clone())]);
    assert_eq!(stage.keys("ctrl-p down up esc"), []);
    assert_eq!(stage.keys("ctrl-p ctrl-c"), []);
    stage.keys("ctrl-p");
    stage.type_text("xyzzy");
    assert_eq!(stage.keys("enter down up tab"), []);
    let held = Key { repeat: true, ..Key::plain(crate::tui::keymap::Code::Enter) };
    stage.keys("esc ctrl-p");
    assert_eq!(stage.input(&Input::Key(held)), []);
    stage.keys("esc :");
    assert_eq!(stage.input(&Input::Paste("promote\rB\n".into())), [], "a paste presses nothing");
    assert_eq!(stage.key("enter"), [Intent::Ask(first)]);
}

#[test]
fn pictures_of_the_command_line_and_the_palette() {
    let mut stage = Stage::new(World::bad());
    stage.keys("j ctrl-p down");
    insta::assert_snapshot!("palette", stage.picture(120, 40));
    stage.type_text("prom");
    for (width, height) in [(80, 24), (40, 12)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("palette-{width}x{height}"), picture);
    }
    stage.keys("esc :");
    stage.type_text("rollback checkout/production --to ");
    insta::assert_snapshot!("command-80x24", stage.picture(80, 24));
    stage.keys("ctrl-w ctrl-w");
    stage.type_text("--what");
    stage.key("enter");
    insta::assert_snapshot!("command-40x12", stage.picture(40, 12));
}

#[test]
fn at_no_size_is_it_off_the_screen() {
    for (key, what) in [("ctrl-p", "palette"), (":", "command")] {
        for (width, height) in [(200, 60), (120, 40), (80, 24), (40, 12), (20, 8), (16, 6)] {
            let mut stage = Stage::new(World::good());
            stage.key(key);
            stage.type_text("zoom");
            let picture = stage.picture(width, height);
            for part in [what, ":zoom", "Esc cancel"] {
                assert!(picture.contains(part), "{part} at {width}×{height}:\n{picture}");
            }
        }
        for (width, height) in [(1, 1), (5, 2), (300, 3)] {
            let mut stage = Stage::new(World::good());
            stage.key(key);
            stage.picture(width, height);
        }
    }
}

#[test]
fn an_unfinished_sequence_shows_what_may_follow() {
    let mut stage = Stage::new(World::good());
    let own = [
        Binding { action: "first", keys: vec!["g g"] },
        Binding { action: "last", keys: vec!["g e"] },
        Binding { action: "zoom", keys: vec!["g z z"] },
        Binding { action: "rollback", keys: vec!["g B"] },
    ];
    stage.cockpit.keymap = Keymap::with(&own).unwrap();
    stage.keys("j g");
    insta::assert_snapshot!("hints-80x24", stage.picture(80, 24));
    insta::assert_snapshot!("hints-40x12", stage.picture(40, 12));
    assert_eq!(stage.keys("esc"), []);
    assert!(!stage.picture(80, 24).contains("Esc cancel"));
    stage.keys("g x");
    assert!(stage.picture(80, 24).contains("g x is bound to nothing"));
    assert_eq!(stage.keys("g z"), []);
    assert!(stage.picture(80, 24).contains("show this pane alone"));
    stage.keys("z");
    assert!(stage.cockpit.session.zoom);
    let request = Request::new(target("checkout/production"), Verb::Rollback);
    assert_eq!(stage.keys("g B"), [Intent::Ask(request)]);
}
