//! The traits between the core and the world. Owns no implementation; must not know any.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::model::{Budget, Call, Fault, FeedId, Observation, Rollout, Time};

/// What a poll brought.
#[derive(Debug, Clone, Default)]
pub struct Polled {
    /// What was said. An empty list is a heartbeat.
    pub items: Vec<Observation>,
    /// What may still be asked, when the source tells.
    pub budget: Option<Budget>,
    /// What the source itself warned of, kept with the feed until the next poll.
    pub warnings: Vec<String>,
    /// When to poll again, when it differs from [`Source::every`] (an active run, a rate limit).
    pub next: Option<Duration>,
}

/// Something that is read again and again. One task each; it may fail for ever and is never given up.
pub trait Source: Send + 'static {
    /// Which feed it is.
    fn feed(&self) -> FeedId;

    /// Its usual cadence.
    fn every(&self) -> Duration;

    /// Asks once. Bounded in time by the caller too; must be safe to drop at any await.
    ///
    /// # Errors
    /// A [`Fault`] that says what happened and what to do.
    fn poll(&mut self) -> impl Future<Output = Result<Polled, Fault>> + Send;
}

/// What became of handing a call to an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// It did not reach the engine, or the engine said no: nothing changed.
    Failed(Fault),
    /// It was sent (or may have been), and the answer did not come or made no sense.
    Unknown(Fault),
}

/// What moves traffic.
pub trait Engine: Send + Sync + 'static {
    /// Reads what is in force and what each verb would send from here.
    fn observe(&self) -> BoxFuture<'_, Result<Rollout, Fault>>;

    /// Sends one call, once. Never repeats it by itself.
    fn act<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<(), CallError>>;
}

/// The wall clock; waiting is tokio's.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}
