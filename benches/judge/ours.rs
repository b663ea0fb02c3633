//! The product's judge: a trial of errors and one of slow requests, which share what may go wrong.

use flightdeck::stats::trial::{Rule, Trial};

use crate::judge::Judge;
use crate::traffic::Look;

/// The defaults: 5 % for both.
const RULE: Rule = Rule { alpha: 0.025, points: 0.0025, part: 0.2 };

pub struct Ours {
    errors: Trial,
    slow: Trial,
}

impl Default for Ours {
    fn default() -> Self {
        Self { errors: Trial::new(RULE), slow: Trial::new(RULE) }
    }
}

impl Judge for Ours {
    fn condemns(&mut self, look: &Look) -> bool {
        self.errors.add(look.ours.errors(), look.theirs.errors());
        self.slow.add(look.ours.slow(), look.theirs.slow());
        self.errors.failed_at().is_some() || self.slow.failed_at().is_some()
    }
}
