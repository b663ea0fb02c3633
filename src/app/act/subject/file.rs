//! The file of the workflow whose run is to run again: it names what the run deploys to. Where it cannot be
//! read, nothing is said; must not know what follows from it.

use tokio::time::Instant;

use crate::clients::github::GithubClient;
use crate::model::{FeedId, Observation, TargetSpec};
use crate::runtime::{Runtime, run};
use crate::workflow;

use super::super::super::quiet::Quiet;
use super::{LIMIT, observed};

/// Reads it as it is at the run's commit, where it is not known yet.
pub(super) async fn read(
    runtime: &mut Runtime,
    client: &GithubClient,
    (host, repo): (&str, &str),
    spec: &TargetSpec,
    id: u64,
) {
    let found = runtime.store().repo_of(spec).and_then(|repo| {
        let run = repo.run(id).filter(|run| repo.backing.file_of(run).is_none())?;
        Some((run.workflow.clone(), run.sha.clone()))
    });
    let Some((workflow, sha)) = found else { return };
    let deadline = Instant::now() + LIMIT;
    let bus = runtime.bus();
    let asked_at = bus.now();
    let text = tokio::time::timeout(LIMIT, client.workflow_file(repo, &workflow, &sha)).await;
    let Ok(Ok(text)) = text else { return };
    let told = Observation::WorkflowFile {
        host: host.to_owned(),
        repo: repo.to_owned(),
        workflow: workflow.clone(),
        sha: sha.clone(),
        file: workflow::file(text.as_deref()),
    };
    bus.told(asked_at, observed(FeedId::part(host, repo), vec![told])).await;
    let known = |runtime: &Runtime| {
        let repo = runtime.store().repo_of(spec);
        repo.is_some_and(|repo| repo.backing.file_at(&workflow, &sha).is_some())
    };
    let heard = |runtime: &mut Runtime| {
        let over = Instant::now() >= deadline;
        (known(runtime) || over).then_some(())
    };
    // where it is interrupted, what comes next is too
    let _ = run(runtime, &mut Quiet, heard).await;
}
