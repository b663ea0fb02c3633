//! The evidence beside a question: whether the target may go on, and what every gate says to what would be
//! deployed there. Must not know whether that refuses the question.

use crate::control::{GateState, Go, Request, deploys};
use crate::tui::dialogs::NARROW;
use crate::tui::panes::rollout::answers;
use crate::tui::panes::row::{Row, flow, hang};
use crate::tui::panes::{View, words};
use crate::tui::theme::Role;

/// Lines that what a gate says may take.
const LINES: usize = 3;

/// Go or no go, and why not; nothing where nothing is deployed.
pub(super) fn rows(view: &View<'_>, request: &Request, width: usize) -> Vec<Row> {
    let look = view.looks.iter().find(|look| *look.target() == request.target);
    let Some(look) = look.filter(|_| deploys(view.store, request)) else { return Vec::new() };
    let column = if width < NARROW { 5 } else { 11 };
    let room = width.saturating_sub(column);
    let (pass, not): (Vec<_>, Vec<_>) =
        answers(look).into_iter().partition(|gate| gate.state == GateState::Pass);
    let label = words::go(look.seen);
    let mut rows = Vec::new();
    if look.seen.go() == Go::Nothing {
        rows.push(Row::new(room).put(words::NOTHING, Role::Dim));
    }
    for gate in &not {
        let (glyph, role) = words::gate(gate.state);
        let head = Row::new(room).put(format!("{glyph} {}: ", gate.name), role);
        rows.extend(hang(head, &gate.reason, Role::Text, LINES));
    }
    let (glyph, role) = words::gate(GateState::Pass);
    let pass = pass.iter().map(|gate| Row::new(room).put(format!("{glyph} {}", gate.name), role));
    rows.extend(flow(pass.collect(), "  ", 0, room));
    if rows.is_empty() {
        rows.push(Row::new(room).put("no gates: no engine is configured", Role::Dim));
    }
    let labels = std::iter::once(label).chain(std::iter::repeat(("", Role::Dim)));
    let labelled = rows.into_iter().zip(labels);
    labelled.map(|(row, (text, role))| Row::new(width).cell(text, column, role).join(row)).collect()
}
