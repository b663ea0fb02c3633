//! An action: who asked for what and why, each call with its times, and what is still open.

use crate::model::{ActionId, Outcome, Plan, Report, StepReport, Time};
use crate::store::{Entry, Open};
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::{millis, number};

use super::{Page, Scene};

/// `rollback 14:20:01Z`
pub(super) fn name(entry: &Entry) -> String {
    format!("{} {}", entry.plan.what(), entry.at.format("%H:%M:%SZ"))
}

/// Where it stands: glyph and words, and the role they are drawn in.
pub(super) fn standing(entry: &Entry) -> (String, Role) {
    if let Some(open) = entry.open() {
        return (format!("? {}", open.word()), Role::Unknown);
    }
    let Some(report) = &entry.report else {
        return if entry.settled {
            ("○ released by an operator without an answer".to_owned(), Role::Dim)
        } else if entry.is_gone() {
            (format!("? {}", Open::Abandoned.word()), Role::Unknown)
        } else {
            let progress = entry.progress.as_deref().unwrap_or("in flight");
            (format!("◐ {progress}"), Role::Progress)
        };
    };
    let (glyph, role) = outcome_sign(report);
    let settled = if entry.settled { ", released by an operator" } else { "" };
    let took = match report.took_ms {
        0 => String::new(),
        ms => format!(" after {}", millis(ms as f64)),
    };
    let blind = report.outcome == Outcome::Accepted && !report.is_open();
    let blind = if blind { ": nothing can be read back of it" } else { "" };
    (format!("{glyph} {}{took}{blind}{settled}", report.outcome.word()), role)
}

/// An outcome's glyph and role.
pub fn outcome_sign(report: &Report) -> (&'static str, Role) {
    match report.outcome {
        Outcome::Seen => ("✓", Role::Ok),
        Outcome::Accepted if !report.is_open() => ("✓", Role::Ok),
        Outcome::Accepted => ("▲", Role::Attention),
        Outcome::Unknown => ("?", Role::Unknown),
        Outcome::Refused | Outcome::Failed => ("✗", Role::Critical),
    }
}

/// `✓ promote 10 → 50 %  by ana, 6 m ago`
pub(super) fn line(entry: &Entry, now: Time, width: usize) -> Row {
    let (text, role) = standing(entry);
    Row::new(width)
        .put(format!("{}{} ", entry.plan.what(), weights(&entry.plan)), Role::Text)
        .put(format!("by {}, {} ago: ", entry.operator, words::span(now - entry.at)), Role::Dim)
        .put(text, role)
}

fn weights(plan: &Plan) -> String {
    match (plan.from_weight, plan.to_weight) {
        (Some(from), Some(to)) => format!(" {} → {} %", number(from), number(to)),
        (None, Some(to)) => format!(" to {} %", number(to)),
        _ => String::new(),
    }
}

/// Writes an action; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, id: &ActionId, page: &mut Page) -> Option<()> {
    let entry = scene.entry(id)?;
    let plan = &entry.plan;
    page.feeds.extend(scene.look.state.spec.rollout.iter().map(|spec| spec.feed.clone()));
    let (text, role) = standing(entry);
    page.fact("outcome", &text, role);
    let full = if plan.full { ", fully" } else { "" };
    page.fact("verb", &format!("{}{full}", plan.what()), Role::Text);
    page.fact("by", &entry.operator, Role::Text);
    let writer = &entry.writer;
    page.fact("process", &format!("{} on {}", writer.pid, writer.host), Role::Dim);
    page.fact("at", &scene.moment(entry.at), Role::Text);
    page.fact("reason", plan.reason.as_deref().unwrap_or("none given"), Role::Text);
    page.maybe("revision", revisions(plan));
    let weights = weights(plan);
    page.maybe("weight", Some(weights.trim()).filter(|text| !text.is_empty()));
    page.maybe("pinned to", plan.read_at.map(|at| format!("a reading of {}", scene.moment(at))));
    page.maybe("within", within(entry, scene.now));
    page.fact("id", &plan.action.0, Role::Dim);
    let report = entry.report.as_ref();
    calls(scene, entry, page);
    let overridden = plan.overrides.iter().map(|refusal| ("overridden", refusal));
    let refused = report.into_iter().flat_map(|report| &report.refusals);
    // a report names what was overridden again
    let refused = refused.filter(|refusal| !plan.overrides.contains(refusal));
    let all: Vec<_> = overridden.chain(refused.map(|refusal| ("refused", refusal))).collect();
    if !all.is_empty() {
        page.head("gates");
    }
    for (word, refusal) in all {
        page.fact(word, &refusal.to_string(), Role::Attention);
    }
    let notes = report.map_or(&plan.notes, |report| &report.notes);
    if !notes.is_empty() {
        page.head("notes");
    }
    for note in notes {
        page.say(note, Role::Text);
    }
    for (when, hook) in [("before", &plan.before), ("after", &plan.after)] {
        page.maybe(when, hook.as_ref().map(|hook| hook.argv.join(" ")));
    }
    Some(())
}

