//! A source's link to us: which feed, how it fails, what it may still ask for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Time;

/// One polled link. `source` is what the operator configured (`github`, `prometheus.main`, `health`,
/// `engine`); `part` tells apart what one source polls separately (a repository, a check, a target).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedId {
    /// The configured source.
    pub source: String,
    /// What of it, when one source has several links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

impl FeedId {
    /// A source with a single link.
    #[must_use]
    pub fn source(source: impl Into<String>) -> Self {
        Self { source: source.into(), part: None }
    }

    /// One of several links of a source.
    #[must_use]
    pub fn part(source: impl Into<String>, part: impl Into<String>) -> Self {
        Self { source: source.into(), part: Some(part.into()) }
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Some(part) => write!(f, "{} {part}", self.source),
            None => f.write_str(&self.source),
        }
    }
}

/// How far a feed can be believed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedState {
    /// The last poll answered, and not long ago.
    Live,
    /// The last poll failed or is overdue; what is shown is old.
    Stale,
    /// Never answered, or silent for so long that what is shown proves nothing.
    Lost,
}

impl FeedState {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Lost => "lost",
        }
    }
}

/// What kind of trouble a poll or a call met. Says what to do, where [`Fault::text`] says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// No connection: refused, reset, no route, no such host.
    Unreachable,
    /// A deadline passed.
    Timeout,
    /// The certificate or the handshake was refused.
    Tls,
    /// 401: the credential is missing, wrong or expired.
    Unauthorized,
    /// 403: the credential lacks a permission.
    Forbidden,
    /// 404: not there, or not for us to see.
    NotFound,
    /// Told to slow down; see [`Fault::retry_at`].
    RateLimited,
    /// The other side failed (5xx) or refused the request (4xx).
    Upstream,
    /// An answer that is not what the protocol says: cut short, too large, not JSON.
    Garbage,
    /// Our side is set up wrongly: an unreadable secret, an unusable address.
    Setup,
}

/// A failed poll or call, made to be shown. Never holds a secret; text from outside is kept raw and
/// cleaned where it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind, for decisions.
    pub kind: FaultKind,
    /// One sentence, lower case, no full stop: what happened, to what, and what to do if that is known.
    pub text: String,
    /// Not before this time (`Retry-After`, rate-limit reset), when the other side said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Time>,
}

impl Fault {
    /// A fault without a time to wait for.
    #[must_use]
    pub fn new(kind: FaultKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), retry_at: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

/// An API budget as the headers of a real answer told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Requests left until `reset`.
    pub remaining: u64,
    /// Requests a window allows.
    pub limit: u64,
    /// When the window starts anew.
    pub reset: Time,
    /// Seconds between polls, where there is too little for asking as often as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widened_s: Option<u64>,
    /// Seconds between polls while there is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_s: Option<u64>,
}
