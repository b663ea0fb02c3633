//! One comparison of the judge: counters of both sides, read as ranges on a grid of whole looks, so that
//! whoever reads them at whatever time counts the same.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;

use crate::config::{ComparisonConfig, CountersConfig, SidesConfig};
use crate::model::{Look, Observation, Point, Reading, Tally, Time};
use crate::ports::Clock;

use super::answer::{Matrix, matrix};
use super::ask::{Asker, Trouble};
use super::counters::{Counters, Labels, Values};

/// Looks of one answer at most.
const LOOKS: u64 = 2_000;

/// A comparison and how far it was read.
pub(super) struct Comparison {
    config: ComparisonConfig,
    candidate: Counters,
    stable: Counters,
    /// The end of the newest look; none when it is to be read (again) from the beginning.
    read: Option<Time>,
    /// Looks that were read and not handed on yet.
    fresh: Vec<Look>,
}

/// One side's counters at each time.
type Moments = BTreeMap<Time, (Values, Values)>;

impl Comparison {
    pub(super) fn new(config: ComparisonConfig) -> Self {
        let (candidate, stable) = (Counters::default(), Counters::default());
        Self { config, candidate, stable, read: None, fresh: Vec::new() }
    }

    /// What was read is lost: it will be read again.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.config.clone());
    }

    /// Reads the looks that have ended since the last time.
    pub(super) async fn ask(
        &mut self,
        asker: &Asker<'_>,
        clock: &dyn Clock,
    ) -> Result<(), Trouble> {
        let Some((start, end, step)) = self.range(clock.now()) else { return Ok(()) };
        let (candidate, stable) = self.read(asker, (start, end, step)).await?;
        let mut at = start;
        while at <= end {
            let took = |counters: &mut Counters, moments: &Moments, is_good: bool| {
                let nothing = (Values::default(), Values::default());
                let (part, total) = moments.get(&at).unwrap_or(&nothing);
                counters.take(part, total, is_good)
            };
            let (of_candidate, of_stable) = self.are_good();
            let tallies = (
                took(&mut self.candidate, &candidate, of_candidate),
                took(&mut self.stable, &stable, of_stable),
            );
            if let Some(read) = self.read {
                let span_s = (at - read).as_seconds_f64();
                let (candidate, stable): (Option<Tally>, Option<Tally>) = tallies;
                self.fresh.push(Look { at, span_s, candidate, stable });
            }
            self.read = Some(at);
            at += step;
        }
        Ok(())
    }

    /// What to read next, on the grid; none before a look has ended. The newest look is left to settle, for
    /// scrapes come late.
    fn range(&self, now: Time) -> Option<(Time, Time, TimeDelta)> {
        let every = self.config.every.max(Duration::from_millis(100));
        let on_grid = |at: Time, grid: i64| {
            Time::from_timestamp_millis(at.timestamp_millis().div_euclid(grid) * grid)
        };
        let grid = every.as_millis() as i64;
        let end = on_grid(now, grid)? - TimeDelta::milliseconds(grid);
        let behind = self.read.and_then(|read| (end - read).to_std().ok());
        if self.read.is_some_and(|read| end <= read) {
            return None;
        }
        let span = behind.unwrap_or(self.config.history).min(self.config.history.max(every));
        // whole looks, longer ones where there would be too many
        let looks = (span.as_millis() as u64).div_ceil(every.as_millis() as u64);
        let step = grid * looks.div_ceil(LOOKS).max(1) as i64;
        let end = if step == grid { end } else { on_grid(end, step)? };
        let start = match self.read {
            Some(read) if behind == Some(span) => read + TimeDelta::milliseconds(step),
            _ => end - TimeDelta::milliseconds(step * (looks as i64 * grid / step)),
        };
        (start <= end).then(|| (start, end, TimeDelta::milliseconds(step)))
    }

    fn are_good(&self) -> (bool, bool) {
        match &self.config.sides {
            SidesConfig::Split { counters, .. } => (counters.is_good, counters.is_good),
            SidesConfig::Apart { candidate, stable } => (candidate.is_good, stable.is_good),
        }
    }

    async fn read(
        &self,
        asker: &Asker<'_>,
        range: (Time, Time, TimeDelta),
    ) -> Result<(Moments, Moments), Trouble> {
        match &self.config.sides {
            SidesConfig::Split { counters, label, candidate, stable } => {
                let (part, total) = read(asker, counters, range).await?;
                let side = |value: &str| {
                    let of = |all: &Matrix| -> Matrix {
                        let own = |(labels, _): &&(Labels, Vec<Point>)| {
                            labels.get(label).is_some_and(|found| found == value)
                        };
                        all.iter().filter(own).cloned().collect()
                    };
                    moments(&of(&part), &of(&total))
                };
                if !total.is_empty() && !total.iter().any(|(labels, _)| labels.contains_key(label))
                {
                    let text =
                        format!("no series has the label `{label}`; write sum by ({label}, …)");
                    return Err(Trouble::Query(text));
                }
                Ok((side(candidate), side(stable)))
            }
            SidesConfig::Apart { candidate, stable } => {
                let (ours, theirs) =
                    futures::join!(read(asker, candidate, range), read(asker, stable, range));
                let (ours, theirs) = (ours?, theirs?);
                Ok((moments(&ours.0, &ours.1), moments(&theirs.0, &theirs.1)))
            }
        }
    }

    /// What was read since the last time.
    pub(super) fn observation(&mut self, fault: Option<String>) -> Observation {
        let looks = std::mem::take(&mut self.fresh);
        let (target, index) = (self.config.target.clone(), self.config.index);
        Observation::Looks { target, index, looks, fault }
    }
}

async fn read(
    asker: &Asker<'_>,
    counters: &CountersConfig,
    (start, end, step): (Time, Time, TimeDelta),
) -> Result<(Matrix, Matrix), Trouble> {
    let seconds = |at: Time| format!("{:.3}", at.timestamp_millis() as f64 / 1000.0);
    let (start, end) = (seconds(start), seconds(end));
    let step = format!("{:.3}", step.as_seconds_f64());
    let one = async |query: &str| {
        let pairs = [("query", query), ("start", &start), ("end", &end), ("step", &step)];
        let data = asker.query("api/v1/query_range", &pairs).await?;
        matrix(&data.data).map_err(Trouble::Query)
    };
    let (part, total) = futures::join!(one(&counters.part), one(&counters.total));
    Ok((part?, total?))
}

/// The values of all series, time by time.
fn moments(part: &Matrix, total: &Matrix) -> Moments {
    let mut moments = Moments::new();
    for (series, is_total) in [(part, false), (total, true)] {
        for (labels, points) in series {
            for point in points {
                let Reading::Number(value) = point.reading else { continue };
                let moment = moments.entry(point.at).or_default();
                let values = if is_total { &mut moment.1 } else { &mut moment.0 };
                values.insert(labels.clone(), value);
            }
        }
    }
    moments
}
