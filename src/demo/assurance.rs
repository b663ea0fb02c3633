//! What is asked of Prometheus besides the measures of a release: error budgets, losses on the way of alerts,
//! backups; and what of it is not well in which story.

use chrono::TimeDelta;

use super::app::Count;
use super::scenario::Scenario;
use super::world::World;

/// The windows of an error budget, with their world seconds.
const WINDOWS: [(&str, i64); 7] = [
    ("5m", 300),
    ("30m", 1_800),
    ("1h", 3_600),
    ("2h", 7_200),
    ("6h", 21_600),
    ("1d", 86_400),
    ("3d", 259_200),
];

/// The counters of what gets lost on the way of an alert.
const LOSSES: [&str; 3] = [
    "prometheus_notifications_dropped_total",
    "prometheus_notifications_errors_total",
    "alertmanager_notifications_failed_total",
];

/// Notifications that fail while Alertmanager does not answer.
const LOST: f64 = 3.0;

impl Scenario {
    /// Real hours before the start at which the last good backup of a service's data was made; none where
    /// it has none.
    pub(super) fn backup_hours(self, service: &str) -> Option<i64> {
        match (service, self) {
            ("payments", Self::Incident) => Some(31),
            ("payments", _) => Some(5),
            ("ledger", _) => Some(3),
            _ => None,
        }
    }

    /// Whether an alerting rule of a service cannot be evaluated.
    pub(super) fn is_blind(self, service: &str) -> bool {
        (self, service) == (Self::Incident, "search")
    }
}

/// The share of requests that fail within a window.
pub fn errors(service: &str, window: &str) -> String {
    let whole = format!(r#"service="{service}",env="production""#);
    let requests = |labels: &str| format!("sum(rate(http_requests_total{{{labels}}}[{window}]))");
    format!("{} / {}", requests(&format!(r#"{whole},code=~"5..""#)), requests(&whole))
}

/// The time of the last good backup of a service's data.
pub fn backup(service: &str) -> String {
    format!(r#"max(backup_last_success_timestamp_seconds{{service="{service}",env="production"}})"#)
}

/// What a query yields at a world second; none where it is none of these. `is_heard`: whether Alertmanager
/// answers Prometheus.
pub fn value(world: &World, text: &str, second: i64, is_heard: bool) -> Option<f64> {
    let lost = LOSSES.iter().find(|name| text == format!("sum(increase({name}[10m]))"));
    if let Some(name) = lost {
        // who is not reached counts nothing himself
        let counts = !is_heard && *name == LOSSES[1];
        return Some(if counts { LOST } else { 0.0 });
    }
    world.services.iter().find_map(|service| {
        let name = service.story.name;
        if text == backup(name) {
            let made =
                world.timeline.start() - TimeDelta::hours(world.scenario.backup_hours(name)?);
            return Some(made.timestamp() as f64);
        }
        let (_, window) = WINDOWS.iter().find(|(window, _)| text == errors(name, window))?;
        let servers = service.backend.servers.iter();
        let counts: Option<Vec<Count>> =
            servers.map(|server| server.app.over(second, *window)).collect();
        Some(counts?.into_iter().fold(Count::default(), Count::and).error_rate())
    })
}
