//! One line of a pane, put together from left to right. Every text goes through [`crate::text`] here, so
//! nothing from outside reaches a cell unclean, and nothing is wider than its room.

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text;
use crate::tui::theme::{Role, Theme};

/// How a part of a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Role(Role),
    Style(Style),
}

/// A text that is clean and not wider than its row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    width: usize,
    ink: Ink,
}

/// A line of at most `max` columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    parts: Vec<Part>,
    used: usize,
    max: usize,
    selected: bool,
}

impl Row {
    /// An empty line with room for `max` columns.
    pub fn new(max: usize) -> Self {
        Self { parts: Vec::new(), used: 0, max, selected: false }
    }

    /// Columns that are taken.
    pub fn width(&self) -> usize {
        self.used
    }

    /// Columns that are left.
    pub fn room(&self) -> usize {
        self.max - self.used
    }

    /// Its words alone.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// Adds a text, cut to the room that is left.
    #[must_use]
    pub fn put(self, text: impl AsRef<str>, role: Role) -> Self {
        self.ink(text.as_ref(), Ink::Role(role))
    }

    fn ink(self, text: &str, ink: Ink) -> Self {
        let text = text::line(text, self.room());
        let width = text.width();
        self.push(Part { text, width, ink })
    }

    fn push(mut self, part: Part) -> Self {
        self.used += part.width;
        if !part.text.is_empty() {
            self.parts.push(part);
        }
        self
    }

    /// Adds a widget's line.
    #[must_use]
    pub fn line(mut self, line: Line<'_>) -> Self {
        for span in line.spans {
            self = self.ink(&span.content, Ink::Style(line.style.patch(span.style)));
        }
        self
    }

    /// Adds a text in exactly `width` columns, or what is left of them: cut or padded behind.
    #[must_use]
    pub fn cell(self, text: impl AsRef<str>, width: usize, role: Role) -> Self {
        let width = width.min(self.room());
        let text = text::line(text.as_ref(), width);
        let pad = width - text.width();
        self.put(text, role).gap(pad)
    }

    /// Adds a text in exactly `width` columns, padded in front: for numbers.
    #[must_use]
    pub fn number(self, text: impl AsRef<str>, width: usize, role: Role) -> Self {
        let width = width.min(self.room());
        let text = text::line(text.as_ref(), width);
        let pad = width - text.width();
        self.gap(pad).put(text, role)
    }

    /// Adds blanks.
    #[must_use]
    pub fn gap(self, columns: usize) -> Self {
        let width = columns.min(self.room());
        self.push(Part { text: " ".repeat(width), width, ink: Ink::Role(Role::Text) })
    }

