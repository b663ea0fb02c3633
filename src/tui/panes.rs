//! The panes: what each shows of the store, as lines. A pane never asks how high it is; the layout gives
//! it a window onto its lines. Decides nothing, keeps nothing.

pub mod alerts;
pub mod footer;
pub mod freshness;
pub mod header;
pub mod health;
pub mod matrix;
pub mod metrics;
pub mod pipeline;
pub mod rollout;
pub mod row;
pub mod targets;
pub mod timeline;
pub mod words;

use crate::control::{Assessment, Board};
use crate::model::{Target, Time};
use crate::store::{Store, TargetState};

use row::Row;

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

    /// Its number, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|pane| *pane == self).map_or(0, |i| i + 1)
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
}

impl<'a> View<'a> {
    /// What is known and decided at a moment; the board was brought up to it.
    pub fn new(store: &'a Store, board: &'a Board, now: Time) -> Self {
        Self { store, looks: Glance::all(store, board), edition: board.edition(), now }
    }
}

/// What a pane shows: a title, how fresh it is, and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// On the left of its upper border.
    pub title: Row,
    /// On the right of it, loud.
    pub badge: Row,
    /// Behind that: age and state of what it shows.
    pub aside: Row,
    /// Why it is not fresh; always drawn first, never greyed.
    pub trouble: Option<Row>,
    /// Its lines, or those of them that are in sight.
    pub rows: Vec<Row>,
    /// Lines left out above the first of them.
    pub above: usize,
    /// How many lines there are in all; 0: as many as there are rows.
    pub total: usize,
    /// The line under the cursor, among all lines; it is kept in sight.
    pub cursor: Option<usize>,
    /// Whether the lines are old and drawn so.
    pub old: bool,
}

impl Body {
    /// A fresh body.
    pub fn new(title: Row, rows: Vec<Row>) -> Self {
        Self {
            title,
            badge: Row::new(0),
            aside: Row::new(0),
            trouble: None,
            rows,
            above: 0,
            total: 0,
            cursor: None,
            old: false,
        }
    }

    /// How many lines there are, in sight or not.
    pub fn lines(&self) -> usize {
        if self.total == 0 { self.rows.len() } else { self.total }
    }

    /// Lines it would fill if it could.
    pub fn need(&self) -> usize {
        self.lines() + usize::from(self.trouble.is_some())
    }
}
