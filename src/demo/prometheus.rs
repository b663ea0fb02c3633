//! Prometheus's HTTP API over the recorded history of the world.

mod rules;

use std::net::SocketAddr;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use crate::model::Time;

use super::app::Side;
use super::assurance;
use super::fault::{Faults, Mood, Peer};
use super::http::{Handler, Reply, Request};
use super::query::{Counter, Query};
use super::world::{Shared, World};

/// Points that one series may have in a range.
const POINTS: i64 = 11_000;

/// The HTTP server of Prometheus.
pub struct Prometheus {
    /// The world that it measures.
    pub shared: Shared,
    /// Whether the apps can be scraped.
    pub faults: Faults,
    /// Where the apps' processes listen: service, side, port.
    pub targets: Vec<(&'static str, Side, u16)>,
    /// Whom it tells of alerts.
    pub alertmanager: SocketAddr,
}

impl Handler for Prometheus {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.shared.now();
        let known = matches!(request.method.as_str(), "GET" | "HEAD" | "POST");
        if !known {
            return Reply::text(405, "Method Not Allowed\n");
        }
        match request.path.as_str() {
            "/api/v1/query" => self.query(request, now),
            "/api/v1/query_range" => self.range(request),
            "/api/v1/targets" => success(&self.scraped(now)),
            "/api/v1/alerts" => success(&self.shared.with(|world| rules::alerts(world))),
            "/api/v1/alertmanagers" => success(&rules::alertmanagers(self.alertmanager)),
            "/api/v1/rules" => success(&self.shared.with(|world| rules::rules(world, now))),
            "/api/v1/status/buildinfo" => success(&json!({
                "version": "2.42.0", "revision": "demo", "branch": "HEAD", "buildUser": "demo",
                "buildDate": "20230201-00:00:00", "goVersion": "go1.19.6",
            })),
            "/-/healthy" => Reply::text(200, "Prometheus Server is Healthy.\n"),
            "/-/ready" => Reply::text(200, "Prometheus Server is Ready.\n"),
            _ => Reply::text(404, "404 page not found\n"),
        }
    }
}

impl Prometheus {
    fn query(&self, request: &Request, now: Time) -> Reply {
        self.shared.with(|world| {
            let at = match request.get("time").map(time) {
                None => now,
                Some(Some(at)) => at,
                Some(None) => return bad("invalid parameter \"time\": cannot parse it"),
            };
            let second = world.timeline.second(at).min(world.second);
            let text = request.get("query").unwrap_or_default();
            if text == "time()" {
                let result = json!([stamp(at), number(stamp(at))]);
                return success(&json!({"resultType": "scalar", "result": result}));
            }
            let aside = assurance::value(world, text, second, self.is_heard());
            let value = match (aside, find(world, request)) {
                (Some(value), _) => Some(value),
                (None, Ok(query)) => query.value(world, second),
                (None, Err(reply)) => return reply,
            };
            let result: Vec<_> = value
                .into_iter()
                .map(|value| json!({"metric": {}, "value": [stamp(at), number(value)]}))
                .collect();
            success(&json!({"resultType": "vector", "result": result}))
        })
    }

    fn range(&self, request: &Request) -> Reply {
        let (start, end) = (request.get("start"), request.get("end"));
        let (Some(start), Some(end)) = (start.and_then(time), end.and_then(time)) else {
            return bad("invalid parameter \"start\" or \"end\": cannot parse it");
        };
        if end < start {
            return bad("invalid parameter \"end\": end timestamp must not be before start time");
        }
        let step = request.get("step").and_then(step).unwrap_or_default();
        if step <= TimeDelta::zero() {
            return bad(
                "invalid parameter \"step\": zero or negative query resolution step widths are \
                 not accepted. Try a positive integer",
            );
        }
        if (end - start).num_milliseconds() / step.num_milliseconds().max(1) > POINTS {
            return bad(
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the \
                 query resolution (?step=XX)",
            );
        }
        self.shared.with(|world| {
            if let Some((service, counter)) = counted(world, request) {
                return self.counters(world, (service, counter), (start, end, step));
            }
            let query = match find(world, request) {
                Ok(query) => query,
                Err(reply) => return reply,
            };
            let mut values = Vec::new();
            let mut at = start;
            while at <= end {
                let second = world.timeline.second(at);
                if second <= world.second
                    && let Some(value) = query.value(world, second)
                {
                    values.push(json!([stamp(at), number(value)]));
                }
                at += step;
            }
            let result = if values.is_empty() {
                json!([])
            } else {
                json!([{"metric": {}, "values": values}])
            };
            success(&json!({"resultType": "matrix", "result": result}))
        })
    }

