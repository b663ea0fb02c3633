//! A line of bars over time. What was not read stays a gap, and what is no number is no bar.

use chrono::TimeDelta;
use ratatui::text::{Line, Span};

use super::Look;
use crate::model::{Point, Reading, Time};
use crate::tui::theme::Role;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A series over the last while, scaled from its smallest to its largest value there.
#[derive(Debug, Clone, Copy)]
pub struct Spark<'a> {
    /// The readings, oldest first.
    pub points: &'a [Point],
    /// The longest time between two readings that is not a hole, in seconds.
    pub spacing_s: f64,
    /// How far back it goes.
    pub window: TimeDelta,
    /// Readings above are drawn as critical.
    pub max: Option<f64>,
    /// Readings below are drawn as critical.
    pub min: Option<f64>,
    /// What it is drawn as.
    pub role: Role,
}

/// The columns' times. They begin at multiples of their length, so that a picture does not shimmer while
/// time goes on: every bar stays what it is and moves to the left.
#[derive(Debug, Clone, Copy)]
struct Grid {
    length_ms: i64,
    newest: i64,
    width: usize,
}

impl Grid {
    fn new(window: TimeDelta, width: usize, now: Time) -> Self {
        let length_ms = (window.num_milliseconds() / (width as i64).max(1)).max(1);
        Self { length_ms, newest: now.timestamp_millis().div_euclid(length_ms), width }
    }

    /// Which column a time is in; none before the first. Clocks differ: what is yet to come is now.
    fn column(&self, at: Time) -> Option<usize> {
        let ago = (self.newest - at.timestamp_millis().div_euclid(self.length_ms)).max(0);
        (self.width - 1).checked_sub(usize::try_from(ago).ok()?)
    }
}

impl Spark<'_> {
    /// Exactly `width` columns, `now` at the right. Of several readings in a column the worst is drawn.
    #[must_use]
    pub fn line(&self, width: usize, now: Time, look: &Look<'_>) -> Line<'static> {
        let columns = self.columns(width, now);
        let numbers = || columns.iter().filter_map(|reading| reading.number());
        let low = numbers().fold(f64::INFINITY, f64::min);
        let high = numbers().fold(f64::NEG_INFINITY, f64::max);
        let mut spans: Vec<Span<'static>> = Vec::new();
        for reading in columns {
            let (bar, role) = match reading {
                Reading::Number(value) => (BARS[level(value, low, high)], self.role),
                Reading::PlusInfinity => ('↑', self.role),
                Reading::MinusInfinity => ('↓', self.role),
                Reading::NotANumber => ('?', Role::Unknown),
                Reading::Empty => ('·', Role::Dim),
            };
            let role = if self.breaks(reading) { Role::Critical } else { role };
            let style = look.style(role);
            match spans.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push(bar),
                _ => spans.push(Span::styled(bar.to_string(), style)),
            }
        }
        Line::from(spans)
    }

    fn breaks(&self, reading: Reading) -> bool {
        size(reading).is_some_and(|value| {
            self.max.is_some_and(|max| value > max) || self.min.is_some_and(|min| value < min)
        })
    }

    /// One reading a column, oldest first; empty where nothing was read.
    fn columns(&self, width: usize, now: Time) -> Vec<Reading> {
        let mut columns: Vec<Option<Reading>> = vec![None; width];
        if width == 0 {
            return Vec::new();
        }
        let grid = Grid::new(self.window, width, now);
        let after = self.points.iter().skip(1).map(|point| point.at).chain([now]);
        for (point, next) in self.points.iter().zip(after) {
            // a reading stands for the columns up to the next one, unless that is behind a hole
            let until = grid.column(next);
            let from = grid.column(point.at).or(until.map(|_| 0));
            let (Some(from), Some(until)) = (from, until) else { continue };
            let is_hole = (next - point.at).as_seconds_f64() > self.spacing_s;
            if grid.column(point.at).is_some() {
                let held = &mut columns[from];
                *held = Some(held.map_or(point.reading, |held| self.worse(held, point.reading)));
            }
            if !is_hole {
                let until = if next == now { until + 1 } else { until };
                for held in columns.get_mut(from..until).unwrap_or_default() {
                    held.get_or_insert(point.reading);
                }
            }
        }
        columns.into_iter().map(|held| held.unwrap_or(Reading::Empty)).collect()
    }

    /// What must not be lost of two: a broken limit, then NaN, then that there was nothing; of numbers
    /// the one nearer to the limit.
    fn worse(&self, a: Reading, b: Reading) -> Reading {
        let rank = |reading| match reading {
            _ if self.breaks(reading) => 3,
            Reading::NotANumber => 2,
            Reading::Empty => 1,
            _ => 0,
        };
        let lowest_counts = self.min.is_some() && self.max.is_none();
        let is_worse = match rank(a).cmp(&rank(b)) {
            std::cmp::Ordering::Equal if lowest_counts => size(b) < size(a),
            std::cmp::Ordering::Equal => size(b) > size(a),
            ordering => ordering.is_lt(),
        };
        if is_worse { b } else { a }
    }
}

