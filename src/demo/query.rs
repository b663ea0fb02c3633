//! The expressions that the demo's Prometheus understands: exactly those of the demo's configuration.

use super::app::{BOUNDARY_MS, Count, Side};
use super::world::World;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Part of the requests that failed, 0–1.
    ErrorRate,
    /// 95th percentile of latency, in milliseconds.
    P95,
    /// Part of all requests that this side got, 0–1.
    Share,
    /// 1 while the callers' circuit breakers are open, else 0.
    Breaker,
}

/// The part of failures from which on callers give up.
const OPENS: f64 = 0.2;

/// A measure of one service in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// Whose.
    pub service: &'static str,
    /// Of which side; none: both.
    pub side: Option<Side>,
    /// What.
    pub measure: Measure,
}

impl Query {
    /// Every query of a service's production environment.
    pub fn of(service: &'static str) -> Vec<Self> {
        let query = |side, measure| Self { service, side: Some(side), measure };
        vec![
            query(Side::Candidate, Measure::ErrorRate),
            query(Side::Candidate, Measure::P95),
            query(Side::Stable, Measure::ErrorRate),
            query(Side::Stable, Measure::P95),
            query(Side::Candidate, Measure::Share),
            Self { service, side: None, measure: Measure::Breaker },
        ]
    }

    /// The expression.
    pub fn text(&self) -> String {
        let whole = format!(r#"service="{}",env="production""#, self.service);
        let side = match self.side {
            Some(side) => format!(r#"{whole},track="{}""#, side.word()),
            None => whole.clone(),
        };
        let requests = |labels: &str| format!("sum(rate(http_requests_total{{{labels}}}[1m]))");
        match self.measure {
            Measure::ErrorRate => {
                format!("{} / {}", requests(&format!(r#"{side},code=~"5..""#)), requests(&side))
            }
            Measure::P95 => format!(
                "1000 * histogram_quantile(0.95, sum by (le) \
                 (rate(http_request_duration_seconds_bucket{{{side}}}[1m])))"
            ),
            Measure::Share => format!("{} / {}", requests(&side), requests(&whole)),
            Measure::Breaker => format!("max(circuit_breaker_open{{{whole}}})"),
        }
    }

    /// Its value at a world second: NaN for 0/0, none where nothing is recorded.
    pub fn value(&self, world: &World, second: i64) -> Option<f64> {
        let service = world.service(self.service)?;
        let mut own = Count::default();
        let mut all = Count::default();
        for server in &service.backend.servers {
            let window = server.app.window(second)?;
            all = all.and(window);
            if self.side.is_none_or(|side| side == server.side) {
                own = own.and(window);
            }
        }
        Some(match self.measure {
            Measure::ErrorRate => own.error_rate(),
            Measure::P95 => own.p95_ms(),
            Measure::Share => own.requests as f64 / all.requests as f64,
            Measure::Breaker => f64::from(u8::from(own.error_rate() > OPENS)),
        })
    }
}

/// A counter of each process of one service in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Requests.
    Requests,
    /// Requests that failed.
    Errors,
    /// Requests that were in time.
    InTime,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Errors, Self::InTime];

    /// The expression: a series for each side's process.
    pub fn text(self, service: &str) -> String {
        let whole = format!(r#"service="{service}",env="production""#);
        let of = |selector: String| format!("sum by (track, instance) ({selector})");
        match self {
            Self::Requests => of(format!("http_requests_total{{{whole}}}")),
            Self::Errors => of(format!(r#"http_requests_total{{{whole},code=~"5.."}}"#)),
            Self::InTime => of(format!(
                r#"http_request_duration_seconds_bucket{{{whole},le="{}"}}"#,
                BOUNDARY_MS / 1000.0
            )),
        }
    }

    /// Its values at a world second, by side; a process that never failed has no counter of failures.
    pub fn values(self, world: &World, service: &str, second: i64) -> Vec<(Side, u64)> {
        let Some(service) = world.service(service) else { return Vec::new() };
        let value = |count: Count| match self {
            Self::Requests => Some(count.requests),
            Self::Errors => Some(count.errors).filter(|errors| *errors > 0),
            Self::InTime => Some(count.requests - count.late),
        };
        let servers = service.backend.servers.iter();
        servers.filter_map(|server| Some((server.side, value(server.app.at(second)?)?))).collect()
    }
}
