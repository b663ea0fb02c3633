//! The question before leaving while an action is in flight, or a rollback is announced that nobody would do.

use crate::control::is_announced;
use crate::model::Time;
use crate::store::Store;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::Sheet;

/// What would go on unwatched.
pub fn sheet(store: &Store, now: Time, width: usize) -> Sheet {
    let mut rows: Vec<Row> = store
        .targets()
        .flat_map(|state| state.ledger.in_flight().map(move |entry| (state, entry)))
        .map(|(state, entry)| {
            let text = format!(
                "◐ {} of {} by {}, {}",
                entry.plan.what(),
                state.spec.target,
                entry.operator,
                words::span(now - entry.at)
            );
            Row::new(width).put(text, Role::Progress)
        })
        .collect();
    let flies = !rows.is_empty();
    for state in store.targets().filter(|state| is_announced(state)) {
        let target = &state.spec.target;
        let text =
            format!("! the automatic rollback of {target}: without this cockpit nobody does it");
        rows.push(Row::new(width).put(text, Role::Critical));
    }
    let announced = rows.iter().len() > 0;
    if rows.is_empty() {
        rows.push(Row::new(width).put("nothing is in flight any more", Role::Text));
    }
    if flies {
        rows.push(Row::new(width));
        let text = "leaving now leaves its outcome to be found by the next start";
        rows.push(Row::new(width).put(text, Role::Text));
    }
    let what =
        if flies || !announced { "an action is in flight" } else { "a rollback is announced" };
    Sheet {
        title: format!("leave while {what}?"),
        rows,
        foot: Vec::new(),
        keys: "Esc stay   y leave".to_owned(),
        role: Role::Attention,
        cursor: None,
    }
}
