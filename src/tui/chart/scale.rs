//! The scale of values: round bounds, 1-2-5 ticks and their labels. Knows numbers, not cells.

use crate::text;
use crate::tui::widgets::{count, number};

/// No scale reaches further: differences and products of what is on it stay finite.
const FAR: f64 = 1e300;

/// The bounds of a chart, both on a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// Holds every finite one of `values`, in about `ticks` steps. It begins at zero unless that would
    /// press the values into the upper part.
    pub fn over(values: impl Iterator<Item = f64>, ticks: usize) -> Self {
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .map(|value| value.clamp(-FAR, FAR))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let size = low.abs().max(high.abs());
        if low > high || size < 1.0 / FAR {
            (low, high) = (0.0, 1.0);
        } else if high - low <= size * 1e-9 {
            (low, high) = (low.min(0.0), high.max(0.0));
        } else if low > 0.0 && low <= high * 0.6 {
            low = 0.0;
        }
        let step = round((high - low) / ticks.max(1) as f64);
        // a bound that is on a tick but for the last bit stays there
        let low = (low / step + 1e-9).floor() * step;
        let high = (high / step - 1e-9).ceil() * step;
        Self { low, high, step }
    }

    /// Where a value stands: 0 at the bottom, 1 at the top.
    pub fn share(&self, value: f64) -> f64 {
        ((value.clamp(-FAR, FAR) - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The ticks, from the top.
    pub fn ticks(&self) -> impl Iterator<Item = f64> {
        let (first, last) = (self.low / self.step, self.high / self.step);
        let (first, last, step) = (first.round() as i64, last.round() as i64, self.step);
        (first..=last).rev().map(move |n| n as f64 * step)
    }

    /// A tick in its unit, with as many decimals as tell it from the next.
    pub fn label(&self, tick: f64, unit: &str) -> String {
        let ratio = unit == "ratio";
        let factor = if ratio { 100.0 } else { 1.0 };
        let (tick, step) = (tick * factor, self.step * factor);
        let decimals = (-step.log10() - 1e-9).ceil().max(0.0) as usize;
        let sign = if tick < 0.0 { "-" } else { "" };
        let digits = match decimals {
            _ if tick.abs() < step / 2.0 => "0".to_owned(),
            0 if tick.abs() < 1e15 => format!("{sign}{}", count(tick.abs().round() as u64)),
            1..=6 => format!("{tick:.decimals$}"),
            _ => number(tick),
        };
        match unit {
            "" => digits,
            _ if ratio => format!("{digits} %"),
            _ => format!("{digits} {}", text::line(unit, 8)),
        }
    }
}

/// The next larger of 1, 2 and 5 times a power of ten.
fn round(step: f64) -> f64 {
    let ten = 10_f64.powf(step.log10().floor());
    let digit = step / ten;
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| digit <= round + 1e-9);
    ten * round.unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(values: &[f64], ticks: usize, unit: &str) -> Vec<String> {
        let scale = Scale::over(values.iter().copied(), ticks);
        scale.ticks().map(|tick| scale.label(tick, unit)).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            labels(&[0.0042, 0.01], 5, "ratio"),
            ["1.0 %", "0.8 %", "0.6 %", "0.4 %", "0.2 %", "0 %"]
        );
        assert_eq!(labels(&[198.0, 500.0], 3, "ms"), ["600 ms", "400 ms", "200 ms", "0 ms"]);
        assert_eq!(labels(&[100.1, 100.9], 3, ""), ["101.0", "100.5", "100.0"]);
        assert_eq!(labels(&[-3.0, 4.0], 3, ""), ["5", "0", "-5"]);
        assert_eq!(labels(&[12_000.0, 0.0], 2, ""), ["20,000", "10,000", "0"]);
        assert_eq!(labels(&[], 1, ""), ["1", "0"]);
        assert_eq!(labels(&[0.0], 1, ""), ["1", "0"], "constant zero");
        assert_eq!(labels(&[5.0], 1, ""), ["5", "0"], "a constant has zero beside it");
        assert_eq!(labels(&[-5.0], 1, ""), ["0", "-5"]);
    }

    proptest! {
        #[test]
        fn whatever_is_on_it_is_within(
            values in proptest::collection::vec(any::<f64>(), 0..20),
            ticks in 0..9usize,
        ) {
            let scale = Scale::over(values.iter().copied(), ticks);
            prop_assert!(scale.high > scale.low && scale.step > 0.0);
            prop_assert!(scale.ticks().count() <= ticks.max(1) + 2);
            for value in values.into_iter().filter(|value| value.is_finite()) {
                prop_assert!((0.0..=1.0).contains(&scale.share(value)));
                let value = value.clamp(-FAR, FAR);
                let slack = scale.step * 1e-6;
                prop_assert!(value >= scale.low - slack && value <= scale.high + slack);
            }
        }
    }
}
