//! What carries the traffic of a target: each server with its side, weight and state.

use crate::tui::panes::Glance;
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;
use crate::tui::widgets::count;

use super::LABEL;

/// A line for each server; where there are few columns without its requests. What a lost engine said of
/// them stands in the past tense.
pub(super) fn rows(look: &Glance<'_>, lost: bool, width: usize) -> Vec<Row> {
    let servers = look.state.reading.iter().flat_map(|reading| &reading.rollout.servers);
    servers
        .enumerate()
        .map(|(i, server)| {
            let role = match server.side.as_str() {
                "candidate" => Role::Candidate,
                "stable" => Role::Stable,
                _ => Role::Attention,
            };
            let (glyph, state) = match (lost, server.eligible) {
                (true, _) => ("?", Role::Unknown),
                (false, true) => ("●", Role::Ok),
                (false, false) => ("✗", Role::Attention),
            };
            let told = if lost { format!("was {}", server.state) } else { server.state.clone() };
            let narrow = width < 60;
            let row = Row::new(width)
                .cell(if i == 0 { "servers" } else { "" }, LABEL, Role::Dim)
                .cell(&server.name, if narrow { 10 } else { 16 }, Role::Text)
                .gap(1)
                .cell(&server.side, if narrow { 10 } else { 11 }, role);
            if narrow {
                let weight =
                    Row::new(width).number(server.weight.to_string(), 3, Role::Text).gap(1);
                return row.join(weight).put(format!("{glyph} {told}"), state);
            }
            let requests = server.requests.map_or("not counted".to_owned(), count);
            row.put("weight ", Role::Dim)
                .number(server.weight.to_string(), 4, Role::Text)
                .gap(3)
                .put(format!("{glyph} "), state)
                .put(format!("{told:<7} "), state)
                .put("requests ", Role::Dim)
                .put(requests, Role::Text)
        })
        .collect()
}
