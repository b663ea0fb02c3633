//! What of a target's workflows the flags name: looked up in what was read, and read where it is not
//! there. Must not decide whether anything may be done with it.

mod file;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::cli::args::{DecideArgs, RerunArgs, RunArgs};
use crate::clients::github::{Answer, GithubClient, Read};
use crate::control::{Request, unheard};
use crate::model::{
    Event, Fault, FaultKind, FeedId, Job, Observation, Refusal, Run, Status, Subject, TargetSpec,
    Verb, Waits,
};
use crate::runtime::{Ended, Runtime, run};
use crate::store::RepoState;

use super::super::quiet::Quiet;
use super::super::reading::Hosts;
use super::start;

/// The longest that reading one run may take.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Runs that are looked into at most where none is named.
const UNREAD: usize = 5;

/// What of its workflows a command line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing, or nothing that has to be looked up.
    Plain,
    /// Deployments that wait.
    Waiting { run: Option<u64>, environments: Vec<String> },
    /// A run.
    Run(Option<u64>),
    /// What failed of a run.
    Failed(Option<u64>),
    /// A job of a run, by its number or name.
    Job(Option<u64>, String),
}

impl Wanted {
    pub(super) fn decision(args: &DecideArgs) -> Self {
        let run = args.run.as_ref().map(|run| run.id);
        if run.is_none() && args.environment.is_empty() {
            return Self::Plain;
        }
        Self::Waiting { run, environments: args.environment.clone() }
    }

    pub(super) fn run(args: &RunArgs) -> Self {
        Self::Run(args.run.as_ref().map(|run| run.id))
    }

    pub(super) fn rerun(args: &RerunArgs) -> Self {
        let run = args.of.run.as_ref().map(|run| run.id);
        match &args.job {
            Some(job) => Self::Job(run, job.clone()),
            None if args.failed => Self::Failed(run),
            None => Self::Run(run),
        }
    }

    fn named(&self) -> Option<u64> {
        match self {
            Self::Plain => None,
            Self::Waiting { run, .. } | Self::Run(run) | Self::Failed(run) | Self::Job(run, _) => {
                *run
            }
        }
    }
}

/// Why what was named cannot be had.
pub(super) enum Missed {
    /// There is no such thing.
    No(Refusal),
    /// GitHub could not be asked.
    Fault(String),
    /// The operator left.
    Interrupted,
}

impl From<Fault> for Missed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.text)
    }
}

pub(super) fn no(gate: &str, reason: impl Into<String>) -> Missed {
    Missed::No(Refusal::new(gate, reason))
}

/// Gives a request the subject that its flags name. Without a repository, or with nothing named, it stays
/// as it is: what it then means, the guard knows.
pub(super) async fn find(
    runtime: &mut Runtime,
    hosts: &Hosts,
    spec: &TargetSpec,
    request: &mut Request,
    wanted: &Wanted,
) -> Result<(), Missed> {
    let Some((host, repo)) = spec.host.as_deref().zip(spec.repo.as_deref()) else { return Ok(()) };
    let Some(client) = hosts.get(host) else { return Ok(()) };
    if let Some(id) = wanted.named() {
        let waits = matches!(wanted, Wanted::Waiting { .. });
        learn(runtime, client, (host, repo), spec, (id, waits)).await?;
    }
    if let Some(subject) = &request.subject {
        return start::startable(runtime, client, (host, repo), spec, subject).await;
    }
    if matches!(request.verb, Verb::Approve | Verb::Reject) && wanted.named().is_none() {
        for id in unread(runtime, spec) {
            learn(runtime, client, (host, repo), spec, (id, true)).await?;
        }
    }
    let pipeline = runtime.store().pipeline(spec).map(|pipeline| pipeline.run.id);
    let run = wanted.named().or(pipeline);
    let silent = unheard(runtime.store(), spec);
    let some_run = || match (run, silent.clone()) {
        (Some(run), _) => Ok(run),
        (None, Some(why)) => Err(Missed::Fault(why)),
        (None, None) => Err(no("run", format!("no run of {} is known", spec.target))),
    };
    if let Some(id) = run.filter(|_| request.verb == Verb::Rerun) {
        file::read(runtime, client, (host, repo), spec, id).await;
    }
    request.subject = match wanted {
        Wanted::Plain => return Ok(()),
        Wanted::Waiting { run, environments } => {
            Some(waiting(runtime.store().repo_of(spec), spec, *run, environments)?)
        }
        Wanted::Run(None) => None,
        Wanted::Run(Some(run)) => Some(Subject::Run { run: *run }),
        Wanted::Failed(_) => Some(Subject::FailedJobs { run: some_run()? }),
        Wanted::Job(_, name) => {
            let run = some_run()?;
            let job = job(&jobs(client, repo, run).await?, run, name)?;
            Some(Subject::Job { run, job })
        }
    };
    Ok(())
}

