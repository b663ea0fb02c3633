//! A line of bars for a series. A hole in the data stays a hole.

use ratatui::text::{Line, Span};

use super::Look;
use crate::tui::theme::Role;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_BARS: [char; 8] = ['_', '.', '-', '~', '=', '+', '*', '#'];

/// A series, oldest first, scaled from its smallest to its largest value.
#[derive(Debug, Clone, Copy)]
pub struct Spark<'a> {
    /// The points; none (and NaN) where nothing is known.
    pub values: &'a [Option<f64>],
    /// Points above are drawn as critical.
    pub max: Option<f64>,
    /// Points below are drawn as critical.
    pub min: Option<f64>,
    /// What it is drawn as.
    pub role: Role,
}

impl Spark<'_> {
    /// Exactly `width` columns, the newest point at the right. Where several points share a column, the
    /// one nearest to breaking the limit is drawn.
    #[must_use]
    pub fn line(&self, width: usize, look: &Look<'_>) -> Line<'static> {
        let columns = self.columns(width);
        let finite = || columns.iter().flatten().copied().filter(|value| value.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let bars = if look.ascii { ASCII_BARS } else { BARS };
        let mut spans: Vec<Span<'static>> = Vec::new();
        for column in columns {
            let (bar, role) = match column {
                None => (' ', self.role),
                Some(value) if self.breaks(value) => {
                    (bars[level(value, low, high)], Role::Critical)
                }
                Some(value) => (bars[level(value, low, high)], self.role),
            };
            let style = look.style(role);
            match spans.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push(bar),
                _ => spans.push(Span::styled(bar.to_string(), style)),
            }
        }
        Line::from(spans)
    }

    fn breaks(&self, value: f64) -> bool {
        self.max.is_some_and(|max| value > max) || self.min.is_some_and(|min| value < min)
    }

    /// One value a column, oldest first; the left is empty when there are fewer points.
    fn columns(&self, width: usize) -> Vec<Option<f64>> {
        let points = self.values.len();
        let used = points.min(width);
        let lowest_counts = self.min.is_some() && self.max.is_none();
        let worse = |a: f64, b: f64| if lowest_counts { a.min(b) } else { a.max(b) };
        let column = |at: usize| {
            let share = &self.values[at * points / used..(at + 1) * points / used];
            share.iter().flatten().copied().filter(|value| !value.is_nan()).reduce(worse)
        };
        let mut columns = vec![None; width - used];
        columns.extend((0..used).map(column));
        columns
    }
}

/// Which bar, 0 to 7. A flat series is a line in the middle; flat zero stays at the bottom.
fn level(value: f64, low: f64, high: f64) -> usize {
    let flat = high <= low;
    if value == f64::INFINITY {
        7
    } else if value == f64::NEG_INFINITY || (value == 0.0 && flat) {
        0
    } else if flat {
        3
    } else {
        // Halves first: the difference of two huge values could overflow.
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        (share * 7.0).round().clamp(0.0, 7.0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Depth, Theme};
    use proptest::prelude::*;

    fn draw(values: &[Option<f64>], width: usize, ascii: bool) -> Line<'static> {
        let theme = Theme::built_in(Depth::True);
        let look = Look { theme: &theme, ascii };
        Spark { values, max: Some(100.0), min: None, role: Role::Chart }.line(width, &look)
    }

    fn text(values: &[f64], width: usize) -> String {
        let values: Vec<_> = values.iter().copied().map(Some).collect();
        draw(&values, width, false).to_string()
    }

    #[test]
    fn shapes() {
        assert_eq!(text(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 8), "▁▂▃▄▅▆▇█");
        assert_eq!(text(&[5.0; 4], 4), "▄▄▄▄");
        assert_eq!(text(&[0.0; 4], 4), "▁▁▁▁");
        assert_eq!(text(&[1.0, 2.0], 4), "  ▁█");
        assert_eq!(text(&[], 3), "   ");
        assert_eq!(text(&[1.0], 0), "");
        assert_eq!(text(&[0.0, 9.0, 0.0, 0.0], 2), "█▁", "a peak survives");
        assert_eq!(text(&[1.0, f64::NAN, 2.0, f64::INFINITY], 4), "▁ ██");
        assert_eq!(text(&[f64::MIN, f64::MAX], 2), "▁█");
        assert_eq!(draw(&[Some(0.0), None, Some(1.0)], 3, true).to_string(), "_ #");
    }

    #[test]
    fn what_breaks_the_limit_is_critical() {
        let line = draw(&[Some(99.0), Some(101.0), Some(100.0)], 3, false);
        let theme = Theme::built_in(Depth::True);
        let critical: Vec<_> =
            line.spans.iter().map(|span| span.style == theme.style(Role::Critical)).collect();
        assert_eq!(critical, [false, true, false]);
    }

    proptest! {
        #[test]
        fn any_series_fills_its_width(
            values in proptest::collection::vec(proptest::option::of(any::<f64>()), 0..300),
            width in 0..120usize,
        ) {
            prop_assert_eq!(draw(&values, width, false).width(), width);
        }
    }
}
