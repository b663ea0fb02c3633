//! What keys lead to, and what they must never lead to.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::control::{Answer, Dialog, Reading, Request};
use crate::model::{ActionId, Event, Fleet, Outcome, RecordKind, Report, Verb};
use crate::tui::fixture::{plan, target};
use crate::tui::keymap::Code;

pub(super) fn live() -> crate::model::Target {
    target("checkout/production")
}

/// Asks with a key and puts the question on the desk.
pub(super) fn asked(world: World, key: &str) -> Stage {
    let mut stage = Stage::new(world);
    stage.picture(120, 40);
    stage.key("j");
    let intents = stage.key(key);
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{key} asks: {intents:?}") };
    assert_eq!(request.target, live());
    stage.world.ask(&mut stage.desk, request.clone());
    stage.picture(120, 40);
    stage
}

pub(super) fn later(stage: &mut Stage, ms: i64) {
    stage.world.now += TimeDelta::milliseconds(ms);
}

#[test]
fn keys_ask_and_only_ask() {
    for (key, verb, full) in [
        ("P", Verb::Promote, false),
        ("F", Verb::Promote, true),
        ("S", Verb::Pause, false),
        ("B", Verb::Rollback, false),
        ("H", Verb::Hold, false),
    ] {
        let mut stage = Stage::new(World::good());
        stage.key("j");
        let expected = Request { full, ..Request::new(live(), verb) };
        assert_eq!(stage.key(key), [Intent::Ask(expected)]);
        let held = Key { repeat: true, ..key.parse().unwrap() };
        assert_eq!(stage.input(&Input::Key(held)), [], "a held key asks nothing");
    }
}

#[test]
fn only_the_named_key_confirms_and_not_at_once() {
    let mut stage = asked(World::good(), "S");
    assert_eq!(stage.key("y"), [], "it was on its way before the dialog stood");
    later(&mut stage, 299);
    assert_eq!(stage.key("y"), []);
    later(&mut stage, 1);
    assert_eq!(stage.keys("enter S space P B j q"), []);
    assert_eq!(stage.input(&Input::Paste("y\ny\r".into())), []);
    let held = Key { repeat: true, ..Key::char('y') };
    assert_eq!(stage.input(&Input::Key(held)), []);
    assert_eq!(stage.key("ctrl-y"), []);
    later(&mut stage, 1_499);
    assert_eq!(stage.key("y"), [], "nobody pauses in a word for so long");
    later(&mut stage, 1_500);
    assert_eq!(stage.key("y"), [Intent::Answer(Answer::Key)]);
}

#[test]
fn a_name_that_is_typed_where_none_is_asked_for_is_no_yes() {
    let mut stage = asked(World::good(), "S");
    later(&mut stage, 400);
    for letter in "payments/production".chars() {
        assert_eq!(stage.key(&letter.to_string()), [], "{letter}");
        later(&mut stage, 700);
    }
}

#[test]
fn nothing_is_switched_while_the_picture_is_held() {
    let mut stage = Stage::new(World::good());
    stage.keys("f");
    assert_eq!(stage.key("W"), []);
    assert!(stage.picture(120, 40).contains("refused: the picture is held"));
    stage.keys("f");
    assert_eq!(stage.key("W"), [Intent::ToggleReadOnly]);
}

#[test]
fn a_production_rollback_wants_its_name_typed() {
    let mut stage = asked(World::bad(), "B");
    later(&mut stage, 1_000);
    assert_eq!(stage.keys("y enter"), []);
    stage.key("ctrl-u");
    stage.input(&Input::Paste("checkout/production".into()));
    assert_eq!(stage.key("enter"), [], "a paste is not typed");
    stage.type_text("checkout/stagin");
    assert_eq!(stage.key("enter"), []);
    stage.key("ctrl-u");
    stage.type_text("checkout/production");
    let held = Key { repeat: true, ..Key::plain(Code::Enter) };
    assert_eq!(stage.input(&Input::Key(held)), []);
    assert_eq!(stage.key("enter"), [Intent::Answer(Answer::Name("checkout/production".into()))]);
}

#[test]
fn a_reason_asks_anew() {
    let mut stage = asked(World::bad(), "B");
    later(&mut stage, 1_000);
    stage.key("tab");
    stage.type_text("errors");
    let intents = stage.key("enter");
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!((request.verb, request.reason.as_deref()), (Verb::Rollback, Some("errors")));
    assert!(!request.force);
}

#[test]
fn an_override_wants_a_reason() {
    let mut stage = asked(World::bad(), "P");
    assert!(matches!(stage.desk.dialog(), Some(Dialog::Refused { overridable: true, .. })));
    later(&mut stage, 1_000);
    assert_eq!(stage.keys("enter y O enter space enter"), []);
    stage.type_text("known");
    let intents = stage.key("enter");
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{intents:?}") };
    assert!(request.force);
    assert_eq!(request.reason.as_deref(), Some("known"));
}

