//! What happened to the selected target, newest first.

use crate::model::{Target, Time};
use crate::store::{Line, LineKind, Store};
use crate::tui::theme::Role;

use super::row::Row;
use super::{Body, Sight, words};

/// The lines of one target, of its feeds and of nothing in particular, newest first; all without a target.
pub fn lines<'a>(store: &'a Store, target: Option<&Target>) -> Vec<&'a Line> {
    let spec = target.and_then(|target| store.target(target)).map(|state| &state.spec);
    match spec {
        Some(spec) => store.timeline().of(spec).rev().collect(),
        None => store.timeline().iter().rev().collect(),
    }
}

/// What happened; only lines that may be in sight are built.
pub fn body(
    store: &Store,
    target: Option<&Target>,
    cursor: Option<usize>,
    now: Time,
    width: usize,
    sight: Sight,
) -> Body {
    let title = Row::new(width).put("Timeline", Role::Title).put(", newest first", Role::Dim);
    let lines = lines(store, target);
    if lines.is_empty() {
        // nothing was heard from which something could have happened
        let deaf = target.is_some() && store.feeds().next().is_none();
        let text = if deaf { "? no answer yet" } else { "nothing happened yet" };
        return Body::new(title, vec![Row::new(width).put(text, Role::Dim)]);
    }
    let range = sight.range(cursor, lines.len());
    let place = range.clone();
    let rows = place.zip(&lines[range.clone()]);
    let rows = rows.map(|(i, line)| row(line, now, width).select(cursor == Some(i))).collect();
    Body { above: range.start, total: lines.len(), cursor, ..Body::new(title, rows) }
}

fn row(line: &Line, now: Time, width: usize) -> Row {
    let (glyph, _, role) = words::line_kind(line.kind);
    let today = line.at.date_naive() == now.date_naive();
    let at = line.at.format(if today { "%H:%M:%SZ" } else { "%m-%d %H:%MZ" }).to_string();
    let column = if today && width < 50 { 10 } else { 13 };
    Row::new(width)
        .cell(at, column, Role::Dim)
        .put(format!("{glyph} "), role)
        .put(&line.text, if line.kind == LineKind::Trouble { role } else { Role::Text })
        .right(ago(line.at, now, width))
}

/// How long ago; left out where the sentence needs the room.
fn ago(at: Time, now: Time, width: usize) -> Row {
    let row = Row::new(14);
    if width < 70 { row } else { row.put(format!("{} ago", words::span(now - at)), Role::Dim) }
}
