//! The way of alerts as Prometheus sees it: its rules, the Alertmanagers it sends to, and what got lost.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use crate::clients::http::short;
use crate::config::PathConfig;
use crate::model::{Link, LinkKind, LinkState, Observation, Reading, Time};
use crate::ports::Polled;
use crate::sources::prometheus::answer::instant;
use crate::sources::prometheus::ask::{Asker, Data, Trouble};

use super::rules::{self, Group};

/// What one query for losses yields.
type Loss = Result<Reading, String>;

/// Asks what all targets have in common once, and tells each its own links.
pub(super) async fn ask(
    configs: &[PathConfig],
    asker: &Asker<'_>,
    polled: &mut Polled,
) -> Result<(), Trouble> {
    // ages are told by the clock that made them
    let now = match asker.query("api/v1/query", &[("query", "time()")]).await {
        Ok(data) => instant(&data.data).map(|point| point.and_then(|point| time(point.reading))),
        Err(Trouble::Feed(fault)) => return Err(Trouble::Feed(fault)),
        Err(Trouble::Query(why)) => Err(why),
    };
    let (groups, active) =
        futures::join!(asker.get("api/v1/rules", &[]), asker.get("api/v1/alertmanagers", &[]));
    let groups = read(groups, rules::groups);
    let active = read(active, alertmanagers);
    let mut losses: BTreeMap<&str, Loss> = BTreeMap::new();
    for query in configs.iter().flat_map(|config| &config.spec.failures) {
        if !losses.contains_key(query.as_str()) {
            let answer = asker.query("api/v1/query", &[("query", query)]).await;
            let point = read(answer, instant);
            let loss = point.map(|point| point.map_or(Reading::Empty, |point| point.reading));
            losses.insert(query, loss);
        }
    }
    for config in configs {
        let spec = &config.spec;
        let (state, detail) = evaluated(&groups, &spec.groups, &now);
        let mut links = vec![Link { kind: LinkKind::Rules, state, detail }];
        let (state, detail) = sends_to(&active, &spec.alertmanager);
        links.push(Link { kind: LinkKind::Alertmanager, state, detail });
        if !spec.failures.is_empty() {
            let (state, detail) = lost(&spec.failures, &losses);
            links.push(Link { kind: LinkKind::Notifications, state, detail });
        }
        polled.items.push(Observation::Path { target: config.target.clone(), links });
    }
    Ok(())
}

/// No link that Prometheus sees is known.
pub(super) fn failed(config: &PathConfig, why: &str) -> Observation {
    let own = config.spec.links().into_iter().filter(|kind| *kind != LinkKind::Watchdog);
    let unknown = |kind| Link { kind, state: LinkState::Unknown, detail: why.to_owned() };
    Observation::Path { target: config.target.clone(), links: own.map(unknown).collect() }
}

fn time(reading: Reading) -> Option<Time> {
    DateTime::from_timestamp_millis((reading.number()? * 1000.0) as i64)
}

fn read<T>(
    answer: Result<Data, Trouble>,
    how: impl Fn(&RawValue) -> Result<T, String>,
) -> Result<T, String> {
    answer.map_err(|trouble| trouble.text().to_owned()).and_then(|data| how(&data.data))
}

fn evaluated(
    groups: &Result<Vec<Group>, String>,
    wanted: &[String],
    now: &Result<Option<Time>, String>,
) -> (LinkState, String) {
    match (groups, now) {
        (Err(why), _) | (_, Err(why)) => (LinkState::Unknown, why.clone()),
        (_, Ok(None)) => (LinkState::Unknown, "prometheus does not tell the time".to_owned()),
        (Ok(groups), Ok(Some(now))) => rules::judge(groups, wanted, *now),
    }
}

/// The addresses of the Alertmanagers that Prometheus sends to, `host:port`.
fn alertmanagers(data: &RawValue) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Active {
        #[serde(rename = "activeAlertmanagers")]
        active: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        #[serde(default)]
        url: String,
    }
    let odd = |error: serde_json::Error| {
        format!("the list of alertmanagers is not readable: {}", short(&error.to_string()))
    };
    let data: Active = serde_json::from_str(data.get()).map_err(odd)?;
    let address = |one: &One| {
        let url = Url::parse(&one.url).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    };
    Ok(data.active.iter().filter_map(address).collect())
}

