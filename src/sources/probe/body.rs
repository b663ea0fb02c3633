//! What the body of a health answer says: its own state, its parts, and whether expectations hold.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::clients::http::short;
use crate::model::{Component, HealthState};

use super::component::{components, said};
use super::word::{claim, number, state, text};

/// What an operator wants to find where, by JSON pointer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// Values that must be there, compared as text.
    pub(super) expect: &'a BTreeMap<String, String>,
    /// The running revision.
    pub(super) revision: Option<&'a str>,
    /// An error rate, 0–1.
    pub(super) error_rate: Option<&'a str>,
    /// Seconds since the start.
    pub(super) uptime: Option<&'a str>,
}

impl Rules<'_> {
    fn read_values(&self) -> bool {
        self.revision.or(self.error_rate).or(self.uptime).is_some()
    }
}

/// A body, read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Its state; none when it says nothing about that.
    pub(super) state: Option<HealthState>,
    /// Its own word for it.
    pub(super) word: Option<String>,
    /// Sentences for the operator about what is not well.
    pub(super) notes: Vec<String>,
    /// Whether the body itself is at fault: not readable, or not as expected.
    pub(super) broken: bool,
    /// The revision.
    pub(super) revision: Option<String>,
    /// Its parts.
    pub(super) components: Vec<Component>,
    /// The error rate, 0–1.
    pub(super) error_rate: Option<f64>,
    /// Seconds since the start.
    pub(super) uptime_s: Option<f64>,
}

/// Reads a body; `whole` is false when it was larger than we read.
pub(super) fn read(content_type: &str, body: &[u8], whole: bool, rules: Rules<'_>) -> Said {
    match serde_json::from_slice(body) {
        Ok(Value::Object(root)) => object(root, rules),
        Ok(value) => {
            let mut said = plain(&text(&value));
            if said.state.is_none() && rules.read_values() {
                said = unreadable("the body is no JSON object", HealthState::Unknown);
            }
            check(&value, rules.expect, &mut said);
            said
        }
        Err(_) => {
            let text = body.trim_ascii();
            let claims_json =
                text.starts_with(b"{") || (content_type.contains("json") && !text.is_empty());
            if !claims_json && rules.expect.is_empty() {
                let said = plain(&String::from_utf8_lossy(body));
                // who reads values from a body does not take any bytes for well
                if said.state.is_some() || !rules.read_values() {
                    return said;
                }
            }
            let why = match whole {
                true if text.is_empty() => "the body is empty",
                true => "the body is not readable JSON",
                false => "the body is larger than 64 KiB",
            };
            let state =
                if rules.expect.is_empty() { HealthState::Unknown } else { HealthState::Unhealthy };
            unreadable(why, state)
        }
    }
}

/// A body that what is wanted of it cannot be read from.
fn unreadable(why: &str, state: HealthState) -> Said {
    Said { state: Some(state), notes: vec![why.to_owned()], broken: true, ..Said::default() }
}

/// ASP.NET's one word, or Kubernetes' lines `[+]ping ok` and `[-]etcd failed: …`.
fn plain(body: &str) -> Said {
    let mut said = Said::default();
    for line in body.lines().take(200) {
        let (state, rest) = match (line.strip_prefix("[+]"), line.strip_prefix("[-]")) {
            (Some(rest), _) => (HealthState::Healthy, rest),
            (_, Some(rest)) => (HealthState::Unhealthy, rest),
            _ => continue,
        };
        let (name, detail) = rest.split_once(' ').unwrap_or((rest, ""));
        let detail = (state != HealthState::Healthy).then(|| short(detail));
        said.components.push(Component { name: short(name), state, detail });
    }
    said.state = state(body).or_else(|| worst(&said.components));
    said.word = state(body).map(|_| body.trim().to_owned());
    said
}

