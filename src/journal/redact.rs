//! What must not be kept: credentials in addresses, values of token-like names, and whatever looks like
//! a well-known token, in any text. Pure functions; a text that hides nothing stays as it is.

use serde_json::Value;

use crate::text::secrets;

/// What takes a secret's place. It may stand in a name, so that what was redacted can still be read back.
pub const REDACTED: &str = "REDACTED";

/// Parts of names whose values are secret.
const NAMES: [&str; 10] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "signature",
];

/// Whole names whose values are secret.
const WHOLE_NAMES: [&str; 6] = ["pwd", "sig", "auth", "authorization", "jwt", "bearer"];

/// Redacts every text of a JSON value: values, keys, and what a token-like key or flag stands before.
pub fn value(json: &mut Value) {
    match json {
        Value::String(held) => {
            if let Some(clean) = text(held) {
                *held = clean;
            }
        }
        Value::Array(items) => {
            let mut follows_flag = false;
            for item in items {
                match &mut *item {
                    Value::String(held) if follows_flag => REDACTED.clone_into(held),
                    other => value(other),
                }
                let flag = item.as_str().filter(|word| word.starts_with('-'));
                follows_flag = flag.is_some_and(is_secret_name);
            }
        }
        Value::Object(fields) => {
            for (key, mut field) in std::mem::take(fields) {
                match &mut field {
                    Value::String(held) if is_secret_name(&key) => REDACTED.clone_into(held),
                    other => value(other),
                }
                fields.insert(text(&key).unwrap_or(key), field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text without its secrets; none when it has none.
#[must_use]
pub fn text(held: &str) -> Option<String> {
    let mut spans = Vec::new();
    userinfo(held, &mut spans);
    assigned(held, &mut spans);
    schemes(held, &mut spans);
    secrets::tokens(held, &mut spans);
    keys(held, &mut spans);
    (!spans.is_empty()).then(|| secrets::without(held, spans, REDACTED))
}

type Spans = Vec<(usize, usize)>;

/// Where a run of characters that fit ends.
fn run(held: &str, from: usize, fits: impl Fn(char) -> bool) -> usize {
    held[from..].find(|c| !fits(c)).map_or(held.len(), |length| from + length)
}

fn userinfo(held: &str, spans: &mut Spans) {
    for (at, sign) in held.match_indices("://") {
        let start = at + sign.len();
        let end = run(held, start, |c| !c.is_whitespace() && !"/?#\"'<>\\".contains(c));
        if let Some(length) = held[start..end].rfind('@').filter(|length| *length > 0) {
            spans.push((start, start + length));
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|part| plain.contains(part)) || WHOLE_NAMES.contains(&plain.as_str())
}

/// `name=value`, as in a query, a flag or a matcher, and `"name": "value"`, as in a body.
fn assigned(held: &str, spans: &mut Spans) {
    for (at, sign) in held.match_indices(['=', ':']) {
        let before = held[..at].trim_end_matches(['"', '\'', '\\', ' ']);
        if sign == ":" && !held[before.len()..at].contains(['"', '\'']) {
            continue;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.%".contains(c);
        let name = before
            .rfind(|c| !is_part(c))
            .map_or(before, |end| before[end..].trim_start_matches(|c| !is_part(c)));
        let in_query = before[..before.len() - name.len()].ends_with(['?', '&']);
        let key = in_query && name.eq_ignore_ascii_case("key");
        if !key && !is_secret_name(name) {
            continue;
        }
        let start = run(held, at + 1, |c| "=~\"'\\ ".contains(c));
        let end = run(held, start, |c| !c.is_whitespace() && !"&;,\"'`)}]>\\#".contains(c));
        if end > start {
            spans.push((start, end));
        }
    }
}

/// What follows the name of an authentication scheme, when it looks like a credential and not like prose.
fn schemes(held: &str, spans: &mut Spans) {
    let lower = held.to_ascii_lowercase();
    for scheme in ["bearer ", "basic ", "token "] {
        for (at, _) in lower.match_indices(scheme) {
            let start = at + scheme.len();
            let end = run(held, start, |c| c.is_ascii_alphanumeric() || "._~+/=-".contains(c));
            let word = &held[start..end];
            let has = |what: fn(&char) -> bool| word.chars().skip(1).any(|c| what(&c));
            let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
            if word.len() >= 8 && (mixed || word.contains(|c: char| c.is_ascii_digit() || c == '='))
            {
                spans.push((start, end));
            }
        }
    }
}

fn keys(held: &str, spans: &mut Spans) {
    for (start, _) in held.match_indices("-----BEGIN ") {
        if !held[start..].contains("PRIVATE KEY") {
            continue;
        }
        let end = held[start..].find("-----END ").map_or(held.len(), |length| {
            let tail = start + length + "-----END ".len();
            held[tail..].find("-----").map_or(held.len(), |length| tail + length + 5)
        });
        spans.push((start, end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (held, expected) in [
            ("https://ana:hunter2@example.org/x", "https://REDACTED@example.org/x"),
            (
                "get https://e.org/a?token=abc&x=1: 401",
                "get https://e.org/a?token=REDACTED&x=1: 401",
            ),
            ("https://e.org/a?key=abc#top", "https://e.org/a?key=REDACTED#top"),
            ("--api-key=abc --n=1", "--api-key=REDACTED --n=1"),
            (r#"{"client_secret": "abc", "n": 1}"#, r#"{"client_secret": "REDACTED", "n": 1}"#),
            (r#"up{token=~"abc"}"#, r#"up{token=~"REDACTED"}"#),
            ("Authorization: Bearer abc123def", "Authorization: Bearer REDACTED"),
            ("it is ghp_0123456789abcdef0123!", "it is REDACTED!"),
            ("x AKIA0123456789ABCDEF y", "x REDACTED y"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.sig", "REDACTED"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----.", "REDACTED."),
            ("-----BEGIN PRIVATE KEY-----\nMII", "REDACTED"),
        ] {
            assert_eq!(text(held).as_deref(), Some(expected), "{held}");
        }
    }

    #[test]
    fn what_is_no_secret_is_not_touched() {
        for held in [
            "",
            "checkout/production",
            "basic authentication is needed",
            "a bearer of bad news",
            "no token: set GITHUB_TOKEN",
            r#"sum(rate(http_requests_total{track="canary",code=~"5.."}[1m]))"#,
            "https://example.org/a@b?key_of=3",
            "task-0123456789abcdef0123456789",
            "3f2a9c0d1e4b5a69788796a5b4c3d2e1f0a1b2c3",
            "zażółć = 漢字: 👩‍🚀",
        ] {
            assert_eq!(text(held), None, "{held}");
        }
    }

    #[test]
    fn flags_and_fields_hide_what_follows() {
        let mut json = serde_json::json!({
            "argv": ["notify", "--token", "abc", "--to", "ana"],
            "labels": { "password": "abc", "team": "abc", "ghp_0123456789abcdef0123": "x" },
        });
        value(&mut json);
        assert_eq!(
            json,
            serde_json::json!({
                "argv": ["notify", "--token", REDACTED, "--to", "ana"],
                "labels": { "password": REDACTED, "team": "abc", REDACTED: "x" },
            })
        );
    }
}