fn sends_to(active: &Result<Vec<String>, String>, wanted: &str) -> (LinkState, String) {
    match active {
        Err(why) => (LinkState::Unknown, why.clone()),
        Ok(active) if active.is_empty() => {
            (LinkState::Broken, "prometheus knows no alertmanager to send to".to_owned())
        }
        Ok(active) => {
            if let Some(address) = active.iter().find(|address| is_like(wanted, address)) {
                return (LinkState::Holds, format!("sends to {}", short(address)));
            }
            let others = short(&active.join(", "));
            let text = format!(
                "prometheus sends to {others}, not to {wanted}; is that the same one, write it as \
                 `alertmanager` of alert_path"
            );
            (LinkState::Broken, text)
        }
    }
}

/// Whether an address is the wanted one, in which one `*` stands for anything.
fn is_like(wanted: &str, address: &str) -> bool {
    let plain = |text: &str| text.replacen("localhost:", "127.0.0.1:", 1);
    let (wanted, address) = (plain(wanted), plain(address));
    match wanted.split_once('*') {
        None => wanted == address,
        Some((begin, end)) => address
            .strip_prefix(begin)
            .is_some_and(|rest| rest.len() >= end.len() && rest.ends_with(end)),
    }
}

fn lost(queries: &[String], losses: &BTreeMap<&str, Loss>) -> (LinkState, String) {
    let mut doubt = None;
    for query in queries {
        match losses.get(query.as_str()) {
            Some(Ok(Reading::Number(lost))) if *lost == 0.0 => {}
            Some(Ok(Reading::Number(lost))) => {
                return (LinkState::Broken, format!("{lost:.1} by `{query}`, 0 is needed"));
            }
            Some(Ok(Reading::Empty)) | None => {
                let text = format!("`{query}` yields no series: who counts that must be scraped");
                doubt.get_or_insert(text);
            }
            Some(Ok(_)) => {
                doubt.get_or_insert(format!("`{query}` yields no number"));
            }
            Some(Err(why)) => {
                doubt.get_or_insert(format!("`{query}` failed: {why}"));
            }
        }
    }
    match doubt {
        Some(doubt) => (LinkState::Unknown, doubt),
        None => (LinkState::Holds, "none lost".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_alertmanager_must_be_among_those_that_are_told() {
        let data = r#"{"activeAlertmanagers":[{"url":"http://localhost:9093/api/v2/alerts"},
            {"url":"https://am.example/am/api/v2/alerts"}],"droppedAlertmanagers":[]}"#;
        let active = alertmanagers(&RawValue::from_string(data.to_owned()).unwrap());
        assert_eq!(active.as_ref().unwrap().len(), 2);
        for wanted in ["127.0.0.1:9093", "am.example:443", "*.example:443", "*"] {
            assert_eq!(sends_to(&active, wanted).0, LinkState::Holds, "{wanted}");
        }
        for wanted in ["127.0.0.1:9094", "*.example:80", "am.example"] {
            assert_eq!(sends_to(&active, wanted).0, LinkState::Broken, "{wanted}");
        }
        assert_eq!(sends_to(&Ok(Vec::new()), "*").0, LinkState::Broken);
        assert_eq!(sends_to(&Err("404".to_owned()), "*").0, LinkState::Unknown);
    }

    #[test]
    fn a_loss_breaks_and_what_is_not_counted_is_unknown() {
        let queries = ["dropped".to_owned(), "failed".to_owned()];
        let judged = |dropped: Loss, failed: Loss| {
            lost(&queries, &BTreeMap::from([("dropped", dropped), ("failed", failed)])).0
        };
        let number = |value| Ok(Reading::of(value));
        assert_eq!(judged(number(0.0), number(0.0)), LinkState::Holds);
        assert_eq!(judged(Ok(Reading::Empty), number(1.2)), LinkState::Broken);
        assert_eq!(judged(Ok(Reading::Empty), number(0.0)), LinkState::Unknown);
        assert_eq!(judged(number(0.0), number(f64::NAN)), LinkState::Unknown);
        assert_eq!(judged(number(0.0), Err("timeout".to_owned())), LinkState::Unknown);
    }
}
