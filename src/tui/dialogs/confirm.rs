//! A plan and what answers it. Everything that will be done stands here; the default is no. What and where
//! to comes first, then the evidence, what follows from it, and last exactly what is sent.

mod destinations;
mod evidence;
mod preflight;

use crate::control::{Challenge, Confirmation, Written};
use crate::model::{HookSpec, Plan, Revision, Time, Verb};
use crate::store::Store;
use crate::tui::keymap::Keymap;
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::{View, words};
use crate::tui::theme::Role;
use crate::tui::widgets::{number, percent};

use super::answering::confirm_key;
use super::{Answering, NARROW, Sheet, entries, entry, headline};

/// The question.
pub fn sheet(
    view: &View<'_>,
    confirmation: &Confirmation,
    moved: Option<&str>,
    answering: &Answering,
    keymap: &Keymap,
    width: usize,
) -> Sheet {
    let (store, now) = (view.store, view.now);
    let plan = &confirmation.plan;
    let what = title(plan.verb, plan.full, plan.name.as_deref());
    let mut rows = vec![headline(store, &plan.target, width)];
    if let Some(moved) = moved {
        rows.extend(wrap(&format!("▲ asked anew: {moved}"), Role::Attention, width, 3));
    }
    rows.extend(change(store, plan, width));
    // what it is and what follows come before how it is asked for: where little can be seen, that is cut
    let parts = [
        evidence(view, confirmation, width),
        preflight::rows(store, plan, now, width),
        destinations::rows(store, plan, now, width),
        consequences(plan, width),
        calls(plan, now, width),
    ];
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        rows.extend((width >= NARROW).then(|| Row::new(width)));
        rows.extend(part);
    }
    let (foot, keys) = question(confirmation, answering, keymap, width);
    Sheet { title: format!("{what}?"), rows, foot, keys, role: Role::Attention, cursor: None }
}

/// What every gate says, and what of it is overridden.
fn evidence(view: &View<'_>, confirmation: &Confirmation, width: usize) -> Vec<Row> {
    let overridden = confirmation.plan.overrides.iter().flat_map(|overridden| {
        let text = format!("{}: {}", overridden.gate, overridden.reason);
        entries("OVERRIDES", &text, Role::Critical, width)
    });
    let mut rows: Vec<Row> = overridden.collect();
    rows.extend(evidence::rows(view, &confirmation.request, width));
    rows
}

/// What is to be typed, and the keys.
fn question(
    confirmation: &Confirmation,
    answering: &Answering,
    keymap: &Keymap,
    width: usize,
) -> (Vec<Row>, String) {
    let plan = &confirmation.plan;
    let mut foot: Vec<Row> = (width >= NARROW).then(|| Row::new(width)).into_iter().collect();
    let mut keys = match confirmation.challenge {
        challenge if answering.on_reason => {
            if !answering.name.text().is_empty() {
                foot.push(entry("name", answering.name.text(), Role::Dim, width));
            }
            foot.push(entry("reason", format!("{}▏", answering.reason.text()), Role::Key, width));
            let back = if challenge == Challenge::Name { "   Tab back to the name" } else { "" };
            return (foot, format!("Esc cancel   Enter put it into the plan{back}"));
        }
        Challenge::Name => {
            let ask = format!("type {} and press Enter to do it", confirmation.typed());
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

/// `1.4.1 → 1.4.2     10 → 50 %`, or what of its workflows it is about.
pub(super) fn change(store: &Store, plan: &Plan, width: usize) -> Vec<Row> {
    if let Some(subject) = plan.subject.as_ref().filter(|_| plan.verb.is_of_runs()) {
        let mut rows = wrap(&subject.to_string(), Role::Title, width, 3);
        let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
        let run = subject.run().and_then(|run| repo?.run(run));
        rows.extend(run.into_iter().flat_map(|run| {
            let sha: String = run.sha.chars().take(8).collect();
            let text = format!("{} #{}: {}, {sha}", run.name, run.number, run.title);
            wrap(&text, Role::Dim, width, 2)
        }));
        // to let a deployment go on may be to promote
        rows.extend(plan.to_weight.map(|_| weights(plan, width)));
        return rows;
    }
    // a hold moves nothing
    let moves = !matches!(plan.verb, Verb::Hold | Verb::Release);
    moves.then(|| weights(plan, width)).into_iter().collect()
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

/// What follows from it: what is overridden, what is left behind, what would undo it, who asks and why.
pub(super) fn consequences(plan: &Plan, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (i, note) in plan.notes.iter().enumerate() {
        let role = if note.starts_with('!') { Role::Attention } else { Role::Text };
        rows.extend(entries(if i == 0 { "note" } else { "" }, note, role, width));
    }
    if let Some(reason) = &plan.reason {
        rows.extend(entries("reason", reason, Role::Text, width));
    }
    if let Some(within) = plan.within_ms {
        let text = format!("should be done within {}", words::span_s(within as f64 / 1000.0));
        rows.extend(entries("countdown", &text, Role::Dim, width));
    }
    rows
}

/// How old what it stands on is, exactly what is sent, and how it is followed.
fn calls(plan: &Plan, now: Time, width: usize) -> Vec<Row> {
    let mut rows = match plan.read_at {
        Some(at) => {
            let ago = words::span(now - at);
            let text = if plan.verb.is_of_runs() {
                format!("GitHub known {ago} ago; asked again before anything is sent")
            } else {
                format!("engine read {ago} ago; read again before anything is sent")
            };
            entries("as of", &text, Role::Dim, width)
        }
        None => entries("as of", "the engine was not read yet", Role::Unknown, width),
    };
    let hook = |label, hook: &Option<HookSpec>| {
        let text = hook.as_ref().map(run);
        text.map_or_else(Vec::new, |text| entries(label, &text, Role::Text, width))
    };
    rows.extend(hook("first run", &plan.before));
    if plan.calls.is_empty() {
        rows.extend(entries("calls", "none: it is journaled, nothing is sent", Role::Dim, width));
    }
    for (i, call) in plan.calls.iter().enumerate() {
        if let Some(issue) = Written::of(call) {
            let lines = issue.lines().into_iter();
            rows.extend(lines.flat_map(|(label, text)| entries(label, text, Role::Text, width)));
            continue;
        }
        let label = if i == 0 { "calls" } else { "" };
        rows.extend(entries(label, &call.to_string(), Role::Text, width));
    }
    rows.extend(hook("then run", &plan.after));
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
        rows.extend(entries("then", &follow, Role::Dim, width));
    }
    rows
}

fn run(hook: &HookSpec) -> String {
    let required = if hook.required { ", stops it on failure" } else { "" };
    format!("{} (at most {} s{required})", hook.argv.join(" "), hook.timeout.as_secs())
}
