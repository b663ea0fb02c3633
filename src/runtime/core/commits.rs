//! Tells whoever reads GitHub which commits' checks gates ask for. Which those are is `control`'s to say.

use std::collections::{BTreeMap, BTreeSet};

use crate::control::{Needed, is_unread, needed};
use crate::model::{FeedId, FeedState, Target};

use super::Runtime;

/// Is told all commits whose checks are needed at a host: repository and commit.
pub type Tell = Box<dyn Fn(BTreeSet<(String, String)>) + Send>;

/// What is needed, and who is to be told.
#[derive(Default)]
pub(super) struct Commits {
    needed: BTreeMap<Target, Needed>,
    tell: BTreeMap<String, Tell>,
}

impl Runtime {
    /// Tells `tell` from now on which commits' checks are needed at a host (`github` or `github.NAME`).
    pub fn commits(&mut self, host: &str, tell: Tell) {
        self.commits.tell.insert(host.to_owned(), tell);
    }

    /// Looks again what some targets need.
    pub(super) fn need_commits(&mut self, targets: &BTreeSet<Target>) {
        let Commits { needed: held, tell } = &mut self.commits;
        let mut changed = BTreeSet::new();
        for target in targets {
            let Some(state) = self.store.target(target) else { continue };
            // one that is not known for a moment is needed all the same
            let Some(now) = needed(&self.store, state) else { continue };
            if held.get(target) != Some(&now) {
                changed.insert(now.host.clone());
                held.insert(target.clone(), now);
            }
        }
        for host in changed {
            let ours = held.values().filter(|needed| needed.host == host);
            let ours = ours.map(|needed| (needed.repo.clone(), needed.sha.clone())).collect();
            if let Some(tell) = tell.get(&host) {
                tell(ours);
            }
        }
    }

    /// Whether checks that a gate asks for are still to be read from somebody who answers.
    pub(super) fn lacks_checks(&self) -> bool {
        if self.commits.tell.is_empty() {
            return false;
        }
        let now = self.now();
        self.store.targets().any(|state| {
            let place = state.spec.host.as_ref().zip(state.spec.repo.as_ref());
            let feed = place.map(|(host, repo)| FeedId::part(host, repo));
            let answers = feed.is_some_and(|f| self.store.feed_state(&f, now) == FeedState::Live);
            answers && is_unread(&self.store, state)
        })
    }
}
