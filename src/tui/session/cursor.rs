//! The cursor of each pane: on a thing, not on a line, so that it follows the thing when the list
//! changes above it.

use std::collections::BTreeMap;

use crate::tui::details::Detail;
use crate::tui::panes::Pane;
use crate::tui::panes::items::Items;

use super::moved;

/// What is under each pane's cursor, and where it stood when it was last looked at.
#[derive(Debug, Clone, Default)]
pub struct Cursors(BTreeMap<Pane, (Detail, usize)>);

impl Cursors {
    /// Where the cursor stands among the things of a pane: on what it holds, wherever that went; when
    /// that is gone, on what took its place. None in a pane without things.
    pub fn place(&self, pane: Pane, items: &Items<'_>) -> Option<usize> {
        let last = items.len().checked_sub(1)?;
        let Some((held, before)) = self.0.get(&pane) else { return Some(0) };
        Some(items.find(held, *before).unwrap_or((*before).min(last)))
    }

    /// The thing under the cursor.
    pub fn item(&self, pane: Pane, items: &Items<'_>) -> Option<Detail> {
        items.at(self.place(pane, items)?)
    }

    /// Keeps hold of what the cursor stands on, so that it follows it from here on.
    pub fn hold(&mut self, pane: Pane, items: &Items<'_>) {
        if let Some(place) = self.place(pane, items)
            && let Some(item) = items.at(place)
        {
            self.0.insert(pane, (item, place));
        }
    }

    /// Moves the cursor by so many things; it stops at the ends.
    pub fn step(&mut self, pane: Pane, items: &Items<'_>, by: isize) {
        let Some(place) = self.place(pane, items) else { return };
        let next = moved(place, by, items.len(), false);
        if let Some(item) = items.at(next) {
            self.0.insert(pane, (item, next));
        }
    }

    /// Forgets all of them: they were another target's.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
