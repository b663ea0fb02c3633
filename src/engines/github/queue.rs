//! What stands in the way of a run of ours: the members of the concurrency groups that it would enter, as
//! GitHub tells them, else as workflow files and active runs let it be inferred.

use crate::clients::github::{GithubClient, Member};
use crate::config::{GithubEngineConfig, StartConfig};
use crate::model::rollout::Ahead;
use crate::model::workflow::Workflow;
use crate::model::{Run, Status, Time};
use crate::workflow::{Context, Lock, Ref, locks, locks_of_dispatch, same_group};

use super::facts::Facts;

/// The workflow files that matter, where they could be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub(super) release: Option<Workflow>,
    /// Why the release's own could not be read.
    pub(super) unread: Option<Unread>,
    pub(super) back: Option<Workflow>,
}

/// Why a file could not be read, each time it was tried.
#[derive(Debug, Clone)]
pub(super) struct Unread {
    pub(super) why: String,
    pub(super) since: Time,
    /// How often it was tried.
    pub(super) tries: u32,
}

/// What a run started by hand would lock.
pub(super) fn locks_of_start(file: &Workflow, repo: &str, start: &StartConfig) -> Vec<Lock> {
    let git_ref = Ref::Branch(&start.git_ref);
    locks_of_dispatch(file, &start.workflow, repo, git_ref, &start.inputs)
}

/// What the job that deploys to an environment locks by itself: its run holds the rest already.
pub(super) fn locks_of_stage(file: &Workflow, repo: &str, run: &Run, stage: &str) -> Vec<Lock> {
    let context = Context::of_run(file, repo, run);
    let jobs = file.jobs.iter().filter(|job| job.environment.as_deref() == Some(stage));
    locks(jobs.filter_map(|job| job.concurrency.as_ref()), &context)
}

/// Why it cannot be told which queues the job enters that deploys to an environment.
pub(super) fn untold(files: &Files, name: &str, stage: &str, locks: usize) -> Option<String> {
    let Some(file) = &files.release else {
        let why = files.unread.as_ref().map_or(String::new(), |unread| {
            let since = unread.since.format("%H:%M:%S UTC");
            format!(", tried again since {since}: {}", unread.why)
        });
        return Some(format!(
            "whether it waits cannot be told: {name} could not be read at its commit{why}"
        ));
    };
    let jobs = file.jobs.iter().filter(|job| job.environment.as_deref() == Some(stage));
    let written = jobs.filter(|job| job.concurrency.is_some()).count();
    (locks < written)
        .then(|| format!("which queue the job to {stage} enters is told only when it runs"))
}

/// What stands in the way of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Met {
    pub(super) ahead: Vec<Ahead>,
    /// Why that may not be all.
    pub(super) unread: Option<String>,
}

/// What stands in the way of a run that takes these locks; `own`: the run itself, where it exists.
pub(super) async fn ahead(
    client: &GithubClient,
    config: &GithubEngineConfig,
    (locks, own): (Vec<Lock>, Option<u64>),
    (files, facts): (&Files, &Facts),
) -> Met {
    let mut met = Met::default();
    for lock in locks {
        let (members, told) = match client.group(&config.repo, &lock.group).await {
            Ok(Some(members)) => (members, true),
            Ok(None) => (inferred(&lock, config, files, facts), false),
            Err(fault) => {
                met.unread = Some(format!("the queue {}: {fault}", lock.group));
                continue;
            }
        };
        let others = members.into_iter().filter(|member| own != Some(member.run));
        met.ahead.extend(others.map(|member| Ahead {
            fate: lock.fate(&Status::from(member.status.clone())),
            run: member.run,
            name: name(&member, facts),
            status: member.status,
            group: lock.group.clone(),
            told,
        }));
    }
    met
}

/// The active runs that are known to take the same lock.
fn inferred(lock: &Lock, config: &GithubEngineConfig, files: &Files, facts: &Facts) -> Vec<Member> {
    let takes = |file: &Option<Workflow>, run: &Run| {
        let Some(file) = file else { return false };
        let context = Context::of_run(file, &config.repo, run);
        let taken = locks(file.concurrency.iter(), &context);
        taken.iter().any(|theirs| same_group(&theirs.group, &lock.group))
    };
    let releases = facts.runs.iter().filter(|run| run.is_active() && takes(&files.release, run));
    let backs = facts.backs.iter().filter(|run| run.is_active() && takes(&files.back, run));
    let member = |run: &Run| Member {
        run: run.id,
        name: String::new(),
        status: match run.status {
            Status::Pending => "pending",
            _ => "in_progress",
        }
        .to_owned(),
    };
    releases.chain(backs).map(member).collect()
}

/// What a member is: workflow and title, where its run is known.
fn name(member: &Member, facts: &Facts) -> String {
    let known = facts.runs.iter().chain(&facts.backs).find(|run| run.id == member.run);
    match known {
        Some(run) => format!("{}: {}", run.name, run.title),
        None => member.name.clone(),
    }
}
