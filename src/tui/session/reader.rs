//! Where the operator is in the log of a job: what is in sight, folded, searched. The lines themselves are
//! asked for and come later; nothing here reads a file.

mod told;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::joblog::{Line, Outline, Section};

use super::Field;

pub use told::Told;

/// A place in the log: the head of the step that begins at a line, or the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The line, from 0.
    pub line: u64,
    /// Whether it is the line and not the head in front of it.
    pub is_line: bool,
}

/// How far the log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// It comes: bytes so far, and in all when that is known.
    Fetching(u64, Option<u64>),
    /// It is there.
    Ready,
    /// There is none; why.
    Failed(String),
}

/// The log's view state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The job.
    pub name: String,
    /// How far it is.
    pub phase: Phase,
    /// Lines in all.
    pub len: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Whether the log goes on behind what was fetched.
    pub cut: bool,
    /// Its steps, groups and errors.
    pub outline: Outline,
    /// The first place in sight.
    pub top: Place,
    /// The place under the cursor.
    pub cursor: Place,
    /// What is searched for.
    pub search: Field,
    /// Whether keys are typed into the search.
    pub typing: bool,
    /// What the last search brought, in words.
    pub found: String,
    /// Whether long lines go on beneath.
    pub wrap: bool,
    /// Columns and lines in sight.
    pub size: (usize, usize),
    folded: BTreeSet<Place>,
    lines: Vec<Line>,
    asked: Vec<Range<u64>>,
    step: Option<String>,
}

impl Reader {
    /// The log of a job that was asked for; `step`: to be opened there instead of at the failure.
    #[must_use]
    pub fn new(name: impl Into<String>, step: Option<String>) -> Self {
        Self {
            name: name.into(),
            phase: Phase::Fetching(0, None),
            len: 0,
            bytes: 0,
            cut: false,
            outline: Outline::default(),
            top: Place::default(),
            cursor: Place::default(),
            search: Field::default(),
            typing: false,
            found: String::new(),
            wrap: false,
            size: (80, 20),
            folded: BTreeSet::new(),
            lines: Vec::new(),
            asked: Vec::new(),
            step,
        }
    }

    /// The step whose head stands in front of a line.
    #[must_use]
    pub fn step(&self, line: u64) -> Option<&Section> {
        self.outline.steps.iter().rfind(|step| step.lines.start == line)
    }

    /// Whether what begins at a place is folded.
    #[must_use]
    pub fn is_folded(&self, spot: Place) -> bool {
        self.folded.contains(&spot)
    }

    /// A line, when it has come.
    #[must_use]
    pub fn line(&self, number: u64) -> Option<&Line> {
        let at = self.lines.binary_search_by_key(&number, |line| line.number).ok()?;
        self.lines.get(at)
    }

    /// A line's place, or the head of what it is folded into.
    fn shown(&self, line: u64) -> Place {
        let head = |step: &Section| Place { line: step.lines.start, is_line: false };
        if let Some(step) =
            self.outline.step_at(line).map(head).filter(|head| self.is_folded(*head))
        {
            return step;
        }
        let own = |group: &Section| Place { line: group.lines.start, is_line: true };
        let group = self.outline.group_at(line).map(own).filter(|spot| self.is_folded(*spot));
        group.unwrap_or(Place { line, is_line: true })
    }

    /// The place beneath.
    #[must_use]
    pub fn below(&self, spot: Place) -> Option<Place> {
        let next = match (spot.is_line, self.is_folded(spot)) {
            (false, false) => {
                return (spot.line < self.len).then_some(Place { is_line: true, ..spot });
            }
            (false, true) => self.step(spot.line)?.lines.end.max(spot.line + 1),
            (true, true) => {
                self.outline.group_at(spot.line).map_or(spot.line, |g| g.lines.end - 1) + 1
            }
            (true, false) => spot.line + 1,
        };
        let is_line = self.step(next).is_none();
        (next < self.len).then_some(Place { line: next, is_line })
    }

    /// The place above.
    #[must_use]
    pub fn above(&self, spot: Place) -> Option<Place> {
        if spot.is_line && self.step(spot.line).is_some() {
            return Some(Place { is_line: false, ..spot });
        }
        Some(self.shown(spot.line.checked_sub(1)?))
    }

    /// Moves the cursor by so many places, as far as there are any.
    pub fn go(&mut self, by: isize) {
        for _ in 0..by.unsigned_abs() {
            let next = if by > 0 { self.below(self.cursor) } else { self.above(self.cursor) };
            let Some(next) = next else { break };
            self.cursor = next;
        }
        self.follow();
    }

