//! Health endpoints, probed over HTTP or TCP. Owns one probe and what its answer says; must not know what
//! several in a row mean.

mod body;
mod component;
mod https;
mod tcp;
#[cfg(test)]
mod tests;
mod word;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;

use crate::config::{CheckConfig, ProbeConfig};
use crate::model::{Fault, FeedId, HealthState, Observation, Probe, ProbeFault};
use crate::ports::{Clock, Polled, Source};

use body::Rules;

/// One health check.
pub struct ProbeSource {
    feed: FeedId,
    config: CheckConfig,
    clock: Arc<dyn Clock>,
    client: Option<Client>,
    /// Probes that are still asked soon; none before the first.
    soon: Option<u32>,
}

/// The longest until a check is asked again whose first probe failed: who looks once waits for more than one.
const AGAIN: Duration = Duration::from_millis(500);

impl ProbeSource {
    /// A source that has probed nothing yet.
    #[must_use]
    pub fn new(feed: FeedId, config: CheckConfig, clock: Arc<dyn Clock>) -> Self {
        Self { feed, config, clock, client: None, soon: None }
    }

    /// Silence is an answer too; an error is only what keeps us from asking.
    async fn probe(&mut self) -> Result<Probe, Fault> {
        let what = self.feed.to_string();
        match &self.config.probe {
            ProbeConfig::Tcp(address) => Ok(tcp::probe(address, self.config.timeout).await),
            ProbeConfig::Http { url, expect, revision, ca_file, error_rate, uptime, no_proxy } => {
                let client = match &self.client {
                    Some(client) => client,
                    None => self.client.insert(https::client(
                        url,
                        ca_file.as_deref(),
                        *no_proxy,
                        self.config.timeout,
                        &what,
                    )?),
                };
                let rules = Rules {
                    expect,
                    revision: revision.as_deref(),
                    error_rate: error_rate.as_deref(),
                    uptime: uptime.as_deref(),
                };
                Ok(https::probe(client, url, rules, self.clock.now()).await)
            }
        }
    }
}

impl Source for ProbeSource {
    fn feed(&self) -> FeedId {
        self.feed.clone()
    }

    fn every(&self) -> Duration {
        self.config.every
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let probe = self.probe().await?;
        let fails = probe.state == HealthState::Unhealthy;
        let soon = self.soon.unwrap_or(if fails { self.config.agree } else { 0 });
        self.soon = Some(soon.saturating_sub(1));
        let next = (soon > 0).then(|| self.config.every.min(AGAIN));
        let health = Observation::Health {
            target: self.config.target.clone(),
            check: self.config.name.clone(),
            track: self.config.track,
            probe: Box::new(probe),
        };
        Ok(Polled { items: vec![health], next, ..Polled::default() })
    }
}

/// A probe that says nothing but its latency.
fn silent(latency: Duration) -> Probe {
    Probe {
        state: HealthState::Healthy,
        latency_ms: latency.as_secs_f64() * 1000.0,
        code: None,
        fault: None,
        detail: None,
        revision: None,
        components: Vec::new(),
        error_rate: None,
        uptime_s: None,
        cert_days: None,
    }
}

/// A probe that failed before there was an answer.
fn failed(latency: Duration, fault: ProbeFault, detail: String) -> Probe {
    Probe {
        state: HealthState::Unhealthy,
        fault: Some(fault),
        detail: Some(detail),
        ..silent(latency)
    }
}
