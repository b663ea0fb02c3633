//! What everything that asks one host with one token has to share: the limits it met, the plan of its polls,
//! how many requests are under way. Clients whose secrets are the same share from the start; those whose
//! secrets turn out to give the same token, from then on. Must not know what is asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Origin;

use super::cache::Cache;
use super::limits::Limits;
use super::{Scheduler, lock};
use crate::config::{HttpConfig, Secret};
use crate::model::Time;

/// Requests in flight at once.
const AT_ONCE: usize = 4;

/// The time that GitHub wants between two writes.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// What is shared.
pub(super) struct Shared {
    pub(super) permits: Semaphore,
    pub(super) limits: Mutex<Limits>,
    pub(super) scheduler: Mutex<Scheduler>,
    /// When the last write was let go.
    wrote: tokio::sync::Mutex<Option<Instant>>,
    /// When what is left of the hour may be asked for again. One asks at a time.
    pub(super) budget_asked: tokio::sync::Mutex<Option<Time>>,
}

impl Shared {
    fn new(place: String, acts: bool) -> Self {
        let mut scheduler = Scheduler::new(place, fastrand::u64(..));
        if acts {
            scheduler.spend_reserve();
        }
        Self {
            permits: Semaphore::new(AT_ONCE),
            limits: Mutex::default(),
            scheduler: Mutex::new(scheduler),
            wrote: tokio::sync::Mutex::default(),
            budget_asked: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until a write may follow the last one.
    pub(super) async fn may_write(&self) {
        let mut wrote = self.wrote.lock().await;
        if let Some(last) = *wrote {
            tokio::time::sleep_until(last + BETWEEN_WRITES).await;
        }
        *wrote = Some(Instant::now());
    }
}

/// The hosts and tokens that the clients made from it use. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tokens {
    known: Arc<Mutex<Vec<Known>>>,
    /// Whether everything that is asked is for an action.
    acts: bool,
    /// What was answered to other processes, where that is kept.
    pub(super) cache: Option<Arc<Cache>>,
}

/// A secret, and the token that it gave first.
struct Known {
    origin: Origin,
    secret: Option<Secret>,
    fingerprint: Option<u64>,
    shared: Arc<Shared>,
}

impl Tokens {
    /// None yet, with what GitHub answered to earlier processes, kept below the state folder.
    #[must_use]
    pub fn keeping(state_dir: &Path) -> Self {
        Self { cache: Some(Arc::new(Cache::below(state_dir))), ..Self::default() }
    }

    /// The same for a process that only acts: what it polls is for its action, so that nothing of the hour is
    /// kept from it.
    #[must_use]
    pub fn acting(self) -> Self {
        Self { acts: true, ..self }
    }

    /// What a client of `config` shares with those before it; and whether it is the first of its host.
    pub(super) fn enter(&self, config: &HttpConfig, place: &str) -> (Arc<Shared>, bool) {
        let origin = config.url.origin();
        let mut known = lock(&self.known);
        let is_first = known.iter().all(|known| known.origin != origin);
        let same = known.iter().find(|k| k.origin == origin && k.secret == config.bearer);
        if let Some(same) = same {
            return (Arc::clone(&same.shared), is_first);
        }
        let shared = Arc::new(Shared::new(place.to_owned(), self.acts));
        let secret = config.bearer.clone();
        known.push(Known { origin, secret, fingerprint: None, shared: Arc::clone(&shared) });
        (shared, is_first)
    }

    /// What a client shares now that its token is known: what is `own`, or what others with this token share,
    /// who take its `repos` over.
    pub(super) fn meet(
        &self,
        config: &HttpConfig,
        fingerprint: u64,
        own: Arc<Shared>,
        repos: &BTreeSet<String>,
    ) -> Arc<Shared> {
        let origin = config.url.origin();
        let mut known = lock(&self.known);
        let same = known.iter().find(|k| k.origin == origin && k.fingerprint == Some(fingerprint));
        if let Some(theirs) = same.map(|same| Arc::clone(&same.shared)) {
            if !Arc::ptr_eq(&theirs, &own) {
                // always in this order, and under the lock above
                lock(&theirs.scheduler).adopt(&mut lock(&own.scheduler), repos);
            }
            return theirs;
        }
        if let Some(own) = known.iter_mut().find(|known| Arc::ptr_eq(&known.shared, &own)) {
            own.fingerprint = Some(fingerprint);
        }
        own
    }
}

#[cfg(test)]
mod tests;
