//! What became of a confirmed plan: sent → accepted → seen, call by call, as the ledger knows it.

use crate::control::{AFTER_HOOK, Proven, Written, last_back, recovered};
use crate::model::{Outcome, Plan, Report, Run, StepReport, Time, Verb};
use crate::store::{Entry, Store, TargetState};
use crate::tui::details::stages;
use crate::tui::errands;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::panes::awaited::Awaited;
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::confirm::change;
use super::{Sheet, entries, headline};

/// Lines that an exact call may take: all of it is shown, for it is what was confirmed.
const LINES: usize = 60;

/// Lines of a program's output that are shown.
const SAID: usize = 12;

/// Confirmed; the engine is being read once more.
pub fn rereading(store: &Store, plan: &Plan, since: Time, now: Time, width: usize) -> Sheet {
    let mut rows = head(store, plan, width);
    rows.push(Row::new(width).put(
        format!("◐ confirmed; reading the engine once more, {}", words::span(now - since)),
        Role::Progress,
    ));
    rows.extend(countdown(plan, since, false, now, width));
    Sheet {
        title: format!("{}: confirmed", title(plan.verb, plan.full, plan.name.as_deref())),
        rows,
        foot: Vec::new(),
        keys: "Esc cancel: nothing is sent yet".to_owned(),
        role: Role::Progress,
        cursor: None,
    }
}

/// It is being carried out, or was.
pub fn sheet(
    store: &Store,
    plan: &Plan,
    since: Time,
    ended: Option<&Report>,
    keymap: &Keymap,
    now: Time,
    width: usize,
) -> Sheet {
    let known = store.target(&plan.target).map(|state| &state.ledger.entries);
    let found = known.and_then(|e| e.iter().rev().find(|e| e.plan.action == plan.action));
    let mut rows = head(store, plan, width);
    let report = found.and_then(|entry| entry.report.as_ref()).or(ended);
    let role = report.map_or(Role::Progress, outcome_role);
    let run = errands::followed(store, plan);
    let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
    let awaited = run.and_then(|run| Some((run.id, Awaited::of(repo, run, now)?)));
    if let Some(report) = report {
        rows.extend(outcome(plan, report, width));
        rows.extend(after(found, report, ended, width));
        rows.extend(proof(store, plan, now, width));
        // taken is not carried out: until its run is over the clock runs
        if report.is_open() && run.is_some_and(Run::is_active) {
            rows.extend(clock(plan, since, awaited.as_ref(), now, width));
        }
    } else {
        if awaited.is_none() || plan.verb != Verb::Rollback {
            rows.push(under_way(found, since, now, width));
        }
        rows.extend(clock(plan, since, awaited.as_ref(), now, width));
        for (i, call) in plan.calls.iter().enumerate() {
            if let Some(issue) = Written::of(call) {
                rows.extend(entries("calls", &issue.request, Role::Dim, width));
                continue;
            }
            let label = if i == 0 { "calls" } else { "" };
            rows.extend(entries(label, &call.to_string(), Role::Dim, width));
        }
    }
    rows.extend(run.into_iter().flat_map(|run| run_rows(run, awaited.as_ref(), now, width)));
    rows.extend(pickable(store, plan, width));
    let approval = errands::own_approval(store, plan, now);
    let key = keymap.hint(Action::Approve).unwrap_or_default();
    if let Some((request, refused)) = approval {
        let what = request.subject.as_ref().map_or(String::new(), ToString::to_string);
        let text = format!("▲ {what} waits for an approval, and you may give it");
        rows.extend(wrap(&text, Role::Attention, width, 2));
        rows.push(match refused {
            None => Row::new(width).gap(2).put(key, Role::Key).put(" approve it", Role::Title),
            Some(refusal) => {
                Row::new(width).gap(2).put(format!("{key} (not yet: {refusal})"), Role::KeyDisabled)
            }
        });
    }
    let browser = keymap.hint(Action::OpenBrowser);
    let browser = browser.filter(|_| run.is_some());
    let browser = browser.map_or(String::new(), |key| format!("   {key} browser"));
    let rollback = keymap.hint(Action::Rollback).filter(|_| plan.verb != Verb::Rollback);
    let overtake = rollback.map_or(String::new(), |key| format!("   {key} roll back"));
    let hook = found
        .and_then(|entry| entry.progress.as_deref())
        .is_some_and(|text| report.is_none() && text.starts_with(crate::control::BEFORE_HOOK));
    let skip = if hook { "   ctrl-s go on without the command" } else { "" };
    let close = if report.is_some() { "Esc close" } else { "Esc close: it goes on" };
    Sheet {
        title: format!("{} {}", title(plan.verb, plan.full, plan.name.as_deref()), plan.target),
        rows,
        foot: Vec::new(),
        keys: format!("{close}{browser}{overtake}{skip}"),
        role,
        cursor: None,
    }
}