fn object(root: Map<String, Value>, rules: Rules<'_>) -> Said {
    let parts = components(&root);
    let own_words = said(&root);
    let root = Value::Object(root);
    let at = |pointer: Option<&str>| root.pointer(pointer?);
    let mut said = Said {
        state: worst(&parts),
        revision: at(rules.revision)
            .filter(|value| value.is_string() || value.is_number())
            .map(|value| short(text(value).trim()))
            .filter(|revision| !revision.is_empty()),
        error_rate: at(rules.error_rate).and_then(number),
        uptime_s: at(rules.uptime).and_then(number).or_else(|| measured_uptime(&root)),
        ..Said::default()
    };
    // The service's own verdict stands above its parts': it knows which of them it can do without.
    if let Some((state, word)) = claim(&root) {
        said.state = Some(state);
        said.word = Some(short(&word));
    }
    if said.state.is_some_and(|state| state != HealthState::Healthy) {
        let bad = parts
            .iter()
            .filter(|part| part.state != HealthState::Healthy)
            .max_by_key(|part| part.state);
        let of_part = |part: &Component| match &part.detail {
            Some(detail) => format!("{}: {detail}", part.name),
            None => part.name.clone(),
        };
        said.notes.extend(own_words.map(|words| short(&words)));
        said.notes.extend(bad.map(of_part));
    }
    // a version was to be read, and there is neither one nor a word of how it is
    let mute = said.revision.is_none() && said.state.is_none();
    if mute && rules.revision.is_some() && rules.expect.is_empty() {
        said.state = Some(HealthState::Unknown);
        said.notes.push("it tells no version, and nothing of its state".to_owned());
    }
    said.components = parts;
    check(&root, rules.expect, &mut said);
    said
}

/// An expectation that holds makes a word good that we do not know; one that does not hold is harm, unless
/// what is there instead says that it is only degraded.
fn check(root: &Value, expect: &BTreeMap<String, String>, said: &mut Said) {
    for (pointer, wanted) in expect {
        let found = root.pointer(pointer).map(text);
        if found.as_ref() == Some(wanted) {
            let own_word = said.word.as_ref() == Some(wanted);
            if own_word && state(wanted).is_none() {
                said.state = Some(HealthState::Healthy);
            }
            continue;
        }
        let harm = match found.as_deref().and_then(state) {
            Some(HealthState::Degraded) => HealthState::Degraded,
            _ => HealthState::Unhealthy,
        };
        said.state = said.state.max(Some(harm));
        said.broken |= harm == HealthState::Unhealthy;
        said.notes.push(match found {
            Some(found) => format!("{pointer} is \"{}\", expected \"{wanted}\"", short(&found)),
            None => format!("{pointer} is missing, expected \"{wanted}\""),
        });
    }
}

fn worst(parts: &[Component]) -> Option<HealthState> {
    parts.iter().map(|part| part.state).max()
}

