//! One line with a left and a right side that gives up the least important first when it gets narrow.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::text;

/// The longest piece that is kept, in columns: no screen is wider.
const PIECE_MAX: usize = 1000;

/// A piece of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    text: String,
    style: Style,
    rank: u8,
    min: usize,
}

impl Piece {
    /// A piece that is shown whole or not at all. The higher the rank, the earlier it goes; rank 0 stays
    /// as long as anything does.
    #[must_use]
    pub fn new(text: &str, style: Style, rank: u8) -> Self {
        let text = text::line(text, PIECE_MAX);
        let min = text.width();
        Self { text, style, rank, min }
    }

    /// Allows it to be cut to `min` columns before anything of a lower rank goes.
    #[must_use]
    pub fn shrink_to(mut self, min: usize) -> Self {
        self.min = self.min.min(min);
        self
    }
}

/// A line put together from pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    left: Vec<Piece>,
    right: Vec<Piece>,
    gap: usize,
}

impl Row {
    /// An empty row with `gap` spaces between its pieces.
    #[must_use]
    pub fn new(gap: usize) -> Self {
        Self { gap, ..Self::default() }
    }

    /// Adds a piece to the left side.
    #[must_use]
    pub fn left(mut self, piece: Piece) -> Self {
        self.left.push(piece);
        self
    }

    /// Adds a piece to the right side.
    #[must_use]
    pub fn right(mut self, piece: Piece) -> Self {
        self.right.push(piece);
        self
    }

    /// The row in exactly `width` columns.
    #[must_use]
    pub fn line(&self, width: usize) -> Line<'static> {
        let left = self.left.iter().map(|piece| (false, piece.clone()));
        let right = self.right.iter().map(|piece| (true, piece.clone()));
        let pieces = self.fit(left.chain(right).collect(), width);
        let used = self.width(&pieces);
        // The spare room stands before the first piece of the right side, or at the end.
        let turn = pieces.iter().position(|(right, _)| *right);
        let mut spans = Vec::with_capacity(pieces.len() * 2 + 1);
        for (at, (_, piece)) in pieces.into_iter().enumerate() {
            let gap = if at > 0 { self.gap } else { 0 };
            let spare = if turn == Some(at) { width.saturating_sub(used) } else { 0 };
            spans.push(Span::raw(" ".repeat(gap + spare)));
            spans.push(Span::styled(piece.text, piece.style));
        }
        if turn.is_none() {
            spans.push(Span::raw(" ".repeat(width.saturating_sub(used))));
        }
        Line::from(spans)
    }

    /// Cuts and drops pieces, the least important first and of these the last, until they fit.
    fn fit(&self, mut pieces: Vec<(bool, Piece)>, width: usize) -> Vec<(bool, Piece)> {
        loop {
            let over = self.width(&pieces).saturating_sub(width);
            let least = (0..pieces.len()).max_by_key(|at| pieces[*at].1.rank);
            let (Some(at), 1..) = (least, over) else {
                return pieces;
            };
            let alone = pieces.len() == 1;
            let piece = &mut pieces[at].1;
            let now = piece.text.width();
            let min = if alone { 0 } else { piece.min };
            let cut = text::cut(&piece.text, now.saturating_sub(over).max(min));
            if cut.width() < now {
                piece.text = cut;
            } else {
                pieces.remove(at);
            }
        }
    }

    fn width(&self, pieces: &[(bool, Piece)]) -> usize {
        let text: usize = pieces.iter().map(|(_, piece)| piece.text.width()).sum();
        text + self.gap * pieces.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(text: &str, rank: u8) -> Piece {
        Piece::new(text, Style::new(), rank)
    }

    #[test]
    fn the_least_important_goes_first() {
        let row = Row::new(2)
            .left(piece("flightdeck", 1))
            .left(piece("6 ok", 0))
            .right(piece("github 4,812/5,000", 3))
            .right(piece("14:32:07Z", 2));
        for (width, text) in [
            (50, "flightdeck  6 ok     github 4,812/5,000  14:32:07Z"),
            (47, "flightdeck  6 ok  github 4,812/5,000  14:32:07Z"),
            (46, "flightdeck  6 ok                     14:32:07Z"),
            (27, "flightdeck  6 ok  14:32:07Z"),
            (26, "flightdeck  6 ok          "),
            (15, "6 ok           "),
            (4, "6 ok"),
            (3, "6 …"),
            (1, "…"),
            (0, ""),
        ] {
            assert_eq!(row.line(width).to_string(), text, "{width}");
        }
    }

    #[test]
    fn a_title_shrinks_before_it_goes() {
        let row = Row::new(1)
            .left(piece("#482", 0))
            .left(piece("fix the tax of everything", 2).shrink_to(6))
            .right(piece("12 m", 1));
        for (width, text) in [
            (40, "#482 fix the tax of everything      12 m"),
            (25, "#482 fix the tax of… 12 m"),
            (17, "#482 fix th… 12 m"),
            (16, "#482 fix t… 12 m"),
            (15, "#482       12 m"),
        ] {
            assert_eq!(row.line(width).to_string().trim_end(), text.trim_end(), "{width}");
        }
    }

    #[test]
    fn text_is_clean() {
        let row = Row::new(1).left(piece("\u{1b}]0;x\u{7}a\u{202e}b\n", 0));
        assert_eq!(row.line(5).to_string(), "a\u{fffd}b  ");
    }

    proptest! {
        #[test]
        fn any_row_fits_exactly(
            left in proptest::collection::vec((".{0,12}|[漢字]{0,6}", 0..4u8, 0..8usize), 0..5),
            right in proptest::collection::vec((".{0,12}", 0..4u8, 0..8usize), 0..4),
            width in 0..60usize,
            gap in 0..4usize,
        ) {
            let mut row = Row::new(gap);
            for (text, rank, min) in &left {
                row = row.left(piece(text, *rank).shrink_to(*min));
            }
            for (text, rank, min) in &right {
                row = row.right(piece(text, *rank).shrink_to(*min));
            }
            let line = row.line(width);
            let shown = line.to_string();
            let total: usize = line.spans.iter().map(|span| span.content.width()).sum();
            prop_assert_eq!(total, width, "{:?}", shown);
            prop_assert!(!shown.chars().any(text::is_hostile));
        }
    }
}
