//! A grid of cells that lines are drawn into: braille dots, or one sign a cell in ASCII. Knows neither
//! times nor values.

use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

/// The dots of a braille cell, by column and line.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// What is in a cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fill {
    #[default]
    Blank,
    Dots(u8),
    Sign(char),
}

/// How a line is told from others without its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pen {
    /// Every dot; `*` in ASCII.
    Solid,
    /// Every second dot; `o` in ASCII.
    Dotted,
}

impl Pen {
    /// Two columns of it, for a legend.
    pub fn sample(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Solid, false) => "⠤⠤",
            (Self::Dotted, false) => "⠄⠄",
            (Self::Solid, true) => "**",
            (Self::Dotted, true) => "oo",
        }
    }
}

/// The grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    columns: usize,
    ascii: bool,
    kept: Vec<usize>,
    cells: Vec<(Fill, Role)>,
}

impl Canvas {
    /// A blank grid.
    pub fn new(columns: usize, lines: usize, ascii: bool) -> Self {
        Self {
            columns,
            ascii,
            kept: Vec::new(),
            cells: vec![(Fill::Blank, Role::Text); columns * lines],
        }
    }

    /// How many dots wide and high it is for a pen.
    pub fn grid(&self, pen: Pen) -> (usize, usize) {
        let lines = self.cells.len().checked_div(self.columns).unwrap_or(0);
        match (self.ascii, pen) {
            (true, _) => (self.columns, lines),
            (false, Pen::Solid) => (self.columns * 2, lines * 4),
            (false, Pen::Dotted) => (self.columns, lines * 4),
        }
    }

    /// The line of cells that `share` of the height falls on, 1 at the top.
    pub fn line_of(&self, share: f64) -> usize {
        let (_, high) = self.grid(Pen::Solid);
        row(share, high) / if self.ascii { 1 } else { 4 }
    }

    /// A straight line between two dots, given by their column and their share of the height. `ink` is
    /// asked along the way, from 0 to 1.
    pub fn stroke(
        &mut self,
        pen: Pen,
        a: (usize, f64),
        b: (usize, f64),
        ink: impl Fn(f64) -> Role,
    ) {
        let (_, high) = self.grid(pen);
        let (ya, yb) = (row(a.1, high), row(b.1, high));
        let steps = a.0.abs_diff(b.0).max(ya.abs_diff(yb));
        for step in 0..=steps {
            let way = if steps == 0 { 0.0 } else { step as f64 / steps as f64 };
            let between = |a: usize, b: usize| (a as f64 * (1.0 - way) + b as f64 * way).round();
            self.dot(pen, between(a.0, b.0) as usize, between(ya, yb) as usize, ink(way));
        }
    }

    fn dot(&mut self, pen: Pen, x: usize, y: usize, role: Role) {
        let (column, line, fill) = match (self.ascii, pen) {
            (true, Pen::Solid) => (x, y, Fill::Sign('*')),
            (true, Pen::Dotted) => (x, y, Fill::Sign('o')),
            (false, Pen::Solid) => (x / 2, y / 4, Fill::Dots(DOTS[x % 2][y % 4])),
            (false, Pen::Dotted) => (x, y / 4, Fill::Dots(DOTS[0][y % 4])),
        };
        let Some((own, ink)) = self.cells.get_mut(line * self.columns + column) else { return };
        *own = match (*own, fill) {
            (Fill::Dots(old), Fill::Dots(new)) => Fill::Dots(old | new),
            (_, new) => new,
        };
        // what is critical stays so, whoever else passes through
        if *ink != Role::Critical {
            *ink = role;
        }
    }

    /// A sign in a cell, over what was there.
    pub fn sign(&mut self, column: usize, line: usize, sign: char, role: Role) {
        if let Some(cell) = self.cells.get_mut(line * self.columns + column) {
            *cell = (Fill::Sign(sign), role);
        }
    }

    /// Keeps lines free of signs that settle.
    pub fn keep(&mut self, lines: Vec<usize>) {
        self.kept = lines;
    }

    /// A sign in the lowest blank cell of a column that is not kept free, or else in the lowest.
    pub fn settle(&mut self, column: usize, sign: char, role: Role) {
        let (_, lines) = self.grid(Pen::Solid);
        let lines = if self.ascii { lines } else { lines / 4 };
        let free = |line: &usize| !self.kept.contains(line);
        let blank = (0..lines).rev().filter(free).find(|line| self.is_blank(column, *line));
        let blank = blank.or_else(|| (0..lines).rev().find(free));
        self.sign(column, blank.unwrap_or(lines.saturating_sub(1)), sign, role);
    }

    /// A sign where nothing is yet.
    pub fn behind(&mut self, column: usize, line: usize, sign: char, role: Role) {
        if self.is_blank(column, line) {
            self.sign(column, line, sign, role);
        }
    }

    /// Whether nothing is drawn in a cell.
    pub fn is_blank(&self, column: usize, line: usize) -> bool {
        self.cells.get(line * self.columns + column).is_none_or(|(fill, _)| *fill == Fill::Blank)
    }

    /// Adds one of its lines to a row.
    pub fn write(&self, line: usize, mut row: Row) -> Row {
        let cells = self.cells.chunks(self.columns.max(1)).nth(line).unwrap_or_default();
        for run in cells.chunk_by(|a, b| a.1 == b.1) {
            let text: String = run.iter().map(|(fill, _)| fill.symbol()).collect();
            row = row.put(text, run[0].1);
        }
        row
    }
}

impl Fill {
    fn symbol(self) -> char {
        match self {
            Self::Blank => ' ',
            Self::Dots(dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            Self::Sign(sign) => sign,
        }
    }
}

/// The line, from the top, that a share of the height falls on.
fn row(share: f64, high: usize) -> usize {
    ((1.0 - share.clamp(0.0, 1.0)) * high.saturating_sub(1) as f64).round() as usize
}
