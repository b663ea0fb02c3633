//! The words under a chart: who is who, where something is missing and why, what happened when.

use crate::model::{Reading, Time};
use crate::text;
use crate::tui::panes::row::{Row, flow};
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::Look;

use super::span::{Span, stretch};
use super::trace::{Kind, Stretch, Trace, Value};
use super::{Chart, Mark};

/// Stretches of one kind that are named, the newest.
const STRETCHES: usize = 2;
/// Marks that are named, the newest.
const MARKS: usize = 6;

/// At most `lines` lines; a cut is visible.
pub fn rows(chart: &Chart<'_>, columns: usize, lines: usize, look: &Look<'_>) -> Vec<Row> {
    let piece = |text: String, role| Row::new(columns).put(text, role);
    let mut pieces = Vec::new();
    for (trace, pen) in chart.traces() {
        let name = Row::new(columns).put(pen.sample(look.ascii), trace.role).gap(1);
        let value = latest(trace, &chart.span, chart.unit);
        pieces.push(name.put(format!("{} {value}", trace.name), trace.role));
    }
    let stretches: Vec<_> = chart.traces.iter().map(|trace| trace.stretches(&chart.span)).collect();
    for (kind, word, role) in KINDS {
        let times: Vec<_> =
            stretches.iter().map(|found| when(found, kind, chart.span.to, look)).collect();
        // what all of them have is said once
        let shared = times.windows(2).all(|pair| pair[0] == pair[1]);
        for (time, trace) in
            times.iter().zip(&chart.traces).take(if shared { 1 } else { usize::MAX })
        {
            let owner = if shared { String::new() } else { format!("{} ", trace.name) };
            let text = time.as_ref().map(|time| piece(format!("{owner}{word} {time}"), role));
            pieces.extend(text);
        }
    }
    for (trace, _) in chart.traces() {
        if let Some(fault) = &trace.fault {
            let text = format!("{}: query failed: {}", trace.name, text::line(fault, 120));
            pieces.push(piece(text, Role::Error));
        }
    }
    let marks: Vec<&Mark> = chart.marks().collect();
    let hidden = marks.len().saturating_sub(MARKS);
    if hidden > 0 {
        pieces.push(piece(format!("{hidden} earlier marks"), Role::Dim));
    }
    for mark in &marks[hidden..] {
        let label = text::line(&mark.label, 32);
        let text = format!("{} {label} {}", mark.glyph, mark.at.format("%H:%M:%SZ"));
        pieces.push(piece(text, mark.role));
    }
    let mut rows = flow(pieces, "  ", 0, columns);
    if rows.len() > lines {
        rows.truncate(lines);
        let more = Row::new(columns).put(if look.ascii { " ..." } else { " …" }, Role::Dim);
        rows = match rows.pop() {
            Some(last) if last.room() >= more.width() => [rows, vec![last.join(more)]].concat(),
            Some(last) => [rows, vec![last.right_tight(more)]].concat(),
            None => rows,
        };
    }
    rows
}

/// What a legend names besides the numbers.
const KINDS: [(Kind, &str, Role); 5] = [
    (Kind::Missing, "no data", Role::Unknown),
    (Kind::NotANumber, "NaN", Role::Unknown),
    (Kind::Up, "+Inf", Role::Attention),
    (Kind::Down, "-Inf", Role::Attention),
    (Kind::Failed, "failed", Role::Critical),
];

/// What a trace says at the right edge.
fn latest(trace: &Trace, span: &Span, unit: &str) -> String {
    if trace.fault.is_some() {
        return "unknown".to_owned();
    }
    let ended = trace.stretches(span).last().is_none_or(|last| last.kind == Kind::Missing);
    match trace.samples().last() {
        Some((_, Value::Failed)) if !ended => "failed".to_owned(),
        Some((_, Value::Read(reading))) if !ended => words::reading(*reading, unit),
        _ => words::reading(Reading::Empty, unit),
    }
}

/// When there was that kind: `14:21–14:24Z`, the newest last.
fn when(stretches: &[Stretch], kind: Kind, end: Time, look: &Look<'_>) -> Option<String> {
    let times: Vec<String> = stretches
        .iter()
        .filter(|found| found.kind == kind)
        .map(|found| stretch(found.from, (found.to < end).then_some(found.to), look.ascii))
        .collect();
    let hidden = times.len().saturating_sub(STRETCHES);
    let more = if hidden > 0 { format!(" and {hidden} times before") } else { String::new() };
    (!times.is_empty()).then(|| times[hidden..].join(", ") + &more)
}

/// Why there is nothing to draw, in words; none when there is something.
pub fn silence(chart: &Chart<'_>) -> Option<String> {
    let traces = || chart.traces.iter();
    let mut kinds = Vec::new();
    let mut since = chart.span.to;
    for stretch in traces().flat_map(|trace| trace.stretches(&chart.span)) {
        kinds.push(stretch.kind);
        if !stretch.samples.is_empty() {
            since = since.min(stretch.from);
        }
    }
    if kinds.iter().any(|kind| matches!(kind, Kind::Numbers | Kind::Up | Kind::Down)) {
        return None;
    }
    let unread = traces().all(|trace| trace.samples().is_empty());
    let since = stretch(since, None, true);
    let has = |kind| kinds.contains(&kind);
    Some(match traces().find_map(|trace| trace.fault.as_ref()) {
        Some(fault) => format!("no data: the query failed: {fault}"),
        None if unread => "no data: nothing was read yet".to_owned(),
        None if has(Kind::NotANumber) && has(Kind::Failed) => format!("no number {since}"),
        None if has(Kind::NotANumber) => {
            let also = if has(Kind::Missing) { ", or no data" } else { "" };
            format!("no number: NaN{also} {since}")
        }
        None if has(Kind::Failed) => format!("no data: every probe {since} failed"),
        None => format!("no data: nothing was answered {since}"),
    })
}
