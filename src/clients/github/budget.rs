//! What is left of the hour, asked for before a token's first poll: a process that lives for one command would
//! learn it from answers that count, when it is too late to leave anything for actions. The request is free.
//! Must not know what is polled.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use http::StatusCode;
use serde::Deserialize;

use super::reads::ask;
use super::session::Session;
use super::{GithubClient, Permission, Route, limits, lock};
use crate::model::{Budget, Fault};

/// The longest that a poll waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a host that did not tell is not asked again: an Enterprise Server may keep no limits.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

/// The body of the answer, as far as it matters here.
#[derive(Deserialize)]
struct Told {
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    core: Core,
}

#[derive(Deserialize)]
struct Core {
    limit: u64,
    remaining: u64,
    reset: i64,
}

impl GithubClient {
    /// Asks what is left of the hour, where polls keep some of it for actions and nothing is known of it yet.
    /// One asks for all with the same token; where there is no answer, polls go on without.
    pub(super) async fn learn_budget(&self) {
        // the token decides whose limits these are; what is wrong with it is for the poll to say
        let Ok(session) = self.session().await else { return };
        let shared = self.shared();
        let mut not_before = shared.budget_asked.lock().await;
        let now = self.clock.now();
        let is_wanted = lock(&shared.scheduler).wants_budget(now);
        if !is_wanted || not_before.is_some_and(|time| now < time) || self.silence().is_err() {
            return;
        }
        *not_before = Some(now + AGAIN);
        let asking = tokio::time::timeout(PATIENCE.min(self.config.timeout), self.told(&session));
        if !matches!(asking.await, Ok(Ok(true))) {
            tracing::info!("{} does not tell what is left of the hour", self.place);
        }
    }

    /// Asks, and takes the answer's word. False when it has none.
    async fn told(&self, session: &Arc<Session>) -> Result<bool, Fault> {
        let shared = self.shared();
        // Only closing the semaphore fails, and nobody does.
        let _permit = shared.permits.acquire().await;
        let route = Route::of_rate_limit(&self.config.url)?;
        let ask = ask("", "what is left of the hour", Permission::Metadata);
        lock(&shared.scheduler).sent("", self.clock.now());
        let (status, headers, body) = self.exchange(session, &route, &ask, None).await?;
        if status == StatusCode::OK {
            // an unchanged answer need not tell a token's scopes
            self.credentials.accepted(session, &headers, self.clock.now());
        }
        let told = serde_json::from_slice::<Told>(&body).ok().filter(|_| status == StatusCode::OK);
        let Some(Told { resources: Resources { core } }) = told else { return Ok(false) };
        let Some(reset) = DateTime::from_timestamp(core.reset, 0) else { return Ok(false) };
        let (limit, remaining) = (core.limit, core.remaining);
        let budget = Budget { remaining, limit, reset, widened_s: None, usual_s: None };
        let now = self.clock.now();
        lock(&shared.limits).told(budget.clone());
        let theirs = limits::their_time(&headers, now);
        lock(&shared.scheduler).learn(Some(&budget), theirs, now);
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