fn pickable(store: &Store, plan: &Plan, width: usize) -> Vec<Row> {
    let runs = errands::candidates(store, plan);
    if runs.is_empty() {
        return Vec::new();
    }
    let repo = store.target(&plan.target).and_then(|state| store.repo_of(&state.spec));
    let mut rows = vec![Row::new(width).put("? which run did it start?", Role::Attention)];
    rows.extend(runs.iter().zip(1..).map(|(id, key)| {
        let run = repo.and_then(|repo| repo.run(*id));
        let what = run.map_or(String::new(), |run| {
            let by = run.actor.as_deref().unwrap_or("nobody named");
            format!(" {} by {by}, {}", crate::text::line(&run.title, 60), run.status.word())
        });
        Row::new(width)
            .gap(2)
            .put(format!("{key} "), Role::Key)
            .put(format!("run {id}{what}"), Role::Text)
    }));
    rows
}

fn head(store: &Store, plan: &Plan, width: usize) -> Vec<Row> {
    let mut rows = vec![headline(store, &plan.target, width)];
    rows.extend(change(store, plan, width));
    rows.push(Row::new(width));
    rows
}

fn under_way(found: Option<&Entry>, since: Time, now: Time, width: usize) -> Row {
    let for_ = words::span(now - since);
    let text = match found {
        None => format!("◐ writing it into the journal, {for_}"),
        Some(entry) if !entry.alive => "? its process is gone; outcome unknown".to_owned(),
        Some(entry) => {
            format!("◐ {}, {for_}", entry.progress.as_deref().unwrap_or("in flight"))
        }
    };
    Row::new(width).put(text, Role::Progress)
}

