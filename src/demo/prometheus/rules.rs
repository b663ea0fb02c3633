//! What Prometheus says of its rules and alerts, and of whom it tells.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::demo::rule::{Rule, Standing, watchdog};
use crate::demo::world::World;
use crate::model::Time;

use super::rfc3339;

/// What it says of a rule that cannot be evaluated.
const BLIND: &str = "found duplicate series for the match group {instance=\"index3\"} on the right \
                     hand-side of the operation; many-to-many matching not allowed";

/// Every alert that is pending or fires.
pub fn alerts(world: &World) -> Value {
    let own = world.rules.iter().filter_map(|rule| alert(world, rule));
    let all: Vec<_> = own.chain([always(world)]).collect();
    json!({ "alerts": all })
}

fn alert(world: &World, rule: &Rule) -> Option<Value> {
    let (state, since) = match rule.standing {
        Standing::Inactive => return None,
        Standing::Pending(since) => ("pending", since),
        Standing::Firing(since) => ("firing", since),
    };
    Some(json!({
        "labels": rule.labels(), "annotations": rule.annotations(), "state": state,
        "activeAt": rfc3339(world.timeline.time(since)), "value": format!("{:e}", rule.value),
    }))
}

/// The alert that always fires.
fn always(world: &World) -> Value {
    let (labels, annotations) = watchdog();
    json!({
        "labels": labels, "annotations": annotations, "state": "firing",
        "activeAt": rfc3339(world.timeline.time(world.old)), "value": "1e+00",
    })
}

/// Every rule in its group: one for each service, and one for Prometheus itself.
pub fn rules(world: &World, now: Time) -> Value {
    let group = |name: &str, rules: Vec<Value>| {
        json!({
            "name": name, "file": format!("/etc/prometheus/{name}.yml"), "interval": 1, "limit": 0,
            "rules": rules, "evaluationTime": 0.002, "lastEvaluation": rfc3339(now),
        })
    };
    let services = world.services.iter().map(|service| service.story.name);
    let mut groups: Vec<Value> = services
        .map(|name| {
            let own = world.rules.iter().filter(|rule| rule.query.service == name);
            group(name, own.map(|own| rule(world, own, now)).collect())
        })
        .collect();
    let (labels, annotations) = watchdog();
    groups.push(group(
        "meta",
        vec![json!({
            "state": "firing", "name": labels["alertname"], "query": "vector(1)", "duration": 0,
            "labels": {"severity": labels["severity"]}, "annotations": annotations,
            "alerts": [always(world)], "health": "ok", "evaluationTime": 0.0001,
            "lastEvaluation": rfc3339(now), "type": "alerting",
        })],
    ));
    json!({ "groups": groups })
}

fn rule(world: &World, rule: &Rule, now: Time) -> Value {
    let state = match rule.standing {
        Standing::Inactive => "inactive",
        Standing::Pending(_) => "pending",
        Standing::Firing(_) => "firing",
    };
    let mut told = json!({
        "state": state, "name": rule.name, "query": rule.text(),
        "duration": world.timeline.real(rule.hold as f64).as_secs_f64(),
        "labels": {"severity": rule.severity}, "annotations": rule.annotations(),
        "alerts": alert(world, rule).into_iter().collect::<Vec<_>>(),
        "health": "ok", "evaluationTime": 0.0004, "lastEvaluation": rfc3339(now),
        "type": "alerting",
    });
    if rule.is_blind {
        told["health"] = "err".into();
        told["lastError"] = BLIND.into();
    }
    told
}

/// The Alertmanagers that it tells.
pub fn alertmanagers(address: SocketAddr) -> Value {
    json!({
        "activeAlertmanagers": [{"url": format!("http://{address}/api/v2/alerts")}],
        "droppedAlertmanagers": [],
    })
}
