//! Deployments and their statuses.

use serde::Deserialize;

use super::{Field, Item, Oddities, User};
use crate::model::{Deployment, Time};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire {
    id: Field<u64>,
    environment: Field<String>,
    sha: Field<String>,
    #[serde(rename = "ref")]
    git_ref: Field<String>,
    created_at: Field<Time>,
    creator: Field<User>,
}

impl Item for Deployment {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(json).ok()?;
        let id = wire.id.known()?;
        let mut odd = Oddities::default();
        Some(Self {
            id,
            environment: odd.needed("environment", wire.environment).unwrap_or_default(),
            sha: odd.needed("sha", wire.sha).unwrap_or_default(),
            git_ref: odd.optional("ref", wire.git_ref).unwrap_or_default(),
            created_at: odd.optional("created_at", wire.created_at),
            state: None,
            creator: odd.optional("creator", wire.creator).map(|user| user.login),
            environment_url: None,
            odd: odd.flag(),
        })
    }
}

/// One status of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentStatus {
    /// GitHub's id.
    pub id: u64,
    /// `success`, `in_progress`, `waiting`, …; as it came.
    pub state: String,
    /// When it was set.
    pub created_at: Option<Time>,
    /// Where the environment is reached.
    pub environment_url: Option<String>,
    /// The run that set it, where it links to one.
    pub run: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireStatus {
    id: Field<u64>,
    state: Field<String>,
    created_at: Field<Time>,
    environment_url: Field<String>,
    log_url: Field<String>,
    target_url: Field<String>,
}

/// `https://github.com/acme/checkout/actions/runs/7/job/9` → 7.
fn run_of(url: &str) -> Option<u64> {
    let (_, tail) = url.split_once("/actions/runs/")?;
    tail.split(['/', '?', '#']).next()?.parse().ok()
}

impl Item for DeploymentStatus {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireStatus = serde_json::from_str(json).ok()?;
        Some(Self {
            id: wire.id.known()?,
            state: wire.state.known()?,
            created_at: wire.created_at.known(),
            environment_url: wire.environment_url.known().filter(|url| !url.is_empty()),
            run: [wire.log_url, wire.target_url]
                .into_iter()
                .find_map(|url| url.known().and_then(|url| run_of(&url))),
        })
    }
}
