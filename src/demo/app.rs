//! One app process: what it runs and how its requests fared. Knows nothing of who sends them.

use std::collections::VecDeque;

use super::chance::Chance;
use super::scenario::Quality;

/// World seconds of history that are kept.
const KEPT: usize = 30_000;

/// World seconds that rates look back over.
pub const WINDOW: i64 = 60;

/// The bucket boundary beyond which a request is late, in milliseconds.
pub const BOUNDARY_MS: f64 = 250.0;

/// How latencies spread round their median, in logarithms.
const SPREAD: f64 = 0.5;

/// The part of requests beyond the boundary, when 95 % are below `p95` milliseconds.
fn late(p95: f64) -> f64 {
    let deviations = 1.645 + (BOUNDARY_MS / p95).ln() / SPREAD;
    // the logistic curve is near enough to the normal one
    1.0 / (1.0 + (1.702 * deviations).exp())
}

/// Which side of a production environment a process is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The new one.
    Candidate,
    /// The old one.
    Stable,
}

impl Side {
    /// The label's value.
    pub fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Stable => "stable",
        }
    }

    /// Its server's name in the balancer.
    pub fn server(self) -> &'static str {
        match self {
            Self::Candidate => "canary1",
            Self::Stable => "stable1",
        }
    }
}

/// What a process counted: since it was started, or within a window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Count {
    /// Requests.
    pub requests: u64,
    /// Those of them that were answered with a 5xx.
    pub errors: u64,
    /// Those of them that took longer than [`BOUNDARY_MS`].
    pub late: u64,
    /// Milliseconds: the 95th percentile of each second times its requests.
    slow: f64,
}

impl Count {
    /// The part that failed; NaN without requests.
    pub fn error_rate(self) -> f64 {
        self.errors as f64 / self.requests as f64
    }

    /// The 95th percentile of latency in milliseconds; NaN without requests.
    pub fn p95_ms(self) -> f64 {
        self.slow / self.requests as f64
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            errors: self.errors + other.errors,
            late: self.late + other.late,
            slow: self.slow + other.slow,
        }
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests - earlier.requests,
            errors: self.errors - earlier.errors,
            late: self.late - earlier.late,
            slow: self.slow - earlier.slow,
        }
    }
}

/// What a process says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// All is well.
    Healthy,
    /// Some requests fail.
    Degraded,
    /// Too many requests fail.
    Unhealthy,
}

/// A process that answers requests.
#[derive(Debug, Clone)]
pub struct App {
    /// What it runs.
    pub revision: &'static str,
    /// When it was started, in world seconds.
    pub born: i64,
    quality: Quality,
    first: i64,
    counts: VecDeque<Count>,
}

impl App {
    /// A process whose history begins at the world second `first`.
    pub fn new(revision: &'static str, quality: Quality, born: i64, first: i64) -> Self {
        Self { revision, born, quality, first, counts: VecDeque::new() }
    }

    /// Answers the requests of one world second, when they are `share` (0–1) of the whole traffic.
    /// Returns how many failed.
    pub fn serve(&mut self, requests: u64, share: f64, chance: &mut Chance) -> u64 {
        let mean = requests as f64 * self.quality.error_rate(share);
        let errors = chance.count(mean).min(requests);
        let p95 = self.quality.p95_ms(share) * 0.08f64.mul_add(chance.swing(), 1.0);
        // a stream of its own: what is drawn here changes nothing else
        let late = chance.clone().count(requests as f64 * late(p95)).min(requests);
        let count = self.total().and(Count { requests, errors, late, slow: p95 * requests as f64 });
        self.counts.push_back(count);
        if self.counts.len() > KEPT {
            self.counts.pop_front();
            self.first += 1;
        }
        errors
    }

    /// Everything since it was started.
    pub fn total(&self) -> Count {
        self.counts.back().copied().unwrap_or_default()
    }

    /// The last [`WINDOW`] up to a world second; none where nothing is recorded.
    pub fn window(&self, second: i64) -> Option<Count> {
        self.over(second, WINDOW)
    }

    /// So many world seconds up to one, as far as they are recorded; none where nothing is.
    pub fn over(&self, second: i64, length: i64) -> Option<Count> {
        let end = self.at(second)?;
        let begin = self.at((second - length).max(self.first))?;
        Some(end.since(begin))
    }

    /// How it feels about the last window.
    pub fn condition(&self) -> Condition {
        let last = self.first + self.counts.len().cast_signed() as i64 - 1;
        let rate = self.window(last).map_or(f64::NAN, Count::error_rate);
        if rate > 0.075 {
            Condition::Unhealthy
        } else if rate > 0.02 {
            Condition::Degraded
        } else {
            Condition::Healthy
        }
    }

    /// Everything up to a world second; none where nothing is recorded.
    pub fn at(&self, second: i64) -> Option<Count> {
        let index = usize::try_from(second - self.first).ok()?;
        self.counts.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_differences_and_empty_ones_are_nan() {
        let mut app = App::new("1", Quality::Bad, -10, -10);
        let mut chance = Chance::of(&[1]);
        for _ in 0..100 {
            app.serve(50, 0.5, &mut chance);
        }
        let window = app.window(89).unwrap();
        assert_eq!(window.requests, 50 * 60);
        assert!((0.06..0.12).contains(&window.error_rate()));
        assert!(window.p95_ms() > 500.0);
        assert_eq!(app.condition(), Condition::Unhealthy);
        assert_eq!(app.window(90), None);
        assert_eq!(app.window(-11), None);
        for _ in 0..60 {
            app.serve(0, 0.0, &mut chance);
        }
        assert!(app.window(149).unwrap().error_rate().is_nan());
        assert_eq!(app.condition(), Condition::Healthy);
        assert_eq!(app.total().requests, 5000);
    }
}
