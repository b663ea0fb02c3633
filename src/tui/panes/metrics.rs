//! Metrics by name: the candidate's reading with its history and limit, beside the stable side's.

use chrono::TimeDelta;
use unicode_width::UnicodeWidthStr;

use crate::control::{GateState, metric_gate, metric_idle};
use crate::model::{MetricSpec, Reading, Time, Track};
use crate::store::{Series, Store, TargetState};
use crate::tui::details::Detail;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, Spark, number, value};

use super::freshness::{is_lost, not_watched, stamp};
use super::row::{Row, flow};
use super::{Body, Glance, words};

/// What every line shows: what the store keeps of any metric.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// Columns of a history below which it has a line of its own.
const LEAST: usize = 6;

/// The metrics of the selected target.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    now: Time,
    width: usize,
    style: &Look<'_>,
) -> Body {
    let span = words::span(WINDOW);
    let of = match width {
        0..44 => format!(", {span}"),
        44..60 => format!(", {span}, against stable"),
        _ => format!(", last {span}, candidate against stable"),
    };
    let title = Row::new(width).put("Metrics", Role::Title).put(of, Role::Dim);
    let spec = &look.state.spec;
    if spec.metrics.is_empty() && spec.scrape_jobs.is_empty() {
        return not_watched(title, "not watched: no metric is configured", width);
    }
    let lines = lines(look, now);
    let widest = |of: fn(&Line<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let columns = Columns {
        name: widest(|line| line.name.width()).clamp(6, 20),
        value: widest(|line| line.value.width()),
        limit: widest(|line| line.limit.width()),
        beside: widest(|line| line.beside.width()),
    };
    let (mut rows, mut at) = (Vec::new(), None);
    for (i, line) in lines.iter().enumerate() {
        let here = cursor == Some(i);
        if here {
            at = Some(rows.len());
        }
        rows.extend(line.rows(&columns, now, width, style).into_iter().map(|row| row.select(here)));
    }
    let lost = spec.prometheus.as_ref().is_some_and(|feed| is_lost(store, feed, now));
    rows.extend(scrapes(look, lost, width));
    let body = Body { cursor: at, ..Body::new(title, rows) };
    stamp(body, store, spec.prometheus.clone(), now, width)
}

/// The metrics that have a line of their own, in the order of the configuration: a stable side's stands
/// beside its candidate's.
pub fn items(state: &TargetState) -> Vec<Detail> {
    let metrics = &state.spec.metrics;
    let is_stable = |spec: &MetricSpec| state.side(spec.track) == Track::Stable;
    let leads = |name: &str| metrics.iter().any(|metric| metric.name == name && !is_stable(metric));
    let own = metrics.iter().enumerate();
    own.filter(|(_, spec)| !(is_stable(spec) && leads(&spec.name)))
        .map(|(index, spec)| Detail::Metric(index, spec.track))
        .collect()
}

/// A metric's glyph: that it is shown only, that it does not count without traffic, or what its gate says;
/// good is only a number that was read and lies within the limit.
pub fn mark(look: &Glance<'_>, index: usize, now: Time) -> (&'static str, Role) {
    let (state, routed) = (look.state, look.seen.routed);
    let Some(gate) = metric_gate(state, index, routed, now) else {
        return ("·", Role::Dim);
    };
    if metric_idle(state, index, routed) {
        return ("○", Role::Dim);
    }
    let within = state.metrics.get(index).is_some_and(|series| {
        let latest = series.latest();
        latest.number().is_some() && series.breaks(latest) == Some(false)
    });
    words::gate(match gate.state {
        GateState::Pass if !within => GateState::Unknown,
        other => other,
    })
}

/// The widths of the columns, so that lines stand under one another.
struct Columns {
    name: usize,
    value: usize,
    limit: usize,
    beside: usize,
}

/// A metric of the candidate (or of the whole) and what stands beside it.
struct Line<'a> {
    mark: (&'static str, Role),
    name: String,
    value: String,
    role: Role,
    spec: &'a MetricSpec,
    series: &'a Series,
    limit: String,
    beside: String,
}

/// A line for each name and candidate query, in the order of the configuration.
fn lines<'a>(look: &Glance<'a>, now: Time) -> Vec<Line<'a>> {
    let state = look.state;
    let all: Vec<_> = state.spec.metrics.iter().zip(&state.metrics).collect();
    let side = |spec: &MetricSpec| state.side(spec.track);
    let of_stable =
        |name: &str| all.iter().find(|(spec, _)| spec.name == name && side(spec) == Track::Stable);
    let mut lines = Vec::new();
    for item in items(state) {
        let Detail::Metric(index, _) = item else { continue };
        let Some((spec, series)) = all.get(index) else { continue };
        let beside = match (side(spec), of_stable(&spec.name)) {
            (Track::Whole, _) => "whole".to_owned(),
            (Track::Stable, _) => "stable only".to_owned(),
            (Track::Candidate, Some((spec, series))) => told(spec, series),
            (Track::Candidate, None) => "no stable".to_owned(),
        };
        let latest = series.latest();
        let idle = metric_idle(state, index, look.seen.routed);
        let role = match (latest, series.breaks(latest)) {
            // what it read before it lost its traffic
            _ if idle => Role::Dim,
            (Reading::Empty | Reading::NotANumber, _) => Role::Unknown,
            (_, Some(true)) => Role::Critical,
            _ if side(spec) == Track::Candidate => Role::Candidate,
            _ => Role::Text,
        };
        let mark = mark(look, index, now);
        let (name, value) = (crate::text::line(&spec.name, 20), told(spec, series));
        let limit = if idle { "not judged".to_owned() } else { limit(spec) };
        lines.push(Line { mark, name, value, role, spec, series, limit, beside });
    }
    lines
}

