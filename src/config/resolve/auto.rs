//! `auto_rollback` and what belongs to it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::raw;
use crate::config::resolved::QueryConfig;
use crate::model::spec::{AutoMode, AutoSpec, RolloutSpec, Trigger};
use crate::model::{MetricSpec, Severity, Track};

use super::Resolver;
use super::environment::Place;
use super::metric::HISTORY;

/// How long somebody has to hold it, where nothing is written.
const AFTER: Duration = Duration::from_secs(30);

/// What may set it off, by its word.
const TRIGGERS: [(&str, Trigger); 5] = [
    ("judge", Trigger::Judge),
    ("metrics", Trigger::Metrics),
    ("health", Trigger::Health),
    ("alerts", Trigger::Alerts),
    ("breaker", Trigger::Breaker),
];

/// The name of the circuit breaker's metric and gate.
const BREAKER: &str = "breaker";

/// What could set it off.
const WATCHED: &str = "configure a judge, a metric with a limit or a health check of the new side (track = \"candidate\"), or alerts";

/// The cadence of a query where no server says it.
const EVERY: Duration = Duration::from_secs(5);

/// Engines to which the same may be sent twice without harm, by two that know nothing of each other.
const IDEMPOTENT: [&str; 1] = ["haproxy"];

impl Resolver<'_, '_> {
    pub(super) fn auto_rollback(
        &mut self,
        place: &Place<'_>,
        raw: &raw::Rollout,
        engine: &str,
    ) -> Option<AutoSpec> {
        let after = self.pace(raw.auto_rollback_after.as_ref(), AFTER);
        let on = self.triggers(place, raw);
        let alerts = raw.auto_rollback_alerts.as_ref().map_or(Severity::P0, |written| {
            written.get_ref().parse().unwrap_or_else(|_| {
                self.not(written, "write P0, P1, P2 or P3");
                Severity::P0
            })
        });
        let watch_after = self.duration(raw.watch_after.as_ref(), Duration::ZERO);
        let mode = match &raw.auto_rollback {
            Some(written) => self.mode(written, engine, &on)?,
            None => AutoMode::Off,
        };
        if mode != AutoMode::Off {
            self.idle_triggers(place, raw);
        }
        if let Some(written) = raw.watch_after.as_ref().filter(|_| on.is_empty()) {
            self.problems.at(written.span(), "found nothing that could be watched", WATCHED);
        }
        let spec = AutoSpec { mode, after, on, alerts, breaker: None, watch_after, said: None };
        (!spec.on.is_empty()).then_some(spec)
    }

    fn mode(
        &mut self,
        written: &raw::Text,
        engine: &str,
        on: &BTreeSet<Trigger>,
    ) -> Option<AutoMode> {
        let mode = match written.get_ref().as_str() {
            "off" => AutoMode::Off,
            "ask" => AutoMode::Ask,
            "on" => AutoMode::On,
            _ => {
                self.not(written, "write \"off\", \"ask\" or \"on\"");
                return None;
            }
        };
        // who shares a journal sees what the others began
        if mode == AutoMode::On && !IDEMPOTENT.contains(&engine) && !self.config.fleet.shared {
            let found = format!(
                "found \"on\" with the engine {engine}, which may act twice where two flightdecks watch"
            );
            let fix = "write \"ask\", or give all of them one journal: [journal] dir = \"/srv/flightdeck\"";
            self.problems.at(written.span(), found, fix);
        }
        if mode != AutoMode::Off && on.is_empty() {
            self.problems.at(written.span(), "found nothing that could set it off", WATCHED);
        }
        Some(mode)
    }

