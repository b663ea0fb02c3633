//! `[[service.environment.health]]` as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{Expected, Named, Text, Time};

/// A health check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Health {
    pub(crate) name: Option<Text>,
    pub(crate) track: Option<Text>,
    pub(crate) url: Option<Text>,
    pub(crate) tcp: Option<Text>,
    pub(crate) every: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) grace: Option<Time>,
    pub(crate) rise: Option<Spanned<i64>>,
    pub(crate) fall: Option<Spanned<i64>>,
    #[serde(default)]
    pub(crate) expect: Named<Expected>,
    pub(crate) revision: Option<Text>,
    pub(crate) error_rate: Option<Text>,
    pub(crate) uptime: Option<Text>,
    pub(crate) ca_file: Option<Text>,
}
