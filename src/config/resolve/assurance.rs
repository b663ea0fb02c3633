//! What else Prometheus is asked before a target goes on: `[service.environment.burn]`, `alert_path`, `backup`.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::raw;
use crate::config::resolved::{BackupConfig, BurnConfig, PathConfig, PrometheusConfig};
use crate::model::burn::WINDOW;
use crate::model::{BackupSpec, BurnSpec, PathSpec};
use crate::stats::burn::SPEEDS;

use super::Resolver;
use super::alerts::is_matcher;
use super::environment::{Place, strings};

/// What is right where nothing is written.
const EVERY: Duration = Duration::from_secs(30);
const BLOCK: f64 = 6.0;

/// What counts notifications that got lost, by Prometheus and by Alertmanager.
const FAILURES: [&str; 3] = [
    "sum(increase(prometheus_notifications_dropped_total[10m]))",
    "sum(increase(prometheus_notifications_errors_total[10m]))",
    "sum(increase(alertmanager_notifications_failed_total[10m]))",
];

impl Resolver<'_, '_> {
    pub(super) fn burn(&mut self, place: &Place<'_>) -> Option<BurnSpec> {
        let written = place.raw.burn.as_ref()?;
        let raw = written.get_ref();
        self.needs_prometheus(place, written.span());
        let name = match &raw.name {
            None => "burn".to_owned(),
            name => self.gate(name.as_ref(), written.span(), "error budget").unwrap_or_default(),
        };
        let metrics = place.raw.metric.iter().filter_map(|metric| metric.get_ref().name.as_ref());
        if let Some(twin) = metrics.into_iter().find(|metric| *metric.get_ref() == name) {
            self.not(twin, "the error budget is called so; give one of them another name");
        }
        if raw.objective.is_none() {
            let fix = "write the part of requests that must not fail over 30 days: 0.999";
            self.problems.missing(written.span(), "objective", fix);
        }
        let objective = self.within(raw.objective.as_ref(), 0.999, "0.999 for one in a thousand");
        let block = self.block(raw, objective);
        let example = "errors = 'sum(rate(http_requests_total{code=~\"5..\"}[{window}])) / \
                       sum(rate(http_requests_total[{window}]))'";
        let query = match &raw.errors {
            None => {
                self.problems.missing(written.span(), "errors", format!("write {example}"));
                return None;
            }
            Some(errors) => self.windowed(errors, example),
        };
        let example = "requests = 'sum(increase(http_requests_total[{window}]))'";
        let requests = raw.requests.as_ref().map(|requests| self.windowed(requests, example));
        let every = self.pace(raw.every.as_ref(), EVERY);
        let windows: BTreeSet<Duration> =
            SPEEDS.iter().flat_map(|speed| [speed.short, speed.long]).collect();
        if let Some(server) = self.server_of(place) {
            server.burns.push(BurnConfig {
                target: place.target.clone(),
                query: query.clone(),
                windows: windows.into_iter().collect(),
                requests: requests.clone().map(|query| (query, SPEEDS.map(|it| it.long).to_vec())),
                every,
            });
        }
        Some(BurnSpec { name, objective, query, requests, block, every })
    }

    /// A query that is asked for each window.
    fn windowed(&mut self, query: &raw::Text, example: &str) -> String {
        if !query.get_ref().contains(WINDOW) {
            let found = format!("found no {WINDOW} in the query");
            let fix = format!("write it where each window belongs: {example}");
            self.problems.at(query.span(), found, fix);
        }
        query.get_ref().clone()
    }

    /// The slowest speed that blocks.
    fn block(&mut self, raw: &raw::Burn, objective: f64) -> f64 {
        let known = |factor: f64| SPEEDS.iter().any(|speed| (speed.factor - factor).abs() < 1e-9);
        let block = match &raw.block {
            None => BLOCK,
            Some(written) if known(*written.get_ref()) => *written.get_ref(),
            Some(written) => {
                let found = format!("found {}", written.get_ref());
                let fix = "write 14.4, 6, 3 or 1: this speed and faster ones block";
                self.problems.at(written.span(), found, fix);
                BLOCK
            }
        };
        let mut blocking = SPEEDS.iter().filter(|speed| speed.factor >= block);
        if let Some(written) = &raw.objective
            && !blocking.any(|speed| speed.is_possible(objective))
        {
            let found =
                format!("found {objective}: even nothing but errors burns slower than {block} ×");
            let fix = "write a higher objective, or a slower speed as `block`: 3 or 1";
            self.problems.at(written.span(), found, fix);
        }
        block
    }

