//! What happened to the selected target, newest first.

use crate::model::{Target, Time};
use crate::store::{LineKind, Store};
use crate::tui::theme::Role;

use super::Body;
use super::row::Row;
use super::words;

/// The lines of one target and those of none; of all without a target.
pub fn body(store: &Store, target: Option<&Target>, now: Time, width: usize) -> Body {
    let title = Row::new(width).put("Timeline", Role::Title).put(", newest first", Role::Dim);
    let lines: Vec<_> = match target {
        Some(target) => store.timeline().of(target).rev().collect(),
        None => store.timeline().iter().rev().collect(),
    };
    let mut rows: Vec<Row> = lines
        .into_iter()
        .map(|line| {
            let (glyph, role) = match line.kind {
                LineKind::Action => ("▸", Role::Progress),
                LineKind::Trouble => ("✗", Role::Error),
                LineKind::Alert => ("▲", Role::Attention),
                LineKind::Health => ("●", Role::Text),
                LineKind::Pipeline => ("◆", Role::Text),
                LineKind::Feed => ("≈", Role::Attention),
                LineKind::Notice => ("!", Role::Attention),
            };
            let at = if line.at.date_naive() == now.date_naive() {
                line.at.format("%H:%M:%SZ").to_string()
            } else {
                line.at.format("%m-%d %H:%MZ").to_string()
            };
            Row::new(width)
                .cell(at, 13, Role::Dim)
                .put(format!("{glyph} "), role)
                .put(&line.text, if line.kind == LineKind::Trouble { role } else { Role::Text })
                .right(ago(line.at, now, width))
        })
        .collect();
    if rows.is_empty() {
        rows.push(Row::new(width).put("nothing happened since flightdeck looks", Role::Dim));
    }
    Body::new(title, rows)
}

/// How long ago; left out where the sentence needs the room.
fn ago(at: Time, now: Time, width: usize) -> Row {
    let row = Row::new(14);
    if width < 70 { row } else { row.put(format!("{} ago", words::span(now - at)), Role::Dim) }
}