/// health+json's place for an uptime.
fn measured_uptime(root: &Value) -> Option<f64> {
    let measured = root.pointer("/checks/uptime/0")?;
    let in_seconds = measured.get("observedUnit").and_then(Value::as_str) == Some("s");
    in_seconds.then(|| number(measured.get("observedValue")?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use HealthState::{Degraded, Healthy, Unhealthy, Unknown};

    fn with(body: &str, expect: &[(&str, &str)]) -> Said {
        let expect =
            expect.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        let rules = Rules {
            expect: &expect,
            revision: Some("/build/version"),
            error_rate: Some("/errors"),
            uptime: Some("/up_s"),
        };
        read("application/json", body.as_bytes(), true, rules)
    }

    fn text_of(body: &str) -> Said {
        let rules =
            Rules { expect: &BTreeMap::new(), revision: None, error_rate: None, uptime: None };
        read("text/plain", body.as_bytes(), true, rules)
    }

    #[test]
    fn every_dialect_has_its_words() {
        for (body, state) in [
            (r#"{"status":"pass"}"#, Some(Healthy)),
            (r#"{"status":"WARN"}"#, Some(Degraded)),
            (r#"{"status":"OUT_OF_SERVICE"}"#, Some(Unhealthy)),
            (r#"{"status":"UNKNOWN"}"#, Some(Unknown)),
            (r#"{"status":"PAUSED"}"#, Some(Unknown)),
            (r#"{"healthy":false}"#, Some(Unhealthy)),
            (r#"{"status":200}"#, Some(Unknown)),
            (r#"{"status":null,"build":{"version":"1"}}"#, None),
            (r#"{"database":{"status":"down"}}"#, Some(Unhealthy)),
            (r#"{"status":"up","database":{"status":"down"}}"#, Some(Healthy)),
            (r#""Degraded""#, Some(Degraded)),
            ("{}", Some(Unknown)),
            (r#"{"error":"the database is down"}"#, Some(Unknown)),
            ("[]", Some(Unknown)),
            ("null", Some(Unknown)),
            ("", Some(Unknown)),
            ("{\"status\":\"pa", Some(Unknown)),
        ] {
            assert_eq!(with(body, &[]).state, state, "{body}");
        }
        assert_eq!(text_of("Degraded\n").state, Some(Degraded));
        assert_eq!(text_of("ok").state, Some(Healthy));
        assert_eq!(text_of("<html>Error</html>").state, None);
        assert_eq!(text_of("").state, None);
    }

    #[test]
    fn verbose_lines_are_parts() {
        let said = text_of("[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n");
        assert_eq!(said.state, Some(Unhealthy));
        assert_eq!(said.components[1].name, "etcd");
        assert_eq!(said.components[1].detail.as_deref(), Some("failed: reason withheld"));
    }

    #[test]
    fn pointers_bring_revision_error_rate_and_uptime() {
        let said = with(r#"{"build":{"version":" 1.4.2 "},"errors":"0.004","up_s":720}"#, &[]);
        assert_eq!(said.revision.as_deref(), Some("1.4.2"));
        assert_eq!((said.error_rate, said.uptime_s), (Some(0.004), Some(720.0)));
        let odd = with(r#"{"build":{"version":null},"errors":-1,"up_s":"long"}"#, &[]);
        assert_eq!((odd.revision, odd.error_rate, odd.uptime_s), (None, None, None));
        let measured =
            with(r#"{"checks":{"uptime":[{"observedValue":12.5,"observedUnit":"s"}]}}"#, &[]);
        assert_eq!(measured.uptime_s, Some(12.5));
    }

    #[test]
    fn expectations_are_compared_as_text() {
        let body = r#"{"status":"fine","ready":true,"n":3,"a/b":"x"}"#;
        let held =
            with(body, &[("/status", "fine"), ("/ready", "true"), ("/n", "3"), ("/a~1b", "x")]);
        assert_eq!((held.state, held.broken), (Some(Healthy), false));
        let said = with(body, &[("/n", "4"), ("/gone", "1")]);
        assert_eq!((said.state, said.broken), (Some(Unhealthy), true));
        assert_eq!(said.notes, ["/gone is missing, expected \"1\"", "/n is \"3\", expected \"4\""]);
        let degraded = with(r#"{"status":"degraded"}"#, &[("/status", "healthy")]);
        assert_eq!((degraded.state, degraded.broken), (Some(Degraded), false));
        assert_eq!(with("ok", &[("/status", "healthy")]).state, Some(Unhealthy));
    }

    #[test]
    fn trouble_names_the_part_and_its_words() {
        let said = with(
            r#"{"status":"DOWN","components":{"a":{"status":"UNKNOWN"},"db":{"status":"DOWN","details":{"error":"refused"}}}}"#,
            &[],
        );
        assert_eq!(said.word.as_deref(), Some("DOWN"));
        assert_eq!(said.notes, ["db: refused"]);
    }
}
