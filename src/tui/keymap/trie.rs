//! Sequences of keys by their first key, so that a prefix can say what may follow. Knows actions only as
//! what stands at the end of a sequence.

use std::collections::BTreeMap;

use super::action::Action;
use super::key::Key;

/// A sequence, `g g` say; one key mostly.
pub type Sequence = Vec<Key>;

/// What the keys pressed so far mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyResult {
    /// The beginning of something: what may follow.
    Pending(Vec<Hint>),
    /// An action.
    Matched(Action),
    /// Nothing.
    NotFound,
}

/// A way on from a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The next key.
    pub key: Key,
    /// What it does, or `…` when more keys follow.
    pub what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Leaf(Action),
    Branch(Trie),
}

/// A tree of keys with actions at its leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trie {
    nodes: BTreeMap<Key, Node>,
}

impl Trie {
    /// Puts an action at the end of a sequence; when another is there, or on the way there, its name.
    pub fn insert(&mut self, sequence: &[Key], action: Action) -> Result<(), Action> {
        let Some((first, rest)) = sequence.split_first() else {
            return Ok(());
        };
        let key = first.pressed();
        if rest.is_empty() {
            return match self.nodes.get(&key) {
                None => {
                    self.nodes.insert(key, Node::Leaf(action));
                    Ok(())
                }
                Some(Node::Leaf(other)) if *other == action => Ok(()),
                Some(Node::Leaf(other)) => Err(*other),
                Some(Node::Branch(below)) => Err(below.any().unwrap_or(action)),
            };
        }
        let node = self.nodes.entry(key).or_insert_with(|| Node::Branch(Self::default()));
        match node {
            Node::Leaf(other) => Err(*other),
            Node::Branch(below) => below.insert(rest, action),
        }
    }

    /// What these keys mean.
    #[must_use]
    pub fn lookup(&self, keys: &[Key]) -> KeyResult {
        let Some((first, rest)) = keys.split_first() else {
            return KeyResult::Pending(self.hints());
        };
        match self.nodes.get(&first.pressed()) {
            Some(Node::Leaf(action)) if rest.is_empty() => KeyResult::Matched(*action),
            Some(Node::Branch(below)) => below.lookup(rest),
            Some(Node::Leaf(_)) | None => KeyResult::NotFound,
        }
    }

    fn hints(&self) -> Vec<Hint> {
        let hint = |(key, node): (&Key, &Node)| Hint {
            key: *key,
            what: match node {
                Node::Leaf(action) => action.what(),
                Node::Branch(_) => "…",
            },
        };
        self.nodes.iter().map(hint).collect()
    }

    fn any(&self) -> Option<Action> {
        self.nodes.values().find_map(|node| match node {
            Node::Leaf(action) => Some(*action),
            Node::Branch(below) => below.any(),
        })
    }
}