/// The newest reading; a failed query is unknown, not empty.
pub fn told(spec: &MetricSpec, series: &Series) -> String {
    match &series.fault {
        Some(_) => "unknown".to_owned(),
        None if series.asked_at.is_none() => "not read".to_owned(),
        None => words::reading(series.latest(), &spec.unit),
    }
}

/// What passes, in words: `max 1 %`.
pub fn limit(spec: &MetricSpec) -> String {
    let with_unit = |limit| value(Some(limit), &spec.unit);
    match (spec.min, spec.max) {
        (Some(min), Some(max)) => format!("{} – {}", number(min), with_unit(max)),
        (Some(min), None) => format!("min {}", with_unit(min)),
        (None, Some(max)) => format!("max {}", with_unit(max)),
        (None, None) => "no limit".to_owned(),
    }
}

impl Line<'_> {
    /// `✓ error rate   0.42 %  ▁▁▂▁▂▃▅  max 1 %   0.11 %`
    fn rows(&self, columns: &Columns, now: Time, width: usize, style: &Look<'_>) -> Vec<Row> {
        let row = Row::new(width)
            .put(self.mark.0, self.mark.1)
            .gap(1)
            .cell(&self.name, columns.name, Role::Text)
            .gap(1)
            .number(&self.value, columns.value, self.role)
            .gap(1);
        let tail = Row::new(width).cell(&self.limit, columns.limit, Role::Dim).gap(2).number(
            &self.beside,
            columns.beside,
            Role::Stable,
        );
        let room = row.room().saturating_sub(tail.width() + 1).min(48);
        let mut rows = if room >= LEAST {
            vec![row.line(self.spark(room, now, style)).gap(1).join(tail)]
        } else {
            self.in_two(row, columns, now, width, style)
        };
        if let Some(fault) = &self.series.fault {
            let text = format!("query failed: {fault}");
            rows.push(Row::new(width).gap(2).put(text, Role::Unknown));
        }
        rows
    }

    /// Where there are few columns: the numbers, and their history beneath.
    fn in_two(
        &self,
        row: Row,
        columns: &Columns,
        now: Time,
        width: usize,
        style: &Look<'_>,
    ) -> Vec<Row> {
        let label =
            if self.beside.starts_with(|c: char| c.is_ascii_digit()) { "stable " } else { "" };
        let beside = Row::new(width).put(label, Role::Dim);
        let beside = beside.number(&self.beside, columns.beside, Role::Stable);
        let under = Row::new(width).gap(2);
        let room = under.room().saturating_sub(columns.limit + 1);
        let under =
            if room >= LEAST { under.line(self.spark(room, now, style)).gap(1) } else { under };
        vec![row.gap(1).join(beside), under.put(&self.limit, Role::Dim)]
    }

    fn spark(&self, width: usize, now: Time, style: &Look<'_>) -> ratatui::text::Line<'static> {
        let points: Vec<_> = self.series.points.iter().copied().collect();
        let role = if self.series.fault.is_some() { Role::Stale } else { Role::Chart };
        let (max, min) = (self.spec.max, self.spec.min);
        let spacing_s = self.series.spacing_s;
        let window = WINDOW;
        Spark { points: &points, spacing_s, window, max, min, role }.line(width, now, style)
    }
}

/// Expected scrape jobs: up, down and absent are three things, and none of them is said of what is lost.
fn scrapes(look: &Glance<'_>, lost: bool, width: usize) -> Vec<Row> {
    let spec = &look.state.spec;
    if spec.scrape_jobs.is_empty() {
        return Vec::new();
    }
    let mut pieces = vec![Row::new(width).put("scraped", Role::Dim)];
    let mut errors = Vec::new();
    for name in &spec.scrape_jobs {
        let row = Row::new(width);
        pieces.push(match look.state.scrapes.iter().find(|job| job.job == *name) {
            None => row.put(format!("? {name} unknown"), Role::Unknown),
            Some(job) => {
                let (glyph, word, role) = words::scrape(job.state);
                errors.extend(job.error.as_ref().map(|error| format!("{name}: {error}")));
                let counts = format!("{}/{}", job.up, job.total);
                if lost {
                    row.put(format!("? {name} was {word} {counts}"), Role::Unknown)
                } else {
                    row.put(format!("{glyph} {name} {word} {counts}"), role)
                }
            }
        });
    }
    let mut rows = flow(pieces, "  ", 2, width);
    rows.extend(errors.iter().map(|error| Row::new(width).gap(2).put(error, Role::Error)));
    rows
}
