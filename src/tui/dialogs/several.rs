//! Several questions on one sheet: each with its calls and the evidence beside it, and what became of each.

use crate::control::{Challenge, Dialog, Request, Several, WAVE};
use crate::model::{Outcome, Plan, Refusal, Report, Target, Time, Verb};
use crate::tui::details::{outcome_sign, stages};
use crate::tui::keymap::Keymap;
use crate::tui::panes::footer::label;
use crate::tui::panes::inbox::gates;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::{View, words};
use crate::tui::theme::Role;

use super::answering::confirm_key;
use super::confirm::{change, consequences};
use super::{Answering, ENTRY_LINES, Sheet, entries, entry, headline};

/// The sheet.
pub fn sheet(
    view: &View<'_>,
    several: &Several,
    here: Option<&Target>,
    answering: &Answering,
    keymap: &Keymap,
    width: usize,
) -> Sheet {
    let confirmed = several.confirmed();
    let count = several.dialogs().count();
    let mut rows = Vec::new();
    let mut before = None;
    for (i, (dialog, wave)) in several.dialogs().zip(several.waves()).enumerate() {
        if i > 0 {
            rows.push(Row::new(width));
        }
        if several.in_turn() && wave.is_some() && wave != before {
            let text = wave.map_or(String::new(), |wave| format!("wave {wave}"));
            rows.push(Row::new(width).put(text, Role::Title));
        }
        before = wave;
        rows.extend(one(view, dialog, (confirmed.is_some(), several.in_turn()), width));
    }
    let verb = verb(several);
    let ready = several.ready();
    let mut foot = vec![Row::new(width)];
    let word = several.word().filter(|_| confirmed.is_none());
    if several.in_turn() && confirmed.is_none() && ready > 1 {
        let text = "each begins when the one before it is seen; what comes after one that is not seen is not begun";
        foot.extend(wrap(text, Role::Dim, width, 2));
    }
    if let Some(word) = word.filter(|_| !answering.on_reason) {
        let what = if several.in_turn() { "promote" } else { "roll back" };
        let ask = format!("type {word} and press Enter to {what} {ready} of {count}");
        foot.extend(wrap(&ask, Role::Title, width, 3));
        foot.push(entry("name", format!("{}▏", answering.name.text()), Role::Key, width));
    }
    let unexplained = several.unexplained();
    if answering.on_reason && unexplained > 0 {
        let text =
            format!("why? {unexplained} of {count} need a reason; one serves all (journaled)");
        foot.extend(wrap(&text, Role::Text, width, 2));
    }
    if answering.on_reason {
        foot.push(entry("reason", format!("{}▏", answering.reason.text()), Role::Key, width));
    }
    let hints = answering.hint.iter().flat_map(|hint| wrap(hint, Role::Attention, width, 2));
    foot.extend(hints);
    let keys = match confirmed {
        None if answering.on_reason => "Esc cancel   Enter put it into the plans".to_owned(),
        None if word.is_some() => "Esc cancel   Enter after the name   Tab add a reason".to_owned(),
        None if ready == 0 && unexplained > 0 => "Esc cancel   r give a reason".to_owned(),
        None if ready == 0 => "Esc close: nothing can be sent".to_owned(),
        None => {
            let key = confirm_key(keymap);
            format!("Esc cancel   {key} {verb} {ready} of {count}   r add a reason")
        }
        Some(_) if ready > 0 => format!("Esc close: {ready} not begun are not done"),
        Some(_) if several.under_way() > 0 => "Esc close: it goes on".to_owned(),
        Some(_) => "Esc close".to_owned(),
    };
    let (title, role) = match confirmed {
        None if several.in_turn() && count > 1 => {
            let without = without(several, here);
            (format!("{verb} {count}, one after the other?{without}"), Role::Attention)
        }
        None => (format!("{verb} {count} at once?{}", without(several, here)), Role::Attention),
        Some(_) if several.under_way() > 0 => (format!("{verb}: under way"), Role::Progress),
        Some(_) => (format!("{verb}: what became of each"), Role::BorderFocus),
    };
    Sheet { title, rows, foot, keys, role, cursor: None }
}

/// Says that it is not about the selected target, where that is another one.
fn without(several: &Several, here: Option<&Target>) -> String {
    let moves = |request: &Request| matches!(request.verb, Verb::Promote | Verb::Rollback);
    let others = |here: &&Target| several.requests().all(|it| moves(it) && it.target != **here);
    here.filter(others).map_or(String::new(), |here| format!(" (marked; not {here})"))
}

fn verb(several: &Several) -> &'static str {
    let asked = several.dialogs().find_map(|dialog| match dialog {
        Dialog::Refused { request, .. } => Some(request.verb),
        Dialog::Confirm { confirmation, .. } | Dialog::Rereading { confirmation, .. } => {
            Some(confirmation.plan.verb)
        }
        Dialog::Following { plan, .. } => Some(plan.verb),
        Dialog::Several(_) => None,
    });
    asked.map_or("do", |verb| label(verb, false))
}

