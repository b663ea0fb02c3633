//! What the operator looks at: selection, focus, filter, scroll, and what is being typed. Lost at the
//! end of the program; nothing in it changes the world.

mod banner;
mod command;
mod cursor;
mod field;
mod form;
mod inbox;
mod log;
mod prompt;
mod reader;
mod spot;
mod trail;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use crate::control::Request;
use crate::model::{Target, Time};
use crate::store::{Line, Store};

use super::details::Detail;
use super::keymap::Key;
use super::overview::{Arrangement, Overview};
use super::panes::Pane;

pub use banner::{Answered, Which};
pub use command::{Command, GO, flags, parse, verb};
pub use cursor::Cursors;
pub use field::Field;
pub use form::{Entry, Form, HEAD, Known};
pub use inbox::Inbox;
pub use log::Log;
pub use prompt::{History, Prompt};
pub use reader::{Phase, Place, Reader, Told};
pub use spot::{Cursor, Spot};
pub use trail::{Stop, Trail};

/// What takes the keys when no dialog of the desk does.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Mode {
    /// The panes.
    #[default]
    Browse,
    /// The filter's text.
    Filter,
    /// The command line or the palette.
    Command(Prompt),
    /// The help, scrolled down by so many lines.
    Help(usize),
    /// The menu of actions.
    Actions(Menu),
    /// The list of themes, with the one under the cursor, which is tried on.
    Themes(usize),
    /// The form of a workflow to start.
    Form(Box<Form>),
    /// Which of the announced rollbacks a key is about.
    Announced(Which),
    /// Everything that waits for a person.
    Inbox,
    /// The log of events.
    Log(Log),
    /// The log of a job.
    JobLog(Box<Reader>),
    /// The question before leaving, and when it was asked.
    Quit(Time),
}

/// The menu of actions, as it was opened.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Menu {
    /// The line under the cursor.
    pub line: usize,
    /// The run or job that it is about, where one was open or under the cursor.
    pub here: Option<Detail>,
}

/// A pane's window onto its lines, as it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where the lines are on the screen.
    pub area: Rect,
    /// The first line shown.
    pub first: usize,
    /// The line under the cursor, if the pane has one.
    pub cursor: Option<usize>,
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
    /// What is under the cursor of each other pane.
    pub cursors: Cursors,
    /// What is opened for itself, one deeper than the other.
    pub trail: Trail,
    /// The question in whose way something stands that is asked about first.
    pub first: Option<Request>,
    /// Forms that were left, by their targets.
    pub drafts: BTreeMap<Target, Form>,
    /// Where the inbox is.
    pub inbox: Inbox,
    /// What takes the keys.
    pub mode: Mode,
    /// The filter on the targets.
    pub filter: Field,
    /// The command lines done.
    pub history: History,
    /// Keys of an unfinished sequence.
    pub pending: Vec<Key>,
    /// What the last key did, in words, until the next key.
    pub flash: Option<String>,
    /// The answer to an announced rollback that was given last, until the next key.
    pub answered: Option<Answered>,
    /// What the banner's keys acted on last, and since when where that was another before.
    pub banner: Option<(Target, Option<Time>)>,
    /// First line shown, by pane. The drawing clamps it.
    pub scroll: BTreeMap<Pane, usize>,
    /// Where the panes were in the last frame, and how many lines they have.
    pub placed: Vec<(Pane, Rect, usize)>,
    /// What of their lines was shown in it, and where.
    pub windows: BTreeMap<Pane, Window>,
    /// What was drawn on.
    pub area: Rect,
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
            cursors: Cursors::default(),
            trail: Trail::default(),
            first: None,
            drafts: BTreeMap::new(),
            inbox: Inbox::default(),
            mode: Mode::Browse,
            filter: Field::default(),
            history: History::default(),
            pending: Vec::new(),
            flash: None,
            answered: None,
            banner: None,
            scroll: BTreeMap::new(),
            placed: Vec::new(),
            windows: BTreeMap::new(),
            area: Rect::ZERO,
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
