//! What is decided about every target, kept up to date: a target is assessed again when a fact about it
//! came, and all are when a second has passed. So a frame costs what changed, not what there is.

use crate::model::Time;
use crate::store::Store;

use super::assess::{Assessment, assess};

/// Every target's newest assessment.
#[derive(Debug, Clone, Default)]
pub struct Board {
    seen: Vec<Assessment>,
    at: Option<(u64, i64)>,
    edition: u64,
}

impl Board {
    /// Brings it up to the store and the second of `now`; how many targets were assessed for that.
    pub fn refresh(&mut self, store: &Store, now: Time) -> usize {
        let stamp = (store.seq(), now.timestamp());
        let known = self.at.replace(stamp);
        if known == Some(stamp) {
            return 0;
        }
        // a store that went back is another one: a replay was rewound
        let since = known.filter(|(seq, at)| *at == stamp.1 && *seq <= stamp.0).map(|(seq, _)| seq);
        let known = self.seen.len();
        let assessed = if let Some(since) = since.filter(|_| known == store.targets().count()) {
            self.catch_up(store, since, now)
        } else {
            let all = store.targets().map(|state| &state.spec.target);
            self.seen = all.filter_map(|target| assess(store, target, now)).collect();
            self.seen.len()
        };
        self.edition += u64::from(assessed > 0 || self.seen.len() != known);
        assessed
    }

    fn catch_up(&mut self, store: &Store, since: u64, now: Time) -> usize {
        let mut assessed = 0;
        for (state, held) in store.targets().zip(&mut self.seen) {
            if state.touched > since
                && let Some(seen) = assess(store, &state.spec.target, now)
            {
                *held = seen;
                assessed += 1;
            }
        }
        assessed
    }

    /// What was decided about each target, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[Assessment] {
        &self.seen
    }

    /// A number that changes whenever something was decided anew.
    #[must_use]
    pub fn edition(&self) -> u64 {
        self.edition
    }
}
