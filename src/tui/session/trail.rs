//! The way down into things, and back: what is open, one deeper than the other, all of one target.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use crate::model::Target;
use crate::tui::details::{Detail, Page};

/// One thing on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// The thing.
    pub detail: Detail,
    /// What it was last called.
    pub name: String,
    /// What the cursor is on, if it opens something.
    pub held: Option<Detail>,
    /// The cursor's line; none before the first look.
    pub line: Option<usize>,
    /// The first line in sight.
    pub scroll: usize,
    /// Nodes of a run's graph whose jobs are shown, by their ids.
    pub unfolded: BTreeSet<String>,
}

/// What is open.
#[derive(Debug, Clone)]
pub struct Trail {
    target: Option<Target>,
    stops: Vec<Stop>,
    /// Columns and lines that a page has, or would have had, in the last frame.
    pub size: (usize, usize),
    /// Where its lines were on the screen.
    pub lines: Rect,
}

impl Default for Trail {
    fn default() -> Self {
        // before the first frame nobody knows the room
        Self { target: None, stops: Vec::new(), size: (80, 20), lines: Rect::ZERO }
    }
}

impl Trail {
    /// Whether nothing is open.
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// The target of which something is open.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref().filter(|_| !self.is_empty())
    }

    /// What is open, deepest last.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// The deepest thing that is open.
    pub fn last(&self) -> Option<&Stop> {
        self.stops.last()
    }

    /// The deepest thing that is open.
    pub fn last_mut(&mut self) -> Option<&mut Stop> {
        self.stops.last_mut()
    }

    /// Goes one deeper.
    pub fn push(&mut self, target: &Target, detail: Detail, name: String) {
        if self.target.as_ref() != Some(target) {
            self.stops.clear();
        }
        self.target = Some(target.clone());
        let unfolded = BTreeSet::new();
        self.stops.push(Stop { detail, name, held: None, line: None, scroll: 0, unfolded });
    }

    /// Goes one back; false when nothing was open.
    pub fn pop(&mut self) -> bool {
        self.stops.pop().is_some()
    }

    /// Closes everything.
    pub fn clear(&mut self) {
        self.stops.clear();
    }

    /// The run of which jobs or steps are open.
    pub fn run(&self) -> Option<u64> {
        self.stops.iter().rev().find_map(|stop| match stop.detail {
            Detail::Run(run) | Detail::Job(run, _) | Detail::Jobs(run, _) => Some(run),
            _ => None,
        })
    }
}

impl Stop {
    /// The line the cursor is on: where the thing it holds went, else where it was. At first it is on
    /// the first thing of the page, when that is in sight from the top.
    pub fn line_of(&self, page: &Page) -> usize {
        let first = page.first().filter(|first| *first < page.height);
        let line = page.found().or(self.line).or(first).unwrap_or(0);
        line.min(page.len().saturating_sub(1))
    }
}
