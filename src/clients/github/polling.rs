//! Polling by the plan: what a source that asks again and again tells the scheduler, and hears from it. Reads
//! for an action do not come here: nothing but GitHub's own word stops them.

use std::time::Duration;

use super::scheduler::{Pace, Priority};
use super::{GithubClient, lock};
use crate::model::Fault;

/// What follows from a poll that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polling {
    /// The wait until the next one.
    pub next: Duration,
    /// The time between polls while there is enough for all.
    pub usual: Duration,
    /// The time between polls, where it is longer than it should be.
    pub widened: Option<Duration>,
    /// What has changed in the plan of all repositories; said once.
    pub news: Option<String>,
}

impl GithubClient {
    /// Takes a repository into the plan: asked every `every`, twice as often while it is looked at, or every
    /// `every_active` while a run is active or a rollout is under way.
    pub fn enter(&self, repo: &str, every: Duration, every_active: Duration) {
        let repo = self.key(repo).into_owned();
        let mut own = lock(&self.own);
        lock(&own.shared.scheduler).enter(&repo, every, every_active);
        own.repos.insert(repo);
    }

    /// Waits until a poll of the repository fits into what GitHub allows in a minute, and before a token's
    /// first poll until GitHub has told what is left of its hour. Safe to drop.
    pub async fn ready(&self, repo: &str) {
        Box::pin(self.learn_budget()).await;
        let now = self.clock.now();
        let at = lock(&self.shared().scheduler).book(&self.key(repo), now);
        if at > now {
            tokio::time::sleep((at - now).to_std().unwrap_or_default()).await;
        }
    }

    /// Begins a poll that sends at most `requests`; more have to be granted. Pages of a list after its first
    /// are granted when they turn out to be there.
    ///
    /// # Errors
    /// Why not, and when to come back: the host is down, or what is left of the hour is kept for actions.
    pub fn begin(&self, repo: &str, requests: usize) -> Result<(), Fault> {
        lock(&self.shared().scheduler).begin(&self.key(repo), requests, self.clock.now())
    }

    /// Grants the poll under way so many requests more.
    ///
    /// # Errors
    /// What is left of the hour is kept for actions.
    pub fn grant(&self, repo: &str, requests: usize) -> Result<(), Fault> {
        lock(&self.shared().scheduler).grant(&self.key(repo), requests, self.clock.now())
    }

    /// Books a write, which every call that changes something at GitHub does before it is sent: waits until a
    /// second after the last one, and counts its five points. Writes are what the reserve is for; nothing but
    /// GitHub's own word stops them.
    ///
    /// # Errors
    /// GitHub has asked for a pause, and until when. Nothing may be sent then.
    pub async fn booked_write(&self, repo: &str) -> Result<(), Fault> {
        let shared = self.shared();
        shared.may_write().await;
        self.silence()?;
        tracing::debug!("a write to {repo}");
        lock(&shared.scheduler).wrote(self.clock.now());
        Ok(())
    }

    /// Ends a poll, and says when the next is due. `priority` holds until then.
    pub fn polled(&self, repo: &str, priority: Priority, outcome: Result<(), &Fault>) -> Polling {
        let now = self.clock.now();
        let (shared, repo) = (self.shared(), &*self.key(repo));
        let mut scheduler = lock(&shared.scheduler);
        scheduler.polled(repo, priority, outcome, now);
        let news = scheduler.news(now);
        if let Some(news) = &news {
            tracing::info!("{news}");
        }
        let pace = scheduler.pace(repo, now);
        let widened = pace.filter(Pace::is_notable);
        Polling {
            next: self.until(scheduler.due(repo, now)),
            usual: pace.map_or(Duration::ZERO, |pace| pace.usual),
            widened: widened.map(|pace| pace.every),
            news,
        }
    }
}
