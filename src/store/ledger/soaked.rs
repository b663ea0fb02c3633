//! Which revisions had all the traffic for as long as that has to prove itself.

use crate::model::{Revision, Time};
use crate::store::caps;

/// Such revisions, each with the time when it last did, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Soaked(Vec<(Revision, Time)>);

impl Soaked {
    pub(super) fn add(&mut self, revision: Option<&Revision>, at: Time) {
        let Some(revision) = revision else { return };
        self.0.retain(|(held, _)| held != revision);
        self.0.push((revision.clone(), at));
        let over = self.0.len().saturating_sub(caps::ACTIONS);
        self.0.drain(..over);
    }

    /// When a revision last finished its soak with all the traffic.
    #[must_use]
    pub fn at(&self, revision: &Revision) -> Option<Time> {
        self.0.iter().find(|(held, _)| held == revision).map(|(_, at)| *at)
    }

    /// All of them, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = (&Revision, Time)> {
        self.0.iter().rev().map(|(revision, at)| (revision, *at))
    }
}
