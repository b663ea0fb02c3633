//! Metrics by name: the candidate's reading with its history and limit, beside the stable side's.

use crate::control::metric_state;
use crate::model::{MetricSpec, Reading, Time, Track};
use crate::store::{Series, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, Spark, number, value};

use super::freshness::{not_watched, stamp};
use super::row::Row;
use super::{Body, Glance, words};

const VALUE: usize = 9;

/// The metrics of the selected target.
pub fn body(store: &Store, look: &Glance<'_>, now: Time, width: usize, style: &Look<'_>) -> Body {
    let title =
        Row::new(width).put("Metrics", Role::Title).put(", candidate against stable", Role::Dim);
    let spec = &look.state.spec;
    if spec.metrics.is_empty() && spec.scrape_jobs.is_empty() {
        return not_watched(title, "not watched: no metric is configured", width);
    }
    let mut names: Vec<&str> = Vec::new();
    for metric in &spec.metrics {
        if !names.contains(&metric.name.as_str()) {
            names.push(&metric.name);
        }
    }
    let name_width = names.iter().map(|name| name.len()).max().unwrap_or(0).clamp(6, 18);
    let mut rows = Vec::new();
    for name in names {
        rows.extend(named(look, name, now, (name_width, width), style));
    }
    rows.extend(scrapes(look, width));
    stamp(Body::new(title, rows), store, spec.prometheus.clone(), now, width)
}

/// The lines of one name: one for the candidate (or the whole), with stable's value behind it.
fn named(
    look: &Glance<'_>,
    name: &str,
    now: Time,
    (name_width, width): (usize, usize),
    style: &Look<'_>,
) -> Vec<Row> {
    let of = |track: Track| {
        look.state
            .spec
            .metrics
            .iter()
            .enumerate()
            .zip(&look.state.metrics)
            .filter(|((_, spec), _)| spec.name == name && look.state.side(spec.track) == track)
            .map(|((i, spec), series)| (i, spec, series))
            .collect::<Vec<_>>()
    };
    let mut stable = of(Track::Stable);
    let mut lead = of(Track::Candidate);
    lead.extend(of(Track::Whole));
    if lead.is_empty() {
        lead = std::mem::take(&mut stable);
    }
    let mut rows = Vec::new();
    for (n, (index, spec, series)) in lead.into_iter().enumerate() {
        let (glyph, role) = if spec.is_gate() {
            words::gate(metric_state(look.state, index, look.seen.routed, now))
        } else {
            ("·", Role::Dim)
        };
        let row = Row::new(width).put(glyph, role).gap(1).cell(name, name_width, Role::Text).gap(1);
        let other = stable.get(n).map(|(_, spec, series)| (*spec, *series));
        rows.push(reading(row, (spec, series), other, look.state.side(spec.track), style));
        if let Some(fault) = &series.fault {
            let text = format!("query failed: {fault}");
            rows.push(Row::new(width).gap(2).put(text, Role::Unknown));
        }
    }
    rows
}

fn reading(
    row: Row,
    (spec, series): (&MetricSpec, &Series),
    stable: Option<(&MetricSpec, &Series)>,
    side: Track,
    style: &Look<'_>,
) -> Row {
    let latest = series.latest();
    let role = match (latest, series.breaks(latest)) {
        (Reading::Empty | Reading::NotANumber, _) => Role::Unknown,
        (_, Some(true)) => Role::Critical,
        _ if side == Track::Candidate => Role::Candidate,
        _ => Role::Text,
    };
    let text = if series.fault.is_some() {
        "unknown".to_owned()
    } else {
        words::reading(latest, &spec.unit)
    };
    let row = row.number(text, VALUE, role).gap(1);
    let limit = match (spec.min, spec.max) {
        (Some(min), Some(max)) => {
            format!("{}–{}", number(min), value(Some(max), &spec.unit))
        }
        (Some(min), None) => format!("min {}", value(Some(min), &spec.unit)),
        (None, Some(max)) => format!("limit {}", value(Some(max), &spec.unit)),
        (None, None) => "no limit".to_owned(),
    };
    let beside = match stable {
        Some((spec, series)) if series.fault.is_none() => {
            words::reading(series.latest(), &spec.unit)
        }
        Some(_) => "unknown".to_owned(),
        None if side == Track::Whole => "whole".to_owned(),
        None => "no stable".to_owned(),
    };
    let tail = Row::new(30).cell(limit, 13, Role::Dim).number(beside, VALUE, Role::Stable);
    let room = row.room().saturating_sub(tail.width() + 2);
    let row = if room >= 4 {
        let values: Vec<_> = series.points.iter().map(|point| drawn(point.reading)).collect();
        let role = if series.fault.is_some() { Role::Stale } else { Role::Chart };
        let spark = Spark { values: &values, max: spec.max, min: spec.min, role };
        row.line(spark.line(room.min(40), style)).gap(room - room.min(40) + 2)
    } else {
        row.gap(1)
    };
    row.join(tail)
}

/// What a bar can show of a reading; a hole where it is no number.
fn drawn(reading: Reading) -> Option<f64> {
    match reading {
        Reading::Number(value) => Some(value),
        Reading::PlusInfinity => Some(f64::INFINITY),
        Reading::MinusInfinity => Some(f64::NEG_INFINITY),
        Reading::NotANumber | Reading::Empty => None,
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
