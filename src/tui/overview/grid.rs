//! Services × environments: which target is where, and the way from one to the next.

use std::collections::BTreeMap;

use crate::model::{Phase, Revision};
use crate::tui::panes::{Glance, words};

/// The matrix. Every row and every column has a target.
#[derive(Debug, Clone)]
pub struct Grid<'a> {
    /// The rows, as configured.
    pub services: Vec<&'a str>,
    /// The columns, as configured.
    pub environments: Vec<&'a str>,
    cells: BTreeMap<(usize, usize), usize>,
}

impl<'a> Grid<'a> {
    /// The matrix of the targets that are shown.
    pub fn new(looks: &[Glance<'a>], shown: &[usize]) -> Self {
        let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
        let mut grid =
            Self { services: Vec::new(), environments: Vec::new(), cells: BTreeMap::new() };
        let mut shown = shown.to_vec();
        shown.sort_unstable();
        for index in shown {
            let Some(look) = looks.get(index) else { continue };
            let row = *rows.entry(look.target().service()).or_insert_with(|| {
                grid.services.push(look.target().service());
                grid.services.len() - 1
            });
            let column = *columns.entry(look.target().environment()).or_insert_with(|| {
                grid.environments.push(look.target().environment());
                grid.environments.len() - 1
            });
            grid.cells.insert((row, column), index);
        }
        grid
    }

    /// The target of a cell, by its place in the configuration.
    pub fn at(&self, row: usize, column: usize) -> Option<usize> {
        self.cells.get(&(row, column)).copied()
    }

    /// Row and column of a target.
    pub fn place(&self, index: usize) -> Option<(usize, usize)> {
        self.cells.iter().find(|(_, held)| **held == index).map(|(place, _)| *place)
    }

    /// The target so many rows down: in the wished column, or in the one nearest to it that has one.
    pub fn down(&self, from: usize, rows: isize, wish: usize) -> Option<usize> {
        let (row, _) = self.place(from)?;
        let row = row.saturating_add_signed(rows).min(self.services.len().saturating_sub(1));
        let of = self.cells.range((row, 0)..=(row, usize::MAX));
        of.min_by_key(|((_, column), _)| column.abs_diff(wish)).map(|(_, index)| *index)
    }

    /// The next target of the row to the right or to the left; none at its end.
    pub fn aside(&self, from: usize, right: bool) -> Option<usize> {
        let (row, column) = self.place(from)?;
        let next = if right {
            self.cells.range((row, column + 1)..=(row, usize::MAX)).next()
        } else {
            self.cells.range((row, 0)..(row, column)).next_back()
        };
        next.map(|(_, index)| *index)
    }

    /// Whether a cell runs another revision than the first cell of its row that runs any.
    pub fn differs(&self, looks: &[Glance<'_>], row: usize, column: usize) -> bool {
        let of = |index: &usize| looks.get(*index).and_then(|look| runs(look));
        let first = self.cells.range((row, 0)..=(row, usize::MAX)).find_map(|(_, index)| of(index));
        let own = self.cells.get(&(row, column)).and_then(of);
        own.is_some() && own != first
    }
}

/// The revision to name for a target: the one that comes while it comes, else the one that is there, else
/// what runs in the whole.
pub fn runs<'a>(look: &Glance<'a>) -> Option<&'a Revision> {
    let seen = look.seen;
    let (new, old) = (seen.evidence.candidate.as_ref(), seen.evidence.stable.as_ref());
    let comes =
        seen.phase.is_some_and(|phase| phase == Phase::Completed || words::is_moving(phase));
    let side = if comes { new.or(old) } else { old.or(new) };
    side.or(seen.evidence.whole.as_ref())
}
