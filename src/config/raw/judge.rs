//! `[service.environment.judge]` and what is below it as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{Text, Time};

/// How its candidate is judged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Judge {
    pub(crate) alpha: Option<Spanned<f64>>,
    pub(crate) warm_up: Option<Time>,
    pub(crate) every: Option<Time>,
    pub(crate) split: Option<Spanned<Split>>,
    #[serde(default)]
    pub(crate) compare: Vec<Spanned<Comparison>>,
}

/// The label that tells one side from the other.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "{ label = \"track\", candidate = \"canary\", stable = \"stable\" }"
)]
pub(crate) struct Split {
    pub(crate) label: Option<Text>,
    pub(crate) candidate: Option<Text>,
    pub(crate) stable: Option<Text>,
}

/// A kind of failure that is compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Comparison {
    pub(crate) name: Option<Text>,
    pub(crate) bad: Option<Text>,
    pub(crate) good: Option<Text>,
    pub(crate) total: Option<Text>,
    pub(crate) candidate: Option<Spanned<Counters>>,
    pub(crate) stable: Option<Spanned<Counters>>,
    pub(crate) points: Option<Spanned<f64>>,
    pub(crate) part: Option<Spanned<f64>>,
}

/// What counts: all requests, and of them the bad ones or the good ones.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ bad = \"QUERY\", total = \"QUERY\" }")]
pub(crate) struct Counters {
    pub(crate) bad: Option<Text>,
    pub(crate) good: Option<Text>,
    pub(crate) total: Option<Text>,
}