    /// The counters of a service's processes over a stretch of time.
    fn counters(
        &self,
        world: &World,
        (service, counter): (&'static str, Counter),
        (start, end, step): (Time, Time, TimeDelta),
    ) -> Reply {
        let mut series: Vec<(Side, Vec<Value>)> = Vec::new();
        let mut at = start;
        while at <= end {
            let second = world.timeline.second(at);
            if second <= world.second {
                for (side, value) in counter.values(world, service, second) {
                    let sample = json!([stamp(at), value.to_string()]);
                    match series.iter_mut().find(|(known, _)| *known == side) {
                        Some((_, values)) => values.push(sample),
                        None => series.push((side, vec![sample])),
                    }
                }
            }
            at += step;
        }
        let port = |side: Side| {
            let mut targets = self.targets.iter();
            targets.find(|(own, known, _)| *own == service && *known == side).map_or(0, |own| own.2)
        };
        let result: Vec<Value> = series
            .into_iter()
            .map(|(side, values)| {
                let instance = format!("127.0.0.1:{}", port(side));
                json!({"metric": {"instance": instance, "track": side.word()}, "values": values})
            })
            .collect();
        success(&json!({"resultType": "matrix", "result": result}))
    }

    /// Whether Alertmanager takes what it is told.
    fn is_heard(&self) -> bool {
        matches!(*self.faults.mood(Peer::Alertmanager).borrow(), Mood::Ok | Mood::Slow(_))
    }

    fn scraped(&self, now: Time) -> Value {
        let error = match *self.faults.mood(Peer::Health).borrow() {
            Mood::Ok | Mood::Slow(_) => None,
            Mood::Refuse => Some("connect: connection refused".to_owned()),
            Mood::Hang => Some("context deadline exceeded".to_owned()),
            Mood::Status(status) => Some(format!("server returned HTTP status {status}")),
            Mood::Garbage => Some("expected a valid start token, got \"\\x1b\"".to_owned()),
            Mood::Cut => Some("unexpected EOF".to_owned()),
        };
        let health = if error.is_none() { "up" } else { "down" };
        let targets: Vec<_> = self
            .targets
            .iter()
            .map(|(service, side, port)| {
                let url = format!("http://127.0.0.1:{port}/metrics");
                json!({
                    "discoveredLabels": {"__address__": format!("127.0.0.1:{port}"), "job": service},
                    "labels": {
                        "instance": format!("127.0.0.1:{port}"), "job": service,
                        "service": service, "env": "production", "track": side.word(),
                    },
                    "scrapePool": service, "scrapeUrl": url, "globalUrl": url,
                    "lastError": error.as_deref().unwrap_or_default(),
                    "lastScrape": rfc3339(now), "lastScrapeDuration": 0.004, "health": health,
                    "scrapeInterval": "1s", "scrapeTimeout": "1s",
                })
            })
            .collect();
        json!({"activeTargets": targets, "droppedTargets": []})
    }
}

/// The counter that a request means, where it means one.
fn counted(world: &World, request: &Request) -> Option<(&'static str, Counter)> {
    let text = request.get("query")?;
    let names = world.services.iter().map(|service| service.story.name);
    let mut all = names.flat_map(|name| Counter::ALL.map(|counter| (name, counter)));
    all.find(|(name, counter)| counter.text(name) == text)
}

/// The query that a request means, or the error that the demo has for all others.
fn find(world: &World, request: &Request) -> Result<Query, Reply> {
    let text = request.get("query").unwrap_or_default();
    if text.is_empty() {
        return Err(bad(
            "invalid parameter \"query\": unknown position: parse error: no expression found in input",
        ));
    }
    let services = world.services.iter();
    services
        .flat_map(|service| Query::of(service.story.name))
        .find(|query| query.text() == text)
        .ok_or_else(|| {
            failure(
                422,
                "execution",
                "the demo world answers the queries of its own configuration only",
            )
        })
}

fn success(data: &Value) -> Reply {
    Reply::json(200, &json!({"status": "success", "data": data}))
}

fn bad(text: &str) -> Reply {
    failure(400, "bad_data", text)
}

fn failure(status: u16, kind: &str, text: &str) -> Reply {
    Reply::json(status, &json!({"status": "error", "errorType": kind, "error": text}))
}

/// Sample values are text, since JSON has neither NaN nor infinities.
fn number(value: f64) -> String {
    if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

fn stamp(at: Time) -> f64 {
    at.timestamp_millis() as f64 / 1e3
}

fn rfc3339(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A time as float seconds or RFC 3339.
fn time(text: &str) -> Option<Time> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Time::from_timestamp_millis((seconds * 1e3).round() as i64);
    }
    let parsed = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(parsed.to_utc())
}

/// A step as float seconds or with a unit.
fn step(text: &str) -> Option<TimeDelta> {
    let (digits, scale) = match text {
        text if text.ends_with("ms") => (text.strip_suffix("ms")?, 1.0),
        text if text.ends_with('s') => (text.strip_suffix('s')?, 1e3),
        text if text.ends_with('m') => (text.strip_suffix('m')?, 6e4),
        text if text.ends_with('h') => (text.strip_suffix('h')?, 3.6e6),
        text => (text, 1e3),
    };
    let millis = digits.parse::<f64>().ok()? * scale;
    Some(TimeDelta::milliseconds(millis as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_times_and_steps() {
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::INFINITY), "+Inf");
        assert_eq!(number(0.25), "0.25");
        assert_eq!(time("1.5").unwrap().timestamp_millis(), 1500);
        assert_eq!(time("1970-01-01T00:00:02Z").unwrap().timestamp(), 2);
        assert_eq!(time("soon"), None);
        assert_eq!(step("0.5"), Some(TimeDelta::milliseconds(500)));
        assert_eq!(step("15s"), Some(TimeDelta::seconds(15)));
        assert_eq!(step("1m"), Some(TimeDelta::minutes(1)));
    }
}
