//! One task a feed: asks, tells, waits. It never gives up and is never asked twice at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::{Event, Fault, FaultKind, Observation};
use crate::ports::{Polled, Source};

use super::backoff;
use super::bus::Bus;

/// The longest that one poll may take, whatever its source allows its own requests.
pub const POLL_LIMIT: Duration = Duration::from_secs(30);

/// Polls a source for ever. `refresh` cuts a wait short.
pub(super) async fn poll_forever<S: Source>(mut source: S, bus: Bus, refresh: Arc<Notify>) {
    let feed = source.feed();
    let mut failures = 0u32;
    let mut held: Vec<(Vec<Observation>, Vec<String>)> = Vec::new();
    let mut told_after = bus.deeds();
    loop {
        source.ready().await;
        let asked_at = bus.now();
        let deeds = bus.deeds();
        if deeds != told_after {
            // what was told before may have been dropped as older than what was done
            held.clear();
            told_after = deeds;
        }
        let answer = tokio::time::timeout(POLL_LIMIT, source.poll()).await.unwrap_or_else(|_| {
            let text = format!("{feed}: no answer within {} s", POLL_LIMIT.as_secs());
            Err(Fault::new(FaultKind::Timeout, text))
        });
        let wait = match answer {
            Ok(Polled { items, budget, warnings, next, notices }) => {
                failures = 0;
                let usual = || backoff::jitter(source.every(), fastrand::f64());
                let wait = next.unwrap_or_else(usual);
                let next_s = wait.as_secs_f64();
                let feed = feed.clone();
                let news = !items.is_empty() && held.first().is_none_or(|h| h.0 != items);
                let warned = held.first().map_or(!warnings.is_empty(), |h| h.1 != warnings);
                let event = if news || warned {
                    held = vec![(items.clone(), warnings.clone())];
                    Event::Observed { feed, items, budget, warnings, next_s }
                } else {
                    Event::Heartbeat { feed, budget, next_s }
                };
                bus.told(asked_at, event).await;
                for text in notices {
                    bus.tell(Event::Notice { text, target: None }).await;
                }
                wait
            }
            Err(fault) => {
                failures = failures.saturating_add(1);
                // what is held may be old when the source is back: tell it anew then
                held.clear();
                let mut wait = backoff::wait(source.every(), failures, fastrand::f64());
                if let Some(at) = fault.retry_at {
                    wait = wait.max((at - bus.now()).to_std().unwrap_or_default());
                }
                let next_s = wait.as_secs_f64();
                bus.told(asked_at, Event::Failed { feed: feed.clone(), fault, next_s }).await;
                wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = refresh.notified() => {}
            () = source.urged() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeedId, Time};
    use crate::ports::Clock;
    use crate::runtime::bus::Message;

    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> Time {
            chrono::DateTime::from_timestamp(1_000, 0).unwrap()
        }
    }

    struct Flaky(u32);
    impl Source for Flaky {
        fn feed(&self) -> FeedId {
            FeedId::source("flaky")
        }
        fn every(&self) -> Duration {
            Duration::from_secs(1)
        }
        async fn poll(&mut self) -> Result<Polled, Fault> {
            self.0 += 1;
            match self.0 {
                1..=5 => Err(Fault::new(FaultKind::Unreachable, "refused")),
                6 => std::future::pending().await,
                _ => Ok(Polled::default()),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_poller_never_gives_up_and_bounds_a_hanging_poll() {
        let (bus, mut inbox) = Bus::new(Arc::new(Fixed));
        tokio::spawn(poll_forever(Flaky(0), bus, Arc::new(Notify::new())));
        let mut failed = Vec::new();
        let answered = loop {
            match inbox.recv().await {
                Some(Message::Event { event: Event::Failed { fault, .. }, .. }) => {
                    failed.push(fault.kind);
                }
                other => break other,
            }
        };
        assert!(matches!(answered, Some(Message::Event { event: Event::Heartbeat { .. }, .. })));
        let (hung, refused) = failed.split_last().unwrap();
        assert_eq!(refused, [FaultKind::Unreachable; 5]);
        assert_eq!(*hung, FaultKind::Timeout);
    }

    struct Same;
    impl Source for Same {
        fn feed(&self) -> FeedId {
            FeedId::source("same")
        }
        fn every(&self) -> Duration {
            Duration::from_secs(1)
        }
        async fn poll(&mut self) -> Result<Polled, Fault> {
            let target = crate::model::Target::new("checkout", "production").unwrap();
            let items = vec![Observation::Alerts { target, alerts: Vec::new(), unread: 0 }];
            Ok(Polled { items, ..Polled::default() })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_not_changed_is_told_anew_once_something_was_done() {
        let (bus, mut inbox) = Bus::new(Arc::new(Fixed));
        tokio::spawn(poll_forever(Same, bus.clone(), Arc::new(Notify::new())));
        let mut told = async || {
            let message = inbox.recv().await;
            matches!(message, Some(Message::Event { event: Event::Observed { .. }, .. }))
        };
        assert!(told().await);
        assert!(!told().await, "a heartbeat");
        bus.outdate();
        assert!(told().await, "the store may have dropped it");
        assert!(!told().await);
    }
}
