//! `[[service]]` and what of it is no table of its own, as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{
    Action, After, AlertPath, Backup, Burn, DatabaseRollback, Health, Judge, Metric, Named,
    Rollout, Text, Texts, Time,
};

/// A thing that is deployed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Service {
    pub(crate) name: Option<Text>,
    pub(crate) repo: Option<Text>,
    pub(crate) github: Option<Text>,
    #[serde(default)]
    pub(crate) workflows: Texts,
    #[serde(default)]
    pub(crate) advisory: Texts,
    #[serde(default)]
    pub(crate) migrations: Texts,
    pub(crate) image: Option<Text>,
    pub(crate) incident: Option<Spanned<Incident>>,
    #[serde(default)]
    pub(crate) budget: Named<Time>,
    #[serde(default)]
    pub(crate) environment: Vec<Spanned<Environment>>,
}

/// Where incident issues are opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ labels = [\"incident\"], repo = \"acme/ops\" }")]
pub(crate) struct Incident {
    #[serde(default)]
    pub(crate) labels: Texts,
    pub(crate) repo: Option<Text>,
}

/// One place it runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Environment {
    pub(crate) name: Option<Text>,
    pub(crate) production: Option<bool>,
    pub(crate) group: Option<Text>,
    pub(crate) wave: Option<Spanned<i64>>,
    pub(crate) workflow: Option<Text>,
    #[serde(rename = "ref")]
    pub(crate) git_ref: Option<Text>,
    #[serde(default)]
    pub(crate) budget: Named<Time>,
    pub(crate) prometheus: Option<Text>,
    pub(crate) scrape_jobs: Option<Spanned<Texts>>,
    pub(crate) alertmanager: Option<Text>,
    pub(crate) alerts: Option<Spanned<Texts>>,
    pub(crate) alert_block: Option<Text>,
    pub(crate) required_checks: Option<Spanned<Texts>>,
    pub(crate) security: Option<Spanned<Texts>>,
    pub(crate) after: Option<Spanned<After>>,
    pub(crate) rehearse: Option<Time>,
    #[serde(default)]
    pub(crate) links: Named<Text>,
    #[serde(default)]
    pub(crate) contacts: Vec<String>,
    pub(crate) rollout: Option<Spanned<Rollout>>,
    #[serde(default)]
    pub(crate) health: Vec<Spanned<Health>>,
    #[serde(default)]
    pub(crate) metric: Vec<Spanned<Metric>>,
    pub(crate) judge: Option<Spanned<Judge>>,
    pub(crate) burn: Option<Spanned<Burn>>,
    pub(crate) alert_path: Option<Spanned<AlertPath>>,
    pub(crate) backup: Option<Spanned<Backup>>,
    #[serde(default)]
    pub(crate) action: Vec<Spanned<Action>>,
    pub(crate) database_rollback: Option<Spanned<DatabaseRollback>>,
}
