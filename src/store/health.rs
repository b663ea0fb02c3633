//! Probes folded into a check's state: rise, fall, grace and flapping.

mod silence;

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{CheckSpec, Envelope, HealthState, Probe, Revision, Time};

use super::caps;
use silence::Silence;

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
    silence: Option<Silence>,
    /// When something else that is asked answered last.
    heard_at: Option<Time>,
    /// Whether something else could not be reached after that.
    lost_another: bool,
    /// Whether nothing else is asked that could tell our silence from its own.
    alone: bool,
    grace_until: Option<Time>,
}

impl Check {
    pub(super) fn new(spec: CheckSpec, alone: bool) -> Self {
        Self {
            silence: None,
            heard_at: None,
            lost_another: false,
            alone,
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

    /// How many probes in a row found it unhealthy, the newest among them.
    #[must_use]
    pub fn failures(&self) -> u32 {
        match self.run {
            (Some(HealthState::Unhealthy), count) => count,
            _ => 0,
        }
    }

    /// Whether its newest probe found it unhealthy, and that is not enough yet to say that it is.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == HealthState::Unknown && self.failures() > 0
    }

    /// Whether too few probes were made to say how it is.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.is_open() && self.failures() < self.spec.fall
    }

    /// Whether it cannot be reached, and nothing else was reached since: then it may be our own network.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.silence.is_some_and(|silence| !silence.is_its_own())
    }

    /// Something else answered at this time; returns the change of state that this makes, if it makes one.
    pub(super) fn heard_another(&mut self, at: Time) -> Option<(HealthState, HealthState)> {
        self.heard_at = Some(at);
        self.lost_another = false;
        let doubted = self.is_in_doubt();
        self.silence = self.silence.map(|silence| silence.heard_another(at));
        if !doubted || self.is_in_doubt() {
            return None;
        }
        self.decide(self.last.as_ref()?.state, self.last_at?, false)
    }

    /// Something else could not be reached.
    pub(super) fn lost_another(&mut self) {
        self.lost_another = true;
        self.silence = self.silence.map(Silence::lost_another);
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
        let is_silent = probe.fault.is_some_and(|fault| !fault.is_answer());
        self.silence = is_silent.then(|| match self.silence {
            Some(silence) => silence.goes_on(at),
            None if self.lost_another => Silence::new(at, self.heard_at, self.alone).lost_another(),
            None => Silence::new(at, self.heard_at, self.alone),
        });
        let change = self.decide(probe.state, at, first);
        if probe.state == HealthState::Healthy {
            self.grace_until = None;
        }
        change
    }

    /// What its newest probe, asked at this time, makes of its state; returns the change, if it is one.
    fn decide(
        &mut self,
        found: HealthState,
        at: Time,
        first: bool,
    ) -> Option<(HealthState, HealthState)> {
        // silence makes nothing better either
        let doubted = self.is_in_doubt() && self.state != HealthState::Unhealthy;
        let believed = if doubted { HealthState::Unknown } else { found };
        let graced = self.in_grace(at);
        if believed == HealthState::Unhealthy && !graced {
            self.down_at = Some(at);
        }
        let needed = match found {
            HealthState::Unhealthy | HealthState::Unknown => self.spec.fall,
            // without history one good answer decides
            _ if first => 1,
            HealthState::Healthy | HealthState::Degraded => self.spec.rise,
        };
        let counts = !graced || found == HealthState::Healthy;
        if self.flapping || !counts || self.run.1 < needed || self.state == believed {
            self.since = self.since.or(Some(at));
            return None;
        }
        let from = std::mem::replace(&mut self.state, believed);
        self.since = Some(at);
        (!first).then_some((from, believed))
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
        let spec = CheckSpec {
            name: "api".into(),
            track: Track::Candidate,
            feed: FeedId::source("health"),
            every: Duration::from_secs(1),
            grace: Duration::from_secs(grace_s),
            rise: 2,
            fall: 3,
        };
        Check::new(spec, true)
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

    use HealthState::{Degraded as D, Healthy as H, Unhealthy as U, Unknown as N};

    #[test]
    fn one_good_probe_decides_without_history_else_rise_and_fall_count() {
        assert_eq!(feed(&mut check(0), 0, "---"), [N, N, U]);
        assert_eq!(feed(&mut check(0), 0, "-++"), [N, N, H]);
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
