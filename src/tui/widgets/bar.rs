//! A weight's bar: what was asked for and what is in force.

use ratatui::text::{Line, Span};

use super::Look;
use crate::tui::theme::Role;

/// What was asked for and what the engine has in force, in percent; none where it is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightBar {
    /// The percentage last asked for.
    pub asked: Option<f64>,
    /// The percentage in force.
    pub routed: Option<f64>,
}

impl WeightBar {
    /// Exactly `width` columns: full where both agree, half where only one of the two reaches, dotted
    /// when nothing is known.
    #[must_use]
    pub fn line(&self, width: usize, look: &Look<'_>) -> Line<'static> {
        let [full, half, empty, dots] =
            if look.ascii { ["#", "+", "-", "."] } else { ["█", "▒", "░", "·"] };
        let (both, either) = match (self.asked, self.routed) {
            (Some(asked), Some(routed)) => {
                let (asked, routed) = (cells(asked, width), cells(routed, width));
                (asked.min(routed), asked.max(routed))
            }
            (None, Some(routed)) => (cells(routed, width), cells(routed, width)),
            (Some(asked), None) => (0, cells(asked, width)),
            (None, None) => {
                return Line::styled(dots.repeat(width), look.style(Role::Unknown));
            }
        };
        Line::from(vec![
            Span::styled(full.repeat(both), look.style(Role::Candidate)),
            Span::styled(half.repeat(either - both), look.style(Role::Progress)),
            Span::styled(empty.repeat(width - either), look.style(Role::Dim)),
        ])
    }
}

/// How many of `width` cells a percentage fills: a little is never none, and not all is never all.
fn cells(percent: f64, width: usize) -> usize {
    let rounded = (percent.clamp(0.0, 100.0) / 100.0 * width as f64).round() as usize;
    if percent > 0.0 && percent < 100.0 && width >= 2 {
        rounded.clamp(1, width - 1)
    } else {
        rounded.min(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Depth, Theme};

    fn bar(asked: Option<f64>, routed: Option<f64>, width: usize, ascii: bool) -> String {
        let theme = Theme::built_in(Depth::True);
        WeightBar { asked, routed }.line(width, &Look { theme: &theme, ascii }).to_string()
    }

    #[test]
    fn bars() {
        for (asked, routed, text) in [
            (Some(50.0), Some(50.0), "█████░░░░░"),
            (Some(50.0), Some(10.0), "█▒▒▒▒░░░░░"),
            (Some(10.0), Some(50.0), "█▒▒▒▒░░░░░"),
            (Some(0.1), Some(0.1), "█░░░░░░░░░"),
            (Some(99.9), Some(99.9), "█████████░"),
            (Some(0.0), Some(0.0), "░░░░░░░░░░"),
            (Some(100.0), Some(100.0), "██████████"),
            (Some(50.0), None, "▒▒▒▒▒░░░░░"),
            (None, Some(50.0), "█████░░░░░"),
            (None, None, "··········"),
            (Some(f64::NAN), Some(400.0), "▒▒▒▒▒▒▒▒▒▒"),
        ] {
            assert_eq!(bar(asked, routed, 10, false), text, "{asked:?} {routed:?}");
        }
        assert_eq!(bar(Some(50.0), Some(25.0), 4, true), "#+--");
        assert_eq!(bar(Some(50.0), Some(50.0), 0, false), "");
        assert_eq!(bar(Some(50.0), Some(50.0), 1, false).chars().count(), 1);
    }
}
