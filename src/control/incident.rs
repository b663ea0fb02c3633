//! An incident issue at GitHub: what happened to a target, for those who were not there. The exact request,
//! made of what the store holds; whether it may be sent is decided elsewhere. Pure. What came from outside
//! stands in code, where GitHub neither reads Markdown nor calls anybody.

mod written;

pub use written::Written;

use crate::asks::Place;
use crate::model::{ActionSpec, Call, Outcome, Refusal, Report, Revision, Time, Verb};
use crate::store::{Entry, Line, LineKind, Store, TargetState};
use crate::text;

use super::assess::assess;
use super::calls::Asker;
use super::evidence::{Began, Evidence};
use super::gates::{self, GateState};
use super::judge::findings;
use super::phase::span;
use super::plan::Request;
use super::recovered::{Proven, gone_on, last_back, recovered};

/// What is asked for when an incident issue is: its name among the actions of a target.
pub const INCIDENT: &str = ActionSpec::INCIDENT;

/// Lines of the timeline that an issue has at most: the newest.
const LINES: usize = 120;

/// Lines about checks and alerts that stand with the evidence at most: the newest.
const HEARD: usize = 12;

/// Columns of what came from outside, in one line.
const WIDE: usize = 300;

/// Whether a request is for an incident issue.
pub(super) fn is_asked(request: &Request) -> bool {
    request.verb == Verb::Do && request.name.as_deref() == Some(INCIDENT)
}

/// Why none is opened.
pub(super) fn refusal(state: &TargetState) -> Option<Refusal> {
    let reason = "no incident issues are configured: write incident = { labels = [\"incident\"] } in the service";
    state.spec.rules.incident.is_none().then(|| Refusal::new("incident", reason))
}

/// The one request.
pub(super) fn call(
    store: &Store,
    state: &TargetState,
    request: &Request,
    asker: Asker<'_>,
    now: Time,
) -> Option<Call> {
    let spec = state.spec.rules.incident.as_ref()?;
    let place = Place { host: &spec.host, repo: &spec.repo };
    let body = body(store, state, request, asker, now);
    Some(place.open(&title(state), &body, &spec.labels))
}

/// `checkout/production rolled back from 1.4.2 to 1.4.1`.
fn title(state: &TargetState) -> String {
    let target = &state.spec.target;
    let name = |revision: &Option<Revision>| {
        revision.as_ref().map_or("an unnamed revision".to_owned(), |it| plain(it.as_str(), 80))
    };
    match last_back(state) {
        Some(back) => {
            let (from, to) = (name(&back.plan.from), name(&back.plan.to));
            format!("{target} rolled back from {from} to {to}")
        }
        None => format!("{target}: incident"),
    }
}

fn body(
    store: &Store,
    state: &TargetState,
    request: &Request,
    asker: Asker<'_>,
    now: Time,
) -> String {
    let mut said = vec!["## What".to_owned(), String::new()];
    let back = last_back(state);
    match back {
        Some(back) => said.extend(what(back)),
        None => said.push(format!("- target: {}", code(state.spec.target.as_str()))),
    }
    let own = request.reason.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let held = state.ledger.hold.as_ref();
    said.extend(own.map(|why| format!("- opened because: {}", code(why))));
    said.push(format!("- opened by: {}, with flightdeck", code(asker.operator)));
    said.extend(held.map(|hold| {
        format!("- on hold by {} since {}: {}", code(&hold.by), utc(hold.since), code(&hold.reason))
    }));
    section(&mut said, "Evidence", evidence(store, state, back, now));
    let parts = recovered(store, state, now).into_iter().map(|part| proven(&part));
    let later = gone_on(state).map(|entry| {
        format!("- it went on again at {}: what is read now is of that promotion", utc(entry.at))
    });
    let parts = parts.chain(later).collect();
    section(&mut said, &format!("Recovered? ({})", utc(now)), parts);
    let since = since(state, back, now);
    let lines = store.timeline().of(&state.spec).filter(|line| line.at >= since);
    let lines: Vec<String> = lines.map(told).collect();
    let left_out = lines.len().saturating_sub(LINES);
    if !lines.is_empty() {
        said.extend(["", "## Timeline", "", "```text"].map(str::to_owned));
        said.extend((left_out > 0).then(|| format!("… {left_out} lines before")));
        said.extend(lines.into_iter().skip(left_out));
        said.push("```".to_owned());
    }
    let links = state.spec.links.iter().filter(|(_, url)| is_plain_url(url));
    section(
        &mut said,
        "Links",
        links.map(|(name, url)| format!("- {}: <{url}>", code(name))).collect(),
    );
    said.push(String::new());
    said.join("\n")
}

