//! `[[service]]` and what is below it as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{After, Expected, Hook, Named, OneOrMany, Text, Texts, Time, Way};

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

/// How fast its error budget may be spent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Burn {
    pub(crate) name: Option<Text>,
    pub(crate) objective: Option<Spanned<f64>>,
    pub(crate) errors: Option<Text>,
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
