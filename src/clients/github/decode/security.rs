//! Alerts of code scanning and of secret scanning. A secret that was found is never read out of an answer.

use serde::Deserialize;

use super::{Field, Item};
use crate::model::{Danger, Finding, Time};

/// An alert of code scanning, where its rule is one of security.
pub(in crate::clients::github) struct CodeAlert {
    pub(in crate::clients::github) danger: Option<Danger>,
    pub(in crate::clients::github) finding: Finding,
}

/// An alert of secret scanning.
pub(in crate::clients::github) struct SecretAlert(pub Finding);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireAlert {
    number: Field<u64>,
    created_at: Field<Time>,
    html_url: Field<String>,
    rule: Field<WireRule>,
    secret_type: Field<String>,
    secret_type_display_name: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRule {
    id: Field<String>,
    name: Field<String>,
    security_severity_level: Field<String>,
}

fn finding(
    number: Field<u64>,
    what: Option<String>,
    created_at: Field<Time>,
    url: Field<String>,
) -> Option<Finding> {
    Some(Finding {
        number: number.known()?,
        what: what.unwrap_or_else(|| "unnamed".to_owned()),
        created_at: created_at.known(),
        url: url.known(),
    })
}

impl Item for CodeAlert {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireAlert = serde_json::from_str(json).ok()?;
        // without its rule nobody can tell how bad it is
        let rule = wire.rule.known()?;
        let what = rule.id.known().or_else(|| rule.name.known());
        let finding = finding(wire.number, what, wire.created_at, wire.html_url)?;
        // a word that GitHub has not invented yet may be the worst
        let level = |word: String| match word.parse() {
            Ok(danger) if danger != Danger::Secrets => danger,
            _ => Danger::Critical,
        };
        let danger = match rule.security_severity_level {
            Field::Is(word) => Some(level(word)),
            Field::Odd => Some(Danger::Critical),
            Field::Absent => None,
        };
        Some(Self { danger, finding })
    }
}

impl Item for SecretAlert {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireAlert = serde_json::from_str(json).ok()?;
        let what = wire.secret_type_display_name.known().or_else(|| wire.secret_type.known());
        finding(wire.number, what, wire.created_at, wire.html_url).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::list;
    use super::*;

    #[test]
    fn levels_are_told_apart_and_what_is_odd_is_not_taken_for_harmless() {
        let body = br#"[
            {"number": 7, "created_at": "2026-01-01T00:00:00Z", "html_url": "https://x",
             "rule": {"id": "js/sql-injection", "security_severity_level": "high"}},
            {"number": 8, "rule": {"id": "js/unused", "security_severity_level": null}},
            {"number": 9, "rule": {"id": "js/new", "security_severity_level": "apocalyptic"}},
            {"number": 10, "rule": {"id": "js/odd", "security_severity_level": 9}},
            {"number": 11, "rule": null},
            {"number": null}]"#;
        let page = list::<CodeAlert>(body).unwrap();
        let told: Vec<_> = page.items.iter().map(|own| (own.finding.number, own.danger)).collect();
        let expected = [
            (7, Some(Danger::High)),
            (8, None),
            (9, Some(Danger::Critical)),
            (10, Some(Danger::Critical)),
        ];
        assert_eq!((told.as_slice(), page.skipped), (expected.as_slice(), 2));
    }

    #[test]
    fn a_secret_that_was_found_is_not_kept() {
        let body = br#"[{"number": 3, "secret": "hunter2-hunter2", "secret_type": "token",
            "secret_type_display_name": "A Token"}]"#;
        let page = list::<SecretAlert>(body).unwrap();
        assert_eq!(page.items[0].0.what, "A Token");
        assert!(!format!("{:?}", page.items[0].0).contains("hunter2"));
    }
}
