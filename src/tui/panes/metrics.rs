//! Metrics by name: the candidate's reading with its history and limit, beside the stable side's.

use chrono::TimeDelta;
use unicode_width::UnicodeWidthStr;

use crate::control::metric_state;
use crate::model::{MetricSpec, Reading, Time, Track};
use crate::store::{Series, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, Spark, number, value};

use super::freshness::{not_watched, stamp};
use super::row::Row;
use super::{Body, Glance, words};

/// The metrics of the selected target.
pub fn body(store: &Store, look: &Glance<'_>, now: Time, width: usize, style: &Look<'_>) -> Body {
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
    let mut rows: Vec<Row> =
        lines.iter().flat_map(|line| line.rows(&columns, now, width, style)).collect();
    rows.extend(scrapes(look, width));
    stamp(Body::new(title, rows), store, spec.prometheus.clone(), now, width)
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
    let all: Vec<_> = state.spec.metrics.iter().zip(&state.metrics).enumerate().collect();
    let side = |spec: &MetricSpec| state.side(spec.track);
    let of_stable = |name: &str| {
        all.iter().find(|(_, (spec, _))| spec.name == name && side(spec) == Track::Stable)
    };
    let leads = |name: &str| {
        all.iter().any(|(_, (spec, _))| spec.name == name && side(spec) != Track::Stable)
    };
    let mut lines = Vec::new();
    for (index, (spec, series)) in &all {
        if side(spec) == Track::Stable && leads(&spec.name) {
            continue;
        }
        let beside = match (side(spec), of_stable(&spec.name)) {
            (Track::Whole, _) => "whole".to_owned(),
            (Track::Stable, _) => "stable only".to_owned(),
            (Track::Candidate, Some((_, (spec, series)))) => told(spec, series),
            (Track::Candidate, None) => "no stable".to_owned(),
        };
        let latest = series.latest();
        let role = match (latest, series.breaks(latest)) {
            (Reading::Empty | Reading::NotANumber, _) => Role::Unknown,
            (_, Some(true)) => Role::Critical,
            _ if side(spec) == Track::Candidate => Role::Candidate,
            _ => Role::Text,
        };
        let mark = if spec.is_gate() {
            words::gate(metric_state(state, *index, look.seen.routed, now))
        } else {
            ("·", Role::Dim)
        };
        let (name, value) = (crate::text::line(&spec.name, 20), told(spec, series));
        lines.push(Line { mark, name, value, role, spec, series, limit: limit(spec), beside });
    }
    lines
}

/// The newest reading; a failed query is unknown, not empty.
fn told(spec: &MetricSpec, series: &Series) -> String {
    match &series.fault {
        Some(_) => "unknown".to_owned(),
        None => words::reading(series.latest(), &spec.unit),
    }
}

fn limit(spec: &MetricSpec) -> String {
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