/// Reads a run that is not among those that were read, and what waits in it where that is `wanted`.
async fn learn(
    runtime: &mut Runtime,
    client: &GithubClient,
    (host, repo): (&str, &str),
    spec: &TargetSpec,
    (id, wanted): (u64, bool),
) -> Result<(), Missed> {
    let known = |runtime: &Runtime| {
        let repo = runtime.store().repo_of(spec);
        repo.is_some_and(|repo| repo.run(id).is_some() && (!wanted || repo.waits_of(id).is_some()))
    };
    if known(runtime) {
        return Ok(());
    }
    let bus = runtime.bus();
    let asked_at = bus.now();
    let waits = async { if wanted { client.waits(repo, id).await } else { Ok(None) } };
    let both = async { futures::join!(client.run(repo, id), waits) };
    let (found, waits) =
        tokio::time::timeout(LIMIT, both).await.map_err(|_| Missed::from(late(id)))?;
    let Some(found) = found? else {
        return Err(no("run", format!("{repo} has no run {id} that this token can read")));
    };
    let waits = match waits? {
        Some(waits) => Some(client.explained(repo, Some(&found), waits).await),
        // a run of which nothing can be read waits for nothing that we know
        None => wanted.then(Waits::default),
    };
    bus.told(asked_at, told(host, repo, found, waits)).await;
    let heard = |runtime: &mut Runtime| known(runtime).then_some(());
    match run(runtime, &mut Quiet, heard).await {
        Ok(Ended::Answered(())) => Ok(()),
        _ => Err(Missed::Interrupted),
    }
}

/// Runs that wait, and nobody read for what: the newest few.
fn unread(runtime: &Runtime, spec: &TargetSpec) -> Vec<u64> {
    let Some(repo) = runtime.store().repo_of(spec) else { return Vec::new() };
    let waits = |run: &&Run| run.status == Status::Waiting && repo.waits_of(run.id).is_none();
    let mut found: Vec<u64> = repo.all_runs().filter(waits).map(|run| run.id).collect();
    found.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    found.truncate(UNREAD);
    found
}

fn late(run: u64) -> Fault {
    let limit = LIMIT.as_secs();
    Fault::new(FaultKind::Timeout, format!("run {run} could not be read within {limit} s"))
}

/// A run, and what waits in it, as an event of its repository's own feed.
pub(super) fn told(host: &str, repo: &str, run: Run, waits: Option<Waits>) -> Event {
    let (host, repo, id) = (host.to_owned(), repo.to_owned(), run.id);
    let feed = FeedId::part(&host, &repo);
    let waits = waits.map(|waits| {
        let (host, repo) = (host.clone(), repo.clone());
        Observation::Waits { host, repo, run: id, waits }
    });
    let run = Observation::Run { host, repo, run: Box::new(run) };
    observed(feed, std::iter::once(run).chain(waits).collect())
}

/// What was read for a command line, as an event of its feed.
pub(super) fn observed(feed: FeedId, items: Vec<Observation>) -> Event {
    let next_s = LIMIT.as_secs_f64();
    Event::Observed { feed, items, budget: None, warnings: Vec::new(), next_s }
}

