//! One configured query: what it yields now, and its history when that was missed.

use std::time::Duration;

use chrono::TimeDelta;

use crate::config::QueryConfig;
use crate::model::{Observation, Point, Reading, Time};
use crate::ports::Clock;

use super::answer::range;
use super::ask::{Asker, Trouble};
use super::thin::{Limits, thin};

/// Points of a history, at most (one more for its beginning).
const POINTS: u32 = 200;

/// Points that are asked for of what has a limit, at most: a breach between two readings would not be seen.
/// Prometheus refuses more than 11,000.
const FINE: u32 = 10_000;

/// A difference of clocks that is only the time a request takes.
pub(super) const SKEW: TimeDelta = TimeDelta::seconds(5);

/// A query and how far it was read.
pub(super) struct Query {
    config: QueryConfig,
    every: Duration,
    /// When it last answered; none when its history is to be read (again).
    read: Option<Time>,
    /// How far the server's clock is ahead of ours, when that is more than a request's time.
    skew: TimeDelta,
}

/// What a query brought.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// Readings by our clock, oldest first.
    pub(super) points: Vec<Point>,
    /// What was said beside them.
    pub(super) warnings: Vec<String>,
}

impl Query {
    pub(super) fn new(config: QueryConfig, every: Duration) -> Self {
        Self { config, every, read: None, skew: TimeDelta::zero() }
    }

    /// The history has a hole: it will be read again.
    pub(super) fn forget(&mut self) {
        self.read = None;
    }

    /// Reads the present value, and the history when there was none or a gap.
    pub(super) async fn ask(
        &mut self,
        asker: &Asker<'_>,
        clock: &dyn Clock,
    ) -> Result<Reply, Trouble> {
        let now = clock.now();
        let read = self.read.take();
        let present = asker.query("api/v1/query", &[("query", &self.config.query)]).await?;
        let found = asker.instant(&present.data).map_err(Trouble::Query)?;
        let mut reply = Reply { points: Vec::new(), warnings: present.warnings };
        if let Some(point) = found {
            let ahead = point.at - now;
            self.skew = if ahead.abs() > SKEW { ahead } else { TimeDelta::zero() };
        }
        if !self.skew.is_zero() {
            let seconds = self.skew.num_seconds();
            reply
                .warnings
                .push(format!("its clock is {seconds:+} s from ours; readings are shown by ours"));
        }
        let latest = found.map_or(Point { at: now, reading: Reading::Empty }, |point| Point {
            at: point.at - self.skew,
            reading: point.reading,
        });
        let gap =
            read.is_none_or(|read| (now - read).to_std().is_ok_and(|gap| gap > self.every * 3));
        self.read = Some(now);
        if gap && !self.config.history.is_zero() {
            self.history(asker, latest.at, &mut reply).await;
        }
        reply.points.retain(|point| point.at < latest.at);
        reply.points.push(latest);
        Ok(reply)
    }

    /// Reads the history up to `end`. What it says is lost when it fails: the present value is not.
    async fn history(&mut self, asker: &Asker<'_>, end: Time, reply: &mut Reply) {
        let (min, max) = self.config.limits;
        let of = |points| self.every.max(self.config.history / points).max(Duration::from_secs(1));
        let coarse = of(POINTS);
        let fine = if min.or(max).is_some() { of(FINE) } else { coarse };
        let step = fine.as_secs_f64();
        let steps = (self.config.history.as_secs_f64() / step).floor();
        let end = (end + self.skew).timestamp_millis() as f64 / 1000.0;
        let pairs = [
            ("query", self.config.query.clone()),
            ("start", format!("{:.3}", end - steps * step)),
            ("end", format!("{end:.3}")),
            ("step", format!("{step:.3}")),
        ];
        let pairs = pairs.each_ref().map(|(key, value)| (*key, value.as_str()));
        let past = match asker.query("api/v1/query_range", &pairs).await {
            Ok(past) => past,
            Err(trouble) => {
                // A query that cannot have a history is not asked for one at every poll.
                if matches!(trouble, Trouble::Feed(_)) {
                    self.read = None;
                }
                reply.warnings.push(self.no_history(trouble.text()));
                return;
            }
        };
        reply.warnings.extend(past.warnings);
        match range(&past.data) {
            Ok(points) => {
                let points = if fine < coarse {
                    thin(&points, Limits { min, max }, fine, coarse)
                } else {
                    points
                };
                let ours =
                    points.into_iter().map(|point| Point { at: point.at - self.skew, ..point });
                reply.points.extend(ours);
            }
            Err(why) => reply.warnings.push(self.no_history(&why)),
        }
    }

    fn no_history(&self, why: &str) -> String {
        format!("no history of a query of {}: {why}", self.config.target)
    }

    /// What was read, under the query's own name; a share in percent.
    pub(super) fn observation(&self, mut points: Vec<Point>, fault: Option<String>) -> Observation {
        let target = self.config.target.clone();
        let Some(index) = self.config.metric else {
            for point in &mut points {
                if let Reading::Number(share) = point.reading {
                    point.reading = Reading::of(share * 100.0);
                }
            }
            return Observation::Share { target, points, fault };
        };
        Observation::Metric { target, index, points, fault }
    }
}