    /// The circuit breaker: one more metric, whose gate passes at 0 and fails above.
    pub(super) fn breaker(
        &mut self,
        place: &Place<'_>,
        rollout: Option<&mut RolloutSpec>,
        metrics: &mut Vec<MetricSpec>,
    ) {
        let written =
            place.raw.rollout.as_ref().and_then(|raw| raw.get_ref().auto_rollback_breaker.as_ref());
        let (Some(written), Some(rollout)) = (written, rollout) else { return };
        if let Some(other) = place.raw.metric.iter().find_map(|metric| {
            metric.get_ref().name.as_ref().filter(|name| name.get_ref() == BREAKER)
        }) {
            self.twice(other, "metric", "of a target with a circuit breaker");
        }
        let raw = written.get_ref();
        let query = self.expression(place, raw.query.as_ref(), written.span());
        let hold_for = self.duration(raw.hold_for.as_ref(), Duration::ZERO);
        let server = place.prometheus.as_ref().and_then(|key| self.config.prometheus.get(key));
        let every = server.map_or(EVERY, |server| server.every);
        if let Some(auto) = &mut rollout.auto {
            auto.breaker = Some(metrics.len());
        }
        let history = hold_for.max(rollout.soak).max(HISTORY);
        let (target, metric) = (place.target.clone(), Some(metrics.len()));
        let limits = (None, Some(0.0));
        self.ask(place, QueryConfig { target, metric, limits, query: query.clone(), history });
        metrics.push(MetricSpec {
            name: BREAKER.to_owned(),
            track: Track::Whole,
            query,
            max: Some(0.0),
            min: None,
            hold_for,
            unit: String::new(),
            every,
        });
    }

    /// What sets it off: what is written, else all that is configured but alerts, which may have other causes.
    fn triggers(&mut self, place: &Place<'_>, raw: &raw::Rollout) -> BTreeSet<Trigger> {
        let Some(written) = &raw.auto_rollback_on else {
            let all = TRIGGERS.into_iter().map(|(_, trigger)| trigger);
            let own = all.filter(|trigger| *trigger != Trigger::Alerts);
            return own.filter(|trigger| lacks(place, raw, *trigger).is_none()).collect();
        };
        let mut on = BTreeSet::new();
        for word in written.get_ref() {
            match TRIGGERS.iter().find(|(name, _)| name == word.get_ref()) {
                Some((_, trigger)) => drop(on.insert(*trigger)),
                None => self.not(
                    word,
                    "write \"judge\", \"metrics\", \"health\", \"alerts\" or \"breaker\"",
                ),
            }
        }
        on
    }

    /// What is to set it off, and never could.
    fn idle_triggers(&mut self, place: &Place<'_>, raw: &raw::Rollout) {
        let words = raw.auto_rollback_on.iter().flat_map(toml::Spanned::get_ref);
        for word in words {
            let known = TRIGGERS.iter().find(|(name, _)| name == word.get_ref());
            if let Some(fix) = known.and_then(|(_, trigger)| lacks(place, raw, *trigger)) {
                self.not(word, fix);
            }
        }
    }
}

/// Whether what is looked at is the new side: harm of the whole may be the old side's, or older than the release.
fn is_candidates(track: Option<&raw::Text>) -> bool {
    track.is_some_and(|track| track.get_ref() == Track::Candidate.word())
}

/// What to do where a trigger has nothing to go by; none where it has.
fn lacks(place: &Place<'_>, raw: &raw::Rollout, trigger: Trigger) -> Option<&'static str> {
    let own = place.raw;
    let mut metrics = own.metric.iter().map(toml::Spanned::get_ref);
    let mut checks = own.health.iter().map(toml::Spanned::get_ref);
    let (has, fix) = match trigger {
        Trigger::Judge => (own.judge.is_some(), "configure a judge, or leave it out"),
        Trigger::Metrics => (
            metrics.any(|metric| {
                is_candidates(metric.track.as_ref())
                    && (metric.max.is_some() || metric.min.is_some())
            }),
            "configure a metric with track = \"candidate\" and max or min, or leave it out",
        ),
        Trigger::Health => (
            checks.any(|check| is_candidates(check.track.as_ref())),
            "configure a health check with track = \"candidate\", or leave it out",
        ),
        Trigger::Alerts => {
            (own.alertmanager.is_some(), "configure alertmanager and alerts, or leave it out")
        }
        Trigger::Breaker => (
            raw.auto_rollback_breaker.is_some(),
            "configure auto_rollback_breaker, or leave it out",
        ),
    };
    (!has).then_some(fix)
}
