//! What became of holding an automatic rollback from the shell, as a person and as a program read it.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Outcome, Refusal, Target, Time};

use super::output::{Format, Output};

/// The answer of `disarm`; version 1.
#[derive(Debug, Clone, Serialize)]
pub struct Disarming {
    version: u32,
    target: Target,
    verb: &'static str,
    /// `seen`, `refused` or `failed`.
    outcome: Outcome,
    /// What the rollback was announced for.
    evidence: Option<String>,
    /// When it was due.
    due_at: Option<Time>,
    refusals: Vec<Refusal>,
    /// Why it could not be held.
    error: Option<String>,
}

impl Disarming {
    /// It is held.
    #[must_use]
    pub fn held(target: Target, evidence: String, due_at: Time) -> Self {
        let (evidence, due_at) = (Some(evidence), Some(due_at));
        Self { evidence, due_at, ..Self::new(target, Outcome::Seen) }
    }

    /// A guard said no.
    #[must_use]
    pub fn refused(target: Target, refusal: Refusal) -> Self {
        Self { refusals: vec![refusal], ..Self::new(target, Outcome::Refused) }
    }

    /// It was tried, and is not held.
    #[must_use]
    pub fn failed(target: Target, error: String) -> Self {
        Self { error: Some(error), ..Self::new(target, Outcome::Failed) }
    }

    fn new(target: Target, outcome: Outcome) -> Self {
        Self {
            version: 1,
            target,
            verb: "disarm",
            outcome,
            evidence: None,
            due_at: None,
            refusals: Vec::new(),
            error: None,
        }
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Prints it.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn print<W: Write>(&self, out: &mut Output<W>) -> io::Result<()> {
        if out.format == Format::Json {
            return out.json(self);
        }
        let target = &self.target;
        if let Some(evidence) = &self.evidence {
            out.line(format!("disarm {target}: held for this release: {evidence}"))?;
        } else {
            out.line(format!("disarm {target}: {}", self.outcome.word()))?;
        }
        for refusal in &self.refusals {
            out.line(format!("  refused by {refusal}"))?;
        }
        self.error.iter().try_for_each(|error| out.line(format!("  {error}")))
    }
}
