//! The panes: what each shows of the store, as lines. A pane never asks how high it is; the layout gives
//! it a window onto its lines. Decides nothing, keeps nothing.

pub mod alarm;
pub mod alerts;
pub mod awaited;
pub mod footer;
pub mod freshness;
pub mod header;
pub mod health;
pub mod inbox;
pub mod items;
pub mod joblog;
pub mod log;
pub mod matrix;
pub mod metrics;
pub mod pipeline;
pub mod rollout;
pub mod row;
pub mod targets;
pub mod timeline;
pub mod words;

use std::ops::Range;

use crate::control::{Assessment, Board, Item, inbox_of};
use crate::model::{Target, Time};
use crate::store::{Store, TargetState};

use row::Row;

use crate::tui::theme::Role;

/// A region of the screen, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    /// Every target.
    Targets,
    /// The selected target's rollout: what is being released, how far, and may it go on.
    Rollout,
    /// Its metrics, candidate against stable.
    Metrics,
    /// Its health checks.
    Health,
    /// Its newest run.
    Pipeline,
    /// Its alerts.
    Alerts,
    /// What happened to it.
    Timeline,
}

impl Pane {
    /// All panes in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Targets,
        Self::Rollout,
        Self::Metrics,
        Self::Health,
        Self::Pipeline,
        Self::Alerts,
        Self::Timeline,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Targets => "Targets",
            Self::Rollout => "Rollout",
            Self::Metrics => "Metrics",
            Self::Health => "Health",
            Self::Pipeline => "Pipeline",
            Self::Alerts => "Alerts",
            Self::Timeline => "Timeline",
        }
    }

    /// The pane of that name, in small letters as the configuration writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.name().to_lowercase() == name)
    }
}

/// A target and what is decided about it now.
#[derive(Debug, Clone, Copy)]
pub struct Glance<'a> {
    /// What is known.
    pub state: &'a TargetState,
    /// What is decided.
    pub seen: &'a Assessment,
}

impl<'a> Glance<'a> {
    /// Every target, in the order of the configuration.
    pub fn all(store: &'a Store, board: &'a Board) -> Vec<Self> {
        store.targets().zip(board.all()).map(|(state, seen)| Self { state, seen }).collect()
    }

    /// Its key.
    pub fn target(&self) -> &'a Target {
        &self.state.spec.target
    }
}

/// All that a key or a frame looks at.
#[derive(Debug)]
pub struct View<'a> {
    /// What is known.
    pub store: &'a Store,
    /// Every target, in the order of the configuration.
    pub looks: Vec<Glance<'a>>,
    /// A number that changes whenever something was decided anew.
    pub edition: u64,
    /// The time.
    pub now: Time,
    board: &'a Board,
}

impl<'a> View<'a> {
    /// What is known and decided at a moment; the board was brought up to it.
    pub fn new(store: &'a Store, board: &'a Board, now: Time) -> Self {
        Self { store, looks: Glance::all(store, board), edition: board.edition(), now, board }
    }

    /// Everything that waits for a person.
    #[must_use]
    pub fn inbox(&self) -> Vec<Item> {
        inbox_of(self.store, self.board.all(), self.now)
    }
}

/// What of a long list is worth building: the lines that may be in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The first line that was in sight in the last frame.
    pub first: usize,
    /// The most lines that can be in sight at once.
    pub lines: usize,
}

impl Sight {
    /// The lines that may be in sight of `total`, wherever the window comes to lie round the cursor.
    #[must_use]
    pub fn range(self, cursor: Option<usize>, total: usize) -> Range<usize> {
        let Self { first, lines } = self;
        let last = total.saturating_sub(lines);
        let (from, to) = match cursor {
            Some(cursor) => (cursor.saturating_sub(lines).min(last), cursor + lines + 1),
            None => (first.min(last), first + lines),
        };
        from..to.min(total)
    }
}

/// Something that stands on an edge, and the same in fewer columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where there is room.
    pub full: Row,
    /// Where there is little.
    pub brief: Row,
}

impl Aside {
    /// Nothing.
    pub fn none() -> Self {
        Self::only(Row::new(0))
    }

    /// What cannot be said in fewer columns.
    pub fn only(full: Row) -> Self {
        Self { brief: full.clone(), full }
    }

    /// That what is shown is production's.
    pub fn production() -> Self {
        let badge = |text| Row::new(12).put(text, Role::Production);
        Self { full: badge(" PRODUCTION "), brief: badge(" PROD ") }
    }
}

/// What a pane shows: a title, how fresh it is, and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// On the left of its upper border.
    pub title: Row,
    /// Columns of it that say whose it is: the last that is given up.
    pub named: usize,
    /// On the right of it, loud.
    pub badge: Aside,
    /// Behind that: age and state of what it shows.
    pub aside: Aside,
    /// Why it is not fresh; always drawn first, never greyed.
    pub trouble: Option<Row>,
    /// Its lines, as far as they were built.
    pub rows: Vec<Row>,
    /// Lines left out above them.
    pub above: usize,
    /// Lines in all; 0 when all of them were built.
    pub total: usize,
    /// The line under the cursor, which is kept in sight.
    pub cursor: Option<usize>,
    /// Whether the lines are old and drawn so.
    pub old: bool,
}

impl Body {
    /// A fresh body.
    pub fn new(title: Row, rows: Vec<Row>) -> Self {
        Self {
            title,
            named: 0,
            badge: Aside::none(),
            aside: Aside::none(),
            trouble: None,
            rows,
            above: 0,
            total: 0,
            cursor: None,
            old: false,
        }
    }

    /// Its lines, whether they were built or not.
    pub fn len(&self) -> usize {
        if self.total == 0 { self.rows.len() } else { self.total }
    }

    /// Lines it would fill if it could.
    pub fn need(&self) -> usize {
        self.len() + usize::from(self.trouble.is_some())
    }
}