#[test]
fn esc_never_acts() {
    let dialogs = ["S", "B", "P"].map(|key| asked(World::bad(), key));
    for mut stage in dialogs {
        assert_eq!(stage.key("esc"), [Intent::Dismiss]);
        later(&mut stage, 1_000);
        assert_eq!(stage.key("esc"), [Intent::Dismiss]);
    }
    let mut stage = Stage::new(World::bad());
    for keys in ["esc", "/ a esc", ": q esc", "a esc", "? esc", "2 z esc esc esc"] {
        assert_eq!(stage.keys(keys), [], "{keys}");
    }
}

#[test]
fn the_selection_follows_its_target() {
    let mut stage = Stage::new(World::good());
    stage.keys("G");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("2 search / production"), "{picture}");
    let mut fleet: Fleet = stage.world.store.fleet().clone();
    fleet.targets.reverse();
    stage.world.event(0, Event::Configured(Box::new(fleet)));
    assert!(stage.picture(120, 40).contains("2 search / production"));
}

#[test]
fn the_filter_takes_text_and_is_kept() {
    let mut stage = Stage::new(World::good());
    assert_eq!(stage.keys("/ p a y P"), [], "no letter acts while one types");
    stage.key("backspace");
    stage.key("enter");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("/pay  2 of 6") && picture.contains("2 payments / staging"));
    stage.key("n");
    assert!(stage.picture(120, 40).contains("2 payments / production"));
    stage.key("n");
    assert!(stage.picture(120, 40).contains("2 payments / staging"), "it goes round");
    stage.keys("2 1");
    assert!(stage.picture(120, 40).contains("/pay"), "it is kept");
    stage.key("esc");
    assert!(!stage.picture(120, 40).contains("/pay"));
}

#[test]
fn quitting_asks_while_something_is_in_flight() {
    let mut stage = Stage::new(World::good());
    assert_eq!(stage.key("q"), [Intent::Quit]);
    let under_way = plan("p", Verb::Promote, 50.0, 100.0);
    stage.world.journal(1, RecordKind::Intent { plan: Box::new(under_way) });
    assert_eq!(stage.key("q"), []);
    assert!(stage.picture(80, 24).contains("in flight?"));
    assert_eq!(stage.keys("q"), [], "the key that asked does not answer");
    assert_eq!(stage.keys("q y"), [Intent::Quit]);
    assert_eq!(stage.keys("ctrl-c esc"), []);
    stage.key("q");
    later(&mut stage, 2_000);
    let id = ActionId("p".into());
    let report = Report::refused(id, live(), Verb::Promote, vec![]);
    let report = Box::new(Report { outcome: Outcome::Seen, took_ms: 3_000, ..report });
    stage.world.journal(0, RecordKind::Outcome { report, followed_up: false });
    let picture = stage.picture(80, 24);
    assert!(picture.contains("leave?") && picture.contains("✓ it is over: promote"), "{picture}");
}

#[test]
fn keys_open_copy_and_refresh_what_has_the_focus() {
    let mut stage = Stage::new(World::bad());
    stage.picture(120, 40);
    stage.key("j");
    assert_eq!(stage.key("y"), [Intent::Copy("checkout/production".into())]);
    assert_eq!(stage.key("Y"), [Intent::Copy("flightdeck status checkout/production".into())]);
    assert_eq!(stage.key("o"), [Intent::Open("https://grafana.example/d/1".into())]);
    assert_eq!(
        stage.keys("6 j o"),
        [Intent::Open("https://runbooks.example/errors".into())],
        "the second alert has a runbook"
    );
    let [Intent::Refresh(Some(ref feed))] = stage.keys("r")[..] else { panic!("a feed") };
    assert_eq!(feed.source, "alertmanager.main");
    assert_eq!(stage.key("R"), [Intent::Refresh(None)]);
}

#[test]
fn the_command_line_asks_for_the_selected_target() {
    let mut stage = Stage::new(World::good());
    stage.keys("j :");
    stage.type_text("pro");
    stage.key("tab");
    assert_eq!(stage.key("enter"), [Intent::Ask(Request::new(live(), Verb::Promote))]);
    stage.keys(":");
    stage.type_text("q");
    assert_eq!(stage.key("enter"), [Intent::Quit]);
}

#[test]
fn a_rollback_overtakes_what_is_being_followed() {
    let mut stage = asked(World::good(), "S");
    stage.desk.answer(&Answer::Key, stage.world.now);
    stage.world.carry_out(&mut stage.desk);
    stage.picture(80, 24);
    later(&mut stage, 1_000);
    let expected = Request::new(live(), Verb::Rollback);
    assert_eq!(stage.key("B"), [Intent::Dismiss, Intent::Ask(expected)]);
}

#[test]
fn jobs_of_the_run_on_screen_are_asked_for_once() {
    let mut stage = Stage::new(World::good());
    let (store, now) = (stage.world.store.clone(), stage.world.now);
    assert!(matches!(stage.cockpit.watch(&store, now), Some(Intent::Watch(_, _, 9_000))));
    assert_eq!(stage.cockpit.watch(&store, now), None);
}

