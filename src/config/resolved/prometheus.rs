//! What one Prometheus is asked, and for which targets.

use std::time::Duration;

use crate::model::{PathSpec, Target};

use super::HttpConfig;

/// One Prometheus with the queries asked there.
#[derive(Debug, Clone)]
pub struct PrometheusConfig {
    /// How to reach it.
    pub http: HttpConfig,
    /// The cadence.
    pub every: Duration,
    /// What to ask.
    pub queries: Vec<QueryConfig>,
    /// What to count for judges.
    pub comparisons: Vec<ComparisonConfig>,
    /// What was spent of error budgets.
    pub burns: Vec<BurnConfig>,
    /// What to look at of the way of alerts.
    pub paths: Vec<PathConfig>,
    /// When backups were made.
    pub backups: Vec<BackupConfig>,
    /// Expected scrape jobs by target.
    pub scrape_jobs: Vec<(Target, Vec<String>)>,
}

impl PrometheusConfig {
    /// Whether anything is asked there by query, besides what is beside the metrics.
    #[must_use]
    pub fn has_metrics(&self) -> bool {
        !self.queries.is_empty() || !self.comparisons.is_empty() || !self.scrape_jobs.is_empty()
    }

    /// The shortest cadence of what is asked beside the metrics; none where nothing is.
    #[must_use]
    pub fn pace_aside(&self) -> Option<Duration> {
        let burns = self.burns.iter().map(|burn| burn.every);
        let paths = self.paths.iter().map(|path| path.spec.every);
        burns.chain(paths).chain(self.backups.iter().map(|backup| backup.every)).min()
    }

    /// Whether anything is asked there at all.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.has_metrics() || self.pace_aside().is_some()
    }
}

/// What was spent of an error budget.
#[derive(Debug, Clone, PartialEq)]
pub struct BurnConfig {
    /// Of which target.
    pub target: Target,
    /// The share of errors, with the placeholder of the window.
    pub query: String,
    /// The windows that are asked for.
    pub windows: Vec<Duration>,
    /// What counts the requests, with the placeholder of the window, and the windows that it is asked for.
    pub requests: Option<(String, Vec<Duration>)>,
    /// How often.
    pub every: Duration,
}

/// The way of a target's alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct PathConfig {
    /// Of which target.
    pub target: Target,
    /// What is watched of it.
    pub spec: PathSpec,
}

/// When a target's last good backup was made.
#[derive(Debug, Clone, PartialEq)]
pub struct BackupConfig {
    /// Of which target.
    pub target: Target,
    /// What tells it.
    pub query: String,
    /// Whether that is its age in seconds; else its time in seconds since 1970.
    pub is_age: bool,
    /// How often.
    pub every: Duration,
}

/// What is counted of both sides for the judge.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonConfig {
    /// For which target.
    pub target: Target,
    /// Its place in the judge's list.
    pub index: usize,
    /// Where each side is counted.
    pub sides: SidesConfig,
    /// How long a look is.
    pub every: Duration,
    /// How far back the first one goes.
    pub history: Duration,
}

/// Where each side is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SidesConfig {
    /// By queries that count both.
    Split {
        /// What counts.
        counters: CountersConfig,
        /// The label that tells them apart.
        label: String,
        /// Its value on the candidate's series.
        candidate: String,
        /// Its value on the stable side's.
        stable: String,
    },
    /// By queries of their own.
    Apart {
        /// What counts the candidate's.
        candidate: CountersConfig,
        /// What counts the stable side's.
        stable: CountersConfig,
    },
}

/// Queries that yield counters: a series for each process is best, for it shows when one starts anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountersConfig {
    /// Counts the failures; where `is_good` what is none.
    pub part: String,
    /// Whether `part` counts what is no failure: requests below a bucket's boundary.
    pub is_good: bool,
    /// Counts all.
    pub total: String,
}

/// One query.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryConfig {
    /// For which target.
    pub target: Target,
    /// The metric's place in its target's list; none: the share of traffic (the query yields 0..1).
    pub metric: Option<usize>,
    /// The smallest and the largest value that pass: a history keeps what breaks them.
    pub limits: (Option<f64>, Option<f64>),
    /// The expression.
    pub query: String,
    /// How far back the first look goes: what `for` and soak need.
    pub history: Duration,
}
