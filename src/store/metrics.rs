//! A metric's readings over time, with its holes.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::TimeDelta;

use crate::model::{Envelope, MetricSpec, Point, Reading, Time};

use super::caps;

/// The shortest history that is kept and drawn.
const HISTORY: Duration = Duration::from_secs(600);

/// One metric's readings, oldest first. Covers what `for` and soak need, however long, within the cap:
/// old readings are thinned, but one outside the limit is never thinned away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// The readings.
    pub points: VecDeque<Point>,
    /// Why the newest query failed, when it did.
    pub fault: Option<String>,
    /// When the newest answer was asked for.
    pub asked_at: Option<Time>,
    /// The longest time between two readings that is not a hole, in seconds.
    pub spacing_s: f64,
    min: Option<f64>,
    max: Option<f64>,
}

impl Series {
    pub(super) fn new(spec: &MetricSpec, soak: Duration) -> Self {
        let history = spec.hold_for.max(soak).max(HISTORY);
        let step = (history.as_secs_f64() / 200.0).max(spec.every.as_secs_f64());
        Self { spacing_s: step * 3.0 + 1.0, min: spec.min, max: spec.max, ..Self::default() }
    }

    /// Whether a reading breaks the limit; none when it cannot say (NaN, no data).
    #[must_use]
    pub fn breaks(&self, reading: Reading) -> Option<bool> {
        let value = match reading {
            Reading::Number(value) => value,
            Reading::PlusInfinity => f64::INFINITY,
            Reading::MinusInfinity => f64::NEG_INFINITY,
            Reading::NotANumber | Reading::Empty => return None,
        };
        Some(self.max.is_some_and(|max| value > max) || self.min.is_some_and(|min| value < min))
    }

    pub(super) fn apply(&mut self, points: &[Point], fault: Option<&str>, envelope: &Envelope) {
        if self.asked_at.is_some_and(|held| envelope.asked_at < held) {
            return;
        }
        self.asked_at = Some(envelope.asked_at);
        self.fault = fault.map(str::to_owned);
        for point in points {
            // history may come after a newer reading: keep the order of time
            let place = self.points.iter().rposition(|held| held.at <= point.at);
            match place {
                Some(i) if self.points[i].at == point.at => self.points[i] = *point,
                Some(i) => self.points.insert(i + 1, *point),
                None => self.points.push_front(*point),
            }
        }
        while self.points.len() > caps::POINTS {
            let thin = self.thinnable().unwrap_or(0);
            self.points.remove(thin);
        }
    }

    /// The oldest reading that can go without making a hole or hiding a broken limit.
    fn thinnable(&self) -> Option<usize> {
        let room = TimeDelta::milliseconds((self.spacing_s * 400.0) as i64);
        (1..self.points.len().saturating_sub(1)).find(|&i| {
            self.points[i + 1].at - self.points[i - 1].at <= room
                && self.breaks(self.points[i].reading) == Some(false)
        })
    }

    /// The newest reading; empty when the query failed or nothing was read yet.
    #[must_use]
    pub fn latest(&self) -> Reading {
        if self.fault.is_some() {
            return Reading::Empty;
        }
        self.points.back().map_or(Reading::Empty, |point| point.reading)
    }

    /// For how long there has been no reading that says something, if longer than the spacing or if the
    /// newest one says nothing; none before the first one that did.
    #[must_use]
    pub fn silence(&self, now: Time) -> Option<TimeDelta> {
        let mut past = self.points.iter().rev().filter(|point| point.at <= now);
        let newest = past.next()?;
        let says = |point: &&Point| self.breaks(point.reading).is_some();
        let said = std::iter::once(newest).chain(past).find(says)?;
        let spacing = TimeDelta::milliseconds((self.spacing_s * 1000.0) as i64);
        (said.at != newest.at || now - said.at > spacing).then(|| now - said.at)
    }

    /// Since when every reading breaks the limit, without a hole, and whether it did as far back as is known.
    #[must_use]
    pub fn broken(&self, now: Time) -> Option<(Time, bool)> {
        let spacing = TimeDelta::milliseconds((self.spacing_s * 1000.0) as i64);
        let mut since = None;
        for point in self.points.iter().rev().filter(|point| point.at <= now) {
            let hole = since.is_some_and(|later: Time| later - point.at > spacing);
            match self.breaks(point.reading) {
                Some(true) if !hole => since = Some(point.at),
                Some(false) if !hole => return since.map(|since| (since, false)),
                _ => break,
            }
        }
        since.map(|since| (since, true))
    }

    /// What the readings say of the time from `from` to `now`.
    #[must_use]
    pub fn window(&self, from: Time, now: Time) -> Window {
        let spacing = TimeDelta::milliseconds((self.spacing_s * 1000.0) as i64);
        let mut window = Window::default();
        let mut covered = from;
        let mut silent = false;
        for point in self.points.iter().filter(|point| point.at >= from && point.at <= now) {
            if point.at - covered > spacing {
                window.hole = Some(point.at);
            }
            covered = point.at;
            let breaks = self.breaks(point.reading);
            // what says nothing says so until something is said again
            if std::mem::replace(&mut silent, breaks.is_none()) || silent {
                window.hole = Some(point.at);
            }
            match breaks {
                Some(true) => {
                    window.outside += 1;
                    window.last_outside = Some(point.at);
                }
                Some(false) => window.inside += 1,
                None => {}
            }
        }
        if now - covered > spacing {
            window.hole = Some(now);
        }
        window
    }
}

/// What readings say of a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// Readings inside the limit.
    pub inside: usize,
    /// Readings outside it.
    pub outside: usize,
    /// The newest one outside.
    pub last_outside: Option<Time>,
    /// Where the newest hole ends: no reading for longer than the spacing, or one that says nothing.
    pub hole: Option<Time>,
}
