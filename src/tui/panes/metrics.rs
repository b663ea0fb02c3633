//! Metrics by name: the candidate's reading with its history and limit, beside the stable side's.

use chrono::TimeDelta;
use unicode_width::UnicodeWidthStr;

use crate::control::{GateState, metric_gate, metric_idle};
use crate::model::{MetricSpec, Reading, Time, Track};
use crate::store::{Series, Store, TargetState};
use crate::tui::details::Detail;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, Spark, number, value};

use super::freshness::{not_watched, stamp};
use super::row::Row;
use super::{Body, Glance, words};

/// The metrics of the selected target.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    now: Time,
    width: usize,
    style: &Look<'_>,
) -> Body {
    let title =
        Row::new(width).put("Metrics", Role::Title).put(", candidate against stable", Role::Dim);
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
    rows.extend(scrapes(look, width));
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
        let limit = if idle { "no traffic".to_owned() } else { limit(spec) };
        lines.push(Line { mark, name, value, role, spec, series, limit, beside });
    }
    lines
}

/// The newest reading; a failed query is unknown, not empty.
pub fn told(spec: &MetricSpec, series: &Series) -> String {
    match &series.fault {
        Some(_) => "unknown".to_owned(),
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
        let row = if room >= 4 { row.line(self.spark(room, now, style)).gap(1) } else { row };
        let mut rows = vec![row.join(tail)];
        if let Some(fault) = &self.series.fault {
            let text = format!("query failed: {fault}");
            rows.push(Row::new(width).gap(2).put(text, Role::Unknown));
        }
        rows
    }

    fn spark(&self, width: usize, now: Time, style: &Look<'_>) -> ratatui::text::Line<'static> {
        let points: Vec<_> = self.series.points.iter().copied().collect();
        let role = if self.series.fault.is_some() { Role::Stale } else { Role::Chart };
        let (max, min) = (self.spec.max, self.spec.min);
        let spacing_s = self.series.spacing_s;
        // every line shows the same time: what the store keeps of any metric
        let window = TimeDelta::minutes(10);
        Spark { points: &points, spacing_s, window, max, min, role }.line(width, now, style)
    }
}

/// Expected scrape jobs: up, down and absent are three things.
fn scrapes(look: &Glance<'_>, width: usize) -> Vec<Row> {
    let spec = &look.state.spec;
    if spec.scrape_jobs.is_empty() {
        return Vec::new();
    }
    let mut row = Row::new(width).put("scraped ", Role::Dim);
    let mut errors = Vec::new();
    for name in &spec.scrape_jobs {
        row = match look.state.scrapes.iter().find(|job| job.job == *name) {
            None => row.put(format!("? {name} unknown"), Role::Unknown),
            Some(job) => {
                let (glyph, word, role) = words::scrape(job.state);
                errors.extend(job.error.as_ref().map(|error| format!("{name}: {error}")));
                row.put(format!("{glyph} {name} {word} {}/{}", job.up, job.total), role)
            }
        };
        row = row.gap(2);
    }
    let mut rows = vec![row];
    rows.extend(errors.iter().map(|error| Row::new(width).gap(2).put(error, Role::Error)));
    rows
}
