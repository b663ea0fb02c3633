//! What keys mean: defaults, the operator's own, and the tables that help, footer and README are made
//! from. Must not know what an action does.

mod action;
mod key;
mod trie;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use action::{Action, Group};
pub use key::{Code, Key};
use trie::Trie;
pub use trie::{Hint, KeyResult, Sequence};

/// Keys that change the world in some neighbouring tool and never may here, and the one that must
/// always be harmless.
const HARMLESS: [Key; 4] = [
    Key::ctrl('r'),
    Key::ctrl('d'),
    Key::char('R'),
    Key::plain(Code::Esc),
];

/// The live map from keys to actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    trie: Trie,
    bound: Vec<(Action, Vec<Sequence>)>,
}

/// One line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub action: Action,
    /// The keys as text, most usual first; empty when it has none.
    pub keys: Vec<String>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::build(&BTreeMap::new()).0
    }
}

impl Keymap {
    /// The defaults with the operator's bindings in place of those of the same action.
    ///
    /// # Errors
    /// Every problem, one sentence each: an unknown action, an unreadable key, a key with two meanings,
    /// an action on a key that must stay harmless.
    pub fn with(overrides: &BTreeMap<String, Vec<String>>) -> Result<Self, Vec<String>> {
        let (keymap, problems) = Self::build(overrides);
        if problems.is_empty() {
            Ok(keymap)
        } else {
            Err(problems)
        }
    }

    fn build(overrides: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut problems: Vec<String> = overrides
            .keys()
            .filter(|name| Action::named(name).is_none())
            .map(|name| {
                let name = crate::text::line(name, 40);
                format!("there is no action `{name}`; the help (?) names them all")
            })
            .collect();
        let mut trie = Trie::default();
        let mut bound = Vec::with_capacity(Action::ALL.len());
        for &action in Action::ALL {
            let texts: Vec<&str> = match overrides.get(action.name()) {
                Some(own) => own.iter().map(String::as_str).collect(),
                None => action.default_keys().to_vec(),
            };
            let mut sequences = Vec::new();
            for text in texts {
                match bind(&mut trie, text, action) {
                    Ok(sequence) => sequences.push(sequence),
                    Err(problem) => problems.push(problem),
                }
            }
            bound.push((action, sequences));
        }
        (Self { trie, bound }, problems)
    }

    /// What the keys pressed so far mean. The caller keeps them while the answer is pending.
    #[must_use]
    pub fn lookup(&self, keys: &[Key]) -> KeyResult {
        self.trie.lookup(keys)
    }

    /// The action of a single key, if it has one.
    #[must_use]
    pub fn action(&self, key: Key) -> Option<Action> {
        match self.lookup(&[key]) {
            KeyResult::Matched(action) => Some(action),
            KeyResult::Pending(_) | KeyResult::NotFound => None,
        }
    }

    /// The key to show for an action in the footer.
    #[must_use]
    pub fn hint(&self, action: Action) -> Option<String> {
        let (_, sequences) = self.bound.iter().find(|(bound, _)| *bound == action)?;
        sequences.first().map(|sequence| text(sequence))
    }

    /// Every action with its keys, in the order of the help.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |(action, sequences): &(Action, Vec<Sequence>)| Entry {
            action: *action,
            keys: sequences.iter().map(|sequence| text(sequence)).collect(),
        };
        self.bound.iter().map(entry).collect()
    }

    /// The table of the README.
    #[must_use]
    pub fn markdown_table(&self) -> String {
        let mut out = String::from("| keys | what they do | name |\n| --- | --- | --- |\n");
        for Entry { action, keys } in self.entries() {
            let keys: Vec<String> = keys
                .iter()
                .map(|key| format!("`{}`", key.replace('|', "\\|")))
                .collect();
            let (keys, what, name) = (keys.join(" "), action.what(), action.name());
            let _ = writeln!(out, "| {keys} | {what} | `{name}` |");
        }
        out
    }
}

