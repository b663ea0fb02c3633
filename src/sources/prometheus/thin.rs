//! A long history in few readings: one a step, and with it every reading that matters more than the others,
//! at its own time: what broke a limit, what said nothing, and where readings are missing.

use std::time::Duration;

use chrono::TimeDelta;

use crate::model::{Point, Reading};

/// What a reading may be; none: it may be anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

impl Limits {
    /// Whether a reading proves that all was well.
    fn keeps(self, reading: Reading) -> bool {
        let Reading::Number(value) = reading else { return false };
        self.max.is_none_or(|max| value <= max) && self.min.is_none_or(|min| value >= min)
    }
}

/// Thins readings that were taken `fine` apart to one in `coarse`, the last; oldest first.
pub(super) fn thin(
    points: &[Point],
    limits: Limits,
    fine: Duration,
    coarse: Duration,
) -> Vec<Point> {
    let delta = |duration: Duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    let (fine, coarse) = (delta(fine), delta(coarse));
    let mut kept: Vec<Point> = Vec::new();
    let mut step: Option<Step> = None;
    for point in points {
        let missing = step.as_ref().is_some_and(|step| point.at - step.last.at > fine * 3);
        if let Some(done) = step.take_if(|step| missing || point.at - step.begin >= coarse) {
            // a hole is told by its beginning: its end may be the beginning of something else
            let hole = Point { at: done.last.at + fine, reading: Reading::Empty };
            kept.extend(done.kept());
            kept.extend(missing.then_some(hole));
        }
        let step = step.get_or_insert(Step { begin: point.at, odd: None, last: *point });
        step.last = *point;
        if !limits.keeps(point.reading) {
            step.odd = Some(*point);
        }
    }
    kept.extend(step.into_iter().flat_map(Step::kept));
    kept
}

/// The readings of a step.
struct Step {
    begin: crate::model::Time,
    /// The last one that does not prove that all was well.
    odd: Option<Point>,
    last: Point,
}

impl Step {
    fn kept(self) -> impl Iterator<Item = Point> {
        self.odd.filter(|odd| odd.at != self.last.at).into_iter().chain([self.last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { min: None, max: Some(0.01) };

    /// A reading a minute, for some minutes, but for those of `odd` and those that are missing.
    fn week(minutes: i64, odd: impl Fn(i64) -> Option<f64>) -> Vec<Point> {
        let at = |minute| chrono::DateTime::from_timestamp(minute * 60, 0).unwrap();
        let reading = |minute| Some(Point { at: at(minute), reading: Reading::of(odd(minute)?) });
        (0..=minutes).filter_map(reading).collect()
    }

    fn thinned(points: &[Point]) -> Vec<(i64, Reading)> {
        let thin = thin(points, LIMITS, Duration::from_secs(60), Duration::from_secs(3024));
        thin.iter().map(|point| (point.at.timestamp() / 60, point.reading)).collect()
    }

    #[test]
    fn a_clean_week_is_a_reading_a_step() {
        let clean = thinned(&week(10_080, |_| Some(0.002)));
        assert!((195..=202).contains(&clean.len()), "{}", clean.len());
        assert!(clean.windows(2).all(|two| two[1].0 - two[0].0 <= 51), "no step is missing");
        assert_eq!(clean.last().unwrap().0, 10_080);
    }

    #[test]
    fn two_bad_minutes_of_a_week_stay_at_their_time() {
        let bad = |minute| Some(if (5001..=5002).contains(&minute) { 0.3 } else { 0.002 });
        let found = thinned(&week(10_080, bad));
        let outside: Vec<i64> =
            found.iter().filter(|(_, r)| *r == Reading::Number(0.3)).map(|(at, _)| *at).collect();
        assert_eq!(outside, [5002]);
        let silent = |minute| Some(if minute == 77 { f64::NAN } else { 0.002 });
        assert!(thinned(&week(10_080, silent)).contains(&(77, Reading::NotANumber)));
    }

    #[test]
    fn a_hole_of_ten_minutes_in_a_week_is_told() {
        let gone = |minute| (!(6000..6010).contains(&minute)).then_some(0.002);
        assert!(thinned(&week(10_080, gone)).contains(&(6000, Reading::Empty)));
        let scrape_late = |minute| (!(6000..6002).contains(&minute)).then_some(0.002);
        assert!(thinned(&week(10_080, scrape_late)).iter().all(|(_, r)| *r != Reading::Empty));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(thinned(&[]), []);
    }
}
