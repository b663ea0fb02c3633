//! `[[service.environment.action]]` and `database_rollback` as they are written.

use serde::Deserialize;
use toml::Spanned;

use super::{Text, Texts, Time};

/// A named action.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Action {
    pub(crate) name: Option<Text>,
    pub(crate) argv: Option<Spanned<Texts>>,
    pub(crate) confirm: Option<Text>,
    pub(crate) within: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) env: Option<Spanned<Texts>>,
}

/// What takes its database back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct DatabaseRollback {
    pub(crate) argv: Option<Spanned<Texts>>,
    pub(crate) within: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) env: Option<Spanned<Texts>>,
}
