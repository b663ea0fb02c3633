//! Keys that are bound, rebound and wrong.

use super::*;

fn with(pairs: &[(&str, &[&str])]) -> Result<Keymap, Vec<String>> {
    let own = |keys: &&[&str]| keys.iter().map(ToString::to_string).collect();
    Keymap::with(&pairs.iter().map(|(name, keys)| ((*name).to_owned(), own(keys))).collect())
}

fn keys(text: &str) -> Sequence {
    text.split_whitespace().map(|key| key.parse().unwrap()).collect()
}

#[test]
fn the_defaults_have_no_duplicates_and_every_action_has_a_key() {
    let (keymap, problems) = Keymap::build(&BTreeMap::new());
    assert_eq!(problems, Vec::<String>::new());
    for entry in keymap.entries() {
        assert!(!entry.keys.is_empty(), "{:?}", entry.action);
        for key in &entry.keys {
            assert_eq!(keymap.lookup(&keys(key)), KeyResult::Matched(entry.action), "{key}");
        }
        assert_eq!(Action::named(entry.action.name()), Some(entry.action));
        assert!(
            entry
                .action
                .name()
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
        );
    }
}

#[test]
fn writing_the_defaults_down_changes_nothing() {
    let written = Keymap::default()
        .entries()
        .into_iter()
        .map(|entry| (entry.action.name().to_owned(), entry.keys))
        .collect();
    assert_eq!(Keymap::with(&written).unwrap(), Keymap::default());
}

#[test]
fn a_binding_replaces_the_defaults_of_its_action() {
    let keymap = with(&[("zoom", &["f5", "ctrl-w z"]), ("mark", &[])]).unwrap();
    assert_eq!(keymap.action("f5".parse().unwrap()), Some(Action::Zoom));
    assert_eq!(keymap.action(Key::char('z')), None);
    assert_eq!(keymap.action(Key::char(' ')), None);
    assert_eq!(keymap.hint(Action::Zoom).as_deref(), Some("f5"));
    assert_eq!(keymap.hint(Action::Mark), None);
    let KeyResult::Pending(hints) = keymap.lookup(&keys("ctrl-w")) else {
        panic!("a prefix is pending");
    };
    assert_eq!(hints, [Hint { key: Key::char('z'), what: Action::Zoom.what() }]);
    assert_eq!(keymap.lookup(&keys("ctrl-w z")), KeyResult::Matched(Action::Zoom));
    assert_eq!(keymap.lookup(&keys("ctrl-w x")), KeyResult::NotFound);
}

#[test]
fn a_held_key_means_the_same() {
    let held = Key { repeat: true, ..Key::char('j') };
    assert_eq!(Keymap::default().action(held), Some(Action::Down));
}

#[test]
fn every_problem_is_reported() {
    let problems = with(&[
        ("fly", &["x"]),
        ("zoom", &["meta-x", "j", " "]),
        ("help", &["g g"]),
        ("filter", &["x y"]),
        ("next", &["x"]),
    ])
    .unwrap_err();
    for part in [
        "no action `fly`",
        "`zoom`: `meta-x` is not a key",
        "`j` is wanted by both `down` and `zoom`",
        "`zoom`: a binding is empty",
        "`g g` is wanted by both `first` and `help`",
        "`x` is wanted by both `filter` and `next`",
    ] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
    }
    assert_eq!(problems.len(), 6, "{problems:?}");
}

#[test]
fn some_keys_never_change_the_world() {
    let mutating: Vec<Action> = Action::ALL.iter().copied().filter(|a| a.mutates()).collect();
    assert_eq!(mutating.len(), 5);
    for action in mutating {
        for key in ["ctrl-r", "ctrl-d", "R", "esc", "x R", "ctrl-R"] {
            let problems = with(&[(action.name(), &[key])]).unwrap_err();
            assert!(problems[0].contains("never changes anything"), "{action:?} {key}");
        }
    }
    assert!(with(&[("zoom", &["ctrl-r"])]).is_ok());
}

#[test]
fn the_table_has_a_row_for_every_action() {
    let table = Keymap::default().markdown_table();
    assert_eq!(table.lines().count(), 2 + Action::ALL.len());
    assert!(table.contains("| `j` `down` | move down | `down` |\n"), "{table}");
    assert!(with(&[("zoom", &["|"])]).unwrap().markdown_table().contains("`\\|`"));
}

#[test]
fn panes_have_numbers() {
    let panes: Vec<usize> = Action::ALL.iter().filter_map(|action| action.pane()).collect();
    assert_eq!(panes, (1..=9).collect::<Vec<_>>());
}
