//! GitHub Actions as what moves traffic: a release is a run whose jobs deploy to one environment after the
//! other, and each environment stands for a part of the traffic.
//!
//! Owns reading such a release from runs and deployments, what each verb would ask for, and handing requests
//! about runs to their host. Must not know the store, or why somebody wants an action.

mod advice;
mod facts;
mod offers;
mod queue;
mod releases;
mod standing;
mod workflows;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::Mutex;

use crate::asks::Place;
use crate::clients::github::GithubClient;
use crate::config::GithubEngineConfig;
use crate::model::{Fault, Rollout, Run};
use crate::ports::{Clock, Engine};

pub use workflows::GithubWorkflows;

use facts::Memory;
use releases::Releases;
use standing::Standing;

/// One target's release at GitHub.
pub struct GithubEngine {
    config: GithubEngineConfig,
    client: Arc<GithubClient>,
    clock: Arc<dyn Clock>,
    /// What earlier readings said. One reading at a time.
    memory: Mutex<Memory>,
}

impl GithubEngine {
    /// An engine for one target, through a client that others share. Contacts nobody.
    #[must_use]
    pub fn new(
        config: GithubEngineConfig,
        client: Arc<GithubClient>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { config, client, clock, memory: Mutex::default() }
    }

    async fn read(&self) -> Result<Rollout, Fault> {
        let mut memory = self.memory.lock().await;
        let facts = memory.read(&self.client, &self.config).await?;
        let releases = Releases::of(&facts, &self.config);
        // of what failed, it may be that somebody rejected it
        let told = |run: &&Run| run.is_active() || run.has_failed();
        let waits = async |run: Option<&Run>| match run.filter(told) {
            Some(run) => memory.waits(&self.client, &self.config, run).await,
            None => None,
        };
        let candidate = releases.candidate.as_ref().and_then(|release| release.run.as_ref());
        let (waits, back_waits) = futures::join!(waits(candidate), waits(releases.back.as_ref()));
        let standing =
            Standing { config: &self.config, facts: &facts, releases, waits, back_waits };
        let now = self.clock.now();
        let advice = memory.advice(&self.client, &standing, now).await;
        let place = Place { host: &self.config.host, repo: &self.config.repo };
        let offers = offers::offers(&standing, place, &advice, now);
        Ok(standing.into_rollout(offers))
    }
}

impl Engine for GithubEngine {
    fn observe(&self) -> BoxFuture<'_, Result<Rollout, Fault>> {
        self.read().boxed()
    }
}
