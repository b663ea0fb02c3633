//! Where a rollback can go instead: each place with why it is thought to be good and what is lost.

use crate::model::{Plan, Time};
use crate::store::Store;
use crate::tui::errands;
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

/// A line for each place, and the key that goes to the next; nothing where there is no choice.
pub(super) fn rows(store: &Store, plan: &Plan, now: Time, width: usize) -> Vec<Row> {
    let Some((all, here)) = errands::destinations(store, plan) else { return Vec::new() };
    let mut rows: Vec<Row> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let role = if at == here { Role::Title } else { Role::Dim };
        let sign = if at == here { "goes to ▸ " } else { "          " };
        let mut text = one.why(now);
        if one.is_bad {
            text.insert_str(0, "▲ rolled back from before; ");
        }
        text.push_str(&format!("; {}", one.loss()));
        let row = Row::new(width).put(sign, Role::Dim).put(one.revision.as_str(), role);
        rows.push(row.put("  ", Role::Dim).put(text, role).fit(width));
    }
    rows.push(Row::new(width).gap(10).put("ctrl-t", Role::Key).put(" another", Role::Dim));
    rows
}
