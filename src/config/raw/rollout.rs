//! `[service.environment.rollout]` and what is below it as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{Hook, OneOrMany, Text, Texts, Time, Way};

/// How it is rolled out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Rollout {
    pub(crate) engine: Option<Text>,
    pub(crate) address: Option<Spanned<OneOrMany>>,
    pub(crate) insecure: Option<Spanned<bool>>,
    pub(crate) backend: Option<Text>,
    pub(crate) stable: Option<Spanned<Texts>>,
    pub(crate) candidate: Option<Spanned<Texts>>,
    pub(crate) steps: Option<Spanned<Vec<Spanned<f64>>>>,
    pub(crate) soak: Option<Time>,
    pub(crate) share: Option<Text>,
    pub(crate) every: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) rollback_within: Option<Time>,
    pub(crate) auto_rollback: Option<Text>,
    pub(crate) auto_rollback_on: Option<Spanned<Texts>>,
    pub(crate) auto_rollback_after: Option<Time>,
    pub(crate) auto_rollback_alerts: Option<Text>,
    pub(crate) auto_rollback_breaker: Option<Spanned<Breaker>>,
    pub(crate) watch_after: Option<Time>,
    pub(crate) rotate: Option<Spanned<bool>>,
    pub(crate) status: Option<Spanned<Texts>>,
    pub(crate) workflow: Option<Text>,
    pub(crate) stages: Option<Spanned<Vec<Spanned<Stage>>>>,
    pub(crate) promote: Option<Spanned<Way>>,
    pub(crate) pause: Option<Spanned<Texts>>,
    pub(crate) resume: Option<Spanned<Texts>>,
    pub(crate) rollback: Option<Spanned<Way>>,
    pub(crate) env: Option<Spanned<Texts>>,
    pub(crate) before_promote: Option<Spanned<Hook>>,
    pub(crate) after_promote: Option<Spanned<Hook>>,
    pub(crate) before_rollback: Option<Spanned<Hook>>,
    pub(crate) after_rollback: Option<Spanned<Hook>>,
    pub(crate) on_completed: Option<Spanned<Hook>>,
}

/// A query that trips an automatic rollback.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ query = \"QUERY\" }")]
pub(crate) struct Breaker {
    pub(crate) query: Option<Text>,
    #[serde(rename = "for")]
    pub(crate) hold_for: Option<Time>,
}

/// A part of the traffic that a deployment to an environment stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ environment = \"NAME\", weight = 10 }")]
pub(crate) struct Stage {
    pub(crate) environment: Option<Text>,
    pub(crate) weight: Option<Spanned<f64>>,
}
