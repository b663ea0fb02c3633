//! Whether a workflow can be started as a command line says: by its own file on that branch or tag, and by the
//! environments that there are. What is read for that the store learns, and what the plan stands on besides:
//! the files of the runs that may be in the way.

use std::collections::BTreeSet;

use futures::future::join_all;

use crate::clients::github::{Answer, GithubClient, Read};
use crate::model::backing::{Environments, WorkflowFile};
use crate::model::{FeedId, Observation, Run, Subject, TargetSpec};
use crate::runtime::{Ended, Runtime, run};
use crate::store::RepoState;
use crate::workflow;

use super::super::quiet::Quiet;
use super::subject::{LIMIT, Missed, no, observed};

/// Files of active runs that are read at most.
const FILES: usize = 5;

/// Refuses what GitHub would refuse, as far as that can be told. A file that GitHub does not have is refused,
/// unless it is known to run: then the token may only lack the right to read it. One that cannot be read
/// otherwise refuses nothing, nor do environments: GitHub answers what is wrong then.
pub(super) async fn startable(
    runtime: &mut Runtime,
    client: &GithubClient,
    (host, repo): (&str, &str),
    spec: &TargetSpec,
    subject: &Subject,
) -> Result<(), Missed> {
    let Subject::Workflow { file, git_ref, inputs } = subject else { return Ok(()) };
    let bus = runtime.bus();
    let asked_at = bus.now();
    let read = tokio::time::timeout(LIMIT, client.workflow_file(repo, file, git_ref)).await;
    let Ok(Ok(text)) = read else { return Ok(()) };
    let found = workflow::file(text.as_deref());
    let known = runtime.store().repo_of(spec);
    let Some(wanted) = found.workflow() else {
        let names = workflows(known, spec);
        let missing = found == WorkflowFile::Missing && !names.contains(file);
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none known".to_owned() } else { names };
        let why = || no("run", format!("no workflow {file} on {git_ref}; there are: {names}"));
        return if missing { Err(why()) } else { Ok(()) };
    };
    let Some(asked) = &wanted.on.workflow_dispatch else {
        let why =
            format!("{file} on {git_ref} has no `workflow_dispatch`: nobody can start it by hand");
        return Err(no("inputs", why));
    };
    let environments = async {
        if wanted.asks_for_an_environment() { environments(client, repo).await } else { None }
    };
    let others = async {
        let queues = wanted.locking().next().is_some();
        let runs = if queues { others(known, (file, git_ref)) } else { BTreeSet::new() };
        join_all(runs.into_iter().map(async |(file, sha)| {
            let read = tokio::time::timeout(LIMIT, client.workflow_file(repo, &file, &sha)).await;
            let text = read.ok()?.ok()?;
            Some((file, sha, workflow::file(text.as_deref())))
        }))
        .await
    };
    let (environments, others) = futures::join!(environments, others);
    let all = environments.as_ref().and_then(Environments::all);
    let wrong = workflow::complaints(asked, inputs, all);
    if !wrong.is_empty() {
        return Err(no("inputs", format!("{file} on {git_ref}: {}", wrong.join("; "))));
    }
    let place = || (host.to_owned(), repo.to_owned());
    let own = (file.clone(), git_ref.clone(), found.clone());
    let files = others.into_iter().flatten().chain([own]).map(|(workflow, sha, file)| {
        let (host, repo) = place();
        Observation::WorkflowFile { host, repo, workflow, sha, file }
    });
    let environments = environments.map(|environments| {
        let (host, repo) = place();
        Observation::Environments { host, repo, environments }
    });
    let items = files.chain(environments).collect();
    bus.told(asked_at, observed(FeedId::part(host, repo), items)).await;
    let heard = |runtime: &mut Runtime| {
        let repo = runtime.store().repo_of(spec)?;
        repo.backing.file_at(file, git_ref).map(drop)
    };
    match run(runtime, &mut Quiet, heard).await {
        Ok(Ended::Answered(())) => Ok(()),
        _ => Err(Missed::Interrupted),
    }
}

/// The workflows of a target's repository that are known, by their files.
fn workflows(repo: Option<&RepoState>, spec: &TargetSpec) -> BTreeSet<String> {
    let ran = repo.into_iter().flat_map(RepoState::workflows).map(|(file, _)| file.to_owned());
    ran.chain(spec.workflow.clone()).collect()
}

async fn environments(client: &GithubClient, repo: &str) -> Option<Environments> {
    let read = tokio::time::timeout(LIMIT, client.environments(repo, Read::Whole)).await;
    match read.ok()?.ok()? {
        Answer::Fresh { value, .. } => Some(value),
        Answer::Unchanged => None,
    }
}

/// The files of active runs that nobody has read, each with its commit: the newest few.
fn others(repo: Option<&RepoState>, own: (&str, &str)) -> BTreeSet<(String, String)> {
    let Some(repo) = repo else { return BTreeSet::new() };
    let unread = |run: &&Run| {
        let of_own = (run.workflow.as_str(), run.sha.as_str()) == own;
        run.is_active() && !of_own && repo.backing.file_of(run).is_none()
    };
    let mut runs: Vec<&Run> = repo.all_runs().filter(unread).collect();
    runs.sort_unstable_by_key(|run| std::cmp::Reverse(run.id));
    let mut found = BTreeSet::new();
    for run in runs {
        if found.len() < FILES {
            found.insert((run.workflow.clone(), run.sha.clone()));
        }
    }
    found
}
