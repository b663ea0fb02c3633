//! Alertmanager's list of alerts, read one by one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clients::http::short;
use crate::model::{Alert, AlertState, Severity, Time};

/// Alerts kept of one answer; the worst and newest, when there are more.
const ALERTS: usize = 5000;

/// Labels, annotations and receivers kept of one alert, each.
const TEXTS: usize = 64;
/// The longest label or annotation, in characters.
const LENGTH: usize = 4_000;

/// One answer.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The alerts whose labels could be read, which are what an alert is.
    pub(super) alerts: Vec<Alert>,
    /// How many could not.
    pub(super) unread: usize,
    /// What is missing from them.
    pub(super) warnings: Vec<String>,
}

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    labels: BTreeMap<String, Value>,
    #[serde(default)]
    fingerprint: Value,
    #[serde(default)]
    starts_at: Value,
    #[serde(default)]
    annotations: Value,
    #[serde(default, rename = "generatorURL")]
    generator: Value,
    #[serde(default)]
    receivers: Value,
    #[serde(default)]
    status: Value,
}

/// A part of an alert, where it is what it should be.
fn part<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

/// A label as text: Alertmanager's are, whoever stands in for it may say `1` for `"1"`.
fn label(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[derive(Deserialize)]
struct Receiver {
    #[serde(default)]
    name: String,
}

/// Who keeps an alert quiet.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    state: Option<String>,
    silenced_by: Option<Vec<Value>>,
    inhibited_by: Option<Vec<Value>>,
    muted_by: Option<Vec<Value>>,
}

/// Reads an answer; an alert without readable labels is counted and said, of any other each part that is odd
/// is missing.
///
/// # Errors
/// A sentence, when it is no list at all.
pub(super) fn read(body: &[u8], severity: &BTreeMap<String, Severity>) -> Result<Page, String> {
    let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| {
        format!("the answer is not a list of alerts: {}", short(&error.to_string()))
    })?;
    let mut page = Page::default();
    let mut odd = Vec::new();
    for item in items {
        match serde_json::from_str::<Wire>(item.get()) {
            Ok(wire) => page.alerts.push(wire.alert(severity)),
            Err(error) => odd.push(short(&error.to_string())),
        }
    }
    page.unread = odd.len();
    if let Some(why) = odd.first() {
        page.warnings.push(format!("{} alerts could not be read: {why}", odd.len()));
    }
    let found = page.alerts.len();
    if found > ALERTS {
        page.alerts.sort_by_key(|alert| {
            std::cmp::Reverse((alert.state == AlertState::Firing, alert.severity, alert.since))
        });
        page.alerts.truncate(ALERTS);
        page.warnings.push(format!("{found} alerts match; the worst {ALERTS} are kept"));
    }
    Ok(page)
}

impl Wire {
    fn alert(self, map: &BTreeMap<String, Severity>) -> Alert {
        let labels: Texts =
            self.labels.into_iter().map(|(name, value)| (name, label(value))).collect();
        let (severity, unmapped) =
            severity(labels.get("severity").map_or("", |label| label.trim()), map);
        let annotations: Texts = part(self.annotations).unwrap_or_default();
        let status: Status = part(self.status).unwrap_or_default();
        let first = |names: [&str; 2]| {
            let found = names.iter().filter_map(|name| annotations.get(*name));
            found.map(|text| text.trim()).find(|text| !text.is_empty()).map(str::to_owned)
        };
        Alert {
            // the labels are what tells alerts apart
            fingerprint: part(self.fingerprint).unwrap_or_else(|| format!("{labels:?}")),
            name: labels.get("alertname").cloned().unwrap_or_else(|| "(unnamed)".to_owned()),
            severity,
            unmapped,
            state: status.state(),
            quiet_by: status.by(),
            // the year 1 is how a Go program writes that it has no time
            since: part(self.starts_at).filter(|since| *since > Time::UNIX_EPOCH),
            summary: first(["summary", "description"]),
            runbook: first(["runbook_url", "runbook"]),
            generator: part::<String>(self.generator).filter(|link| !link.is_empty()),
            receivers: part::<Vec<Receiver>>(self.receivers)
                .unwrap_or_default()
                .into_iter()
                .take(TEXTS)
                .map(|one| cut(one.name))
                .collect(),
            labels: bounded(labels),
            annotations: bounded(annotations),
        }
    }
}

/// Of an alert's texts the first by name, each at most so long.
fn bounded(texts: Texts) -> Texts {
    texts.into_iter().take(TEXTS).map(|(name, text)| (cut(name), cut(text))).collect()
}

fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LENGTH) {
        text.truncate(at);
        text.push('…');
    }
    text
}

impl Status {
    /// The ids of whatever keeps it quiet, silences first.
    fn by(&self) -> Vec<String> {
        let lists = [&self.silenced_by, &self.inhibited_by, &self.muted_by];
        let ids = lists.into_iter().flatten().flatten().filter_map(|id| id.as_str());
        ids.take(TEXTS).map(|id| cut(id.to_owned())).collect()
    }

    /// A silence is somebody's decision, so it wins. A state that we do not know counts as firing.
    fn state(&self) -> AlertState {
        let any = |list: &Option<Vec<_>>| list.as_ref().is_some_and(|list| !list.is_empty());
        if any(&self.silenced_by) {
            AlertState::Silenced
        } else if any(&self.inhibited_by) {
            AlertState::Inhibited
        } else if any(&self.muted_by) || self.state.as_deref() == Some("suppressed") {
            AlertState::Silenced
        } else {
            AlertState::Firing
        }
    }
}

