//! Where the operator is in the log of events, and what is searched for in it.

use crate::store::{Line, Store};
use crate::tui::keymap::Key;

use super::{Field, moved};

/// The log's view state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// Every word of it must be in a line.
    pub search: Field,
    /// Whether keys are typed into the search.
    pub typing: bool,
    /// The line under the cursor among those found, counted from the newest.
    pub cursor: usize,
    /// The line that is read whole; it stays while newer ones come.
    pub open: Option<Line>,
}

impl Log {
    /// The lines that the search finds, newest first.
    pub fn found<'a>(&self, store: &'a Store) -> impl Iterator<Item = &'a Line> + use<'a> {
        let search = self.search.text().to_lowercase();
        let words: Vec<String> = search.split_whitespace().map(str::to_owned).collect();
        store.timeline().iter().rev().filter(move |line| {
            if words.is_empty() {
                return true;
            }
            let target = line.target.as_ref().map_or("", |target| target.as_str());
            let text = format!("{target} {}", line.text).to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        })
    }

    /// Takes a key into the search; what is found is shown from the newest on.
    pub fn type_key(&mut self, key: Key) {
        if self.search.key(key) {
            self.cursor = 0;
        }
    }

    /// Shows every line again.
    pub fn stop_searching(&mut self) {
        *self = Self::default();
    }

    /// Opens the line under the cursor.
    pub fn read_whole(&mut self, store: &Store) {
        let line = self.found(store).nth(self.cursor).cloned();
        self.open = line;
    }

    /// Moves by so many lines, no further than to the last one.
    pub fn scroll(&mut self, by: isize, last: usize) {
        self.cursor = moved(self.cursor, by, last + 1, false);
    }
}