    /// Adds another line behind.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        for part in other.parts {
            let fits = part.width <= self.room();
            self = if fits { self.push(part) } else { self.ink(&part.text, part.ink) };
        }
        self
    }

    /// Puts another line at the right edge; it is left out when it does not fit with two blanks.
    #[must_use]
    pub fn right(self, other: Self) -> Self {
        let free = self.room();
        if other.used == 0 || other.used + 2 > free {
            return self;
        }
        self.gap(free - other.used).join(other)
    }

    /// Puts another line at the very right edge, over what stands there.
    #[must_use]
    pub fn right_tight(self, other: Self) -> Self {
        let max = self.max;
        let head = self.fit(max.saturating_sub(other.used));
        let free = head.room();
        head.gap(free).fit(max).join(other)
    }

    /// Marks it as the line under the cursor.
    #[must_use]
    pub fn select(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// The same line with room for `max` columns.
    #[must_use]
    pub fn fit(self, max: usize) -> Self {
        if self.used <= max {
            return Self { max, ..self };
        }
        let selected = self.selected;
        Self::new(max).join(self).select(selected)
    }

    /// The same line, all in one role.
    #[must_use]
    pub fn all(mut self, role: Role) -> Self {
        for part in &mut self.parts {
            part.ink = Ink::Role(role);
        }
        self
    }

    /// The same line, its first letter small: what follows a name.
    #[must_use]
    pub fn lowered(mut self) -> Self {
        if let Some(first) = self.parts.first_mut().and_then(|part| part.text.get_mut(..1)) {
            first.make_ascii_lowercase();
        }
        self
    }

    /// Draws it. `over` takes the place of every role (old data).
    pub fn draw(&self, at: (u16, u16), theme: &Theme, over: Option<Role>, buf: &mut Buffer) {
        self.draw_on(theme.style(Role::Background), at, theme, over, buf);
    }

    /// Draws it on a ground of its own.
    pub fn draw_on(
        &self,
        base: Style,
        at: (u16, u16),
        theme: &Theme,
        over: Option<Role>,
        buf: &mut Buffer,
    ) {
        let (mut x, y) = at;
        for Part { text, ink, .. } in &self.parts {
            let own = match (over, ink) {
                (Some(role), _) => theme.style(role),
                (None, Ink::Role(role)) => theme.style(*role),
                (None, Ink::Style(style)) => *style,
            };
            let mut style = base.patch(own);
            if self.selected {
                style = style.patch(theme.style(Role::Selection));
            }
            let room = buf.area.right().saturating_sub(x);
            x = buf.set_stringn(x, y, text, usize::from(room), style).0;
        }
        if self.selected {
            let style: Style = base.patch(theme.style(Role::Selection));
            let end = at.0.saturating_add(u16::try_from(self.max).unwrap_or(u16::MAX));
            while x < end.min(buf.area.right()) {
                x = buf.set_stringn(x, y, " ", 1, style).0;
            }
        }
    }
}

/// Lays pieces one after the other with `between`, on as many lines as they need; the lines after the
/// first begin with `indent` blanks.
pub fn flow(pieces: Vec<Row>, between: &str, indent: usize, max: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row = Row::new(max);
    let mut fresh = true;
    for piece in pieces {
        let joint = if fresh { 0 } else { between.width() };
        if !fresh && row.width() + joint + piece.width() > max {
            rows.push(std::mem::replace(&mut row, Row::new(max).gap(indent)));
            fresh = true;
        }
        if !fresh {
            row = row.put(between, Role::Dim);
        }
        row = row.join(piece);
        fresh = false;
    }
    if row.width() > 0 {
        rows.push(row);
    }
    rows
}

/// A text of at most `max` columns, cut in the middle: names differ at their ends.
pub fn middle(name: &str, max: usize) -> String {
    let clean = text::clean(name);
    if clean.width() <= max {
        return clean;
    }
    let letters: Vec<&str> = clean.graphemes(true).collect();
    let (head, tail) = ends(&letters, max);
    let (head, tail) = (&letters[..head], &letters[letters.len() - tail..]);
    text::cut(&format!("{}…{}", head.concat(), tail.concat()), max)
}

/// How many letters in front and behind stay when a name is cut in the middle to `max` columns.
pub fn ends(letters: &[&str], max: usize) -> (usize, usize) {
    let room = max.saturating_sub(1);
    let fits = |letters: &mut dyn Iterator<Item = &&str>, room: usize| {
        let mut used = 0;
        letters
            .take_while(|letter| {
                used += letter.width();
                used <= room
            })
            .count()
    };
    let tail = fits(&mut letters.iter().rev(), room.div_ceil(2));
    let (head, behind) = letters.split_at(letters.len() - tail);
    let left = room - behind.iter().map(|letter| letter.width()).sum::<usize>().min(room);
    (fits(&mut head.iter(), left), tail)
}

/// A long sentence on as many lines as it needs, at most `lines`; the last is cut between two words.
pub fn wrap(sentence: &str, role: Role, max: usize, lines: usize) -> Vec<Row> {
    let rows = broken(sentence, (max, max), lines);
    rows.iter().map(|row| Row::new(max).put(row, role)).collect()
}