fn section(said: &mut Vec<String>, head: &str, lines: Vec<String>) {
    if !lines.is_empty() {
        said.extend([String::new(), format!("## {head}"), String::new()]);
        said.extend(lines);
    }
}

/// What was done, by whom, when and why.
fn what(back: &Entry) -> Vec<String> {
    let name = |revision: &Option<Revision>| {
        revision.as_ref().map_or("a revision nobody named".to_owned(), |it| code(it.as_str()))
    };
    let plan = &back.plan;
    let mut said = vec![
        format!("- target: {}", code(plan.target.as_str())),
        format!("- rolled back from {} to {}", name(&plan.from), name(&plan.to)),
        format!("- by: {}", code(&back.operator)),
        format!("- at: {}", utc(back.at)),
    ];
    said.extend(
        back.report.as_ref().map(|report| {
            format!("- outcome: {} after {} ms", report.outcome.word(), report.took_ms)
        }),
    );
    said.extend(plan.reason.as_ref().map(|why| format!("- why: {}", code(why))));
    said
}

/// A line of the timeline.
fn told(line: &Line) -> String {
    format!("{} {}", utc(line.at), plain(&line.text, WIDE))
}

fn proven(part: &Proven) -> String {
    format!("- {} {}: {}", part.sign(), code(&part.name), code(&part.what))
}

/// What spoke against the release when it was taken back: the alarm, and what was read until then. Without a
/// rollback: the gates that fail now.
fn evidence(store: &Store, state: &TargetState, back: Option<&Entry>, now: Time) -> Vec<String> {
    let alarm = state.ledger.alarm.as_ref();
    let alarm = alarm.map(|alarm| format!("- alarm at {}: {}", utc(alarm.at), code(&alarm.why)));
    let spoke = match back {
        Some(back) => until(store, state, back, now),
        None => failing(store, state, now),
    };
    let overrides = back.into_iter().flat_map(|back| &back.plan.overrides);
    let overrides = overrides.map(|it| format!("- overrode {}", code(&it.to_string())));
    alarm.into_iter().chain(spoke).chain(overrides).collect()
}

/// What metrics, the judge, checks and alerts had said when a rollback began.
fn until(store: &Store, state: &TargetState, back: &Entry, now: Time) -> Vec<String> {
    let since = since(state, Some(back), now);
    let metrics = state.spec.metrics.iter().zip(&state.metrics).filter(|(spec, _)| spec.is_gate());
    let metrics = metrics.filter_map(|(spec, series)| {
        let last = series.points.iter().rfind(|point| point.at <= back.at && point.at >= since)?;
        let (name, of) = (code(&spec.name), state.side(spec.track).word());
        let (value, limit) = (gates::reading(last.reading, spec), gates::limit(spec));
        Some(format!("- {name} of {of}: {value}, limit {limit}, at {}", utc(last.at)))
    });
    let mut said: Vec<String> = metrics.collect();
    said.extend(judged(store, state, back));
    let loud = |line: &&Line| matches!(line.kind, LineKind::Health | LineKind::Alert);
    let lines = store.timeline().of(&state.spec).filter(loud);
    let lines: Vec<String> = lines
        .filter(|line| line.at >= since && line.at <= back.at)
        .map(|line| format!("- {}", code(&told(line))))
        .collect();
    let skipped = lines.len().saturating_sub(HEARD);
    said.extend(lines.into_iter().skip(skipped));
    said
}

