//! `[[service.environment.metric]]` as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{Text, Time};

/// A metric.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Metric {
    pub(crate) name: Option<Text>,
    pub(crate) track: Option<Text>,
    pub(crate) query: Option<Text>,
    pub(crate) max: Option<Spanned<f64>>,
    pub(crate) min: Option<Spanned<f64>>,
    #[serde(rename = "for")]
    pub(crate) hold_for: Option<Time>,
    pub(crate) unit: Option<String>,
    pub(crate) every: Option<Time>,
}
