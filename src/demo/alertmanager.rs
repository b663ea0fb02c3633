//! Alertmanager's API v2: the alerts of the rules, and some older ones that no release explains.

mod matcher;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use crate::model::Time;

use self::matcher::Matcher;
use super::chance::{Chance, key};
use super::http::{Handler, Reply, Request};
use super::rule::{Standing, watchdog};
use super::scenario::{Hidden, Notice};
use super::world::{Shared, World};

/// The HTTP server of Alertmanager.
pub struct Alertmanager {
    /// The world whose alerts it knows.
    pub shared: Shared,
}

impl Handler for Alertmanager {
    fn answer(&self, request: &Request) -> Reply {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Reply::json(405, &json!({"code": 405, "message": "method is not allowed"}));
        }
        let now = self.shared.now();
        match request.path.as_str() {
            "/api/v2/alerts" => self.alerts(request, now),
            "/api/v2/silences" => Reply::json(200, &self.shared.with(|world| silences(world))),
            "/api/v2/status" => Reply::json(200, &self.shared.with(|world| status(world))),
            "/api/v2/receivers" => {
                Reply::json(200, &json!([{"name": "oncall"}, {"name": "tickets"}]))
            }
            "/-/healthy" | "/-/ready" => Reply::text(200, "OK"),
            path => Reply::json(
                404,
                &json!({"code": 404, "message": format!("path {path} was not found")}),
            ),
        }
    }
}

impl Alertmanager {
    fn alerts(&self, request: &Request, now: Time) -> Reply {
        let filters = request.all("filter");
        let matchers: Result<Vec<_>, _> = filters.iter().map(|text| Matcher::parse(text)).collect();
        let matchers = match matchers {
            Ok(matchers) => matchers,
            Err(text) => return Reply::json(400, &Value::String(text)),
        };
        let wanted = |name| request.get(name) != Some("false");
        let (active, silenced, inhibited) =
            (wanted("active"), wanted("silenced"), wanted("inhibited"));
        let alerts = self.shared.with(|world| all(world, now));
        let shown = alerts.into_iter().filter(|alert| {
            let state = &alert["status"];
            let some = |name: &str| state[name].as_array().is_some_and(|by| !by.is_empty());
            let (is_silenced, is_inhibited) = (some("silencedBy"), some("inhibitedBy"));
            (active || is_silenced || is_inhibited)
                && (silenced || !is_silenced)
                && (inhibited || !is_inhibited)
                && matchers.iter().all(|matcher| matcher.holds(&alert["labels"]))
        });
        Reply::json(200, &shown.collect())
    }
}

fn all(world: &World, now: Time) -> Vec<Value> {
    let rules = world.rules.iter().filter_map(|rule| {
        let Standing::Firing(since) = rule.standing else {
            return None;
        };
        let since = world.timeline.time(since);
        let told = alert(&rule.labels(), &rule.annotations(), since, now, &rule.text());
        Some(told)
    });
    let start = world.timeline.start();
    let notices = world.notices.iter().map(|notice| {
        let annotations = json!({
            "summary": notice.summary,
            "runbook_url": format!("https://runbooks.acme.example/{}", notice.name),
        });
        let since = start - TimeDelta::hours(notice.hours);
        let mut alert = alert(&labels(notice), &annotations, since, now, notice.expression);
        let (list, by) = match notice.hidden {
            None => return alert,
            Some(Hidden::Silenced) => ("silencedBy", silence(notice)),
            Some(Hidden::Inhibited) => ("inhibitedBy", inhibitor(world)),
        };
        alert["status"]["state"] = "suppressed".into();
        alert["status"][list] = json!([by]);
        alert
    });
    let (labels, annotations) = watchdog();
    let since = world.timeline.time(world.old);
    let always = alert(&labels, &annotations, since, now, "vector(1)");
    rules.chain(notices).chain([always]).collect()
}

fn alert(labels: &Value, annotations: &Value, since: Time, now: Time, expression: &str) -> Value {
    let serious = matches!(labels["severity"].as_str(), Some("P0" | "P1" | "critical"));
    let receiver = if serious { "oncall" } else { "tickets" };
    let query: String = url::form_urlencoded::byte_serialize(expression.as_bytes()).collect();
    json!({
        "fingerprint": fingerprint(labels),
        "labels": labels,
        "annotations": annotations,
        "startsAt": rfc3339(since),
        // not an end: when it would be taken for resolved, if nobody spoke of it again
        "endsAt": rfc3339(now + TimeDelta::minutes(4)),
        "updatedAt": rfc3339(now),
        "generatorURL": format!("http://prometheus.acme.example/graph?g0.expr={query}&g0.tab=1"),
        "receivers": [{"name": receiver}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    })
}

fn labels(notice: &Notice) -> Value {
    json!({
        "alertname": notice.name, "severity": notice.severity, "service": notice.service,
        "env": "production", "instance": notice.instance,
    })
}

fn fingerprint(labels: &Value) -> String {
    Chance::of(&[key(&labels.to_string())]).hex(16)
}

/// The alert that hides others.
fn inhibitor(world: &World) -> String {
    let mut notices = world.notices.iter();
    let found = notices.find(|notice| notice.service == "platform");
    found.map_or_else(String::new, |notice| fingerprint(&labels(notice)))
}

/// The id of the silence of an alert.
fn silence(notice: &Notice) -> String {
    let hex = Chance::of(&[key(notice.name)]).hex(32);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
    parts.join("-")
}

fn silences(world: &World) -> Value {
    let start = world.timeline.start();
    let silenced = world.notices.iter();
    let silenced = silenced.filter(|notice| notice.hidden == Some(Hidden::Silenced));
    silenced
        .map(|notice| {
            let since = start - TimeDelta::hours(notice.hours - 1);
            let equal = |name: &str, value: &str| {
                json!({"name": name, "value": value, "isRegex": false, "isEqual": true})
            };
            json!({
                "id": silence(notice),
                "status": {"state": "active"},
                "matchers": [equal("alertname", notice.name), equal("service", notice.service)],
                "startsAt": rfc3339(since), "updatedAt": rfc3339(since),
                "endsAt": rfc3339(start + TimeDelta::days(2)),
                "createdBy": "noor", "comment": "larger disk is ordered",
            })
        })
        .collect()
}

fn status(world: &World) -> Value {
    json!({
        "cluster": {"status": "ready", "name": "demo", "peers": []},
        "versionInfo": {
            "version": "0.25.0", "revision": "demo", "branch": "HEAD", "buildUser": "demo",
            "buildDate": "20221222-00:00:00", "goVersion": "go1.19.4",
        },
        "config": {"original": "route:\n  receiver: oncall\n"},
        "uptime": rfc3339(world.timeline.start()),
    })
}

fn rfc3339(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