fn bind(trie: &mut Trie, written: &str, action: Action) -> Result<Sequence, String> {
    let name = action.name();
    let sequence = written
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<Sequence, String>>()
        .map_err(|error| format!("`{name}`: {error}"))?;
    if sequence.is_empty() {
        return Err(format!(
            "`{name}`: a binding is empty; remove it or name a key"
        ));
    }
    let keys = text(&sequence);
    if let Some(key) = sequence
        .iter()
        .find(|key| action.mutates() && HARMLESS.contains(key))
    {
        return Err(format!(
            "`{name}` cannot be on `{keys}`: `{key}` never changes anything; choose another key"
        ));
    }
    match trie.insert(&sequence, action) {
        Ok(()) => Ok(sequence),
        Err(other) => Err(format!(
            "`{keys}` is wanted by both `{}` and `{name}`; give one of them another key",
            other.name()
        )),
    }
}

/// A sequence as the configuration writes it.
fn text(sequence: &[Key]) -> String {
    let keys: Vec<String> = sequence.iter().map(Key::to_string).collect();
    keys.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &[&str])]) -> Result<Keymap, Vec<String>> {
        let own = |keys: &&[&str]| keys.iter().map(ToString::to_string).collect();
        Keymap::with(
            &pairs
                .iter()
                .map(|(name, keys)| ((*name).to_owned(), own(keys)))
                .collect(),
        )
    }

    fn keys(text: &str) -> Sequence {
        text.split_whitespace()
            .map(|key| key.parse().unwrap())
            .collect()
    }

    #[test]
    fn the_defaults_have_no_duplicates_and_every_action_has_a_key() {
        let (keymap, problems) = Keymap::build(&BTreeMap::new());
        assert_eq!(problems, Vec::<String>::new());
        for entry in keymap.entries() {
            assert!(!entry.keys.is_empty(), "{:?}", entry.action);
            for key in &entry.keys {
                assert_eq!(
                    keymap.lookup(&keys(key)),
                    KeyResult::Matched(entry.action),
                    "{key}"
                );
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
        assert_eq!(
            hints,
            [Hint {
                key: Key::char('z'),
                what: Action::Zoom.what()
            }]
        );
        assert_eq!(
            keymap.lookup(&keys("ctrl-w z")),
            KeyResult::Matched(Action::Zoom)
        );
        assert_eq!(keymap.lookup(&keys("ctrl-w x")), KeyResult::NotFound);
    }

    #[test]
    fn a_held_key_means_the_same() {
        let held = Key {
            repeat: true,
            ..Key::char('j')
        };
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
            assert!(
                problems.iter().any(|problem| problem.contains(part)),
                "{part}: {problems:?}"
            );
        }
        assert_eq!(problems.len(), 6, "{problems:?}");
    }

    #[test]
    fn some_keys_never_change_the_world() {
        let mutating: Vec<Action> = Action::ALL
            .iter()
            .copied()
            .filter(|a| a.mutates())
            .collect();
        assert_eq!(mutating.len(), 5);
        for action in mutating {
            for key in ["ctrl-r", "ctrl-d", "R", "esc", "x R", "ctrl-R"] {
                let problems = with(&[(action.name(), &[key])]).unwrap_err();
                assert!(
                    problems[0].contains("never changes anything"),
                    "{action:?} {key}"
                );
            }
        }
        assert!(with(&[("zoom", &["ctrl-r"])]).is_ok());
    }

    #[test]
    fn the_table_has_a_row_for_every_action() {
        let table = Keymap::default().markdown_table();
        assert_eq!(table.lines().count(), 2 + Action::ALL.len());
        assert!(
            table.contains("| `j` `down` | move down | `down` |\n"),
            "{table}"
        );
        assert!(
            with(&[("zoom", &["|"])])
                .unwrap()
                .markdown_table()
                .contains("`\\|`")
        );
    }

    #[test]
    fn panes_have_numbers() {
        let panes: Vec<usize> = Action::ALL
            .iter()
            .filter_map(|action| action.pane())
            .collect();
        assert_eq!(panes, (1..=9).collect::<Vec<_>>());
    }
}
