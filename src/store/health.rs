//! Probes folded into a check's state: rise, fall, grace and flapping.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{CheckSpec, Envelope, HealthState, Probe, Revision, Time};

use super::caps;

/// Results that the flapping rule looks at.
const WINDOW: usize = 20;
/// Changes among them that freeze the state.
const FLAPPING: usize = 5;
/// Changes among them at which it thaws.
const SETTLED: usize = 2;

/// One probe, kept for the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat {
    /// When it was asked.
    pub at: Time,
    /// What it said.
    pub state: HealthState,
    /// How long it took, in milliseconds.
    pub latency_ms: f64,
}

/// A revision and who says so until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The revision.
    pub revision: Revision,
    /// When the answer that named it last was asked for.
    pub at: Time,
    /// Whether answers came since that name none: it may have changed unseen.
    pub old: bool,
}

/// A health check and what its probes mean together.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its rules.
    pub spec: CheckSpec,
    /// Its state after rise, fall and grace.
    pub state: HealthState,
    /// Since when it has that state.
    pub since: Option<Time>,
    /// The newest probe.
    pub last: Option<Probe>,
    /// When the newest probe was asked.
    pub last_at: Option<Time>,
    /// The revision that was named last. A refused probe names none, and takes no name away.
    pub named: Option<Name>,
    /// The last probes, oldest first.
    pub beats: VecDeque<Beat>,
    /// When an answer that counted last said that it is down.
    pub down_at: Option<Time>,
    /// Whether it changes so often that its state is frozen and proves nothing.
    pub flapping: bool,
    run: (Option<HealthState>, u32),
    grace_until: Option<Time>,
}

impl Check {
    pub(super) fn new(spec: CheckSpec) -> Self {
        Self {
            spec,
            state: HealthState::Unknown,
            since: None,
            last: None,
            last_at: None,
            named: None,
            beats: VecDeque::new(),
            down_at: None,
            flapping: false,
            run: (None, 0),
            grace_until: None,
        }
    }

    /// How many probes have answered so far (bounded by the history kept).
    #[must_use]
    pub fn count(&self) -> usize {
        self.beats.len()
    }

    /// Whether failures do not count at `now`.
    #[must_use]
    pub fn in_grace(&self, now: Time) -> bool {
        self.grace_until.is_some_and(|until| now < until)
    }

    /// Opens the grace period: the processes behind it may be restarting.
    pub(super) fn weight_changed(&mut self, at: Time) {
        let grace = TimeDelta::from_std(self.spec.grace).unwrap_or(TimeDelta::zero());
        let until = at + grace;
        // the same change is told again with every line of the journal; a success has closed it
        if self.grace_until.is_none_or(|old| until > old)
            && self.last_at.is_none_or(|last| last < at)
        {
            self.grace_until = Some(until);
        }
    }

    /// Folds one probe in; returns the change of state, if it made one.
    pub(super) fn apply(
        &mut self,
        probe: &Probe,
        envelope: &Envelope,
    ) -> Option<(HealthState, HealthState)> {
        let at = envelope.asked_at;
        if self.last_at.is_some_and(|last| at < last) {
            return None;
        }
        self.beats.push_back(Beat { at, state: probe.state, latency_ms: probe.latency_ms });
        if self.beats.len() > caps::PROBES {
            self.beats.pop_front();
        }
        let first = self.last.is_none();
        self.last = Some(probe.clone());
        self.last_at = Some(at);
        if let Some(revision) = probe.revision.clone().map(Revision) {
            self.named = Some(Name { revision, at, old: false });
        } else if let Some(name) = &mut self.named {
            name.old = true;
        }
        self.run = match self.run {
            (Some(state), count) if state == probe.state => (Some(state), count.saturating_add(1)),
            _ => (Some(probe.state), 1),
        };
        self.flapping = self.is_flapping();
        let graced = self.in_grace(at);
        if probe.state == HealthState::Unhealthy && !graced {
            self.down_at = Some(at);
        }
        if probe.state == HealthState::Healthy {
            self.grace_until = None;
        }
        let needed = match probe.state {
            // without history one probe decides
            _ if first => 1,
            HealthState::Unhealthy | HealthState::Unknown => self.spec.fall,
            HealthState::Healthy | HealthState::Degraded => self.spec.rise,
        };
        let counts = !graced || probe.state == HealthState::Healthy;
        if self.flapping || !counts || self.run.1 < needed || self.state == probe.state {
            self.since = self.since.or(Some(at));
            return None;
        }
        let from = std::mem::replace(&mut self.state, probe.state);
        self.since = Some(at);
        (!first).then_some((from, probe.state))
    }

    fn is_flapping(&self) -> bool {
        let from = self.beats.len().saturating_sub(WINDOW);
        let recent = self.beats.iter().skip(from).map(|beat| beat.state);
        let changes = recent.clone().zip(recent.skip(1)).filter(|(a, b)| a != b).count();
        if self.flapping { changes > SETTLED } else { changes >= FLAPPING }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, FeedId, Track};
    use chrono::DateTime;
    use std::time::Duration;

    fn check(grace_s: u64) -> Check {
        Check::new(CheckSpec {
            name: "api".into(),
            track: Track::Candidate,
            feed: FeedId::source("health"),
            every: Duration::from_secs(1),
            grace: Duration::from_secs(grace_s),
            rise: 2,
            fall: 3,
        })
    }

    fn feed(check: &mut Check, from: i64, states: &str) -> Vec<HealthState> {
        let mut shown = Vec::new();
        for (i, c) in states.chars().enumerate() {
            let state = match c {
                '+' => HealthState::Healthy,
                '~' => HealthState::Degraded,
                _ => HealthState::Unhealthy,
            };
            let at = DateTime::from_timestamp(from + i as i64, 0).unwrap();
            let probe = Probe {
                state,
                latency_ms: 1.0,
                code: None,
                fault: None,
                detail: None,
                revision: None,
                components: vec![],
                error_rate: None,
                uptime_s: None,
                cert_days: None,
            };
            let event = Event::Notice { text: String::new(), target: None };
            check.apply(&probe, &Envelope { seq: 1, at, asked_at: at, event });
            shown.push(check.state);
        }
        shown
    }

    use HealthState::{Degraded as D, Healthy as H, Unhealthy as U};

    #[test]
    fn one_probe_decides_without_history_then_rise_and_fall_count() {
        assert_eq!(feed(&mut check(0), 0, "-"), [U]);
        assert_eq!(feed(&mut check(0), 0, "+---++"), [H, H, H, U, U, H]);
        assert_eq!(feed(&mut check(0), 0, "+--+--+"), [H; 7]);
        assert_eq!(feed(&mut check(0), 0, "+~~"), [H, H, D]);
    }

    #[test]
    fn grace_forgives_failures_until_the_first_success() {
        let mut check = check(10);
        feed(&mut check, 0, "+");
        check.weight_changed(DateTime::from_timestamp(1, 0).unwrap());
        assert_eq!(feed(&mut check, 1, "-----"), [H; 5]);
        assert_eq!(feed(&mut check, 6, "+---"), [H, H, H, U]);
    }

    #[test]
    fn flapping_freezes_the_state_until_it_settles() {
        let mut check = check(0);
        feed(&mut check, 0, "+-+-+-");
        assert!(check.flapping);
        assert_eq!(check.state, H);
        feed(&mut check, 6, "--------------------");
        assert!(!check.flapping);
        assert_eq!(check.state, U);
    }
}
