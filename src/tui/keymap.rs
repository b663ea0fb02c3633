//! What keys mean: defaults, the operator's own, and the tables that help, footer and README are made
//! from. Must not know what an action does.

mod action;
mod binding;
mod key;
mod trie;

use std::fmt::Write as _;

pub use action::{Action, Group};
use binding::Binder;
pub use binding::{Binding, Problem};
pub use key::{Code, Key};
use trie::Trie;
pub use trie::{Hint, KeyResult, Sequence};

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
        Self::build(&[]).0
    }
}

impl Keymap {
    /// The defaults, with the operator's bindings in place of those of the same action.
    ///
    /// # Errors
    /// Every problem: an unknown action, an unreadable key, keys with two meanings, an action on a key that
    /// must stay harmless.
    pub fn with(bindings: &[Binding<'_>]) -> Result<Self, Vec<Problem>> {
        let (keymap, problems) = Self::build(bindings);
        if problems.is_empty() { Ok(keymap) } else { Err(problems) }
    }

    fn build(bindings: &[Binding<'_>]) -> (Self, Vec<Problem>) {
        let mut binder = Binder::default();
        let own = |action: Action| bindings.iter().position(|own| own.action == action.name());
        // the defaults first: where two clash, it is said of a line that the operator wrote
        for &action in Action::ALL.iter().filter(|action| own(**action).is_none()) {
            binder.defaults(action);
        }
        for (place, binding) in bindings.iter().enumerate() {
            binder.own(place, binding, bindings);
        }
        let Binder { trie, mut bound, problems } = binder;
        bound.sort_by_key(|(action, _)| Action::ALL.iter().position(|known| known == action));
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

    /// Keys that are bound together with Alt.
    #[must_use]
    pub fn alts(&self) -> Vec<Key> {
        let keys = self.bound.iter().flat_map(|(_, sequences)| sequences.iter().flatten());
        keys.copied().filter(|key| key.alt).collect()
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

/// A sequence as the configuration writes it.
pub fn text(sequence: &[Key]) -> String {
    let keys: Vec<String> = sequence.iter().map(Key::to_string).collect();
    keys.join(" ")
}

#[cfg(test)]
mod tests;
