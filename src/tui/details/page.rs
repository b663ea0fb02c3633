//! The lines of a page. Only those in sight are built, however long the page is; each knows what can be
//! opened, followed or copied from it.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::FeedId;
use crate::text;
use crate::tui::chart::Size;
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

use super::Detail;

/// Columns of the label in front of a fact.
const LABEL: usize = 12;
/// Lines that one fact may take.
const LINES: usize = 120;
/// Characters of one fact that are looked at.
const LENGTH: usize = 16_000;

/// A line of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What is drawn.
    pub row: Row,
    /// What Enter opens.
    pub item: Option<Detail>,
    /// What the browser opens.
    pub link: Option<String>,
    /// What is copied.
    pub text: Option<String>,
    /// Whether it is a job that did not run.
    pub idle: bool,
}

/// A page being written.
#[derive(Debug)]
pub struct Page {
    /// Columns of a line.
    pub width: usize,
    /// Lines that are in sight at once.
    pub height: usize,
    /// On what it stands, for its age.
    pub feeds: Vec<FeedId>,
    /// Nodes of a run's graph whose jobs are shown, by their ids.
    pub unfolded: BTreeSet<String>,
    window: Range<usize>,
    held: Option<Detail>,
    pieces: Vec<Piece>,
    total: usize,
    first: Option<usize>,
    found: Option<usize>,
}

impl Page {
    /// An empty page of which the lines in `window` are wanted; `held` is what the cursor is on.
    #[must_use]
    pub fn new(
        (width, height): (usize, usize),
        window: Range<usize>,
        held: Option<Detail>,
    ) -> Self {
        Self {
            width,
            height,
            feeds: Vec::new(),
            unfolded: BTreeSet::new(),
            window,
            held,
            pieces: Vec::new(),
            total: 0,
            first: None,
            found: None,
        }
    }

    /// How many lines it has in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.total
    }

    /// The line of what is held, wherever it went.
    #[must_use]
    pub fn found(&self) -> Option<usize> {
        self.found
    }

    /// The first line that opens something.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.first
    }

    /// A line, when it was wanted.
    #[must_use]
    pub fn piece(&self, place: usize) -> Option<&Piece> {
        self.pieces.get(place.checked_sub(self.window.start)?)
    }

    /// The room of a chart: most of what is in sight at once.
    #[must_use]
    pub fn chart(&self) -> Size {
        Size { columns: self.width, lines: (self.height * 3 / 5).clamp(3, 16) }
    }

    /// Adds a line that is built only when it is in sight.
    fn push(&mut self, build: impl FnOnce(usize) -> Piece) {
        if self.window.contains(&self.total) {
            self.pieces.push(build(self.width));
        }
        self.total += 1;
    }

    /// Adds a line made for the columns it is handed; `y` copies `text`.
    pub fn line(&mut self, text: Option<&str>, build: impl FnOnce(usize) -> Row) {
        self.push(|width| Piece {
            row: build(width),
            item: None,
            link: None,
            text: text.map(str::to_owned),
            idle: false,
        });
    }

    /// Adds the line of a job that did not run; nothing is behind it.
    pub fn idle(&mut self, name: &str, build: impl FnOnce(usize) -> Row) {
        let text = Some(name.to_owned());
        self.push(|width| Piece { row: build(width), item: None, link: None, text, idle: true });
    }

    /// Adds a line with a page in the browser.
    pub fn linked(&mut self, text: &str, link: Option<String>, build: impl FnOnce(usize) -> Row) {
        let text = Some(text.to_owned());
        self.push(|width| Piece { row: build(width), item: None, link, text, idle: false });
    }

    /// Adds lines that are there already.
    pub fn rows(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            self.line(None, |_| row);
        }
    }

    /// Adds a line that opens something.
    pub fn item(&mut self, item: Detail, build: impl FnOnce(usize) -> Row) {
        self.first = self.first.or(Some(self.total));
        if self.held.as_ref() == Some(&item) {
            self.found = Some(self.total);
        }
        self.push(|width| Piece {
            row: build(width),
            item: Some(item),
            link: None,
            text: None,
            idle: false,
        });
    }

    /// A heading, with a blank line above.
    pub fn head(&mut self, text: &str) {
        if self.total > 0 {
            self.line(None, Row::new);
        }
        self.line(None, |width| Row::new(width).put(text, Role::Title));
    }

    /// A fact, whole, on as many lines as it takes.
    pub fn fact(&mut self, label: &str, text: &str, role: Role) {
        self.entry(label, text, role, false);
    }

    /// A fact that may not be known: then it is left out.
    pub fn maybe(&mut self, label: &str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.fact(label, text.as_ref(), Role::Text);
        }
    }

    /// An address that the browser can open.
    pub fn link(&mut self, label: &str, address: &str) {
        self.entry(label, address, Role::Key, true);
    }

    fn entry(&mut self, label: &str, text: &str, role: Role, opens: bool) {
        let column = label_columns(self.width);
        // a name longer than its column has a line of its own: names tell labels apart
        let apart = text::line(label, column + 1).width() > column;
        if apart {
            self.linked(text, opens.then(|| text.to_owned()), |width| {
                Row::new(width).put(label, Role::Dim)
            });
        }
        let lines = fold(text, self.width.saturating_sub(column + 1), LINES);
        for (i, line) in lines.iter().enumerate() {
            let head = if i == 0 && !apart { label } else { "" };
            self.linked(text, opens.then(|| text.to_owned()), |width| {
                Row::new(width).cell(head, column, Role::Dim).gap(1).put(line, role)
            });
        }
    }

    /// A sentence, whole.
    pub fn say(&mut self, text: &str, role: Role) {
        for line in fold(text, self.width, LINES) {
            self.line(Some(text), |width| Row::new(width).put(line, role));
        }
    }

    /// What a program said, line by line.
    pub fn quote(&mut self, text: &str) {
        for line in fold(text, self.width.saturating_sub(4), LINES) {
            self.line(Some(text), |width| {
                Row::new(width).gap(2).put("│ ", Role::Dim).put(line, Role::Text)
            });
        }
    }

    /// Says that what was opened is not there any more; nothing false is kept.
    pub fn gone(&mut self, sentence: &str) {
        self.pieces.clear();
        (self.total, self.first, self.found) = (0, None, None);
        for line in fold(&format!("? {sentence}"), self.width, LINES) {
            self.line(None, |width| Row::new(width).put(line, Role::Unknown));
        }
        self.line(None, |width| Row::new(width).put("Esc goes back", Role::Dim));
    }
}

