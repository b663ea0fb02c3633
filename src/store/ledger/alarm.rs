//! An alarm of the journal: a candidate that is to be rolled back by itself, and who answered.

use crate::model::{Revision, Time};

/// A candidate harms by what was read, and is rolled back by itself unless somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Since when.
    pub at: Time,
    /// The candidate then.
    pub candidate: Option<Revision>,
    /// What it does wrong.
    pub why: String,
    /// When it is rolled back.
    pub acts_at: Time,
    /// Who answered, why, and whether it had passed by itself.
    pub answered: Option<Answered>,
}

/// How an alarm ended without a rollback of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// By whom.
    pub by: String,
    /// Why.
    pub why: String,
    /// Whether what it was about had passed: then it may be raised again.
    pub passed: bool,
}

impl Alarm {
    /// Whether an operator took the matter in hand: nothing is done by itself in this release any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.answered.as_ref().is_some_and(|answered| !answered.passed)
    }
}
