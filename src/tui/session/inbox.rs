//! Where the operator is in the list of what waits, and what is marked there. Items are known by what they
//! are, not by their place: others come and go above them.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use crate::control::{Item, Need};
use crate::model::Time;

use super::moved;

/// What tells one item from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    place: String,
    need: Need,
    run: Option<u64>,
    environment: Option<String>,
    /// Of one target several actions may be open.
    since: Option<Time>,
}

impl Key {
    /// The key of an item.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            place: item.place().to_owned(),
            need: item.need,
            run: item.run,
            environment: item.environment.clone(),
            since: item.since.filter(|_| item.need == Need::Answer),
        }
    }
}

/// The view state of the inbox.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inbox {
    here: Option<(Key, usize)>,
    marks: BTreeSet<Key>,
    /// The first item in sight.
    pub scroll: usize,
    /// Where the items were on the screen.
    pub lines: Rect,
    /// Lines that one item takes.
    pub each: usize,
}

impl Inbox {
    /// Where the cursor stands: on what it held, else on what took its place.
    #[must_use]
    pub fn place(&self, items: &[Item]) -> Option<usize> {
        let last = items.len().checked_sub(1)?;
        let Some((held, before)) = &self.here else { return Some(0) };
        let found = items.iter().position(|item| Key::of(item) == *held);
        Some(found.unwrap_or((*before).min(last)))
    }

    /// Keeps the cursor with what it is on.
    pub fn hold(&mut self, items: &[Item]) {
        let place = self.place(items);
        self.here = place.and_then(|place| Some((Key::of(items.get(place)?), place)));
    }

    /// Moves the cursor by so many items.
    pub fn go(&mut self, by: isize, items: &[Item]) {
        let Some(place) = self.place(items) else { return };
        let next = moved(place, by, items.len(), false);
        self.here = items.get(next).map(|item| (Key::of(item), next));
    }

    /// Marks what the cursor is on, or takes the mark away, and goes to the next.
    pub fn mark(&mut self, items: &[Item]) {
        let Some(item) = self.place(items).and_then(|place| items.get(place)) else { return };
        let key = Key::of(item);
        if !self.marks.remove(&key) {
            self.marks.insert(key);
        }
        self.go(1, items);
    }

    /// Whether an item is marked.
    #[must_use]
    pub fn is_marked(&self, item: &Item) -> bool {
        self.marks.contains(&Key::of(item))
    }

    /// How many of the items are marked.
    #[must_use]
    pub fn marked(&self, items: &[Item]) -> usize {
        items.iter().filter(|item| self.is_marked(item)).count()
    }

    /// Takes all marks away; false when none of what is there was marked.
    pub fn unmark(&mut self, items: &[Item]) -> bool {
        let marked = items.iter().any(|item| self.is_marked(item));
        self.marks.clear();
        marked
    }

    /// What a key is about: what is marked and still there, else what the cursor is on.
    #[must_use]
    pub fn meant<'i>(&self, items: &'i [Item]) -> Vec<&'i Item> {
        let marked: Vec<&Item> = items.iter().filter(|item| self.is_marked(item)).collect();
        if !marked.is_empty() {
            return marked;
        }
        self.place(items).and_then(|place| items.get(place)).into_iter().collect()
    }
}