/// What a label's value counts as, and the value when nobody mapped it.
fn severity(label: &str, map: &BTreeMap<String, Severity>) -> (Severity, Option<String>) {
    let known = label.parse().ok().or_else(|| map.get(&label.to_lowercase()).copied());
    match known {
        Some(severity) => (severity, None),
        None => (Severity::P1, Some(label.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> BTreeMap<String, Severity> {
        BTreeMap::from([("critical".to_owned(), Severity::P0), ("info".to_owned(), Severity::P3)])
    }

    fn one(status: &str, labels: &str) -> Alert {
        let body = format!(
            r#"[{{"fingerprint":"f","startsAt":"2026-01-01T00:00:00.5+01:00","labels":{{"alertname":"Slow"{labels}}},"status":{status}}}]"#
        );
        let mut page = read(body.as_bytes(), &map()).unwrap();
        assert_eq!(page.warnings, [""; 0]);
        page.alerts.pop().unwrap()
    }

    #[test]
    fn severities_are_themselves_or_mapped_or_counted_as_p1() {
        let of = |label: &str| {
            let alert = one("null", &format!(r#","severity":"{label}""#));
            (alert.severity, alert.unmapped)
        };
        assert_eq!(of("p2"), (Severity::P2, None));
        assert_eq!(of("P0"), (Severity::P0, None));
        assert_eq!(of("Critical"), (Severity::P0, None));
        assert_eq!(of("info"), (Severity::P3, None));
        assert_eq!(of("meh"), (Severity::P1, Some("meh".to_owned())));
        assert_eq!(one("null", "").unmapped, Some(String::new()));
    }

    #[test]
    fn firing_silenced_and_inhibited_are_told_apart() {
        for (status, state) in [
            (r#"{"state":"active","silencedBy":[],"inhibitedBy":[]}"#, AlertState::Firing),
            (r#"{"state":"unprocessed"}"#, AlertState::Firing),
            (r#"{"state":"brand-new"}"#, AlertState::Firing),
            ("null", AlertState::Firing),
            (
                r#"{"state":"suppressed","silencedBy":["s"],"inhibitedBy":["f"]}"#,
                AlertState::Silenced,
            ),
            (
                r#"{"state":"suppressed","silencedBy":[],"inhibitedBy":["f"],"mutedBy":["nights"]}"#,
                AlertState::Inhibited,
            ),
            (r#"{"state":"suppressed","mutedBy":["nights"]}"#, AlertState::Silenced),
            (r#"{"state":"suppressed"}"#, AlertState::Silenced),
        ] {
            assert_eq!(one(status, "").state, state, "{status}");
        }
    }

    #[test]
    fn texts_are_bounded_in_number_and_length() {
        let labels: Vec<String> = (0..200).map(|n| format!(r#","l{n:03}":"x""#)).collect();
        let labels = labels.concat();
        let long = format!(r#"{labels},"a":"{}""#, "ä".repeat(LENGTH + 5));
        let alert = one(r#"{"silencedBy":["s1","s2"],"mutedBy":[7,"nights"]}"#, &long);
        assert_eq!(alert.labels.len(), TEXTS);
        assert_eq!(alert.labels["a"].chars().count(), LENGTH + 1);
        assert!(alert.labels["a"].ends_with('…'));
        assert_eq!(alert.quiet_by, ["s1", "s2", "nights"]);
    }

    #[test]
    fn of_an_odd_alert_what_can_be_read_counts_and_what_cannot_is_counted() {
        let body = r#"[{"fingerprint":"a","startsAt":"2026-01-01T00:00:00Z","labels":{}},7,{},
            {"fingerprint":"b","startsAt":"yesterday","labels":null},
            {"startsAt":17,"labels":{"alertname":"B","severity":1},"status":9,"annotations":[],
             "receivers":{},"generatorURL":1},
            {"fingerprint":"d","labels":{"alertname":"D","severity":"critical"}},
            {"fingerprint":"c","startsAt":"2026-01-01T00:00:00Z","labels":{"alertname":"C"},"annotations":null,
             "receivers":null,"generatorURL":null,"extra":{}}]"#;
        let page = read(body.as_bytes(), &map()).unwrap();
        let names: Vec<_> = page.alerts.iter().map(|alert| alert.name.as_str()).collect();
        assert_eq!(names, ["(unnamed)", "B", "D", "C"]);
        let (odd, late) = (&page.alerts[1], &page.alerts[2]);
        assert_eq!((odd.severity, odd.unmapped.as_deref()), (Severity::P1, Some("1")));
        assert_eq!((odd.state, odd.since), (AlertState::Firing, None));
        assert!(!odd.fingerprint.is_empty());
        assert_eq!((late.severity, late.since), (Severity::P0, None));
        assert_eq!(page.unread, 3);
        assert!(page.warnings[0].starts_with("3 alerts could not be read"), "{:?}", page.warnings);
        assert!(read(br#"{"status":"success"}"#, &map()).is_err());
    }

    #[test]
    fn of_too_many_the_worst_stay() {
        let item = |index: usize| {
            let severity = if index == ALERTS + 7 { "P0" } else { "P3" };
            format!(
                r#"{{"fingerprint":"{index}","startsAt":"2026-01-01T00:00:00Z","labels":{{"severity":"{severity}"}}}}"#
            )
        };
        let items: Vec<String> = (0..ALERTS + 10).map(item).collect();
        let page = read(format!("[{}]", items.join(",")).as_bytes(), &map()).unwrap();
        assert_eq!((page.alerts.len(), page.alerts[0].severity), (ALERTS, Severity::P0));
        assert!(page.warnings[0].contains("5010 alerts match"));
    }
}
