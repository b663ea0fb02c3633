//! A plan and what answers it. Everything that will be done stands here; the default is no.

use crate::control::{Challenge, Confirmation};
use crate::model::rollout::Ahead;
use crate::model::{HookSpec, Plan, Revision, Time};
use crate::store::Store;
use crate::tui::errands;
use crate::tui::keymap::Keymap;
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, hang, wrap};
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::{number, percent};

use super::answering::confirm_key;
use super::{Answering, Sheet, entries, entry, headline};

/// The question.
pub fn sheet(
    store: &Store,
    confirmation: &Confirmation,
    moved: Option<&str>,
    answering: &Answering,
    keymap: &Keymap,
    now: Time,
    width: usize,
) -> Sheet {
    let plan = &confirmation.plan;
    let what = title(plan.verb, plan.full, plan.name.as_deref());
    let mut rows = vec![headline(store, &plan.target, width)];
    if let Some(moved) = moved {
        rows.extend(wrap(&format!("▲ asked anew: {moved}"), Role::Attention, width, 3));
    }
    rows.extend(change(store, plan, width));
    rows.push(Row::new(width));
    let ahead = &*errands::in_the_way(store, plan);
    rows.extend(preflight(store, plan, ahead, now, width));
    rows.extend(details(plan, ahead, now, width));
    let (foot, keys) = question(confirmation, answering, keymap, width);
    Sheet { title: format!("{what}?"), rows, foot, keys, role: Role::Attention, cursor: None }
}

/// What is to be typed, and the keys.
fn question(
    confirmation: &Confirmation,
    answering: &Answering,
    keymap: &Keymap,
    width: usize,
) -> (Vec<Row>, String) {
    let plan = &confirmation.plan;
    let mut foot = vec![Row::new(width)];
    let mut keys = match confirmation.challenge {
        challenge if answering.on_reason => {
            foot.push(entry("reason", format!("{}▏", answering.reason.text()), Role::Key, width));
            let back = if challenge == Challenge::Name { "   Tab back to the name" } else { "" };
            return (foot, format!("Esc cancel   Enter put it into the plan{back}"));
        }
        Challenge::Name => {
            let ask = format!("type {} and press Enter to do it", plan.target);
            foot.extend(wrap(&ask, Role::Title, width, 3));
            foot.push(entry("name", format!("{}▏", answering.name.text()), Role::Key, width));
            "Esc cancel   Enter after the name   Tab add a reason".to_owned()
        }
        Challenge::Key => {
            let key = confirm_key(keymap);
            let what = title(plan.verb, plan.full, plan.name.as_deref());
            format!("Esc cancel   {key} {what}   r add a reason   Y copy command")
        }
    };
    if plan.before.is_some() || plan.after.is_some() {
        keys.push_str("   ctrl-s skip hooks");
    }
    let hints = answering.hint.iter().flat_map(|hint| match width {
        // where nothing can be read, one line is all there is
        ..24 => vec![Row::new(width).put(hint, Role::Attention)],
        _ => wrap(hint, Role::Attention, width, 3),
    });
    foot.extend(hints);
    (foot, keys)
}

/// What stands in the way of the run that would be started, and the key that ends it.
fn preflight(store: &Store, plan: &Plan, ahead: &[Ahead], now: Time, width: usize) -> Vec<Row> {
    let Some(first) = ahead.first() else { return Vec::new() };
    let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
    let told = if first.told { "as GitHub tells" } else { "inferred from files and runs" };
    let head = if first.group.is_empty() {
        "in the way:".to_owned()
    } else {
        format!("in the queue {}, {told}:", first.group)
    };
    let mut rows = wrap(&head, Role::Attention, width, 2);
    for ahead in ahead {
        let run = repo.and_then(|repo| repo.run(ahead.run));
        let over = run.filter(|run| !run.is_active());
        let text = if let Some(over) = over {
            let how = over.conclusion.as_ref().map_or("over", |ended| ended.word());
            format!("run {} ({}) is over: {how}", ahead.run, ahead.name)
        } else {
            let status = run.map_or(ahead.status.as_str(), |run| run.status.word());
            let fate = ahead.fate.words();
            format!("run {} ({}) is {status}: {fate}", ahead.run, ahead.name)
        };
        let (sign, role) =
            if over.is_some() { ("  ✓ ", Role::Dim) } else { ("  ▲ ", Role::Text) };
        rows.extend(hang(Row::new(width).put(sign, Role::Attention), &text, role, 4));
    }
    if let Some((request, refused)) = errands::clearing(store, plan, now) {
        let row = Row::new(width).gap(4);
        let what =
            request.subject.as_ref().map_or(String::new(), |of| format!("{} {of}", request.what()));
        rows.push(match refused {
            None => row
                .put("ctrl-x", Role::Key)
                .put(format!(" {what}"), Role::Title)
                .put(": asked by itself, then back here", Role::Dim),
            Some(refusal) => row.put(format!("ctrl-x {what} (no: {refusal})"), Role::KeyDisabled),
        });
    }
    rows.push(Row::new(width));
    rows
}

