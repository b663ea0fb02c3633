//! `[[service.environment.metric]]`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use crate::config::raw;
use crate::config::resolved::QueryConfig;
use crate::model::{FeedId, MetricSpec, TargetSpec};

use super::Resolver;
use super::environment::Place;

/// The shortest look back: enough for a first sparkline.
pub(super) const HISTORY: Duration = Duration::from_secs(600);

impl Resolver<'_, '_> {
    pub(super) fn metrics(&mut self, place: &Place<'_>, soak: Duration) -> Vec<MetricSpec> {
        let mut names = BTreeSet::new();
        let mut specs = Vec::new();
        for (index, metric) in place.raw.metric.iter().enumerate() {
            let raw = metric.get_ref();
            let name = self.gate(raw.name.as_ref(), metric.span(), "error rate");
            let track = self.track(place, raw.track.as_ref());
            if let (Some(name), Some(written)) = (&name, &raw.name)
                && !names.insert((name.clone(), track))
            {
                self.twice(written, "metric", "of a track");
            }
            let query = self.expression(place, raw.query.as_ref(), metric.span());
            let hold_for = self.duration(raw.hold_for.as_ref(), Duration::ZERO);
            let (max, min) = self.limits(raw);
            let every = self.metric_every(place, raw);
            specs.push(MetricSpec {
                name: name.unwrap_or_default(),
                track,
                query: query.clone(),
                max,
                min,
                hold_for,
                unit: raw.unit.clone().unwrap_or_default(),
                every,
            });
            self.ask(
                place,
                QueryConfig {
                    target: place.target.clone(),
                    metric: Some(index),
                    limits: (min, max),
                    query,
                    history: hold_for.max(soak).max(HISTORY),
                },
            );
        }
        specs
    }

    /// One Prometheus is asked everything at one cadence: the shortest that any of its metrics wants.
    pub(super) fn settle_cadences(&mut self) {
        let targets = &mut self.config.fleet.targets;
        for (key, server) in &mut self.config.prometheus {
            let feed = FeedId::source(key.as_str());
            let asked = |target: &&mut TargetSpec| target.prometheus.as_ref() == Some(&feed);
            let metrics = targets.iter().filter(|target| target.prometheus.as_ref() == Some(&feed));
            let every = metrics.flat_map(|target| &target.metrics).map(|metric| metric.every);
            server.every = every.fold(server.every, Duration::min);
            if !server.has_metrics() {
                // nothing else is asked there: no need to come sooner than these want
                server.every = server.pace_aside().unwrap_or(server.every);
            }
            for target in targets.iter_mut().filter(asked) {
                for metric in &mut target.metrics {
                    metric.every = server.every;
                }
            }
        }
    }

    /// Adds a query to what the environment's Prometheus is asked.
    pub(super) fn ask(&mut self, place: &Place<'_>, query: QueryConfig) {
        let server = place.prometheus.as_ref().and_then(|key| self.config.prometheus.get_mut(key));
        if let Some(server) = server {
            server.queries.push(query);
        }
    }

    /// An expression that this environment's Prometheus is asked for one value.
    pub(super) fn expression(
        &mut self,
        place: &Place<'_>,
        query: Option<&raw::Text>,
        below: Range<usize>,
    ) -> String {
        let Some(query) = query else {
            let fix = "write the expression, which must yield one value";
            self.problems.missing(below, "query", fix);
            return String::new();
        };
        if query.get_ref().trim().is_empty() {
            self.not(query, "write the expression, which must yield one value");
        } else if place.raw.prometheus.is_none() {
            self.needs(query.span(), "prometheus");
        }
        query.get_ref().clone()
    }

    fn limits(&mut self, raw: &raw::Metric) -> (Option<f64>, Option<f64>) {
        for limit in [&raw.max, &raw.min].into_iter().flatten() {
            if !limit.get_ref().is_finite() {
                let found = format!("found {}", limit.get_ref());
                self.problems.at(limit.span(), found, "write a number, or leave the limit out");
            }
        }
        let value = |limit: &Option<Spanned<f64>>| limit.as_ref().map(|limit| *limit.get_ref());
        let (max, min) = (value(&raw.max), value(&raw.min));
        if let (Some(most), Some(least), Some(written)) = (max, min, &raw.min)
            && least > most
        {
            let found = format!("found a min of {least} above the max of {most}");
            self.problems.at(written.span(), found, "write a min below the max");
        }
        (max, min)
    }

    /// The cadence a metric wants; what it gets is settled at the end.
    fn metric_every(&mut self, place: &Place<'_>, raw: &raw::Metric) -> Duration {
        let server = place.prometheus.as_ref().and_then(|key| self.config.prometheus.get(key));
        let default = server.map_or(Duration::from_secs(5), |server| server.every);
        self.pace(raw.every.as_ref(), default)
    }
}
