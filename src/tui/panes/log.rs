//! The log of events: everything that happened to any target or feed, newest first, searched as one types.
//! Only the lines in sight are built. A line that is too long for its row is read whole when it is opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget};

use crate::store::Line;
use crate::tui::session::Log;
use crate::tui::theme::Role;
use crate::tui::widgets::Look;

use super::View;
use super::row::{Row, hang, middle, wrap};
use super::words;

/// Draws the log into an area, framed where there is room for a frame.
pub fn draw(view: &View<'_>, log: &Log, area: Rect, buf: &mut Buffer, look: &Look<'_>) {
    let framed = area.width >= 16 && area.height >= 4;
    let inner = if framed {
        let style = look.style(Role::Background).patch(look.style(Role::BorderFocus));
        let block = Block::bordered().border_type(BorderType::Plain).border_style(style);
        let inner = block.inner(area);
        block.render(area, buf);
        Rect { x: inner.x + 1, width: inner.width - 2, ..inner }
    } else {
        area
    };
    let width = usize::from(inner.width);
    let total = log.found(view.store).count();
    let height = usize::from(inner.height);
    let cursor = log.cursor.min(total.saturating_sub(1));
    if framed {
        let mut title =
            Row::new(width).gap(1).put("Log", Role::Title).put(", newest first", Role::Dim);
        let search = log.search.text();
        if !search.is_empty() {
            let all = view.store.timeline().iter().count();
            title = title.put(format!("  /{search}  {total} of {all}"), Role::Match);
        }
        title.gap(1).draw((inner.x, area.y), look.theme, None, buf);
    }
    if total == 0 {
        let why =
            if log.search.text().is_empty() { "nothing happened yet" } else { "no line has that" };
        Row::new(width).put(why, Role::Dim).draw((inner.x, inner.y), look.theme, None, buf);
    }
    if let Some(line) = &log.open {
        for (row, y) in whole(line, view, width, height).iter().zip(inner.y..inner.bottom()) {
            row.draw((inner.x, y), look.theme, None, buf);
        }
        return;
    }
    // the cursor stays in the middle where there is more on both sides
    let narrow = width < 60;
    let first = if narrow {
        cursor.saturating_sub(1)
    } else {
        cursor.saturating_sub(height / 2).min(total.saturating_sub(height))
    };
    let lines = log.found(view.store).enumerate().skip(first).take(height);
    let rows = lines.flat_map(|(place, line)| {
        let here = place == cursor;
        let rows = if narrow {
            let most = if here { height.saturating_sub(3).max(2) } else { 2 };
            rows(line, view, width, most)
        } else {
            vec![row(line, view, width)]
        };
        rows.into_iter().map(move |row| row.select(here))
    });
    for (row, y) in rows.zip(inner.y..inner.bottom()) {
        row.draw((inner.x, y), look.theme, None, buf);
    }
}

/// A line with all that it says.
fn whole(line: &Line, view: &View<'_>, width: usize, height: usize) -> Vec<Row> {
    let (glyph, word, role) = words::line_kind(line.kind);
    let row = || Row::new(width);
    let head = row().put(time(line, view), Role::Dim).gap(1).put(format!("{glyph} {word}"), role);
    let target = line.target.as_ref().map(|target| row().put(target.as_str(), Role::Title));
    let text = wrap(&line.text, Role::Text, width, height.saturating_sub(2).max(1));
    std::iter::once(head).chain(target).chain(text).collect()
}

/// A line of the log where there are few columns: whose it is, and beneath what happened.
fn rows(line: &Line, view: &View<'_>, width: usize, most: usize) -> Vec<Row> {
    let (glyph, _, role) = words::line_kind(line.kind);
    let head = Row::new(width).put(time(line, view), Role::Dim).gap(1).put(glyph, role).gap(1);
    match &line.target {
        Some(target) => {
            let name = head.room();
            let head = head.put(middle(target.as_str(), name), Role::Title);
            let text = hang(Row::new(width).gap(2), &line.text, Role::Text, most);
            std::iter::once(head).chain(text).collect()
        }
        None => hang(head, &line.text, Role::Text, most),
    }
}

fn time(line: &Line, view: &View<'_>) -> String {
    let today = line.at.date_naive() == view.now.date_naive();
    line.at.format(if today { "%H:%M:%SZ" } else { "%m-%d %H:%MZ" }).to_string()
}

fn row(line: &Line, view: &View<'_>, width: usize) -> Row {
    let (glyph, word, role) = words::line_kind(line.kind);
    let mut row =
        Row::new(width).cell(time(line, view), 13, Role::Dim).put(format!("{glyph} "), role);
    row = row.cell(word, 9, Role::Dim);
    if let Some(target) = &line.target {
        row = row.put(target.as_str(), Role::Title).gap(1);
    }
    row.put(&line.text, Role::Text)
}
