//! What the operator looks at: selection, focus, filter, scroll, and what is being typed. Lost at the
//! end of the program; nothing in it changes the world.

mod command;
mod cursor;
mod field;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use crate::model::Target;
use crate::store::{Line, Store};

use super::keymap::Key;
use super::overview::{Arrangement, Overview};
use super::panes::Pane;

pub use command::{Command, complete, parse};
pub use cursor::{Cursor, Spot};
pub use field::Field;

/// What takes the keys when no dialog of the desk does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mode {
    /// The panes.
    #[default]
    Browse,
    /// The filter's text.
    Filter,
    /// The command line, and what was wrong with the last command.
    Command {
        /// What is typed.
        field: Field,
        /// Why it was not understood.
        error: Option<String>,
    },
    /// The help, scrolled down by so many lines.
    Help(usize),
    /// The menu of actions, with the line under the cursor.
    Actions(usize),
    /// The question before leaving.
    Quit,
}

/// The view state.
#[derive(Debug, Clone)]
pub struct Session {
    /// The pane that has the keys.
    pub focus: Pane,
    /// Whether it fills the screen.
    pub zoom: bool,
    /// The list of the targets.
    pub overview: Overview,
    /// How the operator wants it.
    pub arrangement: Arrangement,
    /// Where the cursor is in it; none while it is empty.
    pub cursor: Option<Cursor>,
    /// Whether the matrix takes its place.
    pub matrix: bool,
    /// The selected alert, by fingerprint.
    pub alert: Option<String>,
    /// What takes the keys.
    pub mode: Mode,
    /// The filter on the targets.
    pub filter: Field,
    /// Keys of an unfinished sequence.
    pub pending: Vec<Key>,
    /// What the last key did, in words, until the next key.
    pub flash: Option<String>,
    /// First line shown, by pane. The drawing clamps it.
    pub scroll: BTreeMap<Pane, usize>,
    /// Where the panes were in the last frame, and how many lines they have.
    pub placed: Vec<(Pane, Rect, usize)>,
    /// The selected target, which is remembered while it is hidden.
    selected: Option<Target>,
    spot: Spot,
    /// The column that the matrix's cursor keeps to, where a row has a target in it.
    wish: Option<usize>,
    seen: Option<Line>,
    watched: Option<(String, String, u64)>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            focus: Pane::Targets,
            zoom: false,
            overview: Overview::default(),
            arrangement: Arrangement::default(),
            cursor: None,
            matrix: false,
            alert: None,
            mode: Mode::Browse,
            filter: Field::default(),
            pending: Vec::new(),
            flash: None,
            scroll: BTreeMap::new(),
            placed: Vec::new(),
            selected: None,
            spot: Spot::default(),
            wish: None,
            seen: None,
            watched: None,
        }
    }
}

impl Session {
    /// Sentences not yet put away, oldest first.
    pub fn unread<'a>(&self, store: &'a Store) -> &'a [Line] {
        let notices = store.notices();
        let seen = self.seen.as_ref().and_then(|seen| notices.iter().rposition(|n| n == seen));
        &notices[seen.map_or(0, |i| i + 1)..]
    }

    /// Puts all sentences away; false when there was none.
    pub fn read_all(&mut self, store: &Store) -> bool {
        let unread = !self.unread(store).is_empty();
        if let Some(last) = store.notices().last() {
            self.seen = Some(last.clone());
        }
        unread
    }

    /// Notes which run's jobs are shown; true when it is another than before.
    pub fn watch(&mut self, run: &(String, String, u64)) -> bool {
        if self.watched.as_ref() == Some(run) {
            return false;
        }
        self.watched = Some(run.clone());
        true
    }

    /// Lines of the pane's window in the last frame, at least one.
    pub fn page(&self, pane: Pane) -> usize {
        let placed = self.placed.iter().find(|(placed, ..)| *placed == pane);
        placed.map_or(1, |(_, rect, _)| usize::from(rect.height.saturating_sub(2)).max(1))
    }

    /// Scrolls a pane by so many lines.
    pub fn scroll_by(&mut self, pane: Pane, by: isize) {
        let total = self.placed.iter().find(|(p, ..)| *p == pane).map_or(0, |(_, _, total)| *total);
        let last = total.saturating_sub(self.page(pane));
        let place = self.scroll.get(&pane).copied().unwrap_or(0).min(last);
        self.scroll.insert(pane, place.saturating_add_signed(by).min(last));
    }
}

/// A place moved by so many; at the ends it stops, or goes round.
pub fn moved(place: usize, by: isize, len: usize, round: bool) -> usize {
    if len == 0 {
        return 0;
    }
    if round {
        let len = len as isize;
        return (place as isize + by).rem_euclid(len) as usize;
    }
    place.saturating_add_signed(by).min(len - 1)
}
