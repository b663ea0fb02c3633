//! Prometheus: metrics, the share of traffic, expected scrape jobs. Owns what is asked and when; must not
//! know what a value means for a release.

mod answer;
mod aside;
mod ask;
mod compare;
mod counters;
mod query;
mod scrape;
#[cfg(test)]
mod tests;
mod thin;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures::future::join_all;

use crate::clients::http::{Http, short};
use crate::config::PrometheusConfig;
use crate::model::{Fault, FeedId, Observation, Point};
use crate::ports::{Clock, Polled, Source};

use answer::{Envelope, range};
use aside::Asides;
use ask::{Asker, Trouble};
use compare::Comparison;
use query::Query;

/// Reads the answer to a range query, oldest first; empty when there is no series.
///
/// # Errors
/// A sentence, when it is not one series of numbers.
pub fn history(body: &[u8]) -> Result<Vec<Point>, String> {
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|error| short(&error.to_string()))?;
    envelope.data.map_or_else(|| Err("the answer has no data".to_owned()), range)
}

/// Queries in flight at once.
const AT_ONCE: usize = 4;

/// Warnings kept of a poll.
const WARNINGS: usize = 20;

/// One Prometheus.
pub struct PrometheusSource {
    feed: FeedId,
    config: PrometheusConfig,
    clock: Arc<dyn Clock>,
    http: Http,
    get_only: AtomicBool,
    queries: Vec<Query>,
    comparisons: Vec<Comparison>,
    asides: Asides,
    /// Whether the last poll came to its end.
    delivered: bool,
}

impl PrometheusSource {
    /// A source that has asked nothing yet.
    #[must_use]
    pub fn new(feed: FeedId, config: PrometheusConfig, clock: Arc<dyn Clock>) -> Self {
        let queries = config.queries.iter().cloned();
        Self {
            http: Http::new(feed.to_string(), config.http.clone()),
            queries: queries.map(|query| Query::new(query, config.every)).collect(),
            comparisons: config.comparisons.iter().cloned().map(Comparison::new).collect(),
            asides: Asides::new(&config),
            get_only: AtomicBool::new(false),
            delivered: false,
            feed,
            config,
            clock,
        }
    }

    async fn ask(&mut self) -> Result<Polled, Fault> {
        let asker = Asker::new(self.http.session().await?, &self.get_only, self.clock.now());
        let mut polled = Polled::default();
        let mut answered = false;
        for some in self.queries.chunks_mut(AT_ONCE) {
            let asked = some.iter_mut().map(|query| query.ask(&asker, self.clock.as_ref()));
            let results = join_all(asked).await;
            answered |= results.iter().any(|result| !matches!(result, Err(Trouble::Feed(_))));
            // Nobody there: the rest would only wait for the same.
            if let (false, Some(Err(Trouble::Feed(fault)))) = (answered, results.first()) {
                return Err(fault.clone());
            }
            for (query, result) in some.iter().zip(results) {
                let (points, fault) = match result {
                    Ok(reply) => {
                        polled.warnings.extend(reply.warnings);
                        (reply.points, None)
                    }
                    Err(trouble) => (Vec::new(), Some(trouble.text().to_owned())),
                };
                polled.items.push(query.observation(points, fault));
            }
        }
        for some in self.comparisons.chunks_mut(AT_ONCE) {
            let asked = some.iter_mut().map(|one| one.ask(&asker, self.clock.as_ref()));
            let results = join_all(asked).await;
            for (comparison, result) in some.iter_mut().zip(results) {
                let fault = match result {
                    Ok(()) => None,
                    Err(Trouble::Feed(fault)) if !answered => return Err(fault),
                    Err(trouble) => Some(trouble.text().to_owned()),
                };
                answered = true;
                polled.items.push(comparison.observation(fault));
            }
        }
        answered |= self.asides.ask(&asker, self.clock.as_ref(), answered, &mut polled).await?;
        if !self.config.scrape_jobs.is_empty() {
            let jobs = asker.get("api/v1/targets", &[("state", "active")]).await;
            if let (false, Err(Trouble::Feed(fault))) = (answered, &jobs) {
                return Err(fault.clone());
            }
            self.scrapes(&jobs, &mut polled);
        }
        polled.warnings.sort();
        polled.warnings.dedup();
        polled.warnings.truncate(WARNINGS);
        Ok(polled)
    }

    fn scrapes(&self, answer: &Result<ask::Data, Trouble>, polled: &mut Polled) {
        let instances = match answer {
            Ok(data) => scrape::instances(&data.data).map_err(|error| {
                format!("the list of targets is not readable: {}", short(&error.to_string()))
            }),
            Err(trouble) => Err(trouble.text().to_owned()),
        };
        for (target, expected) in &self.config.scrape_jobs {
            let job = |name: &String| match &instances {
                Ok(instances) => scrape::job(name, instances),
                Err(why) => scrape::unknown(name, why),
            };
            let jobs = expected.iter().map(job).collect();
            polled.items.push(Observation::Scrapes { target: target.clone(), jobs });
        }
        polled.warnings.extend(instances.err());
    }
}

impl Source for PrometheusSource {
    fn feed(&self) -> FeedId {
        self.feed.clone()
    }

    fn every(&self) -> Duration {
        self.config.every
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        // A poll that failed or was dropped took with it what it had read.
        if !std::mem::take(&mut self.delivered) {
            self.queries.iter_mut().for_each(Query::forget);
            self.comparisons.iter_mut().for_each(Comparison::forget);
            self.asides.forget();
        }
        let result = self.ask().await;
        match &result {
            Ok(_) => self.delivered = true,
            Err(fault) => self.http.settle(fault),
        }
        result
    }
}
