//! What else Prometheus is asked, as it is written: `burn`, `alert_path`, `backup` of an environment.

use serde::Deserialize;
use toml::Spanned;

use super::{Text, Texts, Time};

/// How fast its error budget may be spent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Burn {
    pub(crate) name: Option<Text>,
    pub(crate) objective: Option<Spanned<f64>>,
    pub(crate) errors: Option<Text>,
    pub(crate) requests: Option<Text>,
    pub(crate) block: Option<Spanned<f64>>,
    pub(crate) every: Option<Time>,
}

/// What of the way of its alerts is watched.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct AlertPath {
    #[serde(default)]
    pub(crate) groups: Texts,
    pub(crate) alertmanager: Option<Text>,
    pub(crate) failures: Option<Texts>,
    pub(crate) watchdog: Option<Text>,
    pub(crate) every: Option<Time>,
}

/// How old its last good backup may be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ time = \"QUERY\", max_age = \"24h\" }")]
pub(crate) struct Backup {
    pub(crate) time: Option<Text>,
    pub(crate) age: Option<Text>,
    pub(crate) max_age: Option<Time>,
    pub(crate) every: Option<Time>,
}