/// Columns of a label: fewer where there are few.
fn label_columns(width: usize) -> usize {
    LABEL.min(width / 3)
}

/// A text, clean, on as many lines as it needs, at most `most`. Its own line ends are kept, and words
/// too long for a line are broken: nothing of it is lost.
pub(super) fn fold(text: &str, width: usize, most: usize) -> Vec<String> {
    let width = width.max(1);
    let head = match text.char_indices().nth(LENGTH) {
        Some((at, _)) => &text[..at],
        None => text,
    };
    let mut out: Vec<String> = Vec::new();
    for line in head.trim_end().split('\n') {
        let clean = text::clean(line.trim_end_matches('\r'));
        let mut row = String::new();
        for word in clean.split_inclusive(' ') {
            if row.width() + word.trim_end().width() > width && !row.is_empty() {
                out.push(std::mem::take(&mut row).trim_end().to_owned());
            }
            if word.trim_end().width() <= width {
                row.push_str(word);
                continue;
            }
            for grapheme in word.graphemes(true) {
                if row.width() + grapheme.width() > width && !row.is_empty() {
                    out.push(std::mem::take(&mut row));
                }
                row.push_str(grapheme);
            }
        }
        out.push(row.trim_end().to_owned());
        if out.len() > most {
            break;
        }
    }
    if out.len() > most {
        out.truncate(most.saturating_sub(1));
        out.push("… and more".to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_lost_and_nothing_is_unclean() {
        assert_eq!(fold("aa bb cc", 5, 9), ["aa bb", "cc"]);
        assert_eq!(fold("abcdefgh ij", 3, 9), ["abc", "def", "gh", "ij"]);
        assert_eq!(fold("one\ntwo\u{1b}[31m\r\n\nthree", 9, 9), ["one", "two", "", "three"]);
        assert_eq!(fold("漢字漢字", 3, 9), ["漢", "字", "漢", "字"]);
        assert_eq!(fold("a b c d", 1, 2), ["a", "… and more"]);
        assert_eq!(fold("", 5, 9), [""]);
        assert_eq!(fold("漢", 1, 9), ["漢"]);
    }

    #[test]
    fn only_lines_in_sight_are_built() {
        let mut page = Page::new((20, 5), 10..15, Some(Detail::Run(500)));
        let mut built = 0;
        for run in 0..5_000 {
            page.item(Detail::Run(run), |width| {
                built += 1;
                Row::new(width)
            });
        }
        assert_eq!((built, page.len(), page.found(), page.first()), (5, 5_000, Some(500), Some(0)));
        assert_eq!(page.piece(12).and_then(|piece| piece.item.clone()), Some(Detail::Run(12)));
        assert_eq!(page.piece(15), None);
        assert_eq!(page.piece(9), None);
    }
}
