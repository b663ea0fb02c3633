//! What a registry asks for before it answers: `WWW-Authenticate` (RFC 9110 §11.6.1).

use http::{HeaderMap, header};

/// How it wants to be asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// With a token from there.
    Bearer {
        /// Where tokens are given out.
        realm: String,
        /// For whom.
        service: Option<String>,
    },
    /// With a user and a password.
    Basic,
}

impl Challenge {
    /// The one of an answer that we can meet, a token before a password.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let all = headers.get_all(header::WWW_AUTHENTICATE);
        let all: Vec<Self> =
            all.iter().filter_map(|value| Self::parse(value.to_str().ok()?)).collect();
        let (bearer, other): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| matches!(one, Self::Bearer { .. }));
        bearer.into_iter().chain(other).next()
    }

    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut parameters = parameters(rest);
        let mut take = |name: &str| {
            let at = parameters.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(parameters.swap_remove(at).1)
        };
        Some(Self::Bearer { realm: take("realm")?, service: take("service") })
    }
}

/// `a="b, c", d=e` as pairs; what follows something odd is left out.
fn parameters(text: &str) -> Vec<(String, String)> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((key, tail)) = rest.split_once('=') {
        let key = key.trim_matches([' ', ',', '\t']);
        let (value, after) = if let Some(quoted) = tail.trim_start().strip_prefix('"') {
            let Some(pair) = unquote(quoted) else { break };
            pair
        } else {
            let end = tail.find(',').unwrap_or(tail.len());
            (tail[..end].trim().to_owned(), &tail[end..])
        };
        found.push((key.to_owned(), value));
        rest = after;
    }
    found
}

/// A quoted text up to its end, and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, value.parse().unwrap());
        }
        Challenge::of(&headers)
    }

    #[test]
    fn a_challenge_is_read() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.into(), service: service.map(Into::into) })
        };
        let usual = r#"Bearer realm="https://a.example/token",service="a.example",scope="repository:x:pull,push""#;
        assert_eq!(of(&[usual]), bearer("https://a.example/token", Some("a.example")));
        assert_eq!(of(&[r#"bearer scope="a,b", Realm = "r\"r""#]), bearer("r\"r", None));
        assert_eq!(of(&["Bearer realm=r, service=s"]), bearer("r", Some("s")));
        assert_eq!(of(&["Basic realm=\"x\"", "Bearer realm=r"]), bearer("r", None));
        assert_eq!(of(&["Basic realm=\"x\""]), Some(Challenge::Basic));
        for odd in ["", "Bearer", "Bearer realm=\"endless", "Negotiate abc", "Bearer service=x"] {
            assert_eq!(of(&[odd]), None, "{odd}");
        }
    }
}
