//! Workflow runs.

use serde::Deserialize;

use super::{Field, Item, Oddities, User};
use crate::model::{Conclusion, Run, Time};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire {
    id: Field<u64>,
    path: Field<String>,
    name: Field<String>,
    run_number: Field<u64>,
    run_attempt: Field<u64>,
    display_title: Field<String>,
    head_commit: Field<Commit>,
    head_branch: Field<String>,
    head_sha: Field<String>,
    event: Field<String>,
    status: Field<String>,
    conclusion: Field<String>,
    created_at: Field<Time>,
    run_started_at: Field<Time>,
    updated_at: Field<Time>,
    html_url: Field<String>,
    actor: Field<User>,
}

#[derive(Debug, Deserialize)]
struct Commit {
    message: String,
}

impl Item for Run {
    const KEY: Option<&'static str> = Some("workflow_runs");

    fn decode(json: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(json).ok()?;
        let id = wire.id.known()?;
        let mut odd = Oddities::default();
        let workflow = odd
            .optional("path", wire.path)
            .map(|path| file_name(&path).to_owned())
            .unwrap_or_default();
        let conclusion = odd.optional("conclusion", wire.conclusion);
        let commit = odd.optional("head_commit", wire.head_commit);
        Some(Self {
            id,
            name: odd
                .optional("name", wire.name)
                .unwrap_or_else(|| workflow.split('.').next().unwrap_or_default().to_owned()),
            workflow,
            number: odd.optional("run_number", wire.run_number).unwrap_or(0),
            attempt: odd.optional("run_attempt", wire.run_attempt).unwrap_or(1),
            title: odd
                .optional("display_title", wire.display_title)
                .or_else(|| Some(commit?.message.lines().next()?.to_owned()))
                .unwrap_or_default(),
            branch: odd.optional("head_branch", wire.head_branch),
            sha: odd.needed("head_sha", wire.head_sha).unwrap_or_default(),
            event: odd.optional("event", wire.event).unwrap_or_default(),
            status: odd.status(wire.status, conclusion.is_some()),
            conclusion: conclusion.map(Conclusion::from),
            created_at: odd.optional("created_at", wire.created_at),
            started_at: odd.optional("run_started_at", wire.run_started_at),
            updated_at: odd.optional("updated_at", wire.updated_at),
            url: odd.optional("html_url", wire.html_url).unwrap_or_default(),
            actor: odd.optional("actor", wire.actor).map(|user| user.login),
            odd: odd.flag(),
        })
    }
}

/// `.github/workflows/deploy.yml@refs/heads/main` → `deploy.yml`.
fn file_name(path: &str) -> &str {
    let file = path.split('@').next().unwrap_or(path);
    file.rsplit('/').next().unwrap_or(file)
}
