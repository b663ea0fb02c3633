//! A picture of the screen for documents: a buffer as SVG. Pure, and the same text for the same buffer.
//! Must not know what is drawn.
//!
//! Text stands on the grid whatever font the reader has: each run of one style says where it begins and how
//! long it is. Lines and blocks are drawn as shapes, because they have to meet.

mod look;
mod shape;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr;

use look::Look;

/// One column, in tenths of a pixel.
const WIDTH: u32 = 84;
/// One line.
const HEIGHT: u32 = 180;
/// Where letters stand in their line.
const BASELINE: u32 = 136;
/// Around the whole.
const MARGIN: u32 = 120;
/// What is outside the screen, and where the theme sets no colour.
const PAPER: [u8; 3] = [15, 20, 26];
const INK: [u8; 3] = [213, 221, 229];
const FONTS: &str =
    "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace";

/// The buffer as an SVG document of its own, with a title for those who cannot see it.
#[must_use]
pub fn document(buffer: &Buffer, title: &str) -> String {
    let area = buffer.area;
    let width = tenths(u32::from(area.width) * WIDTH + 2 * MARGIN);
    let height = tenths(u32::from(area.height) * HEIGHT + 2 * MARGIN);
    let paper = commonest(buffer.content.iter().map(|cell| Look::of(cell).paper));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" font-family=\"{FONTS}\" font-size=\"14\">\n"
    );
    let _ = writeln!(out, "<title>{}</title>", escape(&crate::text::clean(title)));
    let paper = hex(paper);
    let _ = writeln!(out, "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{paper}\"/>");
    for row in 0..area.height {
        let runs = runs(buffer, row);
        let y = MARGIN + u32::from(row) * HEIGHT;
        for run in &runs {
            run.ground(y, &paper, &mut out);
        }
        for run in &runs {
            run.shapes(y, &mut out);
            run.words(y, &mut out);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Neighbouring cells that look alike.
struct Run<'a> {
    column: u32,
    columns: u32,
    look: Look,
    /// Each cell with its column.
    cells: Vec<(u32, &'a Cell)>,
}

/// The runs of a line, left to right. What a wide character covers is part of it.
fn runs(buffer: &Buffer, row: u16) -> Vec<Run<'_>> {
    let width = u32::from(buffer.area.width);
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut column = 0;
    while column < width {
        let at = (buffer.area.x + column as u16, buffer.area.y + row);
        let Some(cell) = buffer.cell(at) else { break };
        let look = Look::of(cell);
        let columns = (cell.symbol().width().max(1) as u32).min(width - column);
        match runs.last_mut() {
            Some(run) if run.look == look => {
                run.columns += columns;
                run.cells.push((column, cell));
            }
            _ => runs.push(Run { column, columns, look, cells: vec![(column, cell)] }),
        }
        column += columns;
    }
    runs
}

impl Run<'_> {
    fn ground(&self, y: u32, paper: &str, out: &mut String) {
        let own = hex(self.look.paper);
        if own != paper {
            let (x, width) = (tenths(x(self.column)), tenths(self.columns * WIDTH));
            let (y, height) = (tenths(y), tenths(HEIGHT));
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{own}\"/>"
            );
        }
    }

    /// Lines and blocks; neighbours that are the same make one path.
    fn shapes(&self, y: u32, out: &mut String) {
        let mut path = String::new();
        for (column, cell) in &self.cells {
            for [left, top, right, bottom] in shape::of(cell.symbol()) {
                let (x, y) = (x(*column), y);
                let _ = write!(
                    path,
                    "M{} {}H{}V{}H{}z",
                    tenths(x + left),
                    tenths(y + top),
                    tenths(x + right),
                    tenths(y + bottom),
                    tenths(x + left)
                );
            }
        }
        if !path.is_empty() {
            let _ = writeln!(out, "<path fill=\"{}\" d=\"{path}\"/>", hex(self.look.ink));
        }
    }

    /// Words, each at its place: two spaces in a row end one.
    fn words(&self, y: u32, out: &mut String) {
        let mut word: Option<(u32, u32, String)> = None;
        let mut spaces = 0;
        for (column, cell) in &self.cells {
            let symbol = cell.symbol();
            let drawn = !shape::of(symbol).is_empty();
            if symbol.trim().is_empty() || drawn {
                spaces += if drawn { 2 } else { 1 };
                continue;
            }
            let end = column + (symbol.width().max(1) as u32);
            match &mut word {
                Some((_, last, text)) if spaces < 2 && (spaces == 1 || *last == *column) => {
                    text.push_str(if spaces == 1 { " " } else { "" });
                    text.push_str(symbol);
                    *last = end;
                }
                _ => {
                    self.word(word.take(), y, out);
                    word = Some((*column, end, symbol.to_owned()));
                }
            }
            spaces = 0;
        }
        self.word(word, y, out);
    }

    fn word(&self, word: Option<(u32, u32, String)>, y: u32, out: &mut String) {
        let Some((from, to, text)) = word else { return };
        let (x, y) = (tenths(x(from)), tenths(y + BASELINE));
        let (length, ink) = (tenths((to - from) * WIDTH), hex(self.look.ink));
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" \
             fill=\"{ink}\"{}>{}</text>",
            self.look.attributes(),
            escape(&text)
        );
    }
}

/// The colour of most cells.
fn commonest(papers: impl Iterator<Item = [u8; 3]>) -> [u8; 3] {
    let mut counts = BTreeMap::new();
    papers.for_each(|paper| *counts.entry(paper).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(PAPER, |(paper, _)| paper)
}

fn x(column: u32) -> u32 {
    MARGIN + column * WIDTH
}

/// Tenths of a pixel as a number.
fn tenths(n: u32) -> String {
    if n.is_multiple_of(10) { (n / 10).to_string() } else { format!("{}.{}", n / 10, n % 10) }
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
