//! What stands in the way of the run that a plan would start, queue by queue, and the key that ends it.

use crate::control::{by_queue, in_the_way};
use crate::model::{Plan, Time};
use crate::store::Store;
use crate::tui::errands;
use crate::tui::panes::row::{Row, hang, wrap};
use crate::tui::theme::Role;

/// Each run under its queue, by what is known of it now.
pub(super) fn rows(store: &Store, plan: &Plan, now: Time, width: usize) -> Vec<Row> {
    let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
    let mut rows = Vec::new();
    for queue in by_queue(&errands::in_the_way(store, plan)) {
        rows.extend(wrap(&queue.head(), Role::Attention, width, 2));
        for ahead in queue.runs {
            let run = repo.and_then(|repo| repo.run(ahead.run));
            let (sign, text, role) = if let Some(over) = run.filter(|run| !run.is_active()) {
                let how = over.conclusion.as_ref().map_or("over", |ended| ended.word());
                let text = format!("run {} ({}) is over: {how}", ahead.run, ahead.name);
                ("  ✓ ", text, Role::Dim)
            } else {
                let status = run.map_or(ahead.status.as_str(), |run| run.status.word());
                ("  ▲ ", in_the_way(ahead, status), Role::Text)
            };
            rows.extend(hang(Row::new(width).put(sign, Role::Attention), &text, role, 4));
        }
    }
    rows.extend(clearing(store, plan, now, width));
    rows
}

/// The key that ends the first of them, or why it does not.
fn clearing(store: &Store, plan: &Plan, now: Time, width: usize) -> Option<Row> {
    let (request, refused) = errands::clearing(store, plan, now)?;
    let of = request.subject.as_ref().map_or(String::new(), |of| format!(" {of}"));
    let what = format!("{}{of}", request.what());
    let row = Row::new(width).gap(4);
    Some(match refused {
        None => row
            .put("ctrl-x", Role::Key)
            .put(format!(" {what}"), Role::Title)
            .put(": asked by itself, then back here", Role::Dim),
        Some(refusal) => row.put(format!("ctrl-x {what} (no: {refusal})"), Role::KeyDisabled),
    })
}
