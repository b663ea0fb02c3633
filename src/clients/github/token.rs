//! What can be told of a token by looking at it: its kind, a fingerprint that tells it from others without
//! telling it, and how GitHub writes when it ends. Must not know where a token comes from or what is asked with it.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::model::Time;

/// How long an installation token holds.
const INSTALLATION: TimeDelta = TimeDelta::hours(1);

/// What kind of token, by its first letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// None at all.
    Absent,
    /// `ghp_` or `gho_`: a user's, with scopes, which every answer repeats.
    Classic,
    /// `github_pat_`: a user's, with permissions that no answer tells.
    FineGrained,
    /// `ghu_`: a user's through an app, with what both may do.
    AppUser,
    /// `ghs_`: an app's installation or a workflow's `GITHUB_TOKEN`; nobody's.
    Installation,
    /// Another, as an Enterprise Server of old gives out.
    Other,
}

impl TokenKind {
    pub(super) fn of(token: Option<&SecretString>) -> Self {
        let Some(token) = token else { return Self::Absent };
        let token = token.expose_secret();
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| token.starts_with(prefix));
        if starts(&["ghp_", "gho_"]) {
            Self::Classic
        } else if starts(&["github_pat_"]) {
            Self::FineGrained
        } else if starts(&["ghu_"]) {
            Self::AppUser
        } else if starts(&["ghs_"]) {
            Self::Installation
        } else {
            Self::Other
        }
    }

    /// What it is, for the operator.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Absent => "no token",
            Self::Classic => "a classic token",
            Self::FineGrained => "a fine-grained token",
            Self::AppUser => "an app's token for a user",
            Self::Installation => "an installation token (an app's, or a workflow's GITHUB_TOKEN)",
            Self::Other => "a token of a kind that its letters do not tell",
        }
    }

    /// How long one holds from when it was given out, where that is a rule.
    pub(super) fn lifetime(self) -> Option<TimeDelta> {
        (self == Self::Installation).then_some(INSTALLATION)
    }
}

/// The first bytes of a token's digest; zero for no token.
pub(super) fn fingerprint(token: Option<&SecretString>) -> u64 {
    let digest = token.map(|token| Sha256::digest(token.expose_secret().as_bytes()));
    digest.iter().flatten().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// `2026-01-31 12:00:00 UTC`, or with an offset: when a token ends, by GitHub's clock.
pub(super) fn expiration(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z") {
        return Some(time.with_timezone(&Utc));
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S UTC").ok()?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_its_kind() {
        for (token, kind) in [
            ("ghp_x", TokenKind::Classic),
            ("gho_x", TokenKind::Classic),
            ("github_pat_x", TokenKind::FineGrained),
            ("ghu_x", TokenKind::AppUser),
            ("ghs_x", TokenKind::Installation),
            ("0123456789abcdef", TokenKind::Other),
        ] {
            assert_eq!(TokenKind::of(Some(&SecretString::from(token))), kind, "{token}");
        }
        assert_eq!(TokenKind::of(None), TokenKind::Absent);
    }

    #[test]
    fn the_end_of_a_token_is_read_in_both_forms() {
        let time = expiration("2026-11-08 09:30:00 UTC");
        assert_eq!(time.map(|time| time.timestamp()), Some(1_794_130_200));
        assert_eq!(expiration("2026-11-08 02:30:00 -0700"), time);
        for nonsense in ["", "soon", "2026-11-08", "2026-13-08 09:30:00 UTC"] {
            assert_eq!(expiration(nonsense), None, "{nonsense}");
        }
    }
}