/// A long sentence behind a head, at most `lines` in all; the lines after the first begin with two blanks.
pub fn hang(head: Row, sentence: &str, role: Role, lines: usize) -> Vec<Row> {
    let max = head.max;
    let mut rows = broken(sentence, (head.room(), max.saturating_sub(2)), lines).into_iter();
    let first = head.put(rows.next().unwrap_or_default(), role);
    let rest = rows.map(|row| Row::new(max).gap(2).put(row, role));
    std::iter::once(first).chain(rest).collect()
}

/// The lines of a sentence; the first may be of another length than the others.
fn broken(sentence: &str, (first, others): (usize, usize), lines: usize) -> Vec<String> {
    let clean = text::line(sentence, others.saturating_mul(lines + 1).max(first).max(1));
    let mut rows: Vec<String> = Vec::new();
    for word in clean.split(' ').flat_map(|word| pieces(word, others)) {
        let max = if rows.len() <= 1 { first } else { others };
        let full = rows.len() >= lines;
        match rows.last_mut() {
            Some(row) if row.width() + 1 + word.width() <= max => {
                row.push(' ');
                row.push_str(word);
            }
            Some(row) if full => {
                // whole words go until the sign that there is more fits
                while row.width() + 1 > max
                    && let Some(end) = row.rfind(' ')
                {
                    row.truncate(end);
                }
                row.push('…');
                break;
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// A word in pieces that fit on a line: what is wider than all of them must be readable, too.
fn pieces(word: &str, max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut used) = (0, 0);
    for (at, letter) in word.grapheme_indices(true) {
        if used > 0 && used + letter.width() > max {
            pieces.push(&word[begin..at]);
            (begin, used) = (at, 0);
        }
        used += letter.width();
    }
    if begin < word.len() {
        pieces.push(&word[begin..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(row: &Row) -> String {
        row.parts.iter().map(|part| part.text.as_str()).collect()
    }

    #[test]
    fn nothing_is_wider_than_its_room_and_nothing_is_unclean() {
        let row = Row::new(12).cell("ab\u{1b}[31mc", 5, Role::Text).number("7", 3, Role::Ok);
        assert_eq!(text(&row), "abc    7");
        assert_eq!(text(&row.clone().put("漢字漢字", Role::Text)), "abc    7漢…");
        assert_eq!(text(&row.clone().right(Row::new(9).put("zz", Role::Dim))), "abc    7  zz");
        assert_eq!(text(&row.right(Row::new(9).put("zzz", Role::Dim))), "abc    7");
    }

    #[test]
    fn pieces_flow_onto_more_lines() {
        let pieces = ["one", "two", "three"].map(|t| Row::new(9).put(t, Role::Text)).to_vec();
        let rows: Vec<String> = flow(pieces, "  ", 1, 9).iter().map(text).collect();
        assert_eq!(rows, ["one  two", " three"]);
        let rows: Vec<String> = wrap("aa bb cc dd ee", Role::Text, 5, 2).iter().map(text).collect();
        assert_eq!(rows, ["aa bb", "cc…"]);
        let rows: Vec<String> =
            wrap("for 12 s: 5031 times", Role::Text, 12, 1).iter().map(text).collect();
        assert_eq!(rows, ["for 12 s:…"], "never in a number");
        let rows: Vec<String> =
            wrap("run: /tmp/漢字/shift.sh 50", Role::Text, 8, 9).iter().map(text).collect();
        assert_eq!(rows, ["run:", "/tmp/漢", "字/shift", ".sh 50"]);
    }

    #[test]
    fn names_keep_both_ends_by_their_width() {
        assert_eq!(middle("production-eu", 20), "production-eu");
        assert_eq!(middle("production-eu", 9), "prod…n-eu");
        assert_eq!(middle("漢字漢字", 6), "漢…字");
        assert_eq!((middle("abc", 1).as_str(), middle("abc", 0).as_str()), ("…", ""));
    }
}
