//! What an HTTP status other than success says.

use http::{HeaderMap, StatusCode, header};

use crate::model::{Fault, FaultKind, Time};

/// The most of an error body that is repeated, in characters.
const EXCERPT: usize = 200;

/// Translates an error status, its headers and body; `now` turns a relative `Retry-After` into a time.
#[must_use]
pub fn status_fault(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    what: &str,
    now: Time,
) -> Fault {
    let (kind, hint) = match status.as_u16() {
        401 => (FaultKind::Unauthorized, "; the credential is missing, wrong or expired"),
        403 => (FaultKind::Forbidden, "; the credential lacks a permission"),
        404 => (FaultKind::NotFound, "; check the address and its path prefix"),
        429 => (FaultKind::RateLimited, "; it asks us to slow down"),
        _ => (FaultKind::Upstream, ""),
    };
    let said = excerpt(body).map(|said| format!(": {said}"));
    let text = format!("{what} answered {}{}{hint}", status.as_u16(), said.unwrap_or_default());
    let mut fault = Fault::new(kind, text);
    if matches!(status.as_u16(), 429 | 503) {
        fault.retry_at = retry_after(headers, now);
    }
    fault
}

fn retry_after(headers: &HeaderMap, now: Time) -> Option<Time> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse::<u32>() {
        Ok(seconds) => now.checked_add_signed(chrono::TimeDelta::seconds(seconds.into())),
        Err(_) => chrono::DateTime::parse_from_rfc2822(value).ok().map(Into::into),
    }
}

/// The sentence in an error body: a JSON string, an object's `error` or `message`, or the first lines of a
/// text; never markup.
fn excerpt(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let said = match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(serde_json::Value::String(said)) => said,
        Ok(value) => {
            ["error", "message"].iter().find_map(|key| value.get(key)?.as_str())?.to_owned()
        }
        Err(_) if text.trim_start().starts_with(['<', '{', '[']) => return None,
        Err(_) => text.into_owned(),
    };
    let words: Vec<&str> = said.split_whitespace().take(EXCERPT).collect();
    let line = short(&words.join(" "));
    (!line.is_empty()).then_some(line)
}

/// A text from outside, cut to what a sentence can carry.
#[must_use]
pub fn short(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn of(status: u16, retry: Option<&str>, body: &str) -> Fault {
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert(header::RETRY_AFTER, retry.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        status_fault(status, &headers, body.as_bytes(), "prometheus.main", now())
    }

    #[test]
    fn each_status_has_its_kind() {
        for (status, kind) in [
            (401, FaultKind::Unauthorized),
            (403, FaultKind::Forbidden),
            (404, FaultKind::NotFound),
            (429, FaultKind::RateLimited),
            (422, FaultKind::Upstream),
            (502, FaultKind::Upstream),
        ] {
            let fault = of(status, None, "");
            assert_eq!(fault.kind, kind);
            assert!(fault.text.contains(&status.to_string()), "{fault}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let at = |text: &str| Some(text.parse::<Time>().unwrap());
        assert_eq!(of(429, Some("120"), "").retry_at, at("2026-01-01T00:02:00Z"));
        let date = "Thu, 01 Jan 2026 00:05:00 GMT";
        assert_eq!(of(503, Some(date), "").retry_at, at("2026-01-01T00:05:00Z"));
        assert_eq!(of(429, Some("soon"), "").retry_at, None);
        assert_eq!(of(429, Some("-5"), "").retry_at, None);
    }

    #[test]
    fn the_sentence_of_an_error_body_is_repeated_and_nothing_else() {
        let said = |body: &str| of(400, None, body).text;
        assert!(
            said(r#"{"status":"error","error":"parse error at 5"}"#)
                .ends_with("400: parse error at 5")
        );
        assert!(said(r#"{"code":602,"message":"filter is odd"}"#).ends_with("400: filter is odd"));
        assert!(said(r#""bad matcher format""#).ends_with("400: bad matcher format"));
        assert!(said("404 page\n not found\n").ends_with("400: 404 page not found"));
        assert!(said("<html><body>secret</body></html>").ends_with("answered 400"));
        assert!(said(r#"{"trace":["secret"]}"#).ends_with("answered 400"));
        assert!(said(&"é".repeat(5000)).chars().count() < 250);
    }
}