    /// `alertmanager` is the key of the one that the target's alerts come from.
    pub(super) fn alert_path(
        &mut self,
        place: &Place<'_>,
        alertmanager: Option<&str>,
    ) -> Option<PathSpec> {
        let written = place.raw.alert_path.as_ref()?;
        let raw = written.get_ref();
        self.needs_prometheus(place, written.span());
        if place.raw.alerts.is_none() {
            let found = "found the way of alerts where none are watched";
            self.problems.at(written.span(), found, "write `alertmanager` and `alerts` too");
        }
        if let Some(matcher) = raw.watchdog.as_ref().filter(|text| !is_matcher(text.get_ref())) {
            self.not(matcher, "write a matcher, alertname=\"Watchdog\"");
        }
        let every = self.pace(raw.every.as_ref(), EVERY);
        let server = alertmanager.and_then(|key| self.config.alertmanager.get_mut(key));
        let own = server.as_ref().and_then(|server| {
            let url = &server.http.url;
            Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
        });
        let watchdog = raw.watchdog.as_ref().map(|matcher| matcher.get_ref().clone());
        if let (Some(server), Some(watchdog)) = (server, &watchdog) {
            server.watchdogs.push((place.target.clone(), watchdog.clone()));
        }
        let known = raw.alertmanager.as_ref().map(|address| address.get_ref().clone());
        if let Some(address) = raw.alertmanager.as_ref()
            && (!(address.get_ref().contains([':', '*']))
                || address.get_ref().matches('*').count() > 1)
        {
            self.not(
                address,
                "write HOST:PORT as Prometheus knows it; one `*` stands for anything",
            );
        }
        let failures = match &raw.failures {
            None => FAILURES.map(str::to_owned).to_vec(),
            Some(queries) => strings(queries),
        };
        let groups = strings(&raw.groups);
        let alertmanager = known.or(own).unwrap_or_default();
        let spec = PathSpec { groups, alertmanager, failures, watchdog, every };
        if let Some(server) = self.server_of(place) {
            let (target, spec) = (place.target.clone(), spec.clone());
            server.paths.push(PathConfig { target, spec });
        }
        Some(spec)
    }

    pub(super) fn backup(&mut self, place: &Place<'_>) -> Option<BackupSpec> {
        let written = place.raw.backup.as_ref()?;
        let raw = written.get_ref();
        self.needs_prometheus(place, written.span());
        let (query, is_age) = match (&raw.time, &raw.age) {
            (Some(query), None) => (query.get_ref().clone(), false),
            (None, Some(query)) => (query.get_ref().clone(), true),
            (Some(_), Some(age)) => {
                self.not(age, "leave it out: `time` says it already");
                return None;
            }
            (None, None) => {
                let fix = "write the query that yields the time of the last good backup in seconds since \
                           1970, or `age`: its age in seconds";
                self.problems.missing(written.span(), "time", fix);
                return None;
            }
        };
        if raw.max_age.is_none() {
            self.problems.missing(written.span(), "max_age", "write the oldest it may be: \"24h\"");
        }
        let max_age = self.duration(raw.max_age.as_ref(), Duration::from_secs(86_400));
        let every = self.pace(raw.every.as_ref(), EVERY);
        if let Some(server) = self.server_of(place) {
            let (target, query) = (place.target.clone(), query.clone());
            server.backups.push(BackupConfig { target, query, is_age, every });
        }
        Some(BackupSpec { query, max_age, every })
    }

    fn needs_prometheus(&mut self, place: &Place<'_>, span: std::ops::Range<usize>) {
        if place.raw.prometheus.is_none() {
            self.needs(span, "prometheus");
        }
    }

    fn server_of(&mut self, place: &Place<'_>) -> Option<&mut PrometheusConfig> {
        self.config.prometheus.get_mut(place.prometheus.as_ref()?)
    }
}
