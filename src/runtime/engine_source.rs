//! An engine read as a source like any other.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Event, Fault, FeedId, Observation, Target};
use crate::ports::{Engine, Polled, Source};

/// Reads a target's engine.
pub(super) struct EngineSource {
    pub(super) target: Target,
    pub(super) feed: FeedId,
    pub(super) engine: Arc<dyn Engine>,
    pub(super) every: Duration,
}

impl Source for EngineSource {
    fn feed(&self) -> FeedId {
        self.feed.clone()
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let rollout = self.engine.observe().await?;
        Ok(Polled { items: vec![observation(&self.target, rollout)], ..Polled::default() })
    }
}

/// A reading as an observation.
pub(super) fn observation(target: &Target, rollout: crate::model::Rollout) -> Observation {
    Observation::Rollout { target: target.clone(), rollout: Box::new(rollout) }
}

/// A reading out of turn, as an event of the engine's own feed.
pub(super) fn reading(
    feed: &FeedId,
    target: &Target,
    rollout: crate::model::Rollout,
    every: Duration,
) -> Event {
    Event::Observed {
        feed: feed.clone(),
        items: vec![observation(target, rollout)],
        budget: None,
        warnings: Vec::new(),
        next_s: every.as_secs_f64(),
    }
}