    /// To the beginning, or to the end.
    pub fn go_to_end(&mut self, last: bool) {
        self.cursor = if last {
            self.shown(self.len.saturating_sub(1))
        } else {
            Place { line: 0, is_line: self.step(0).is_none() }
        };
        self.follow();
    }

    /// To a line, unfolding what it is in, with something of what comes before it.
    pub fn jump(&mut self, line: u64) {
        let line = line.min(self.len.saturating_sub(1));
        if let Some(step) = self.outline.step_at(line) {
            self.folded.remove(&Place { line: step.lines.start, is_line: false });
        }
        if let Some(group) = self.outline.group_at(line) {
            self.folded.remove(&Place { line: group.lines.start, is_line: true });
        }
        self.cursor = Place { line, is_line: true };
        let before = self.above_by(self.cursor, self.size.1 * 2 / 3);
        if self.cursor < self.top || self.above_by(self.cursor, self.size.1.max(1) - 1) > self.top {
            self.top = before;
        }
    }

    fn above_by(&self, mut spot: Place, by: usize) -> Place {
        for _ in 0..by {
            let Some(above) = self.above(spot) else { break };
            spot = above;
        }
        spot
    }

    /// Keeps the cursor in sight.
    fn follow(&mut self) {
        let highest = self.above_by(self.cursor, self.size.1.max(1) - 1);
        let top = self.top.clamp(highest, self.cursor);
        // what was in sight may be folded by now
        self.top = if top.is_line { self.shown(top.line) } else { top };
    }

    /// Folds or unfolds what the cursor is in: the group, else the step.
    pub fn fold(&mut self) {
        let here = self.cursor;
        let group = self.outline.group_at(here.line).filter(|_| here.is_line);
        let group = group.map(|group| Place { line: group.lines.start, is_line: true });
        let step = self.outline.step_at(here.line).or_else(|| self.step(here.line));
        let step = step.map(|step| Place { line: step.lines.start, is_line: false });
        let Some(head) = group.or(step) else { return };
        if !self.folded.remove(&head) {
            self.folded.insert(head);
            self.cursor = head;
        }
        self.follow();
    }

    /// Folds every step but the one that the cursor is in; all unfolded again when one is folded.
    pub fn fold_all(&mut self) {
        if !self.folded.is_empty() {
            self.folded.clear();
            return self.follow();
        }
        let (steps, groups) = (self.outline.steps.iter(), self.outline.groups.iter());
        let steps = steps.map(|step| Place { line: step.lines.start, is_line: false });
        let groups = groups.map(|group| Place { line: group.lines.start, is_line: true });
        self.folded =
            if self.outline.steps.is_empty() { groups.collect() } else { steps.collect() };
        self.cursor = self.shown(self.cursor.line);
        self.follow();
    }

    /// The next error behind the cursor, or before it; round at the ends.
    pub fn next_error(&mut self, forward: bool) {
        let (errors, here) = (&self.outline.errors, self.cursor.line);
        let next = if forward {
            errors.iter().find(|line| **line > here).or(errors.first())
        } else {
            errors.iter().rfind(|line| **line < here).or(errors.last())
        };
        match next.copied() {
            Some(line) => self.jump(line),
            None => self.found = String::from("no error in it"),
        }
    }

    /// The places in sight, one beneath the other.
    pub fn sight(&self) -> impl Iterator<Item = Place> {
        let first = (self.phase == Phase::Ready && self.len > 0).then_some(self.top);
        std::iter::successors(first, |spot| self.below(*spot)).take(self.size.1)
    }

    /// The lines that are in sight, or nearly, and have not come and were not asked for.
    pub fn wish(&mut self) -> Option<Vec<Range<u64>>> {
        if self.sight().filter(|spot| spot.is_line).all(|spot| self.line(spot.line).is_some()) {
            return None;
        }
        let first = self.above_by(self.top, self.size.1);
        let around = std::iter::successors(Some(first), |spot| self.below(*spot));
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for spot in around.take(self.size.1 * 3).filter(|spot| spot.is_line) {
            match ranges.last_mut() {
                Some(last) if last.end == spot.line => last.end += 1,
                _ => ranges.push(spot.line..spot.line + 1),
            }
        }
        (self.asked != ranges).then(|| {
            self.asked.clone_from(&ranges);
            ranges
        })
    }
}

#[cfg(test)]
mod tests;
