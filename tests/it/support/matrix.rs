//! A table of what was tried and what came of it, for `target/`: a missing cell fails.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Rows × columns, filled cell by cell.
pub struct Matrix {
    title: &'static str,
    rows: Vec<String>,
    columns: Vec<String>,
    cells: BTreeMap<(String, String), String>,
}

impl Matrix {
    /// An empty table.
    pub fn new<R, C>(title: &'static str, rows: R, columns: C) -> Self
    where
        R: IntoIterator<Item: ToString>,
        C: IntoIterator<Item: ToString>,
    {
        Self {
            title,
            rows: rows.into_iter().map(|row| row.to_string()).collect(),
            columns: columns.into_iter().map(|column| column.to_string()).collect(),
            cells: BTreeMap::new(),
        }
    }

    /// Fills a cell, once.
    pub fn fill(&mut self, row: &dyn ToString, column: &dyn ToString, text: impl Into<String>) {
        let (row, column) = (row.to_string(), column.to_string());
        assert!(self.rows.contains(&row), "no row {row}");
        assert!(self.columns.contains(&column), "no column {column}");
        let text = text.into().replace('|', "\\|").replace('\n', " ");
        let before = self.cells.insert((row.clone(), column.clone()), text);
        assert!(before.is_none(), "{row} × {column} was tried twice");
    }

    /// Writes `target/NAME.md` and fails when a cell is missing.
    pub fn write(&self, name: &str) {
        let mut out = format!("# {}\n\n| |", self.title);
        for column in &self.columns {
            let _ = write!(out, " {column} |");
        }
        out.push_str("\n|---|");
        out.push_str(&"---|".repeat(self.columns.len()));
        out.push('\n');
        let mut missing = Vec::new();
        for row in &self.rows {
            let _ = write!(out, "| {row} |");
            for column in &self.columns {
                let cell = self.cells.get(&(row.clone(), column.clone()));
                if cell.is_none() {
                    missing.push(format!("{row} × {column}"));
                }
                let _ = write!(out, " {} |", cell.map_or("MISSING", String::as_str));
            }
            out.push('\n');
        }
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let target = target.parent().expect("the folder of the target folder");
        std::fs::write(target.join(format!("{name}.md")), out).expect("the table is written");
        assert!(missing.is_empty(), "not tried: {}", missing.join(", "));
    }
}
