//! The mathematics of comparing a candidate with what it is to replace, and of spending an error budget.
//!
//! Owns formulas, each with its source. Pure: knows counts, shares and ratios, and nothing of releases, targets
//! or where numbers come from.

pub mod burn;
pub mod clump;
pub mod interval;
pub mod ratio;
pub mod trial;

/// Events of a kind among all: errors among requests, slow requests among all that were timed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Count {
    /// Of the kind; at most `total`.
    pub bad: f64,
    /// All.
    pub total: f64,
}

impl Count {
    /// A count; negative or odd numbers become 0, and `bad` at most `total`.
    #[must_use]
    pub fn new(bad: f64, total: f64) -> Self {
        let clean = |number: f64| if number.is_finite() { number.max(0.0) } else { 0.0 };
        let total = clean(total);
        Self { bad: clean(bad).min(total), total }
    }

    /// The share that is of the kind, 0–1; none of nothing.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.total > 0.0).then(|| self.bad / self.total)
    }
}

impl std::ops::Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { bad: self.bad + other.bad, total: self.total + other.total }
    }
}
