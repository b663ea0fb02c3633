//! The frame of a dialog: in the middle, never off the screen, nothing shining through.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Padding, Widget};

use super::Look;
use crate::text;
use crate::tui::theme::Role;

/// Below this a frame would take too much of the room.
const FRAMED: (u16, u16) = (16, 6);

/// A dialog's frame around `width` × `height` of content.
#[derive(Debug, Clone, Copy)]
pub struct Modal<'a> {
    /// What it is about.
    pub title: &'a str,
    /// The keys it takes, `Esc cancel` among them. The last thing that is given up.
    pub keys: &'a str,
    /// The columns its content wants.
    pub width: u16,
    /// The lines its content wants.
    pub height: u16,
    /// What its frame is drawn as.
    pub role: Role,
}

impl Modal<'_> {
    /// Draws the frame in the middle of `area` and tells where the content goes, which may be smaller
    /// than wanted, or nothing.
    pub fn open(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Rect {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return area;
        }
        let framed = area.width >= FRAMED.0 && area.height >= FRAMED.1;
        let outer = if framed {
            let width = self.width.saturating_add(4).clamp(FRAMED.0, area.width);
            let height = self.height.saturating_add(2).clamp(3, area.height);
            area.centered(Constraint::Length(width), Constraint::Length(height))
        } else {
            area
        };
        Clear.render(outer, buf);
        buf.set_style(outer, look.style(Role::Background));
        let inside = usize::from(outer.width.saturating_sub(4));
        if framed {
            let block = Block::bordered()
                .border_set(look.border())
                .border_style(look.style(self.role))
                .padding(Padding::horizontal(1))
                .title(Self::edge(self.title, Role::Title, inside, look))
                .title_bottom(Self::edge(self.keys, Role::Key, inside, look));
            let inner = block.inner(outer);
            block.render(outer, buf);
            return inner;
        }
        // Too small for a frame: the keys on the last line, the title on the first if there is a third.
        let line = |role, text, y| {
            let text = Line::styled(text::line(text, usize::from(outer.width)), look.style(role));
            (text, Rect { y, height: 1, ..outer })
        };
        let (keys, at) = line(Role::Key, self.keys, outer.bottom() - 1);
        keys.render(at, buf);
        let mut inner = Rect { height: outer.height - 1, ..outer };
        if inner.height >= 2 {
            let (title, at) = line(Role::Title, self.title, outer.y);
            title.render(at, buf);
            inner.y += 1;
            inner.height -= 1;
        }
        inner
    }

    fn edge(text: &str, role: Role, max: usize, look: &Look<'_>) -> Line<'static> {
        Line::styled(format!(" {} ", text::line(text, max)), look.style(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Depth, Theme};
    use ratatui::buffer::Cell;

    fn modal(title: &str) -> Modal<'_> {
        Modal { title, keys: "y yes · Esc cancel", width: 20, height: 2, role: Role::BorderFocus }
    }

    fn draw(size: (u16, u16), ascii: bool) -> (Buffer, Rect) {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::filled(area, Cell::new("x"));
        let theme = Theme::built_in(Depth::True);
        let inner = modal("roll back").open(area, &mut buf, &Look { theme: &theme, ascii });
        (buf, inner)
    }

    fn rows(buf: &Buffer) -> Vec<String> {
        let width = usize::from(buf.area.width).max(1);
        buf.content().chunks(width).map(|row| row.iter().map(Cell::symbol).collect()).collect()
    }

    #[test]
    fn a_frame_in_the_middle() {
        let (buf, inner) = draw((30, 6), false);
        assert_eq!(
            rows(&buf),
            [
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "xxx┌ roll back ───────────┐xxx",
                "xxx│                      │xxx",
                "xxx│                      │xxx",
                "xxx└ y yes · Esc cancel ──┘xxx",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            ]
        );
        assert_eq!(inner, Rect::new(5, 2, 20, 2));
        assert!(rows(&draw((30, 6), true).0)[1].contains("+ roll back ---"));
    }

    #[test]
    fn small_screens_keep_the_keys() {
        let (buf, inner) = draw((12, 3), false);
        assert_eq!(rows(&buf), ["roll back   ", "            ", "y yes · Esc…"]);
        assert_eq!(inner, Rect::new(0, 1, 12, 1));
        assert_eq!(rows(&draw((5, 1), false).0), ["y ye…"]);
        assert_eq!(rows(&draw((1, 1), false).0), ["…"]);
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = Theme::built_in(Depth::Mono);
        let look = Look { theme: &theme, ascii: false };
        for (width, height) in
            [(0, 0), (0, 9), (9, 0), (1, 1), (2, 1), (3, 2), (16, 6), (15, 6), (300, 100)]
        {
            let area = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(area);
            for wanted in [0, 1, 50, u16::MAX] {
                let modal =
                    Modal { width: wanted, height: wanted, ..modal("\u{1b}[31m漢字\u{202e}") };
                let inner = modal.open(area, &mut buf, &look);
                assert_eq!(inner.intersection(area), inner);
                // An area outside of the buffer is cut, not a panic.
                modal.open(Rect::new(5, 5, 400, 200), &mut buf, &look);
            }
        }
    }
}
