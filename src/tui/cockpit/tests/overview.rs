//! The list of the targets, few or many: how it looks, and where the cursor is.

use proptest::prelude::*;

use super::*;
use crate::model::Verb;

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (40, 12)];

fn crowd(targets: usize) -> World {
    match targets {
        6 => World::crowd(2, 3),
        60 => World::crowd(20, 3),
        _ => World::crowd(250, 4),
    }
}

#[test]
fn few_and_many_at_every_size() {
    for targets in [6, 60, 1_000] {
        let mut stage = Stage::new(crowd(targets));
        for (width, height) in SIZES {
            let name = format!("overview-{targets}-{width}x{height}");
            insta::assert_snapshot!(name, stage.picture(width, height));
        }
    }
}

#[test]
fn other_groups_and_filters() {
    let mut stage = Stage::new(crowd(60));
    stage.keys("v z");
    insta::assert_snapshot!("overview-by-state", stage.picture(80, 24));
    stage.keys("v V");
    insta::assert_snapshot!("overview-by-environment", stage.picture(80, 24));
    stage.keys("v -");
    insta::assert_snapshot!("overview-by-waves-folded", stage.picture(80, 24));
    stage.keys("v V - /");
    stage.type_text("17eu");
    insta::assert_snapshot!("overview-typing", stage.picture(80, 24));
    stage.keys("ctrl-u");
    stage.type_text("env:eu -is:held stat:x");
    insta::assert_snapshot!("overview-unknown-key", stage.picture(80, 24));
}

#[test]
fn the_matrix_at_every_size() {
    let mut stage = Stage::new(crowd(1_000));
    stage.keys("t j j l");
    for (width, height) in SIZES {
        insta::assert_snapshot!(format!("matrix-{width}x{height}"), stage.picture(width, height));
    }
    stage.keys("l l l G");
    assert!(stage.picture(40, 12).contains("svc-249"), "{}", stage.picture(40, 12));
    assert_eq!(stage.key("y"), [Intent::Copy("svc-249/production-ap".into())]);
    stage.keys("esc");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("2 svc-249 / production-ap") && picture.contains("1 Targets"));
    stage.keys("t k enter");
    assert!(stage.picture(120, 40).contains("┌ svc-248/production-ap"));
    stage.keys("esc");
    assert!(stage.cockpit.session.matrix, "back to where it was opened");
}

/// The target or heading under the cursor, as the operator reads it.
fn under(stage: &mut Stage) -> String {
    let picture = stage.picture(200, 60);
    let line = picture.lines().find(|line| line.contains('▸') || line.contains('◂'));
    let line = line.unwrap_or_default().chars().skip(2).take(38).collect::<String>();
    line.trim_matches([' ', '│', '▸', '◂']).to_owned()
}

#[test]
fn a_group_folds_and_no_key_acts_on_it() {
    let mut stage = Stage::new(World::good());
    stage.keys("j j");
    assert_eq!(under(&mut stage), "payments");
    for key in ["P", "B", "H", "a", "space"] {
        assert_eq!(stage.key(key), [], "{key}");
    }
    stage.key("enter");
    assert!(under(&mut stage).starts_with("payments  +2"), "{}", under(&mut stage));
    stage.key("j");
    assert_eq!(under(&mut stage), "search");
    stage.keys("k enter j");
    assert!(under(&mut stage).starts_with("staging"));
    stage.key("-");
    assert!(under(&mut stage).starts_with("payments  +2"), "{}", under(&mut stage));
    assert!(stage.picture(200, 60).contains("2 payments / staging"), "the target stays");
    stage.key("-");
    assert!(under(&mut stage).starts_with("staging"), "and comes back");
    let request =
        |verb| crate::control::Request::new(crate::tui::fixture::target("payments/staging"), verb);
    assert_eq!(stage.key("H"), [Intent::Ask(request(Verb::Hold))]);
}

#[test]
fn a_hidden_target_is_selected_again_when_it_is_shown() {
    let mut stage = Stage::new(World::good());
    stage.keys("G /");
    stage.type_text("service:pay");
    stage.key("enter");
    assert!(stage.picture(120, 40).contains("2 payments / staging"), "the first that is shown");
    stage.keys("2 1 esc");
    assert!(stage.picture(120, 40).contains("2 search / production"));
}

