//! One series and where it says something: runs of numbers, and the stretches between them that have
//! none, each by its kind.

use std::ops::Range;

use chrono::TimeDelta;

use crate::model::{Point, Reading, Time};
use crate::tui::theme::Role;

use super::span::Span;

/// What there was at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A query's answer.
    Read(Reading),
    /// A probe that failed: how long that took says nothing.
    Failed,
}

/// What a stretch of time has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Finite numbers: a line, or a dot.
    Numbers,
    /// Nothing was read, or the query answered nothing.
    Missing,
    /// NaN.
    NotANumber,
    /// `+Inf`.
    Up,
    /// `-Inf`.
    Down,
    /// Probes that failed.
    Failed,
}

impl Value {
    fn kind(self) -> Kind {
        match self {
            Self::Read(Reading::Number(_)) => Kind::Numbers,
            Self::Read(Reading::NotANumber) => Kind::NotANumber,
            Self::Read(Reading::PlusInfinity) => Kind::Up,
            Self::Read(Reading::MinusInfinity) => Kind::Down,
            Self::Read(Reading::Empty) => Kind::Missing,
            Self::Failed => Kind::Failed,
        }
    }
}

/// A time of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What it has.
    pub kind: Kind,
    /// From when.
    pub from: Time,
    /// Until when: its last number, or where something else begins.
    pub to: Time,
    /// Its samples among those of the trace.
    pub samples: Range<usize>,
}

/// One series of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Who it is.
    pub name: String,
    /// What it is drawn as.
    pub role: Role,
    /// The longest time between two samples that is not a hole, in seconds.
    pub spacing_s: f64,
    /// Values above are critical.
    pub max: Option<f64>,
    /// Values below are critical.
    pub min: Option<f64>,
    /// Why the newest query failed, when it did.
    pub fault: Option<String>,
    samples: Vec<(Time, Value)>,
}

impl Trace {
    /// A series without limits.
    pub fn new(
        name: &str,
        role: Role,
        spacing_s: f64,
        samples: impl IntoIterator<Item = (Time, Value)>,
    ) -> Self {
        let mut samples: Vec<_> = samples.into_iter().collect();
        samples.sort_by_key(|(at, _)| *at);
        let name = name.to_owned();
        Self { name, role, spacing_s, max: None, min: None, fault: None, samples }
    }

    /// A series of readings without limits.
    pub fn of_points<'a>(
        name: &str,
        role: Role,
        spacing_s: f64,
        points: impl IntoIterator<Item = &'a Point>,
    ) -> Self {
        let read = |point: &Point| (point.at, Value::Read(point.reading));
        Self::new(name, role, spacing_s, points.into_iter().map(read))
    }

    /// Its samples, oldest first.
    pub fn samples(&self) -> &[(Time, Value)] {
        &self.samples
    }

    /// Its numbers in a stretch.
    pub fn numbers(&self, samples: Range<usize>) -> impl Iterator<Item = (Time, f64)> + Clone {
        self.samples[samples].iter().filter_map(|(at, value)| match value {
            Value::Read(reading) => Some((*at, reading.number()?)),
            Value::Failed => None,
        })
    }

    /// What a value is drawn as: outside its limits it is critical.
    pub fn ink(&self, value: f64) -> Role {
        let above = self.max.is_some_and(|max| value > max);
        let below = self.min.is_some_and(|min| value < min);
        if above || below { Role::Critical } else { self.role }
    }

    /// The whole of `span` (but for what the spacing leaves open) by what it has, oldest first.
    pub fn stretches(&self, span: &Span) -> Vec<Stretch> {
        let mut found: Vec<Stretch> = Vec::new();
        let mut before = span.from;
        for (i, (at, value)) in self.samples.iter().enumerate() {
            if !span.holds(*at) {
                continue;
            }
            if self.is_hole(before, *at) {
                add(&mut found, Kind::Missing, (before, *at), i..i);
            }
            add(&mut found, value.kind(), (*at, *at), i..i + 1);
            before = *at;
        }
        if self.is_hole(before, span.to) {
            let end = found.last().map_or(0, |last| last.samples.end);
            add(&mut found, Kind::Missing, (before, span.to), end..end);
        } else if let Some(last) = found.last_mut().filter(|last| last.kind != Kind::Numbers) {
            last.to = span.to;
        }
        found
    }

    fn is_hole(&self, before: Time, after: Time) -> bool {
        after - before > TimeDelta::milliseconds((self.spacing_s * 1000.0) as i64)
    }
}

fn add(found: &mut Vec<Stretch>, kind: Kind, (from, to): (Time, Time), samples: Range<usize>) {
    match found.last_mut() {
        Some(last) if last.kind == kind => {
            last.to = to;
            last.samples.end = samples.end;
            return;
        }
        // what is no number lasts until something else is known
        Some(last) if last.kind != Kind::Numbers => last.to = from,
        _ => {}
    }
    found.push(Stretch { kind, from, to, samples });
}
