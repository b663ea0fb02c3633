//! How the target stood, as the journal tells it: until when it was critical, and when that was told.

use crate::model::Time;

use super::Ledger;

/// The words of states that a soak hangs on.
const CRITICAL: &str = "critical";
const UNKNOWN: &str = "unknown";

impl Ledger {
    /// When a change of its state was journaled last.
    #[must_use]
    pub fn changed_at(&self) -> Option<Time> {
        self.changed.as_ref().map(|(_, at)| *at)
    }

    /// Notes since when and until when it was critical. That it cannot be told any more is no end of it.
    pub(super) fn harm(&mut self, from: &str, to: &str, at: Time) {
        let harms = to == CRITICAL;
        if harms || from == CRITICAL || self.harmed {
            self.harmed_at = Some(at);
        }
        self.harmed = harms || self.harmed && to == UNKNOWN;
    }
}
