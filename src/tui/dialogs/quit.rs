//! The question before leaving while an action is in flight, or a rollback is announced that nobody would do.

use chrono::TimeDelta;

use crate::control::is_announced;
use crate::model::Time;
use crate::store::{Store, TargetState};
use crate::tui::details::outcome_sign;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::Sheet;

/// What would go on unwatched.
pub fn sheet(store: &Store, since: Time, now: Time, width: usize) -> Sheet {
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
    let announced = rows.len();
    for state in store.targets().filter(|state| state.ledger.is_held_here_alone()) {
        let target = &state.spec.target;
        let text = format!(
            "! the hold of {target} is in no journal: it ends with this cockpit; `flightdeck hold {target} --reason …`"
        );
        rows.extend(wrap(&text, Role::Critical, width, 3));
    }
    let (open, unheld) = (announced > 0, rows.len() > announced);
    rows.extend(store.targets().flat_map(|state| ended(state, since, width)));
    if rows.is_empty() {
        rows.push(Row::new(width).put("nothing is in flight any more", Role::Text));
    }
    if flies {
        rows.push(Row::new(width));
        let text = "leaving now leaves its outcome to be found by the next start";
        rows.push(Row::new(width).put(text, Role::Text));
    }
    let title = match (flies, open) {
        (true, _) => "leave while an action is in flight?",
        (_, true) => "leave while a rollback is announced?",
        _ if unheld => "leave a hold behind that is not written?",
        _ => "leave?",
    };
    Sheet {
        title: title.to_owned(),
        rows,
        foot: Vec::new(),
        keys: "Esc stay   y leave".to_owned(),
        role: Role::Attention,
        cursor: None,
    }
}

/// What came of it since the question was asked.
fn ended(state: &TargetState, since: Time, width: usize) -> Vec<Row> {
    let target = &state.spec.target;
    let mut rows = Vec::new();
    for entry in &state.ledger.entries {
        let Some(report) = &entry.report else { continue };
        let took = i64::try_from(report.took_ms).unwrap_or(i64::MAX / 2);
        if entry.at + TimeDelta::milliseconds(took.min(86_400_000)) < since {
            continue;
        }
        let (sign, role) = outcome_sign(report);
        let (what, outcome) = (entry.plan.what(), report.outcome.word());
        let text = format!("{sign} it is over: {what} of {target}: {outcome}{}", report.after());
        rows.push(Row::new(width).put(text, role));
    }
    let answered = state.ledger.alarm.as_ref().and_then(|alarm| alarm.answered.as_ref());
    if let Some(answered) = answered.filter(|answered| answered.at >= since) {
        let text = if answered.passed {
            format!("· the alarm of {target} is over: {}", answered.why)
        } else {
            format!("· the rollback of {target} is held by {}: {}", answered.by, answered.why)
        };
        rows.push(Row::new(width).put(text, Role::Text));
    }
    rows
}
