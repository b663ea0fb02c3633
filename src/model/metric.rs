//! Metric readings. No data, zero and NaN are three different things here.

use serde::{Deserialize, Serialize};

use super::Time;

/// What a query yielded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A finite number.
    Number(f64),
    /// NaN, as from 0/0.
    NotANumber,
    /// `+Inf`.
    PlusInfinity,
    /// `-Inf`.
    MinusInfinity,
    /// The query answered with no series at all.
    Empty,
}

impl Reading {
    /// Sorts a float into a reading; never [`Reading::Empty`].
    #[must_use]
    pub fn of(value: f64) -> Self {
        if value.is_nan() {
            Self::NotANumber
        } else if value == f64::INFINITY {
            Self::PlusInfinity
        } else if value == f64::NEG_INFINITY {
            Self::MinusInfinity
        } else {
            Self::Number(value)
        }
    }

    /// The finite number, if it is one.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(value),
            _ => None,
        }
    }
}

/// A reading at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it held.
    pub at: Time,
    /// What it was.
    pub reading: Reading,
}

/// What Prometheus says of a scrape job that we expect. Down and absent are different: one is a target
/// that does not answer, the other is a job nobody scrapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScrapeState {
    /// All its instances answer.
    Up,
    /// At least one instance does not answer.
    Down,
    /// Prometheus has no such target.
    Absent,
    /// Not scraped yet, or Prometheus does not say.
    Unknown,
}

/// An expected scrape job and its instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScrapeJob {
    /// The job's name.
    pub job: String,
    /// Its state over all instances.
    pub state: ScrapeState,
    /// Instances that answer.
    pub up: u32,
    /// Instances known.
    pub total: u32,
    /// The last scrape error, when one is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
