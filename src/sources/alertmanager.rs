//! Alertmanager: which alerts belong to which target. Owns what is asked and how an alert is read; must not
//! know which of them block anything.

mod answer;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::StreamExt;
use futures::stream;

use crate::clients::http::{Http, Session};
use crate::config::AlertmanagerConfig;
use crate::model::{
    Alert, Fault, FaultKind, FeedId, Link, LinkKind, LinkState, Observation, Severity, Target,
};
use crate::ports::{Polled, Source};

use answer::{Page, read};

/// Reads Alertmanager's list of alerts; `severity` maps lower-case label values. An alert without readable
/// labels is left out.
///
/// # Errors
/// A sentence, when it is no list at all.
pub fn alerts(body: &[u8], severity: &BTreeMap<String, Severity>) -> Result<Vec<Alert>, String> {
    read(body, severity).map(|page| page.alerts)
}

/// The largest answer that is read, in bytes.
const CAP: usize = 16 * 1024 * 1024;

/// Requests in flight at once.
const AT_ONCE: usize = 4;

/// One Alertmanager.
pub struct AlertmanagerSource {
    feed: FeedId,
    every: Duration,
    severity: BTreeMap<String, Severity>,
    http: Http,
    /// Which targets want which set of matchers: what is equal is asked once.
    wanted: BTreeMap<BTreeSet<String>, Vec<Target>>,
    /// Who expects which alert to fire always.
    watchdogs: BTreeMap<String, Vec<Target>>,
}

impl AlertmanagerSource {
    /// A source that has asked nothing yet; `severity` maps lower-case label values.
    #[must_use]
    pub fn new(
        feed: FeedId,
        config: AlertmanagerConfig,
        severity: BTreeMap<String, Severity>,
    ) -> Self {
        let mut wanted = BTreeMap::<_, Vec<Target>>::new();
        for (target, matchers) in config.matchers {
            wanted.entry(matchers.into_iter().collect()).or_default().push(target);
        }
        let mut watchdogs = BTreeMap::<_, Vec<Target>>::new();
        for (target, matcher) in config.watchdogs {
            watchdogs.entry(matcher).or_default().push(target);
        }
        Self {
            http: Http::new(feed.to_string(), config.http),
            every: config.every,
            feed,
            severity,
            wanted,
            watchdogs,
        }
    }

    /// All sets or none: a target whose alerts are not known must not look calm.
    async fn ask(&mut self) -> Result<Polled, Fault> {
        let session = &self.http.session().await?;
        let sets: Vec<_> = self.wanted.keys().cloned().collect();
        let pages = stream::iter(sets).map(|set| async move { page(session, &set).await });
        let mut pages = pages.buffered(AT_ONCE);
        let mut polled = Polled::default();
        for targets in self.wanted.values() {
            let Some(body) = pages.next().await else {
                break;
            };
            let page = read(&body?, &self.severity).map_err(|why| {
                let text = format!("{}: {why}; is this an Alertmanager's address?", session.what());
                Fault::new(FaultKind::Garbage, text)
            })?;
            let Page { alerts, unread, warnings } = page;
            polled.warnings.extend(warnings);
            let one = |target: &Target| Observation::Alerts {
                target: target.clone(),
                alerts: alerts.clone(),
                unread,
            };
            polled.items.extend(targets.iter().map(one));
        }
        for (matcher, targets) in &self.watchdogs {
            let body = page(session, &BTreeSet::from([matcher.clone()])).await?;
            let link = self.watchdog(&body, matcher);
            let one = |target: &Target| Observation::Path {
                target: target.clone(),
                links: vec![link.clone()],
            };
            polled.items.extend(targets.iter().map(one));
        }
        polled.warnings.sort();
        polled.warnings.dedup();
        Ok(polled)
    }
}

impl AlertmanagerSource {
    /// Whether the alert that always fires is there. Whether somebody silenced it is no matter: it came.
    fn watchdog(&self, body: &[u8], matcher: &str) -> Link {
        let (state, detail) = match read(body, &self.severity) {
            Ok(page) => match page.alerts.first() {
                Some(first) => (LinkState::Holds, format!("{} fires", first.name)),
                None if page.unread > 0 => {
                    (LinkState::Unknown, format!("what is said of {matcher} could not be read"))
                }
                None => {
                    (LinkState::Broken, format!("no alert {matcher}, which should always fire"))
                }
            },
            Err(why) => (LinkState::Unknown, why),
        };
        Link { kind: LinkKind::Watchdog, state, detail }
    }
}

async fn page(session: &Session, matchers: &BTreeSet<String>) -> Result<bytes::Bytes, Fault> {
    let filters: Vec<_> = matchers.iter().map(|matcher| ("filter", matcher.as_str())).collect();
    let answer = session.get("api/v2/alerts", &filters, CAP).await?;
    answer.ok(session.what())
}

impl Source for AlertmanagerSource {
    fn feed(&self) -> FeedId {
        self.feed.clone()
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let result = self.ask().await;
        if let Err(fault) = &result {
            self.http.settle(fault);
        }
        result
    }
}
