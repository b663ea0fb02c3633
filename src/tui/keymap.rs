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
const HARMLESS: [Key; 4] = [Key::ctrl('r'), Key::ctrl('d'), Key::char('R'), Key::plain(Code::Esc)];

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
        if problems.is_empty() { Ok(keymap) } else { Err(problems) }
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
            let keys: Vec<String> =
                keys.iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
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
        return Err(format!("`{name}`: a binding is empty; remove it or name a key"));
    }
    let keys = text(&sequence);
    if let Some(key) = sequence.iter().find(|key| action.mutates() && HARMLESS.contains(key)) {
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
mod tests;