/// A reading as a float, if it is one that has a size.
fn size(reading: Reading) -> Option<f64> {
    match reading {
        Reading::Number(value) => Some(value),
        Reading::PlusInfinity => Some(f64::INFINITY),
        Reading::MinusInfinity => Some(f64::NEG_INFINITY),
        Reading::NotANumber | Reading::Empty => None,
    }
}

/// Which bar, 0 to 7. A flat series is a line in the middle; flat zero stays at the bottom.
fn level(value: f64, low: f64, high: f64) -> usize {
    if high > low {
        // Halves first: the difference of two huge values could overflow.
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        (share * 7.0).round().clamp(0.0, 7.0) as usize
    } else if value == 0.0 {
        0
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::super::ascii::plain;
    use super::*;
    use crate::tui::theme::{Depth, Theme};
    use proptest::prelude::*;

    /// The 60th second of a minute.
    fn now() -> Time {
        "2026-01-01T14:32:59Z".parse().unwrap()
    }

    fn points(readings: &[(i64, f64)]) -> Vec<Point> {
        let point = |(second, value): &(i64, f64)| Point {
            at: now() - TimeDelta::seconds(59 - second),
            reading: Reading::of(*value),
        };
        readings.iter().map(point).collect()
    }

    fn draw(points: &[Point], width: usize) -> Line<'static> {
        let theme = Theme::built_in(Depth::True);
        let look = Look { theme: &theme, ascii: false };
        let window = TimeDelta::seconds(60);
        let (max, min, role) = (Some(100.0), None, Role::Chart);
        Spark { points, spacing_s: 16.0, window, max, min, role }.line(width, now(), &look)
    }

    /// As a terminal for ASCII shows it.
    fn plain_or_same(c: char) -> String {
        if c.is_ascii() { c.to_string() } else { plain(c).to_owned() }
    }

    fn text(readings: &[(i64, f64)], width: usize) -> String {
        draw(&points(readings), width).to_string()
    }

    #[test]
    fn shapes() {
        let steps: Vec<_> = (0..12).map(|n| (n * 5, n as f64)).collect();
        assert_eq!(text(&steps, 12), "▁▂▂▃▄▄▅▅▆▇▇█");
        assert_eq!(text(&steps, 6), "▁▂▄▅▇█", "the largest of two");
        assert_eq!(text(&steps, 15).chars().count(), 15);
        assert!(!text(&steps, 30).contains('·'), "what lies between readings is no hole");
        let flat = |value| (0..12).map(|n| (n * 5, value)).collect::<Vec<_>>();
        assert_eq!(text(&flat(5.0), 4), "▄▄▄▄");
        assert_eq!(text(&flat(0.0), 4), "▁▁▁▁");
        assert_eq!(text(&[], 3), "···");
        assert_eq!(text(&[(50, 1.0)], 0), "");
    }

    #[test]
    fn nothing_zero_and_nan_are_three_things() {
        let readings = [(0, 0.0), (5, 0.0), (40, f64::NAN), (50, 7.0), (55, f64::INFINITY)];
        assert_eq!(text(&readings, 12), "▁▁······??█↑");
        let ascii: String = text(&readings, 12).chars().map(plain_or_same).collect();
        assert_eq!(ascii, "__......??#^");
        assert_eq!(text(&[(0, 3.0), (20, 3.0)], 6), "▄·▄···", "old news is not drawn as now");
        assert_eq!(text(&[(-200, 3.0), (-10, 3.0), (5, 3.0)], 6), "▄·····");
        assert_eq!(text(&[(40, f64::MIN), (70, f64::MAX)], 6), "····▁█", "a clock that is ahead");
    }

    #[test]
    fn bars_stay_what_they_are_while_time_goes_on() {
        let (theme, window) = (Theme::built_in(Depth::True), TimeDelta::seconds(60));
        let look = Look { theme: &theme, ascii: false };
        let points = points(&(0..12).map(|n| (n * 5, (n % 4) as f64)).collect::<Vec<_>>());
        let (max, min, role) = (None, None, Role::Chart);
        let spark = Spark { points: &points, spacing_s: 16.0, window, max, min, role };
        let at = |s| spark.line(12, now() + TimeDelta::seconds(s), &look).to_string();
        let (before, after) = (at(0), at(4));
        assert!(after.starts_with(before.trim_start_matches(before.chars().next().unwrap())));
        assert_eq!(at(1), at(4));
    }

    #[test]
    fn what_breaks_the_limit_is_critical() {
        let line = draw(&points(&[(0, 99.0), (10, 99.0), (12, 101.0), (14, 9.0), (20, 100.0)]), 6);
        let theme = Theme::built_in(Depth::True);
        let critical: Vec<_> =
            line.spans.iter().map(|span| span.style == theme.style(Role::Critical)).collect();
        assert_eq!(critical, [false, true, false, false]);
        let nan = draw(&points(&[(0, 500.0), (1, f64::NAN), (2, 3.0)]), 6);
        assert_eq!(nan.spans[0].style, theme.style(Role::Critical), "a broken limit is not lost");
    }

    proptest! {
        #[test]
        fn any_series_fills_its_width(
            readings in proptest::collection::vec((-100..100i64, any::<f64>()), 0..300),
            width in 0..120usize,
        ) {
            let mut points = points(&readings);
            points.sort_by_key(|point| point.at);
            prop_assert_eq!(draw(&points, width).width(), width);
        }
    }
}