async fn jobs(client: &GithubClient, repo: &str, run: u64) -> Result<Vec<Job>, Missed> {
    let read = tokio::time::timeout(LIMIT, client.jobs(repo, run, Read::Whole)).await;
    match read.unwrap_or_else(|_| Err(late(run)))? {
        Answer::Fresh { value, .. } => Ok(value.items),
        Answer::Unchanged => Ok(Vec::new()),
    }
}

/// The job of a run that a number or a name means.
fn job(jobs: &[Job], run: u64, name: &str) -> Result<u64, Missed> {
    if let Some(job) = jobs.iter().find(|job| name.parse() == Ok(job.id)) {
        return Ok(job.id);
    }
    let named: Vec<u64> = jobs.iter().filter(|job| job.name == name).map(|job| job.id).collect();
    match named.as_slice() {
        [one] => Ok(*one),
        [] => {
            let known: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Err(no("run", format!("run {run} has no job `{name}`; there are: {known}")))
        }
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            let ids = ids.join(", ");
            Err(no("run", format!("run {run} has several jobs `{name}`; name one of {ids}")))
        }
    }
}

/// The deployments that a run, environments or both mean.
fn waiting(
    repo: Option<&RepoState>,
    spec: &TargetSpec,
    run: Option<u64>,
    environments: &[String],
) -> Result<Subject, Missed> {
    let waits = || repo.into_iter().flat_map(RepoState::waiting);
    let found = waits().find_map(|(id, waits)| {
        if run.is_some_and(|run| run != id) {
            return None;
        }
        let names = || waits.waiting.iter().map(|waiting| &waiting.environment);
        let wanted: Vec<String> = if environments.is_empty() {
            let here: Vec<&String> =
                names().filter(|name| spec.environments.contains(name)).collect();
            let here = if here.is_empty() { names().collect() } else { here };
            here.into_iter().cloned().collect()
        } else if environments.iter().all(|wanted| names().any(|name| name == wanted)) {
            environments.to_vec()
        } else {
            return None;
        };
        Some(Subject::Waiting { run: id, environments: wanted })
    });
    found.ok_or_else(|| {
        let place = run.map_or(spec.target.to_string(), |run| format!("run {run}"));
        let here = waits().filter(|(id, _)| run.is_none_or(|run| run == *id));
        let here = here.flat_map(|(_, waits)| &waits.waiting);
        let waiting: BTreeSet<&String> = here.map(|waiting| &waiting.environment).collect();
        no("approval", not_waiting(&place, &spec.environments, &waiting, environments))
    })
}

/// That environments do not wait, and which do; of one that nobody knows, which there are.
fn not_waiting(
    place: &str,
    own: &[String],
    waiting: &BTreeSet<&String>,
    wanted: &[String],
) -> String {
    let listed = |names: Vec<&str>| names.join(", ");
    let missing: Vec<&String> = wanted.iter().filter(|name| !waiting.contains(name)).collect();
    let stranger = missing.iter().find(|name| !own.contains(name));
    let waiting = listed(waiting.iter().map(|name| name.as_str()).collect());
    let told = if waiting.is_empty() {
        format!("nothing of {place} waits")
    } else {
        format!("of {place} waits: {waiting}")
    };
    match (stranger, missing.as_slice()) {
        (Some(name), _) if waiting.is_empty() && !own.is_empty() => {
            let own = listed(own.iter().map(String::as_str).collect());
            format!("no environment `{name}` waits; {told}; there are: {own}")
        }
        (Some(name), _) => format!("no environment `{name}` waits; {told}"),
        (None, []) if wanted.len() > 1 => {
            format!("{} do not wait in one run; name it with --run", wanted.join(", "))
        }
        (None, []) => told,
        (None, [one]) => format!("{one} does not wait; {told}"),
        (None, several) => {
            let names = listed(several.iter().map(|name| name.as_str()).collect());
            format!("{names} do not wait; {told}")
        }
    }
}

#[cfg(test)]
mod tests;
