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
    /// What it does, or how many ways lead on from there.
    pub what: String,
}

/// Why a sequence cannot be put where it should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// It is another's already.
    Taken(Action),
    /// It begins with keys that are another's already, and are done before it is whole.
    Behind(Action),
    /// Another's begins with it, and could not be reached any more.
    Before(Action),
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
    /// Puts an action at the end of a sequence that is not empty.
    ///
    /// # Errors
    /// What is there, or on the way there.
    pub fn insert(&mut self, sequence: &[Key], action: Action) -> Result<(), Clash> {
        let Some((first, rest)) = sequence.split_first() else {
            return Ok(());
        };
        let key = first.pressed();
        match (self.nodes.get_mut(&key), rest) {
            (None, []) => {
                self.nodes.insert(key, Node::Leaf(action));
                Ok(())
            }
            (None, rest) => {
                let mut below = Self::default();
                let done = below.insert(rest, action);
                self.nodes.insert(key, Node::Branch(below));
                done
            }
            (Some(Node::Leaf(other)), []) => Err(Clash::Taken(*other)),
            (Some(Node::Leaf(other)), _) => Err(Clash::Behind(*other)),
            (Some(Node::Branch(below)), []) => {
                Err(below.first().map_or(Clash::Taken(action), Clash::Before))
            }
            (Some(Node::Branch(below)), rest) => below.insert(rest, action),
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
                Node::Leaf(action) => action.what().to_owned(),
                Node::Branch(below) => format!("… {} more", below.nodes.len()),
            },
        };
        self.nodes.iter().map(hint).collect()
    }

    fn first(&self) -> Option<Action> {
        self.nodes.values().find_map(|node| match node {
            Node::Leaf(action) => Some(*action),
            Node::Branch(below) => below.first(),
        })
    }
}
