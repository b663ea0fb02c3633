//! Keys that are bound, rebound and wrong.

use super::*;

fn with(pairs: &[(&str, &[&str])]) -> Result<Keymap, Vec<Problem>> {
    let own: Vec<Binding<'_>> =
        pairs.iter().map(|(action, keys)| Binding { action, keys: keys.to_vec() }).collect();
    Keymap::with(&own)
}

fn keys(text: &str) -> Sequence {
    text.split_whitespace().map(|key| key.parse().unwrap()).collect()
}

#[test]
fn the_defaults_have_no_duplicates_and_every_action_has_a_key() {
    let mut trie = Trie::default();
    let keymap = Keymap::default();
    for entry in keymap.entries() {
        assert!(!entry.keys.is_empty(), "{:?}", entry.action);
        for key in &entry.keys {
            assert_eq!(trie.insert(&keys(key), entry.action), Ok(()), "{key}");
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
    let entries = Keymap::default().entries();
    let written: Vec<Binding<'_>> = entries
        .iter()
        .map(|entry| Binding {
            action: entry.action.name(),
            keys: entry.keys.iter().map(String::as_str).collect(),
        })
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
    assert_eq!(hints, [Hint { key: Key::char('z'), what: Action::Zoom.what().to_owned() }]);
    assert_eq!(keymap.lookup(&keys("ctrl-w z")), KeyResult::Matched(Action::Zoom));
    assert_eq!(keymap.lookup(&keys("ctrl-w x")), KeyResult::NotFound);
}

#[test]
fn a_held_key_means_the_same() {
    let held = Key { repeat: true, ..Key::char('j') };
    assert_eq!(Keymap::default().action(held), Some(Action::Down));
}

#[test]
fn every_problem_is_said_of_the_operators_line() {
    let problems = with(&[
        ("fly", &["x"]),
        ("zoom", &["meta-x", "j", " "]),
        ("help", &["g g"]),
        ("filter", &["x y"]),
        ("next", &["x", "f9", "F9"]),
        // the default it takes away belongs to an action that stands before it in the table
        ("open", &["k"]),
        ("mark", &["ctrl-w esc"]),
    ])
    .unwrap_err();
    let told: Vec<(usize, Option<usize>, &str, Option<usize>)> = problems
        .iter()
        .map(|problem| (problem.binding, problem.key, problem.found.as_str(), problem.rival))
        .collect();
    assert_eq!(
        told,
        [
            (0, None, "there is no such action", None),
            (1, Some(0), "`meta-x` is not a key", None),
            (1, Some(1), "`j` is also the key of `down`", None),
            (1, Some(2), "found an empty key", None),
            (2, Some(0), "`g g` cannot be reached: it begins with a key of `first`", None),
            (4, Some(0), "`x` hides a longer one of `filter` that begins with it", Some(3)),
            (4, Some(2), "`f9` is named twice", None),
            (5, Some(0), "`k` is also the key of `up`", None),
            (6, Some(0), "`esc` ends every unfinished sequence", None),
        ]
    );
}

#[test]
fn keys_may_be_exchanged() {
    let keymap = with(&[("down", &["k"]), ("up", &["j"])]).unwrap();
    assert_eq!(keymap.action(Key::char('k')), Some(Action::Down));
    assert_eq!(keymap.action("down".parse().unwrap()), None, "all its defaults are replaced");
    let keymap = with(&[("first", &["g g"]), ("last", &["g e"]), ("zoom", &["g z z"])]).unwrap();
    let KeyResult::Pending(hints) = keymap.lookup(&keys("g")) else { panic!("a prefix") };
    let told: Vec<String> =
        hints.iter().map(|hint| format!("{} {}", hint.key, hint.what)).collect();
    assert_eq!(told, ["e go to the last", "g go to the first", "z … 1 more"]);
}

#[test]
fn some_keys_never_change_the_world() {
    let mutating: Vec<Action> = Action::ALL.iter().copied().filter(|a| a.mutates()).collect();
    assert_eq!(mutating.len(), 7);
    for action in mutating {
        for key in ["ctrl-r", "ctrl-d", "R", "esc", "x R", "ctrl-R", "x esc"] {
            let problems = with(&[(action.name(), &[key])]).unwrap_err();
            let found = &problems[0].found;
            let reason = if key == "x esc" { "unfinished" } else { "never changes anything" };
            assert!(found.contains(reason), "{action:?} {key}: {found}");
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