/// The time of a rollback; and that nothing is done in it while its run waits for somebody.
fn clock(
    plan: &Plan,
    since: Time,
    awaited: Option<&(u64, Awaited<'_>)>,
    now: Time,
    width: usize,
) -> Vec<Row> {
    let awaited = awaited.filter(|_| plan.verb == Verb::Rollback);
    let mut rows = Vec::new();
    if let Some((run, awaited)) = awaited {
        let (glyph, _, role) = awaited.told();
        let from = awaited
            .since()
            .map_or(String::new(), |at| format!(" (since {})", words::time_of_day(at)));
        let text = format!(
            "{glyph} nothing is carried out: run {run} {}{from}; the clock runs",
            awaited.sentence(now)
        );
        rows.extend(wrap(&text, role, width, 4));
    }
    rows.extend(countdown(plan, since, awaited.is_some(), now, width));
    rows
}

/// The time a rollback has taken against the time it should take.
fn countdown(plan: &Plan, since: Time, held: bool, now: Time, width: usize) -> Option<Row> {
    let within = plan.within_ms? as f64 / 1000.0;
    let spent = (now - since).as_seconds_f64().max(0.0);
    let cells = width.saturating_sub(34).clamp(4, 40);
    let full = ((spent / within.max(0.001)).min(1.0) * cells as f64) as usize;
    let over = spent > within;
    let role = match (over, held) {
        (true, _) => Role::Critical,
        (false, true) => Role::Attention,
        (false, false) => Role::Progress,
    };
    let text = format!(" {}", words::left_of(within, spent));
    let bar = Row::new(width).cell("countdown", 10, Role::Dim).gap(1).put("█".repeat(full), role);
    Some(bar.put("░".repeat(cells - full), Role::Dim).put(text, role))
}

fn outcome_role(report: &Report) -> Role {
    match report.outcome {
        Outcome::Seen => Role::Ok,
        Outcome::Accepted if !report.is_open() => Role::Ok,
        Outcome::Accepted => Role::Attention,
        Outcome::Unknown => Role::Unknown,
        Outcome::Refused | Outcome::Failed => Role::Critical,
    }
}

/// The run that it is about or that it started, and how far that is.
fn run_rows(run: &Run, awaited: Option<&(u64, Awaited<'_>)>, now: Time, width: usize) -> Vec<Row> {
    let text = format!("{} {} #{}: {}", run.id, run.name, run.number, run.title);
    let mut rows = entries("run", &text, Role::Text, width);
    let (glyph, word, role) = match awaited {
        Some((_, awaited)) => awaited.told(),
        None => words::job(&run.status, run.conclusion.as_ref()),
    };
    let word = if word.is_empty() { "succeeded" } else { word };
    let since = if run.is_active() { run.started_at.or(run.created_at) } else { run.updated_at };
    let for_ = match (awaited, since) {
        (Some((_, awaited)), _) => awaited.span(now),
        (None, Some(at)) if run.is_active() => format!(" for {}", words::span(now - at)),
        (None, Some(at)) => format!(" {} ago", words::span(now - at)),
        (None, None) => String::new(),
    };
    rows.push(Row::new(width).gap(11).put(format!("{glyph} {word}{for_}"), role));
    rows
}

fn outcome(plan: &Plan, report: &Report, width: usize) -> Vec<Row> {
    let (word, sentence) = match report.outcome {
        Outcome::Seen if plan.verb.is_of_runs() => ("✓ SEEN", "GitHub shows it"),
        Outcome::Failed if report.was_sent() && report.steps.iter().any(|step| step.failed) => {
            ("✗ FAILED", "it was taken, and did not come to its end")
        }
        Outcome::Failed if plan.verb.is_of_runs() => {
            ("✗ FAILED", "GitHub said no, or was not reached")
        }
        Outcome::Seen if plan.calls.is_empty() => {
            ("✓ SEEN", "it is written into the journal; there was nothing to send")
        }
        Outcome::Seen => ("✓ SEEN", "the engine shows it"),
        Outcome::Accepted if !report.is_open() => {
            ("✓ ACCEPTED", "it ended well; nothing can be read back of it")
        }
        Outcome::Accepted => ("▲ ACCEPTED", "not seen yet; it is followed up by reading"),
        Outcome::Unknown if plan.only_tells() => {
            ("? UNKNOWN", "sent, and no answer; look there whether it came, it is never sent again")
        }
        Outcome::Unknown => {
            ("? UNKNOWN", "sent, and no answer; it is followed up by reading, never sent again")
        }
        Outcome::Refused => ("✗ REFUSED", "nothing was sent"),
        Outcome::Failed => ("✗ FAILED", "the engine said no, or was not reached"),
    };
    let role = outcome_role(report);
    let text = format!("{word}{}: {sentence}", report.after());
    let mut rows = wrap(&text, role, width, 2);
    for refusal in &report.refusals {
        rows.extend(wrap(&refusal.to_string(), Role::Text, width, 3));
    }
    let told = plan.calls.iter().map(Written::of).chain(std::iter::repeat(None));
    rows.extend(report.steps.iter().zip(told).flat_map(|(step, told)| match told {
        Some(issue) => opened(step, &issue, width),
        None => call(step, width),
    }));
    for note in &report.notes {
        rows.extend(wrap(note, Role::Attention, width, 3));
    }
    rows
}

/// How the command after is getting on, which ends later than the action.
fn after(found: Option<&Entry>, report: &Report, ended: Option<&Report>, width: usize) -> Vec<Row> {
    let Some(ended) = ended else {
        let text = found.and_then(|entry| entry.progress.as_deref());
        let text = text.filter(|text| text.starts_with(AFTER_HOOK));
        return text
            .map_or(Vec::new(), |text| wrap(&format!("◐ {text}"), Role::Progress, width, 3));
    };
    let later = ended.notes.iter().filter(|note| !report.notes.contains(note));
    let role = |note: &str| if note.contains("` ended well") { Role::Ok } else { Role::Attention };
    later.flat_map(|note| wrap(note, role(note), width, 3)).collect()
}

/// Whether the rollback did what it is for, as far as it shows by now.
fn proof(store: &Store, plan: &Plan, now: Time, width: usize) -> Vec<Row> {
    let state = store.target(&plan.target);
    let last =
        |state: &&TargetState| last_back(state).is_some_and(|it| it.plan.action == plan.action);
    let Some(state) = state.filter(last) else { return Vec::new() };
    let parts = recovered(store, state, now);
    let row = |part: Proven| wrap(&part.sentence(), words::proven(part.is_well), width, 3);
    let head = (!parts.is_empty()).then(|| Row::new(width).put("recovered?", Role::Dim));
    head.into_iter().chain(parts.into_iter().flat_map(row)).collect()
}

/// An issue that was to be opened: where it is comes before what it says.
fn opened(step: &StepReport, issue: &Written, width: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = step
        .output
        .iter()
        .flat_map(|output| wrap(output, Role::Title, width, 4))
        .chain(std::iter::once(stages(step, width)))
        .collect();
    rows.extend(step.error.iter().flat_map(|error| wrap(error, Role::Error, width, 4)));
    let lines = issue.lines().into_iter();
    rows.extend(lines.flat_map(|(label, text)| entries(label, text, Role::Dim, width)));
    rows
}

/// A call, and beneath it how far it came.
fn call(step: &StepReport, width: usize) -> Vec<Row> {
    let mut rows = wrap(&step.call, Role::Text, width, LINES);
    rows.push(stages(step, width));
    rows.extend(output(step, width));
    rows.extend(step.error.iter().flat_map(|error| {
        wrap(error, Role::Error, width.saturating_sub(2), 4)
            .into_iter()
            .map(move |line| Row::new(width).gap(2).join(line))
    }));
    rows
}

/// What the program of a call said: its end, for that is where the result stands.
fn output(step: &StepReport, width: usize) -> Vec<Row> {
    let lines: Vec<&str> = step.output.iter().flat_map(|output| output.lines()).collect();
    let hidden = lines.len().saturating_sub(SAID);
    let more = (hidden > 0).then(|| format!("… {hidden} lines before"));
    let shown = more.iter().map(String::as_str).chain(lines.iter().skip(hidden).copied());
    shown.map(|line| Row::new(width).gap(2).put("│ ", Role::Dim).put(line, Role::Text)).collect()
}