/// What the judge had found of the step that a rollback ended.
fn judged(store: &Store, state: &TargetState, back: &Entry) -> Vec<String> {
    let mut before = state.ledger.entries.iter().rev().skip_while(|entry| entry.at >= back.at);
    let step = before.find(|entry| entry.plan.verb == Verb::Promote).map(|entry| entry.at);
    let step = step.or(state.ledger.began).map_or(Began::Unknown, Began::Journal);
    let evidence = Evidence { step, routed: back.plan.from_weight, ..Evidence::of(store, state) };
    let all = findings(state, &evidence, back.at).into_iter();
    let all = all.filter_map(|found| {
        let verdict = found.verdict?.word();
        // what was counted then is not kept for ever, and nothing counted is no evidence
        found.is_counted().then_some(())?;
        let shares = found.shares();
        Some(format!("- judge, {}: {verdict}, {}", code(&found.name), code(&shares)))
    });
    all.collect()
}

/// The gates that fail now.
fn failing(store: &Store, state: &TargetState, now: Time) -> Vec<String> {
    let seen = assess(store, &state.spec.target, now);
    let failed = seen.into_iter().flat_map(|seen| seen.gates);
    let failed = failed.filter(|gate| gate.state == GateState::Fail);
    failed.map(|gate| format!("- gate {}: {}", code(&gate.name), code(&gate.reason))).collect()
}

/// When the story begins: with the release, else a while before it was taken back.
fn since(state: &TargetState, back: Option<&Entry>, now: Time) -> Time {
    let hour = chrono::TimeDelta::hours(1);
    let back = back.map_or(now, |back| back.at);
    let began = state.ledger.began.filter(|began| *began <= back);
    began.unwrap_or(back - hour)
}

/// When it was, and how long that is ago, for the confirmation.
pub(super) fn note(state: &TargetState, now: Time) -> String {
    let place = state.spec.rules.incident.as_ref().map_or("", |spec| spec.repo.as_str());
    let ago = last_back(state).map_or("no rollback is known".to_owned(), |back| {
        format!(
            "the last rollback was {} ago",
            span((now - back.at).max(chrono::TimeDelta::zero()))
        )
    });
    let one = already(state, now)
        .map_or("one issue".to_owned(), |already| format!("another issue, besides {already},"));
    format!("opens {one} in {place}; {ago}; a lost answer is not sent again: look there")
}

/// The issue that was opened already for what is told now.
fn already(state: &TargetState, now: Time) -> Option<String> {
    let since = last_back(state).map_or_else(|| since(state, None, now), |back| back.at);
    let opened = |entry: &&Entry| {
        let done = |report: &Report| matches!(report.outcome, Outcome::Seen | Outcome::Accepted);
        entry.at >= since
            && entry.plan.verb == Verb::Do
            && entry.plan.name.as_deref() == Some(INCIDENT)
            && entry.report.as_ref().is_some_and(done)
    };
    let entry = state.ledger.entries.iter().rfind(opened)?;
    let mut steps = entry.report.iter().flat_map(|report| &report.steps);
    let place = steps.find_map(|step| step.output.clone());
    let ago = span((now - entry.at).max(chrono::TimeDelta::zero()));
    let place = place.unwrap_or_else(|| "the one".to_owned());
    Some(format!("{place}, by {} {ago} ago", entry.operator))
}

fn utc(at: Time) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// One clean line in which no code ends.
fn plain(outside: &str, max: usize) -> String {
    text::line(outside, max).replace('`', "'")
}

/// What came from outside, as code.
fn code(outside: &str) -> String {
    let plain = plain(outside, WIDE);
    if plain.trim().is_empty() { "–".to_owned() } else { format!("`{plain}`") }
}

/// An address that nothing can be hidden in, and with nobody's password.
fn is_plain_url(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let bad = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '@') || text::is_hostile(c);
    web && !url.contains(bad)
}
