//! A history in one line: eight heights, a gap where nothing is known.

use crate::model::Reading;
use crate::store::Series;

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The newest `width` readings. Zero is the lowest line, the limit or the largest reading the highest;
/// a reading that is no number is a dot, never a height.
pub fn line(series: &Series, limit: Option<f64>, width: usize) -> String {
    let skip = series.points.len().saturating_sub(width);
    let readings: Vec<Reading> = series.points.iter().skip(skip).map(|p| p.reading).collect();
    let numbers = || readings.iter().filter_map(|reading| reading.number());
    let top = numbers().chain(limit).fold(0.0_f64, f64::max);
    let bottom = numbers().fold(0.0_f64, f64::min);
    let range = top - bottom;
    let mut out = " ".repeat(width.saturating_sub(readings.len()));
    out.extend(readings.iter().map(|reading| match reading {
        Reading::Number(value) if range > 0.0 => {
            let place = (value - bottom) / range * (HEIGHTS.len() - 1) as f64;
            HEIGHTS[(place.round() as usize).min(HEIGHTS.len() - 1)]
        }
        Reading::Number(_) => HEIGHTS[0],
        Reading::PlusInfinity => HEIGHTS[7],
        Reading::MinusInfinity | Reading::NotANumber | Reading::Empty => '·',
    }));
    out
}

/// A bar of `width` columns filled to `percent`.
pub fn bar(percent: f64, width: usize) -> (String, String) {
    let full = (percent.clamp(0.0, 100.0) / 100.0 * width as f64).round() as usize;
    ("█".repeat(full), "░".repeat(width - full))
}
