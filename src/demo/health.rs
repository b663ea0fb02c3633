//! The app processes' own HTTP: `/health` and `/metrics`.

use std::fmt::Write as _;

use serde_json::json;

use super::app::{App, Condition, Side};
use super::http::{Handler, Reply, Request};
use super::world::{Shared, World};

/// Which process answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    /// Its service.
    pub service: &'static str,
    /// Its side in production; none: staging.
    pub side: Option<Side>,
}

impl Process {
    fn find(self, world: &World) -> Option<&App> {
        let service = world.service(self.service)?;
        Some(match self.side {
            Some(side) => &service.backend.side(side)?.app,
            None => &service.staging,
        })
    }
}

/// The HTTP server of one process.
pub struct Health {
    /// The world it is part of.
    pub shared: Shared,
    /// Which process it is.
    pub process: Process,
}

impl Handler for Health {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.shared.now();
        self.shared.with(|world| {
            let Some(app) = self.process.find(world) else {
                return Reply::text(503, "not started\n");
            };
            match request.path.as_str() {
                "/health" => {
                    let born = world.timeline.time(app.born);
                    health(app, (now - born).num_seconds(), world.second)
                }
                "/metrics" => metrics(self.process, app),
                _ => Reply::text(404, "not found\n"),
            }
        })
    }
}

fn health(app: &App, uptime: i64, second: i64) -> Reply {
    let condition = app.condition();
    let (status, database, cache) = match condition {
        Condition::Healthy => ("healthy", "healthy", "healthy"),
        Condition::Degraded => ("degraded", "healthy", "degraded"),
        Condition::Unhealthy => ("unhealthy", "unhealthy", "degraded"),
    };
    let detail = |state: &str, text: &str| (state != "healthy").then(|| text.to_owned());
    let window = app.window(second).unwrap_or_default();
    let rate = window.error_rate();
    let body = json!({
        "status": status,
        "version": app.revision,
        "uptime": uptime.max(0),
        // JSON has no NaN: without requests it is null
        "error_rate": rate,
        "requests_total": app.total().requests,
        "components": {
            "database": {
                "status": database,
                "output": detail(database, "connection pool exhausted: 50 of 50 in use"),
            },
            "cache": {
                "status": cache,
                "output": detail(cache, "hit ratio 61 %, evictions rising"),
            },
        },
    });
    Reply::json(if condition == Condition::Unhealthy { 503 } else { 200 }, &body)
}

fn metrics(process: Process, app: &App) -> Reply {
    let count = app.total();
    let labels = match process.side {
        Some(side) => {
            format!(r#"service="{}",env="production",track="{}""#, process.service, side.word())
        }
        None => format!(r#"service="{}",env="staging""#, process.service),
    };
    let mut text = String::new();
    let _ = writeln!(text, "# HELP requests_total Requests answered.");
    let _ = writeln!(text, "# TYPE requests_total counter");
    let _ = writeln!(text, "requests_total{{{labels}}} {}", count.requests);
    let _ = writeln!(text, "# HELP http_requests_total Requests answered, by status.");
    let _ = writeln!(text, "# TYPE http_requests_total counter");
    for (code, number) in [("200", count.requests - count.errors), ("500", count.errors)] {
        let _ = writeln!(text, r#"http_requests_total{{{labels},code="{code}"}} {number}"#);
    }
    Reply::text(200, text)
}