/// `1.4.1 → 1.4.2     10 → 50 %`, or what of its workflows it is about.
pub(super) fn change(store: &Store, plan: &Plan, width: usize) -> Vec<Row> {
    if let Some(subject) = plan.subject.as_ref().filter(|_| plan.verb.is_of_runs()) {
        let mut rows = wrap(&subject.to_string(), Role::Title, width, 3);
        let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
        let run = subject.run().and_then(|run| repo?.run(run));
        rows.extend(run.map(|run| {
            let text = format!("{} #{}: {}", run.name, run.number, run.title);
            Row::new(width).put(text, Role::Dim)
        }));
        return rows;
    }
    vec![weights(plan, width)]
}

fn weights(plan: &Plan, width: usize) -> Row {
    let name = |r: &Option<Revision>| r.as_ref().map_or("unknown".to_owned(), ToString::to_string);
    let mut row = Row::new(width);
    row = if plan.from == plan.to {
        row.put(name(&plan.candidate), Role::Candidate)
    } else {
        row.put(name(&plan.from), Role::Stable)
            .put(" → ", Role::Dim)
            .put(name(&plan.to), Role::Candidate)
    };
    match (plan.from_weight, plan.to_weight) {
        (Some(from), Some(to)) if percent(from) == percent(to) => {
            row.gap(4).put("weight ", Role::Dim).put(format!("stays {}", percent(to)), Role::Title)
        }
        (Some(from), Some(to)) => row
            .gap(4)
            .put("weight ", Role::Dim)
            .put(format!("{} → {}", number(from), percent(to)), Role::Title),
        (None, Some(to)) => row
            .gap(4)
            .put("weight ", Role::Dim)
            .put(format!("unknown → {}", percent(to)), Role::Title),
        _ => row.gap(4).put("no weight changes", Role::Dim),
    }
}

fn details(plan: &Plan, ahead: &[Ahead], now: Time, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for overridden in &plan.overrides {
        let text = format!("{}: {}", overridden.gate, overridden.reason);
        rows.push(entry("OVERRIDES", text, Role::Critical, width));
    }
    rows.extend(plan.before.as_ref().map(|hook| entry("first run", run(hook), Role::Text, width)));
    if plan.calls.is_empty() {
        rows.push(entry("calls", "none: it is journaled, nothing is sent", Role::Dim, width));
    }
    for (i, call) in plan.calls.iter().enumerate() {
        let label = if i == 0 { "calls" } else { "" };
        rows.extend(entries(label, &call.to_string(), Role::Text, width));
    }
    rows.extend(plan.after.as_ref().map(|hook| entry("then run", run(hook), Role::Text, width)));
    // what stands in the way stands above already
    let told = |note: &&String| {
        ahead.iter().any(|one| note.starts_with(&format!("queue {}: run {} (", one.group, one.run)))
    };
    for (i, note) in plan.notes.iter().filter(|note| !told(note)).enumerate() {
        rows.extend(entries(if i == 0 { "note" } else { "" }, note, Role::Text, width));
    }
    if let Some(reason) = &plan.reason {
        rows.push(entry("reason", reason, Role::Text, width));
    }
    rows.push(match plan.read_at {
        Some(at) => {
            let ago = words::span(now - at);
            let text = if plan.verb.is_of_runs() {
                format!("GitHub known {ago} ago; asked again before anything is sent")
            } else {
                format!("engine read {ago} ago; read again before anything is sent")
            };
            entry("as of", text, Role::Dim, width)
        }
        None => entry("as of", "the engine was not read yet", Role::Unknown, width),
    });
    let blind = plan.calls.iter().all(|call| call.expect.is_empty() && call.follow.is_none());
    let follow = if blind {
        "it is run once; nothing is read back of it".to_owned()
    } else {
        format!(
            "each call is sent once, then followed for {} until it is seen",
            words::span_s(plan.verify_ms as f64 / 1000.0)
        )
    };
    if !plan.calls.is_empty() {
        rows.push(entry("then", follow, Role::Dim, width));
    }
    if let Some(within) = plan.within_ms {
        let text = format!("should be done within {}", words::span_s(within as f64 / 1000.0));
        rows.push(entry("countdown", text, Role::Dim, width));
    }
    rows
}

fn run(hook: &HookSpec) -> String {
    let required = if hook.required { ", stops it on failure" } else { "" };
    format!("{} (at most {} s{required})", hook.argv.join(" "), hook.timeout.as_secs())
}
