//! Nested parts of a health answer, such as a database or a cache, in whichever dialect.

use serde_json::{Map, Value};

use crate::clients::http::short;
use crate::model::{Component, HealthState};

use super::word::{claim, state, text};

/// Parts kept of one answer.
const PARTS: usize = 100;

/// Members that hold parts: health+json and `MicroProfile`, Spring, older Spring, ASP.NET, our own habit.
const HOLDERS: [&str; 5] = ["checks", "components", "details", "entries", "dependencies"];

/// The parts of an answer, nested names joined with `/`.
pub(super) fn components(root: &Map<String, Value>) -> Vec<Component> {
    let mut parts = Vec::new();
    collect("", root, &mut parts);
    for (name, value) in root {
        if !HOLDERS.contains(&name.as_str()) && value.is_object() {
            part(name, value, &mut parts);
        }
    }
    parts.truncate(PARTS);
    parts
}

fn collect(prefix: &str, object: &Map<String, Value>, parts: &mut Vec<Component>) {
    for holder in HOLDERS {
        match object.get(holder) {
            Some(Value::Object(members)) => {
                for (name, value) in members {
                    let name = format!("{prefix}{name}");
                    match value {
                        Value::Array(measured) => measurements(&name, measured, parts),
                        // Spring's `details` are facts, of which some happen to be such words.
                        Value::String(_) | Value::Bool(_) if holder != "details" => {
                            plain(&name, &text(value), parts);
                        }
                        _ => part(&name, value, parts),
                    }
                }
            }
            Some(Value::Array(list)) => {
                for value in list {
                    let name = value.get("name").and_then(Value::as_str);
                    part(&format!("{prefix}{}", name.unwrap_or(holder)), value, parts);
                }
            }
            _ => {}
        }
    }
}

/// health+json: a list of measurements under one name; each node or instance has its own.
fn measurements(name: &str, list: &[Value], parts: &mut Vec<Component>) {
    for value in list {
        let id = value.get("componentId").and_then(Value::as_str);
        match id {
            Some(id) if list.len() > 1 => part(&format!("{name}/{id}"), value, parts),
            _ => part(name, value, parts),
        }
    }
}

fn plain(name: &str, word: &str, parts: &mut Vec<Component>) {
    if let Some(state) = state(word) {
        let detail = (state != HealthState::Healthy).then(|| short(word));
        parts.push(Component { name: short(name), state, detail });
    }
}

fn part(name: &str, value: &Value, parts: &mut Vec<Component>) {
    let Value::Object(object) = value else { return };
    if parts.len() >= PARTS {
        return;
    }
    if let Some((state, word)) = claim(value) {
        let detail = said(object).or_else(|| (state != HealthState::Healthy).then_some(word));
        parts.push(Component { name: short(name), state, detail: detail.map(|text| short(&text)) });
    }
    collect(&format!("{name}/"), object, parts);
}

/// What an object says of itself in a sentence, or as a measurement.
pub(super) fn said(object: &Map<String, Value>) -> Option<String> {
    let sentence = |object: &Map<String, Value>| {
        let keys = ["output", "error", "message", "description", "exception"];
        let found = keys.iter().find_map(|key| object.get(*key)?.as_str());
        found.filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let inner = ["details", "data"].iter().find_map(|key| object.get(*key)?.as_object());
    sentence(object).or_else(|| sentence(inner?)).or_else(|| {
        let unit = object.get("observedUnit").and_then(Value::as_str).unwrap_or("");
        let value =
            object.get("observedValue").filter(|value| !value.is_object() && !value.is_array())?;
        Some(format!("{} {unit}", text(value)).trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(String, HealthState, Option<String>)> {
        let root: Map<String, Value> = serde_json::from_str(body).unwrap();
        components(&root).into_iter().map(|part| (part.name, part.state, part.detail)).collect()
    }

    fn row(
        name: &str,
        state: HealthState,
        detail: Option<&str>,
    ) -> (String, HealthState, Option<String>) {
        (name.to_owned(), state, detail.map(str::to_owned))
    }

    use HealthState::{Degraded, Healthy, Unhealthy, Unknown};

    #[test]
    fn health_json_measurements() {
        let parts = read(
            r#"{"status":"warn","checks":{
                "cache:responseTime":[{"componentId":"a","observedValue":250,"observedUnit":"ms","status":"pass"},
                                      {"componentId":"b","status":"fail","output":"no route"}],
                "uptime":[{"observedValue":10,"observedUnit":"s"}]}}"#,
        );
        assert_eq!(
            parts,
            [
                row("cache:responseTime/a", Healthy, Some("250 ms")),
                row("cache:responseTime/b", Unhealthy, Some("no route")),
            ]
        );
    }

    #[test]
    fn spring_components_at_any_depth() {
        let parts = read(
            r#"{"status":"DOWN","groups":["liveness"],"components":{
                "db":{"status":"DOWN","details":{"error":"refused","database":"up"},
                      "components":{"primary":{"status":"OUT_OF_SERVICE"},"replica":{"status":"UP"}}},
                "disk":{"status":"UP","details":{"free":7}},"odd":{"status":"PAUSED"},"none":null}}"#,
        );
        assert_eq!(
            parts,
            [
                row("db", Unhealthy, Some("refused")),
                row("db/primary", Unhealthy, Some("OUT_OF_SERVICE")),
                row("db/replica", Healthy, None),
                row("disk", Healthy, None),
                row("odd", Unknown, Some("PAUSED")),
            ]
        );
        let older =
            read(r#"{"status":"UP","details":{"db":{"status":"UP","details":{"hello":1}}}}"#);
        assert_eq!(older, [row("db", Healthy, None)]);
    }

    #[test]
    fn entries_lists_and_plain_objects() {
        let entries = read(
            r#"{"status":"Degraded","entries":{"queue":{"status":"Degraded","description":"slow","data":{}}}}"#,
        );
        assert_eq!(entries, [row("queue", Degraded, Some("slow"))]);
        let list = read(
            r#"{"status":"UP","checks":[{"name":"db","status":"UP","data":{}},{"name":"mq","status":"DOWN"}]}"#,
        );
        assert_eq!(list, [row("db", Healthy, None), row("mq", Unhealthy, Some("DOWN"))]);
        let flat = read(
            r#"{"status":"healthy","checks":{"cache":"degraded","database":"ok","mail":true,"port":5432}}"#,
        );
        assert_eq!(
            flat,
            [
                row("cache", Degraded, Some("degraded")),
                row("database", Healthy, None),
                row("mail", Healthy, None)
            ]
        );
        let root = read(
            r#"{"database":{"status":"up","latency_ms":3},"build":{"sha":"abc"},"version":"1"}"#,
        );
        assert_eq!(root, [row("database", Healthy, None)]);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let many: Vec<String> = (0..500).map(|index| format!(r#""p{index}":"ok""#)).collect();
        assert_eq!(read(&format!(r#"{{"checks":{{{}}}}}"#, many.join(","))).len(), PARTS);
    }
}