#[test]
fn what_waits_is_on_top_and_the_cursor_goes_there() {
    let mut stage = Stage::new(World::good());
    assert!(!stage.picture(120, 40).contains("Waiting for you"));
    stage.world.hold("search/staging", 720);
    stage.key("g");
    assert_eq!(under(&mut stage), "search/staging      held, waits 12 m");
    stage.world.hold("payments/staging", 1_440);
    assert_eq!(under(&mut stage), "search/staging      held, waits 12 m", "it stays with it");
    stage.key("k");
    assert_eq!(under(&mut stage), "payments/staging    held, waits 24 m", "the longest first");
    stage.keys("k enter");
    assert!(under(&mut stage).starts_with("Waiting for you  +2"), "{}", under(&mut stage));
}

#[test]
fn as_many_wait_for_you_as_are_in_the_inbox() {
    let mut held = World::good();
    held.hold("search/staging", 720);
    // one target, two things
    held.did("search/staging", Verb::Pause, 600);
    let mut apart = 0;
    for world in [World::good(), World::bad(), World::hosted(), World::crowd(30, 4), held] {
        let mut stage = Stage::new(world);
        let items = crate::control::inbox(&stage.world.store, stage.world.now).len();
        let picture = stage.picture(200, 60);
        let heading = picture.lines().find_map(|line| line.split_once("Waiting for you  "));
        let Some((_, said)) = heading else {
            assert_eq!(items, 0, "{picture}");
            assert_eq!(stage.cockpit.session.overview.waiting(), 0, "{picture}");
            continue;
        };
        let said = said.split('│').next().unwrap_or_default().trim();
        let (count, more) = said.split_once(' ').unwrap_or((said, ""));
        assert_eq!(count, items.to_string(), "{picture}");
        let targets = stage.cockpit.session.overview.waiting();
        if targets != items {
            apart += 1;
            assert!(more.contains(&format!("{targets} target")), "{said}");
        }
    }
    assert!(apart > 1, "some worlds must tell them apart");
}

#[test]
fn marks_are_shown_counted_and_found() {
    let mut stage = Stage::new(World::good());
    stage.keys("space j j j space");
    assert!(stage.picture(120, 40).contains("*2 marked"));
    stage.key("/");
    stage.type_text("is:m");
    assert!(stage.picture(120, 40).contains("/is:m  2 of 6"), "{}", stage.picture(120, 40));
    stage.key("tab");
    assert!(stage.picture(120, 40).contains("marked  moving"), "both are named");
}

#[test]
fn the_command_line_groups_and_compares() {
    let mut stage = Stage::new(World::good());
    stage.keys(":");
    stage.type_text("group state");
    stage.key("enter");
    assert!(stage.picture(120, 40).contains("Targets by state"));
    stage.keys(":");
    stage.type_text("matrix");
    stage.key("enter");
    assert!(stage.picture(80, 24).contains("side by side"));
}

const KEYS: [&str; 24] = [
    "j",
    "k",
    "g",
    "G",
    "n",
    "N",
    "h",
    "l",
    "enter",
    "esc",
    "tab",
    "v",
    "V",
    "-",
    "t",
    "space",
    "/",
    "z",
    "ctrl-d",
    "ctrl-u",
    "backspace",
    "down",
    "1",
    "r",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_cursor_is_always_on_a_line_in_sight(
        steps in prop::collection::vec((0..KEYS.len(), "[a-z:.\\- é漢]{0,4}", 24u16..140, 6u16..50), 1..24),
        many in any::<bool>(),
    ) {
        let mut stage = Stage::new(if many { crowd(60) } else { World::bad() });
        for (key, text, width, height) in steps {
            stage.key(KEYS[key]);
            if stage.cockpit.session.mode == crate::tui::session::Mode::Filter {
                stage.type_text(&text);
            }
            stage.picture(width, height);
            let session = &stage.cockpit.session;
            let lines = session.overview.lines().len();
            match session.cursor {
                None => prop_assert_eq!(session.overview.shown().len(), 0),
                Some(cursor) if session.matrix || !session.trail.is_empty() => prop_assert!(cursor.line < lines),
                Some(cursor) => {
                    let pane = crate::tui::panes::Pane::Targets;
                    let placed = session.placed.iter().find(|(placed, ..)| *placed == pane);
                    if let Some((_, rect, _)) = placed.filter(|(_, rect, _)| rect.height > 2) {
                        let first = session.scroll[&pane];
                        let last = first + usize::from(rect.height) - 1;
                        prop_assert!(cursor.line < lines && (first..last).contains(&cursor.line));
                    }
                }
            }
        }
    }
}