/// One question, or what became of it.
fn one(
    view: &View<'_>,
    dialog: &Dialog,
    (confirmed, in_turn): (bool, bool),
    width: usize,
) -> Vec<Row> {
    match dialog {
        Dialog::Refused { request, refusals, .. } => {
            let about = request.subject.as_ref().map(ToString::to_string);
            let mut rows = vec![head(view, &request.target, about.as_deref(), width)];
            let not_begun = refusals.iter().any(|refusal| refusal.gate == WAVE);
            let text = match (not_begun, confirmed) {
                (true, _) => "✗ not begun",
                (_, true) => "✗ refused, not sent",
                (_, false) if in_turn => "✗ refused, stops here",
                (_, false) => "✗ refused, left out",
            };
            rows.push(Row::new(width).gap(2).put(text, Role::Critical));
            rows.extend(refusals.iter().flat_map(|refusal| why(refusal, width)));
            rows
        }
        Dialog::Confirm { confirmation, moved } => {
            let mut rows = plan(view, &confirmation.plan, width);
            let moves = matches!(confirmation.request.verb, Verb::Promote | Verb::Rollback);
            if let Some(moved) = moved {
                let text = format!("▲ not sent: {moved}");
                rows.extend(wrap(&text, Role::Attention, width, 2));
            } else if confirmation.challenge == Challenge::Name && !moves {
                let text = "▲ left out: it wants its name typed, ask for it alone";
                rows.push(Row::new(width).gap(2).put(text, Role::Attention));
            } else if confirmed {
                rows.push(Row::new(width).gap(2).put("○ waits for its turn", Role::Dim));
            }
            rows
        }
        Dialog::Rereading { confirmation, since } => {
            let plan = &confirmation.plan;
            let for_ = words::span(view.now - *since);
            let text = format!("◐ reading it once more, {for_}");
            vec![
                head(view, &plan.target, about(plan).as_deref(), width),
                Row::new(width).gap(2).put(text, Role::Progress),
            ]
        }
        Dialog::Following { plan, since, ended } => {
            let mut rows = vec![head(view, &plan.target, about(plan).as_deref(), width)];
            rows.extend(followed(view, plan, *since, ended.as_deref(), width));
            rows
        }
        Dialog::Several(_) => Vec::new(),
    }
}

fn about(plan: &Plan) -> Option<String> {
    plan.subject.as_ref().map(ToString::to_string)
}

fn head(view: &View<'_>, target: &Target, about: Option<&str>, width: usize) -> Row {
    let row = headline(view.store, target, width);
    match about {
        Some(about) => row.gap(2).put(about, Role::Text),
        None => row,
    }
}

fn why(refusal: &Refusal, width: usize) -> Vec<Row> {
    let lines = wrap(&refusal.to_string(), Role::Text, width.saturating_sub(4), ENTRY_LINES);
    lines.into_iter().map(|line| Row::new(width).gap(4).join(line)).collect()
}

/// What would be sent, and the evidence beside it.
fn plan(view: &View<'_>, plan: &Plan, width: usize) -> Vec<Row> {
    let mut rows = vec![head(view, &plan.target, about(plan).as_deref(), width)];
    let look = view.looks.iter().find(|look| *look.target() == plan.target);
    let rollback = plan.verb == Verb::Rollback;
    // gates do not bind a rollback; where it goes, and what that loses, does matter
    if matches!(plan.verb, Verb::Promote | Verb::Rollback) {
        rows.extend(change(view.store, plan, width));
        rows.extend(consequences(plan, width));
    }
    let look = look.filter(|_| !rollback);
    rows.extend(look.map(|look| gates(look, width)).unwrap_or_default());
    for (i, call) in plan.calls.iter().enumerate() {
        rows.extend(entries(
            if i == 0 { "calls" } else { "" },
            &call.to_string(),
            Role::Text,
            width,
        ));
    }
    rows
}

fn followed(
    view: &View<'_>,
    plan: &Plan,
    since: Time,
    ended: Option<&Report>,
    width: usize,
) -> Vec<Row> {
    let known = view.store.target(&plan.target).map(|state| &state.ledger.entries);
    let found = known.and_then(|all| all.iter().rev().find(|e| e.plan.action == plan.action));
    let report = found.and_then(|entry| entry.report.as_ref()).or(ended);
    let Some(report) = report else {
        let progress = found.and_then(|entry| entry.progress.as_deref());
        let text = format!(
            "◐ {}, {}",
            progress.unwrap_or("writing it into the journal"),
            words::span(view.now - since)
        );
        return vec![Row::new(width).gap(2).put(text, Role::Progress)];
    };
    let (sign, role) = outcome_sign(report);
    let text = format!("{sign} {}{}", report.outcome.word(), report.after());
    let mut rows = vec![Row::new(width).gap(2).put(text, role)];
    rows.extend(report.steps.iter().map(|step| stages(step, width)));
    let errors = report.steps.iter().filter_map(|step| step.error.as_ref());
    rows.extend(errors.flat_map(|error| {
        let lines = wrap(error, Role::Error, width.saturating_sub(2), 3).into_iter();
        lines.map(|line| Row::new(width).gap(2).join(line)).collect::<Vec<_>>()
    }));
    if report.outcome == Outcome::Refused {
        rows.extend(report.refusals.iter().flat_map(|refusal| why(refusal, width)));
    }
    rows
}
