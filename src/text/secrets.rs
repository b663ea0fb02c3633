//! Secrets in texts: the values that this process has read, and whatever looks like a well-known token. What
//! a program of the configuration prints is kept without them.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};

/// What takes the place of a secret that is hidden.
const HIDDEN: &str = "***";

/// Shorter values are words that a text may have for other reasons.
const SHORTEST: usize = 6;

/// Values that are known at a time: a token that is renewed every hour must not fill the memory.
const MOST: usize = 64;

/// The values of the configuration's secrets that were read, the newest last.
static KNOWN: Mutex<Vec<SecretString>> = Mutex::new(Vec::new());

/// How well-known tokens begin, how many characters follow at least, and whether the beginning is so short
/// that it counts only where a word begins.
const TOKENS: [(&str, usize, bool); 29] = [
    ("ghp_", 16, false),
    ("gho_", 16, false),
    ("ghu_", 16, false),
    ("ghs_", 16, false),
    ("ghr_", 16, false),
    ("github_pat_", 16, false),
    ("glpat-", 12, false),
    ("glsa_", 16, false),
    ("glc_", 16, false),
    ("xoxb-", 8, false),
    ("xoxp-", 8, false),
    ("xoxa-", 8, false),
    ("xoxe-", 8, false),
    ("xoxs-", 8, false),
    ("xapp-", 8, false),
    ("npm_", 24, false),
    ("pypi-", 16, false),
    ("dckr_pat_", 12, false),
    ("dop_v1_", 16, false),
    ("shpat_", 16, false),
    ("sk_live_", 8, false),
    ("rk_live_", 8, false),
    ("sk-", 20, true),
    ("hvs.", 16, true),
    ("ya29.", 16, true),
    ("AKIA", 16, true),
    ("ASIA", 16, true),
    ("AIza", 30, true),
    ("eyJ", 20, true),
];

/// Remembers a value that was read, so that it is hidden from here on.
pub fn learn(secret: &SecretString) {
    let value = secret.expose_secret();
    if value.len() < SHORTEST {
        return;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.iter().all(|old| old.expose_secret() != value) {
        if known.len() >= MOST {
            known.remove(0);
        }
        known.push(secret.clone());
    }
}

/// A text without its secrets.
#[must_use]
pub fn hide(held: &str) -> String {
    let mut found = Vec::new();
    spans(held, &mut found);
    without(held, found, HIDDEN)
}

/// A text with something else in the place of its `spans`, which may overlap.
#[must_use]
pub fn without(held: &str, mut spans: Vec<(usize, usize)>, instead: &str) -> String {
    spans.sort_unstable();
    let (mut out, mut done) = (String::with_capacity(held.len()), 0);
    for (start, end) in spans {
        if start >= done {
            out.push_str(&held[done..start]);
            out.push_str(instead);
        }
        done = done.max(end);
    }
    out.push_str(&held[done..]);
    out
}

/// Where in a text secrets stand.
fn spans(held: &str, spans: &mut Vec<(usize, usize)>) {
    for secret in KNOWN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let value = secret.expose_secret();
        spans.extend(held.match_indices(value).map(|(at, _)| (at, at + value.len())));
    }
    tokens(held, spans);
}

/// Where in a text well-known tokens stand.
pub fn tokens(held: &str, spans: &mut Vec<(usize, usize)>) {
    for (head, least, at_word) in TOKENS {
        for (start, _) in held.match_indices(head) {
            let inside = held[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
            let rest = start + head.len();
            let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            let end = held[rest..].find(|c| !is_part(c)).map_or(held.len(), |length| rest + length);
            if end - rest >= least && !(at_word && inside) {
                spans.push((start, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_and_what_looks_like_a_token_is_hidden() {
        learn(&SecretString::from("swordfish-71"));
        learn(&SecretString::from("abc"));
        for (held, expected) in [
            ("the token is swordfish-71, twice: swordfish-71", "the token is ***, twice: ***"),
            ("abc stays: it is too short", "abc stays: it is too short"),
            ("ghp_0123456789abcdef0123!", "***!"),
            ("github_pat_0123456789abcdef and ghs_0123456789abcdef", "*** and ***"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(hide(held), expected);
        }
    }
}
