//! What is decided about every target, kept up to date: a target is assessed again when a fact about it
//! came, and all are when a second has passed. So a frame costs what changed, not what there is.

use std::collections::BTreeMap;

use crate::model::{Target, Time};
use crate::store::Store;

use super::assess::{Assessment, assess};

/// Every target's newest assessment.
#[derive(Debug, Clone, Default)]
pub struct Board {
    seen: BTreeMap<Target, Assessment>,
    at: Option<(u64, i64)>,
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
        if since.is_none() {
            self.seen.retain(|target, _| store.target(target).is_some());
        }
        let mut assessed = 0;
        for state in store.targets().filter(|state| since.is_none_or(|seq| state.touched > seq)) {
            let target = &state.spec.target;
            let Some(seen) = assess(store, target, now) else { continue };
            assessed += 1;
            match self.seen.get_mut(target) {
                Some(held) => *held = seen,
                None => {
                    self.seen.insert(target.clone(), seen);
                }
            }
        }
        assessed
    }

    /// What was decided about a target.
    #[must_use]
    pub fn of(&self, target: &Target) -> Option<&Assessment> {
        self.seen.get(target)
    }
}
