//! `auto_rollback` and what belongs to it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::raw;
use crate::model::Severity;
use crate::model::spec::{AutoMode, AutoSpec, Trigger};

use super::Resolver;
use super::environment::Place;

/// How long somebody has to hold it, where nothing is written.
const AFTER: Duration = Duration::from_secs(30);

/// What may set it off, by its word.
const TRIGGERS: [(&str, Trigger); 4] = [
    ("judge", Trigger::Judge),
    ("metrics", Trigger::Metrics),
    ("health", Trigger::Health),
    ("alerts", Trigger::Alerts),
];

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
        let written = raw.auto_rollback.as_ref()?;
        let mode = match written.get_ref().as_str() {
            "off" => return None,
            "ask" => AutoMode::Ask,
            "on" => AutoMode::On,
            _ => {
                self.not(written, "write \"off\", \"ask\" or \"on\"");
                return None;
            }
        };
        if mode == AutoMode::On && !IDEMPOTENT.contains(&engine) {
            let found = format!(
                "found \"on\" with the engine {engine}, which may act twice where two flightdecks watch"
            );
            self.problems.at(written.span(), found, "write \"ask\"");
        }
        if on.is_empty() {
            let fix = "configure a judge, a metric with a limit, a health check or alerts";
            self.problems.at(written.span(), "found nothing that could set it off", fix);
        }
        Some(AutoSpec { mode, after, on, alerts })
    }

    /// What sets it off: what is written, else all that is configured but alerts, which may have other causes.
    fn triggers(&mut self, place: &Place<'_>, raw: &raw::Rollout) -> BTreeSet<Trigger> {
        let Some(written) = &raw.auto_rollback_on else {
            let own = place.raw;
            let limits = own
                .metric
                .iter()
                .any(|metric| metric.get_ref().max.is_some() || metric.get_ref().min.is_some());
            let all = [
                (own.judge.is_some(), Trigger::Judge),
                (limits, Trigger::Metrics),
                (!own.health.is_empty(), Trigger::Health),
            ];
            return all.into_iter().filter_map(|(is, trigger)| is.then_some(trigger)).collect();
        };
        let mut on = BTreeSet::new();
        for word in written.get_ref() {
            match TRIGGERS.iter().find(|(name, _)| name == word.get_ref()) {
                Some((_, trigger)) => drop(on.insert(*trigger)),
                None => self.not(word, "write \"judge\", \"metrics\", \"health\" or \"alerts\""),
            }
        }
        on
    }
}
