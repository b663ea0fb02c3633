//! What a cell's style comes down to on paper.

use ratatui::buffer::Cell;
use ratatui::style::Modifier;

use super::{INK, PAPER};
use crate::tui::theme::Depth;

/// Colours and letters of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub ink: [u8; 3],
    pub paper: [u8; 3],
    letters: Modifier,
}

impl Look {
    pub(super) fn of(cell: &Cell) -> Self {
        let mut ink = Depth::looks(cell.fg).unwrap_or(INK);
        let mut paper = Depth::looks(cell.bg).unwrap_or(PAPER);
        if cell.modifier.contains(Modifier::REVERSED) {
            (ink, paper) = (paper, ink);
        }
        if cell.modifier.contains(Modifier::DIM) {
            ink = between(ink, paper);
        }
        let mut letters = cell.modifier - Modifier::REVERSED - Modifier::DIM;
        if cell.symbol().trim().is_empty() && !letters.contains(Modifier::UNDERLINED) {
            // letters that are not there do not end a run
            letters = Modifier::empty();
        }
        Self { ink, paper, letters }
    }

    /// Weight, slant and lines, as attributes with a space before each.
    pub(super) fn attributes(self) -> String {
        let mut out = String::new();
        let mut add = |modifier, text| {
            if self.letters.contains(modifier) {
                out.push_str(text);
            }
        };
        add(Modifier::BOLD, " font-weight=\"bold\"");
        add(Modifier::ITALIC, " font-style=\"italic\"");
        add(Modifier::UNDERLINED, " text-decoration=\"underline\"");
        add(Modifier::CROSSED_OUT, " text-decoration=\"line-through\"");
        out
    }
}

/// Two parts of one colour and one of the other.
fn between(near: [u8; 3], far: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|i| ((2 * u16::from(near[i]) + u16::from(far[i])) / 3) as u8)
}
