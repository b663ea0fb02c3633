//! What charts are drawn of: a target's metric, a check's latency.

use chrono::TimeDelta;

use crate::model::{HealthState, Reading, Time, Track, Verb};
use crate::store::{Check, Entry, TargetState};
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, value};

use super::span::Span;
use super::trace::{Trace, Value};
use super::{Chart, Mark, Size};

/// The metric of that place in the configuration, from its first reading to `now`: the candidate's
/// against the stable side's where both have one of that name, with limits, promotions, rollbacks and
/// the beginnings of alerts that fire.
pub fn metric(
    state: &TargetState,
    index: usize,
    now: Time,
    size: Size,
    look: &Look<'_>,
) -> Vec<Row> {
    let Some(spec) = state.spec.metrics.get(index) else {
        let sentence = "no data: no such metric is configured";
        return wrap(sentence, Role::Unknown, size.columns, size.lines);
    };
    let side = |index: usize| state.spec.metrics.get(index).map(|spec| state.side(spec.track));
    let twin = (0..state.spec.metrics.len()).find(|other| {
        let other_side = match side(index) {
            Some(Track::Candidate) => Track::Stable,
            Some(Track::Stable) => Track::Candidate,
            Some(Track::Whole) | None => return false,
        };
        state.spec.metrics[*other].name == spec.name && side(*other) == Some(other_side)
    });
    let mut shown: Vec<usize> = [Some(index), twin].into_iter().flatten().collect();
    // the candidate leads
    shown.sort_by_key(|index| side(*index));
    let traces: Vec<Trace> = shown.into_iter().filter_map(|index| trace(state, index)).collect();
    let first = traces.iter().filter_map(|trace| trace.samples().first()).map(|(at, _)| *at).min();
    let chart = Chart {
        span: Span::new(first.unwrap_or(now), now),
        traces,
        marks: marks(state),
        unit: &spec.unit,
    };
    chart.rows(size, look)
}

fn trace(state: &TargetState, index: usize) -> Option<Trace> {
    let (spec, series) = (state.spec.metrics.get(index)?, state.metrics.get(index)?);
    let side = state.side(spec.track);
    let role = match side {
        Track::Candidate => Role::Candidate,
        Track::Stable => Role::Stable,
        Track::Whole => Role::Chart,
    };
    let mut trace = Trace::of_points(side.word(), role, series.spacing_s, &series.points);
    (trace.min, trace.max) = (spec.min, spec.max);
    trace.fault.clone_from(&series.fault);
    Some(trace)
}

/// What happened to a target, oldest first.
fn marks(state: &TargetState) -> Vec<Mark> {
    let actions = state.ledger.entries.iter().filter_map(action);
    let alerts = state.alerts.firing().filter_map(|alert| {
        Some(Mark {
            at: alert.since?,
            glyph: '!',
            label: format!("{} {}", alert.severity, alert.name),
            role: words::severity(alert.severity),
        })
    });
    let mut marks: Vec<Mark> = actions.chain(alerts).collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// A promotion or rollback of which something was, or may have been, sent.
fn action(entry: &Entry) -> Option<Mark> {
    let glyph = match entry.plan.verb {
        Verb::Promote => 'P',
        Verb::Rollback => 'B',
        _ => return None,
    };
    let sent = entry.report.as_ref().map(|report| {
        report.steps.iter().filter(|step| !step.refused).filter_map(|step| step.sent_ms).min()
    });
    let at = match sent {
        Some(None) => return None,
        Some(Some(ms)) => {
            let ms = TimeDelta::milliseconds(i64::try_from(ms).ok()?);
            entry.at.checked_add_signed(ms)?
        }
        None => entry.at,
    };
    let to = entry.plan.to_weight.filter(|_| entry.plan.verb == Verb::Promote);
    let to = to.map_or(String::new(), |weight| format!(" {}", value(Some(weight), "%")));
    let open = if entry.in_flight() {
        ", in flight"
    } else if entry.open().is_some() {
        ", not seen"
    } else {
        ""
    };
    let role = if glyph == 'B' { Role::Attention } else { Role::Progress };
    Some(Mark { at, glyph, label: format!("{}{to}{open}", entry.plan.verb), role })
}

/// How long a check's probes took, from the first that is kept to `now`. One that failed is a sign, not
/// a length: how fast it failed says nothing.
pub fn latency(check: &Check, now: Time, size: Size, look: &Look<'_>) -> Vec<Row> {
    let beats = check.beats.iter().map(|beat| match beat.state {
        HealthState::Unhealthy => (beat.at, Value::Failed),
        _ => (beat.at, Value::Read(Reading::of(beat.latency_ms))),
    });
    // three missed probes are a hole, as with metrics
    let spacing_s = check.spec.every.as_secs_f64() * 3.0 + 1.0;
    let trace = Trace::new("latency", Role::Chart, spacing_s, beats);
    let from = check.beats.front().map_or(now, |beat| beat.at);
    let (traces, span) = (vec![trace], Span::new(from, now));
    Chart { traces, marks: Vec::new(), span, unit: "ms" }.rows(size, look)
}
