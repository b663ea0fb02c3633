//! The file of the workflow whose run is to run again: it names what the run deploys to. Where it cannot be
//! read, nothing is said; must not know what follows from it.

use std::time::Duration;

use tokio::time::Instant;

use crate::clients::github::GithubClient;
use crate::model::backing::WorkflowFile;
use crate::model::{Event, FeedId, Observation, TargetSpec};
use crate::runtime::{Runtime, run};
use crate::workflow;

use super::super::super::quiet::Quiet;

/// The longest that it may take, read and heard of.
const LIMIT: Duration = Duration::from_secs(5);

/// Reads it as it is at the run's commit, where it is not known yet.
pub(super) async fn read(
    runtime: &mut Runtime,
    client: &GithubClient,
    (host, repo): (&str, &str),
    spec: &TargetSpec,
    id: u64,
) {
    let known = |runtime: &Runtime, file: &str| {
        runtime.store().repo_of(spec).is_some_and(|repo| repo.backing.workflow(file).is_some())
    };
    let found = runtime.store().repo_of(spec).and_then(|repo| repo.run(id));
    let Some((file, sha)) = found.map(|run| (run.workflow.clone(), run.sha.clone())) else {
        return;
    };
    if known(runtime, &file) {
        return;
    }
    let deadline = Instant::now() + LIMIT;
    let bus = runtime.bus();
    let asked_at = bus.now();
    let text = tokio::time::timeout(LIMIT, client.workflow_file(repo, &file, &sha)).await;
    let Ok(Ok(Some(text))) = text else { return };
    let Ok(read) = workflow::parse(&text) else { return };
    let told = Observation::WorkflowFile {
        host: host.to_owned(),
        repo: repo.to_owned(),
        workflow: file.clone(),
        sha,
        file: WorkflowFile::Read(Box::new(read)),
    };
    let event = Event::Observed {
        feed: FeedId::part(host, repo),
        items: vec![told],
        budget: None,
        warnings: Vec::new(),
        next_s: LIMIT.as_secs_f64(),
    };
    bus.told(asked_at, event).await;
    let heard =
        |runtime: &mut Runtime| (known(runtime, &file) || Instant::now() >= deadline).then_some(());
    // where it is interrupted, what comes next is too
    let _ = run(runtime, &mut Quiet, heard).await;
}
