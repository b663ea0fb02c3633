//! The go line: what refuses a promotion, and every gate's answer. Decides nothing.

use crate::control::{Gate, GateState, Go};
use crate::tui::panes::row::{Row, flow, hang, wrap};
use crate::tui::panes::{Glance, words};
use crate::tui::theme::Role;

use super::LABEL;

/// Every gate: a glyph, its name, and a word when it does not simply pass; and the line of the one under
/// the cursor.
pub(super) fn rows(
    look: &Glance<'_>,
    gates: &[&Gate],
    once: impl Fn(&Gate) -> bool,
    cursor: Option<usize>,
    width: usize,
) -> (Vec<Row>, Option<usize>) {
    let label = words::go(look.seen);
    let room = width.saturating_sub(LABEL);
    let mut line = None;
    let (mut lines, mut pieces) = barriers(look, room);
    for (i, gate) in gates.iter().enumerate() {
        let here = cursor == Some(i);
        let own = if once(gate) {
            let text = format!("? {} not heard any more", gate.name);
            vec![Row::new(room).put(text, Role::Unknown)]
        } else {
            piece(gate, room)
        };
        let own = own.into_iter().map(|row| if here { row.all(Role::Selection) } else { row });
        let told = gate.state != GateState::Pass && gate.left_s.is_none();
        if told {
            line = line.or(here.then_some(lines.len()));
            lines.extend(own);
        } else {
            pieces.extend(own);
            if here {
                line = Some(lines.len() + flow(pieces.clone(), "  ", 0, room).len() - 1);
            }
        }
    }
    lines.extend(flow(pieces, "  ", 0, room));
    let rows = lines.into_iter().enumerate().map(|(i, line)| {
        let head = Row::new(width);
        let head = if i == 0 { head.cell(label.0, LABEL, label.1) } else { head.gap(LABEL) };
        head.join(line)
    });
    (rows.collect(), line)
}

/// What refuses a promotion besides its gates: in lines where nothing else of the pane says why, else by
/// name alone.
fn barriers(look: &Glance<'_>, room: usize) -> (Vec<Row>, Vec<Row>) {
    if look.seen.go() == Go::Nothing {
        return (Vec::new(), vec![Row::new(room).put(words::NOTHING, Role::Dim)]);
    }
    let (mut lines, mut pieces) = (Vec::new(), Vec::new());
    for gate in look.seen.barriers() {
        if matches!(gate.name.as_str(), "pause" | "open action" | "in flight") {
            pieces.push(Row::new(room).put(format!("✗ {}", gate.name), Role::Critical));
        } else {
            lines.extend(piece(&gate, room));
        }
    }
    pieces.dedup();
    (lines, pieces)
}

/// A gate on one line, or on more when what it says is long.
fn piece(gate: &Gate, room: usize) -> Vec<Row> {
    let (glyph, role) = words::gate(gate.state);
    let row = Row::new(room).put(format!("{glyph} {}", gate.name), role);
    match (gate.state, gate.left_s) {
        (GateState::Pass, _) => vec![row],
        (_, Some(left)) => {
            // done and left add up
            let left = words::clock(chrono::TimeDelta::seconds(left.ceil() as i64));
            vec![row.put(format!(" {left} left"), role)]
        }
        _ => {
            let row = row.put(": ", role);
            if room < 60 {
                return hang(row, &gate.reason, Role::Text, 2);
            }
            let mut lines = wrap(&gate.reason, Role::Text, row.room(), 3).into_iter();
            let indent = row.width().min(room / 3);
            let first = row.join(lines.next().unwrap_or_else(|| Row::new(0)));
            std::iter::once(first)
                .chain(lines.map(|l| Row::new(room).gap(indent).join(l)))
                .collect()
        }
    }
}