/// The time that a rollback should take, and while it is in flight what is left of it.
fn within(entry: &Entry, now: Time) -> Option<String> {
    let ms = entry.plan.within_ms? as f64;
    if !entry.in_flight() {
        return Some(millis(ms));
    }
    Some(words::left_of(ms / 1000.0, (now - entry.at).as_seconds_f64().max(0.0)))
}

fn revisions(plan: &Plan) -> Option<String> {
    let known = |of: &Option<crate::model::Revision>| {
        of.as_ref().map_or("unknown".to_owned(), |revision| revision.as_str().to_owned())
    };
    (plan.from.is_some() || plan.to.is_some())
        .then(|| format!("{} → {}", known(&plan.from), known(&plan.to)))
}

fn calls(scene: &Scene<'_>, entry: &Entry, page: &mut Page) {
    let steps = entry.report.as_ref().map_or(&[][..], |report| report.steps.as_slice());
    page.head(&format!("calls ({})", steps.len().max(entry.plan.calls.len())));
    if steps.is_empty() && entry.plan.calls.is_empty() {
        page.say("none: this verb sends nothing", Role::Dim);
    }
    for step in steps {
        page.say(&step.call, Role::Text);
        page.line(None, |width| stages(step, width));
        if let Some(output) = &step.output {
            page.quote(output);
        }
        if let Some(error) = &step.error {
            page.say(error, Role::Error);
        }
    }
    // what the report does not speak of was not sent, or is on its way
    for call in entry.plan.calls.iter().skip(steps.len()) {
        page.say(&call.to_string(), Role::Text);
        let (text, role) = match (&entry.report, entry.in_flight()) {
            (None, true) => {
                let for_ = words::span(scene.now - entry.at);
                (
                    format!("  ◐ on its way for {for_}; what was sent is not told yet"),
                    Role::Progress,
                )
            }
            (None, false) => ("  ? nobody knows whether it was sent".to_owned(), Role::Unknown),
            (Some(_), _) => ("  · not sent".to_owned(), Role::Dim),
        };
        page.line(None, |width| Row::new(width).put(text, role));
    }
}

/// `  ✓ sent 0 ms → ✓ accepted 12 ms → ✓ seen 340 ms`
pub fn stages(step: &StepReport, width: usize) -> Row {
    let mut row = Row::new(width).gap(2);
    let refused = step.error.as_ref().is_some_and(|error| !error.starts_with("not sent"));
    if refused && step.sent_ms.is_none() {
        return row.put("✗ not sent: nothing changed", Role::Error);
    }
    let stages = [("sent", step.sent_ms), ("accepted", step.accepted_ms), ("seen", step.seen_ms)];
    for (i, (word, at)) in stages.into_iter().enumerate() {
        if i > 0 {
            row = row.put(" → ", Role::Dim);
        }
        row = match at {
            Some(ms) => row.put(format!("✓ {word} {ms} ms"), Role::Ok),
            None if word == "accepted" && step.refused => row.put("✗ refused", Role::Error),
            None if word == "seen" && step.blind => row.put("· nothing to see", Role::Dim),
            None => row.put(format!("· not {word}"), Role::Unknown),
        };
    }
    row
}
