//! What is offered, and that choosing is typing.

use crate::tui::overview::Grouping;
use std::collections::BTreeSet;

use super::*;
use crate::control::Board;
use crate::tui::fixture::{World, target};

/// Lends a world's view with `checkout/production` selected.
fn look<T>(world: &World, of: impl FnOnce(&View<'_>, Option<&Glance<'_>>) -> T) -> T {
    let mut board = Board::default();
    board.refresh(&world.store, world.now);
    let view = View::new(&world.store, &board, world.now);
    let live = target("checkout/production");
    of(&view, view.looks.iter().find(|look| *look.target() == live))
}

fn lines(world: &World, typed: &str) -> Vec<String> {
    look(world, |view, selected| {
        let mut prompt = Prompt::line().with_themes(vec!["dark".into(), "light".into()]);
        prompt.put(typed);
        let offer = offer(&prompt, view, selected, &Keymap::default());
        offer.into_iter().map(|entry| entry.line).collect()
    })
}

#[test]
fn every_action_and_every_verb_of_every_target_is_there_once_and_understood() {
    let world = World::good();
    let all = lines(&world, "");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    let here: Vec<String> = Action::ALL.iter().map(|action| action.name().to_owned()).collect();
    let targets = world.store.targets().map(|state| &state.spec.target);
    let there = targets.flat_map(|target| {
        Verb::ALL
            .iter()
            .filter(|verb| **verb != Verb::Do)
            .map(move |verb| format!("{verb} {target}"))
            .chain([format!("promote {target} --full"), format!("go {target}")])
    });
    let groups = Grouping::ALL.map(|grouping| format!("group {}", grouping.word()));
    let wanted: BTreeSet<String> = here.into_iter().chain(groups).chain(there).collect();
    assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    look(&world, |view, selected| {
        for line in &all {
            assert!(matches!(meaning(line, view, selected), Ok(Some(_))), "{line}");
        }
    });
}

#[test]
fn keys_stand_beside_what_they_do() {
    look(&World::good(), |view, selected| {
        let offer = offer(&Prompt::line(), view, selected, &Keymap::default());
        let key = |line: &str| offer.iter().find(|e| e.line == line).and_then(|e| e.key.clone());
        for (line, wanted) in [
            ("promote checkout/production", Some("P")),
            ("promote checkout/production --full", Some("F")),
            ("pause checkout/production", Some("S")),
            ("resume checkout/production", None),
            ("rollback checkout/production", Some("B")),
            ("promote checkout/staging", None),
            ("zoom", Some("z")),
            ("rollback", Some("B")),
        ] {
            assert_eq!(key(line).as_deref(), wanted, "{line}");
        }
    });
}

#[test]
fn what_is_typed_narrows_it() {
    let world = World::good();
    for (typed, first) in [
        ("zo", "zoom"),
        ("promote", "promote checkout/production"),
        ("prmt pay stag", "promote payments/staging"),
        ("go sea pro", "go search/production"),
        ("ROLL pay/p", "rollback payments/production"),
        // by what it does
        ("browser", "open-browser"),
        ("promote ", "promote checkout/production"),
        ("promote --f", "promote --full"),
        ("rollback checkout/production --s", "rollback checkout/production --skip-hooks"),
        ("promote payments/staging --full --fo", "promote payments/staging --full --force"),
        ("hold --reason a flag --full in it", "hold --reason a flag --full in it"),
    ] {
        let found = lines(&world, typed);
        let best = found.iter().find(|line| **line != typed.trim()).or(found.first());
        assert_eq!(best.map(String::as_str), Some(first), "{typed}: {found:?}");
    }
    assert_eq!(lines(&world, "xyzzy"), Vec::<String>::new());
    assert!(lines(&world, "pause checkout/production --").iter().all(|l| !l.contains("--full")));
}

#[test]
fn revisions_are_completed_from_what_is_known() {
    let world = World::good();
    let to = |verb: &str| lines(&world, &format!("{verb} checkout/production --to "));
    assert_eq!(to("rollback")[0], "rollback checkout/production --to 1.4.1");
    assert_eq!(to("promote")[0], "promote checkout/production --to 1.4.2");
    assert_eq!(to("promote").len(), to("rollback").len());
    assert_eq!(lines(&world, "rollback --to 1.4.2").len(), 1);
}

#[test]
fn a_line_equals_its_shell_command() {
    look(&World::good(), |view, selected| {
        for (line, shell) in [
            ("promote-full", Some("flightdeck promote checkout/production --full")),
            ("hold-release", Some("flightdeck hold checkout/production")),
            (
                "rollback payments/staging --to 1.9 --skip-hooks --reason it's bad",
                Some(
                    "flightdeck rollback payments/staging --skip-hooks --to 1.9 --reason 'it'\\''s bad'",
                ),
            ),
            ("go search/staging", Some("flightdeck status search/staging")),
            ("zoom", None),
        ] {
            let meaning = meaning(line, view, selected).unwrap().unwrap();
            assert_eq!(meaning.shell.as_deref(), shell, "{line}");
        }
        assert_eq!(meaning(" ", view, selected), Ok(None));
        assert!(meaning("fly", view, selected).is_err());
    });
}

#[test]
fn themes_are_offered_behind_their_word() {
    let world = World::good();
    assert_eq!(lines(&world, "theme "), ["theme", "theme dark", "theme light"]);
    assert_eq!(lines(&world, "theme li"), ["theme li", "theme light"]);
    assert_eq!(lines(&world, "theme light"), ["theme light"]);
    assert_eq!(lines(&world, "theme nope"), ["theme nope"]);
}
