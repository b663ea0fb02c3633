//! The time a chart shows, and the clock under it. Knows times and columns, nothing of values.

use chrono::{DateTime, TimeDelta};
use unicode_width::UnicodeWidthStr;

use crate::model::Time;

/// Steps of the clock, in seconds; beyond the last, weeks are doubled.
const STEPS: [i64; 20] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    DAY,
    DAY * 2,
    DAY * 7,
];
const DAY: i64 = 86_400;

/// The shortest time that is shown: a single reading needs some round it.
const SHORTEST: TimeDelta = TimeDelta::seconds(60);

/// A stretch of time, at least a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its left edge.
    pub from: Time,
    /// Its right edge.
    pub to: Time,
}

impl Span {
    /// From `from`, or a minute before `to` if that is earlier, to `to`.
    pub fn new(from: Time, to: Time) -> Self {
        let minute = to.checked_sub_signed(SHORTEST).unwrap_or(to);
        Self { from: from.min(minute), to }
    }

    /// Whether a time is within.
    pub fn holds(&self, at: Time) -> bool {
        (self.from..=self.to).contains(&at)
    }

    /// Which of `columns` a time falls on.
    pub fn column(&self, at: Time, columns: usize) -> usize {
        let whole = self.millis().max(1) as f64;
        let share = (at - self.from).num_milliseconds() as f64 / whole;
        (share.clamp(0.0, 1.0) * columns.saturating_sub(1) as f64).round() as usize
    }

    fn millis(&self) -> i64 {
        (self.to - self.from).num_milliseconds()
    }

    /// The clock: times at sensible steps that have room in `columns`, each with its column. Without
    /// room for two, the newest time stands at the right.
    pub fn clock(&self, columns: usize) -> Vec<(usize, String)> {
        let seconds = self.millis() as f64 / 1000.0;
        let fits = |step: i64| {
            let room = columns as f64 * step as f64 / seconds;
            room >= (self.format(step).len() + 3) as f64
        };
        let weeks = std::iter::successors(Some(DAY * 14), |step| step.checked_mul(2));
        let mut steps = STEPS.into_iter().chain(weeks.take(20));
        let ticks = steps.find(|step| fits(*step)).map(|step| self.ticks(step, columns));
        let last = || {
            let label = self.to.format(self.format(60)).to_string();
            (columns.saturating_sub(1), label)
        };
        ticks.filter(|ticks| !ticks.is_empty()).unwrap_or_else(|| vec![last()])
    }

    fn ticks(&self, step: i64, columns: usize) -> Vec<(usize, String)> {
        let first = -(-self.from.timestamp()).div_euclid(step);
        let format = self.format(step);
        (first..=self.to.timestamp().div_euclid(step))
            .take(columns)
            .filter_map(|n| DateTime::from_timestamp(n.checked_mul(step)?, 0))
            .filter(|at| self.holds(*at))
            .map(|at| (self.column(at, columns), at.format(format).to_string()))
            .collect()
    }

    /// What has to be said of a time at steps of so many seconds. As text at least as long as its format.
    fn format(&self, step: i64) -> &'static str {
        match step {
            _ if step >= DAY => "%Y-%m-%d",
            _ if self.to - self.from > TimeDelta::days(1) => "%m-%d %H:%MZ",
            ..60 => "%H:%M:%SZ",
            _ => "%H:%MZ",
        }
    }
}

/// Labels under their columns: centred, within `columns`, none that would touch another.
pub fn place(labels: &[(usize, String)], columns: usize) -> String {
    let mut line = String::new();
    for (column, label) in labels {
        let width = label.width();
        let Some(last) = columns.checked_sub(width) else { continue };
        let begin = column.saturating_sub(width / 2).min(last);
        let used = line.width();
        if used == 0 || begin > used {
            line.push_str(&" ".repeat(begin - used));
            line.push_str(label);
        }
    }
    line
}

/// A stretch of time in words: `14:21–14:24Z`, `since 14:24Z`; with seconds where minutes would not tell.
pub fn stretch(from: Time, to: Option<Time>, ascii: bool) -> String {
    let dash = if ascii { '-' } else { '–' };
    let short = |to: Time| to - from < TimeDelta::seconds(120);
    let format = if to.is_some_and(short) { "%H:%M:%S" } else { "%H:%M" };
    let begin = from.format(format);
    match to {
        None => format!("since {begin}Z"),
        Some(to) => match to.format(format).to_string() {
            end if end == begin.to_string() => format!("{end}Z"),
            end => format!("{begin}{dash}{end}Z"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(seconds: i64) -> Span {
        let to: Time = "2026-01-01T14:32:07Z".parse().unwrap();
        Span::new(to - TimeDelta::seconds(seconds), to)
    }

    #[test]
    fn the_clock_has_sensible_steps() {
        let line = |seconds, columns| place(&span(seconds).clock(columns), columns);
        insta::assert_snapshot!(
            "clock",
            [
                line(0, 60),
                line(600, 60),
                line(600, 30),
                line(5_400, 60),
                line(90_000, 60),
                line(86_400 * 9, 60),
                line(86_400 * 4_000, 60),
                line(600, 6),
                line(600, 5),
            ]
            .join("\n")
        );
    }

    #[test]
    fn stretches_in_words() {
        let Span { from, to } = span(200);
        assert_eq!(stretch(from, Some(to), false), "14:28–14:32Z");
        assert_eq!(stretch(from, None, false), "since 14:28Z");
        assert_eq!(stretch(from, Some(from), false), "14:28:47Z");
        assert_eq!(stretch(from, Some(from + TimeDelta::seconds(40)), true), "14:28:47-14:29:27Z");
    }
}