const KEYS: [&str; 42] = [
    "enter",
    "enter",
    "j",
    "k",
    "g",
    "G",
    "h",
    "l",
    "tab",
    "shift-tab",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "enter",
    "esc",
    "/",
    "n",
    "N",
    ":",
    "?",
    "z",
    "o",
    "y",
    "Y",
    "r",
    "R",
    "P",
    "F",
    "S",
    "B",
    "H",
    "a",
    "space",
    "ctrl-d",
    "ctrl-u",
    "pagedown",
    "up",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_size_and_no_keys_break_it(
        moves in prop::collection::vec((0..KEYS.len(), 0u16..140, 0u16..50), 1..24),
        which in 0..5usize,
        on_desk in 0..4usize,
    ) {
        let world = [World::empty, World::good, World::bad, World::stale, World::lost][which]();
        let mut stage = Stage::new(world);
        let verb = [Verb::Promote, Verb::Rollback, Verb::Pause].get(on_desk);
        if let Some(verb) = verb {
            let request = Request::new(live(), *verb);
            stage.world.ask(&mut stage.desk, request);
        }
        for (key, width, height) in moves {
            // without the key or the name there is no answer
            for intent in stage.key(KEYS[key]) {
                prop_assert!(!matches!(intent, Intent::Answer(Answer::Name(_) | Answer::Yes)));
            }
            stage.picture(width, height);
            later(&mut stage, 250);
        }
        // and there is always a way back, which asks for nothing
        if verb.is_none() {
            for _ in 0..30 {
                for intent in stage.key("esc") {
                    let leaves = matches!(intent, Intent::Dismiss | Intent::Read(Reading::Close));
                    prop_assert!(leaves, "{:?}", intent);
                }
            }
            prop_assert!(stage.cockpit.session.trail.is_empty());
        }
    }
}

#[test]
fn a_held_picture_stands_still_and_asks_nothing() {
    let mut stage = Stage::new(World::good());
    stage.keys("j f");
    let held = stage.picture(120, 40);
    assert!(held.contains("PICTURE HELD at 14:32:07Z: 0 changes since; f goes on"), "{held}");
    stage.world.event(0, Event::Notice { text: "the world goes on".into(), target: None });
    later(&mut stage, 5_000);
    let after = stage.picture(120, 40);
    assert!(after.contains("1 change since"), "{after}");
    let below = |picture: &str| picture.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(below(&held), below(&after));
    assert_eq!(stage.cockpit.next_tick(stage.world.now), None);
    for keys in ["P", "B", "S", "H", "F", "a", "W"] {
        assert_eq!(stage.keys(keys), [], "{keys}");
        let picture = stage.picture(120, 40);
        assert!(picture.contains("refused: the picture is held; f shows"), "{keys}\n{picture}");
    }
    stage.keys(":");
    stage.type_text("rollback");
    assert_eq!(stage.keys("enter"), []);
    stage.keys("f");
    let live = stage.picture(120, 40);
    assert!(live.contains("the world goes on") && !live.contains("HELD"), "{live}");
    assert!(matches!(stage.key("P").as_slice(), [Intent::Ask(_)]));
}

#[test]
fn the_log_is_searched_and_esc_leads_back() {
    let mut stage = Stage::new(World::bad());
    stage.key("e");
    let all = stage.picture(120, 40);
    assert!(all.contains("Log, newest first"), "{all}");
    stage.key("/");
    stage.type_text("HIGHERROR");
    let found = stage.picture(120, 40);
    let lines: Vec<&str> = found.lines().filter(|line| line.contains("Z ")).collect();
    assert!(found.contains(" of ") && found.contains("HighErrorRate"), "{found}");
    assert!(lines.iter().skip(1).all(|line| !line.contains(" feed ")), "{found}");
    stage.keys("esc");
    assert_eq!(stage.picture(120, 40), all);
    stage.keys("esc");
    assert!(!stage.picture(120, 40).contains("Log, newest first"));
    assert_eq!(stage.keys("e P B"), [], "nothing is asked for from the log");
}

#[test]
fn read_only_is_toggled_by_a_key() {
    let mut stage = Stage::new(World::good());
    assert_eq!(stage.key("W"), [Intent::ToggleReadOnly]);
    stage.world.event(0, Event::ReadOnly { on: true });
    assert!(stage.picture(120, 40).contains("READ-ONLY"));
    let request = Request::new(live(), Verb::Rollback);
    let refusals = crate::control::guard(&stage.world.store, &request, stage.world.now);
    assert_eq!(refusals.first().map(|refusal| refusal.gate.as_str()), Some("read-only"));
    stage.world.event(1, Event::ReadOnly { on: false });
    assert!(!stage.picture(120, 40).contains("READ-ONLY"));
}

#[test]
fn what_was_refused_is_asked_again_by_a_key() {
    let mut stage = asked(World::bad(), "P");
    later(&mut stage, 400);
    assert!(stage.picture(120, 40).contains("r try again"));
    let again = Request::new(live(), Verb::Promote);
    assert_eq!(stage.key("r"), [Intent::Dismiss, Intent::Ask(again)]);
}
