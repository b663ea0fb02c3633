//! The log of a job: steps, groups, lines, the error in sight. Only what is in sight is built.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::joblog::{Kind, Line};
use crate::tui::session::{Phase, Place, Reader};
use crate::tui::theme::Role;
use crate::tui::widgets::Look;

use super::row::{Row, hang};

/// Columns of a line's time.
const TIME: usize = 9;

/// Draws the log into an area, and notes how much room it has there.
pub fn draw(reader: &mut Reader, area: Rect, buf: &mut Buffer, look: &Look<'_>) {
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
    reader.size = (width, usize::from(inner.height).max(1));
    if framed {
        let title = title(reader, width).gap(1);
        title.draw((inner.x, area.y), look.theme, None, buf);
    }
    let rows: Vec<Row> = match &reader.phase {
        Phase::Fetching(bytes, total) => {
            let of = total.map_or_else(String::new, |total| format!(" of {}", size(total)));
            vec![Row::new(width).put(format!("fetching: {}{of}", size(*bytes)), Role::Dim)]
        }
        Phase::Failed(why) => hang(Row::new(width).put("? ", Role::Unknown), why, Role::Unknown, 8),
        Phase::Ready if reader.len == 0 => {
            vec![Row::new(width).put("it is empty", Role::Dim)]
        }
        Phase::Ready => rows(reader, width),
    };
    for (row, y) in rows.into_iter().zip(inner.y..inner.bottom()) {
        row.draw((inner.x, y), look.theme, None, buf);
    }
}

fn title(reader: &Reader, width: usize) -> Row {
    let row = Row::new(width).gap(1).put(format!("Log of {}", reader.name), Role::Title);
    if reader.phase != Phase::Ready {
        return row;
    }
    let errors = match reader.outline.error_count {
        0 => String::new(),
        1 => ", 1 error".to_owned(),
        n => format!(", {n} errors"),
    };
    let more = if reader.cut { ", and more that was not fetched" } else { "" };
    let text = format!(", {} lines, {}{errors}{more}", reader.len, size(reader.bytes));
    let row = row.put(text, Role::Dim);
    match reader.search.text() {
        "" if reader.found.is_empty() => row,
        "" => row.put(format!("  {}", reader.found), Role::Match),
        search => row.put(format!("  /{search}  {}", reader.found), Role::Match),
    }
}

/// As many rows as there is room for, so chosen that the cursor is among them.
fn rows(reader: &mut Reader, width: usize) -> Vec<Row> {
    let height = reader.size.1;
    loop {
        let mut rows = Vec::new();
        let mut sees = false;
        for place in reader.sight() {
            let own = place == reader.cursor;
            let made = at(reader, place, width);
            // of a line longer than the screen its beginning is enough
            let fits = rows.len() + made.len() <= height || rows.is_empty();
            sees |= own && fits;
            rows.extend(made.into_iter().map(|row| row.select(own)));
            if rows.len() >= height {
                break;
            }
        }
        if sees || reader.top >= reader.cursor {
            return rows;
        }
        let Some(below) = reader.below(reader.top) else { return rows };
        reader.top = below;
    }
}

fn at(reader: &Reader, place: Place, width: usize) -> Vec<Row> {
    let mark = if reader.is_folded(place) { "▸ " } else { "▾ " };
    if !place.is_line {
        let Some(step) = reader.step(place.line) else { return Vec::new() };
        let (failed, role) =
            if step.failed { ("  failed", Role::Error) } else { ("", Role::Title) };
        let count = step.lines.end.saturating_sub(step.lines.start);
        let text = format!("{mark}{}. {}", step.step.unwrap_or(0), step.name);
        let row = Row::new(width).put(text, role).put(failed, role);
        return vec![row.put(format!("  {count} lines"), Role::Dim).fit(width)];
    }
    let Some(line) = reader.line(place.line) else {
        return vec![Row::new(width).put("…", Role::Dim)];
    };
    let time = match line.at.filter(|_| width >= 60) {
        Some(at) => at.format("%H:%M:%S").to_string(),
        None => String::new(),
    };
    let head =
        if time.is_empty() { Row::new(width) } else { Row::new(width).cell(time, TIME, Role::Dim) };
    let head = match (line.kind, reader.outline.group_at(place.line)) {
        (Kind::Group, _) => head.put(mark, Role::Dim),
        (_, Some(_)) => head.gap(4),
        _ => head.gap(2),
    };
    let role = role(line.kind);
    let text = whole(line);
    if !reader.wrap {
        return vec![marked(head, &text, reader.search.text(), role)];
    }
    let indent = head.width();
    let mut parts = pieces(&text, width.saturating_sub(indent).max(1)).into_iter();
    let first = marked(head, &parts.next().unwrap_or_default(), reader.search.text(), role);
    let rest =
        parts.map(|part| marked(Row::new(width).gap(indent), &part, reader.search.text(), role));
    std::iter::once(first).chain(rest).collect()
}

fn role(kind: Kind) -> Role {
    match kind {
        Kind::Error => Role::Error,
        Kind::Warning => Role::Attention,
        Kind::Group | Kind::Section => Role::Title,
        Kind::Debug | Kind::EndGroup => Role::Dim,
        Kind::Plain | Kind::Notice | Kind::Command => Role::Text,
    }
}

fn whole(line: &Line) -> String {
    match line.cut {
        Some(bytes) => format!("{} … {} in all", line.text, size(bytes)),
        None => line.text.clone(),
    }
}

/// A text with what is searched for standing out in it.
fn marked(row: Row, text: &str, search: &str, role: Role) -> Row {
    let place = if search.is_empty() || !text.is_ascii() {
        None
    } else {
        text.to_ascii_lowercase().find(&search.to_ascii_lowercase())
    };
    match place {
        Some(from) => {
            let to = from + search.len();
            row.put(&text[..from], role).put(&text[from..to], Role::Match).put(&text[to..], role)
        }
        None if !search.is_empty() && text.to_lowercase().contains(&search.to_lowercase()) => {
            row.put(text, Role::Match)
        }
        None => row.put(text, role),
    }
}

/// A text in pieces of so many columns.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let columns = grapheme.width();
        if used + columns > width && used > 0 {
            out.push(String::new());
            used = 0;
        }
        if let Some(last) = out.last_mut() {
            last.push_str(grapheme);
        }
        used += columns;
    }
    out
}

/// `17 KiB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}
