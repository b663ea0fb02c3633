//! What runs that are looked at stand on: their workflow's file, the checks of their commit, what their branch
//! requires, their artifacts, and why a job did not start. Asked for only while somebody looks, and again
//! only when the run has changed; a file at a commit never changes, so it is asked for once. Where such a file
//! asks for an environment, those of the repository are read too, and rarely again.

use std::collections::{BTreeMap, BTreeSet};

use super::memory::Memory;
use super::round::{Part, Round};
use crate::clients::github::{Answer, GithubClient, List, Read as How};
use crate::model::backing::{Artifact, Check, Checks, Environments, WorkflowFile};
use crate::model::workflow::Workflow;
use crate::model::{Fault, FaultKind, Observation, Run, Status, Time};
use crate::workflow;

/// Runs whose backing is read in one poll at most.
const RUNS: usize = 3;

/// Runs, files and branches remembered at most, each.
const KEPT: usize = 60;

/// Most requests for one run: its file, checks, statuses, two for its branch, artifacts, remarks.
const EACH: usize = 7;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Backing {
    /// By workflow file and commit: whether it asks for an environment.
    files: BTreeMap<(String, String), bool>,
    /// Whether the repository's environments were read.
    has_environments: bool,
    runs: BTreeMap<u64, Read>,
    required: BTreeMap<String, Vec<String>>,
    /// Names that a gate asks for.
    gated: BTreeSet<String>,
}

/// How a run was when its parts were read.
#[derive(Debug, Clone, Default)]
struct Read {
    at: Option<Mark>,
    has_artifacts: bool,
    has_remarks: bool,
}

type Mark = (Status, u64, Option<Time>);

/// What one poll found out.
#[derive(Debug, Default)]
pub(super) struct Looked {
    runs: Vec<Look>,
    environments: Option<Result<Answer<Environments>, Fault>>,
}

/// A look at one run.
#[derive(Debug)]
struct Look {
    run: Run,
    said: Said,
}

/// What was said of one run.
#[derive(Debug, Default)]
struct Said {
    file: Option<Result<WorkflowFile, Fault>>,
    checks: Option<Result<Answer<List<Check>>, Fault>>,
    statuses: Option<Result<List<Check>, Fault>>,
    required: Option<Result<Vec<String>, Fault>>,
    artifacts: Option<Result<Answer<List<Artifact>>, Fault>>,
    remarks: Option<Result<Vec<String>, Fault>>,
}

impl Backing {
    /// Nothing read yet; statuses are looked for where no check is called as one of these.
    pub(super) fn new(gated: BTreeSet<String>) -> Self {
        Self { gated, ..Self::default() }
    }

    /// Reads what is not read yet of wanted runs. Keeps nothing, so a dropped poll loses nothing.
    pub(super) async fn look(
        &self,
        client: &GithubClient,
        repo: &str,
        memory: &Memory,
        rarely: bool,
        wanted: &BTreeSet<u64>,
    ) -> Looked {
        // run ids grow: the newest first
        let shown = || wanted.iter().rev().filter_map(|id| memory.run(*id));
        let runs = shown().filter(|run| self.is_stale(run, memory, rarely)).take(RUNS);
        let mut looked = Looked::default();
        for run in runs {
            if client.grant(repo, EACH).is_err() {
                break;
            }
            let said = self.read(client, repo, run, memory, rarely).await;
            looked.runs.push(Look { run: run.clone(), said });
        }
        let asks = shown().any(|run| self.files.get(&file_at(run)) == Some(&true))
            || looked.runs.iter().any(|look| look.said.asks_for_an_environment());
        let due = (rarely || !self.has_environments) && memory.may_ask(&Part::Environments, rarely);
        if asks && due && client.grant(repo, 1).is_ok() {
            looked.environments = Some(client.environments(repo, How::IfChanged).await);
        }
        looked
    }

    /// Keeps what was read.
    pub(super) fn keep_all(
        &mut self,
        (host, repo): (&str, &str),
        looked: Looked,
        memory: &mut Memory,
        round: &mut Round,
    ) {
        for Look { run, said } in looked.runs {
            self.keep((host, repo), &run, said, memory, round);
        }
        if let Some(answer) = looked.environments {
            self.has_environments |= answer.is_ok();
            if let Some(environments) = round.take(memory, Part::Environments, answer) {
                let (host, repo) = (host.to_owned(), repo.to_owned());
                round.backing.push(Observation::Environments { host, repo, environments });
            }
        }
        self.forget();
    }

    /// Whether something of it is not known as it is now.
    fn is_stale(&self, run: &Run, memory: &Memory, rarely: bool) -> bool {
        let asks_file = !self.has_file(run) && memory.may_ask(&file_of(run), rarely);
        asks_file || self.has_changed(run) || self.asks_remarks(run, memory, rarely).is_some()
    }

    fn has_changed(&self, run: &Run) -> bool {
        self.runs.get(&run.id).is_none_or(|read| read.at != Some(mark(run)))
    }

    fn has_file(&self, run: &Run) -> bool {
        self.files.contains_key(&file_at(run))
    }

    /// The job on which GitHub may have remarked why it did not begin.
    fn asks_remarks(&self, run: &Run, memory: &Memory, rarely: bool) -> Option<u64> {
        let read = self.runs.get(&run.id).is_some_and(|read| read.has_remarks);
        memory.stillborn(run.id).filter(|_| !read && memory.may_ask(&Part::Remarks, rarely))
    }

    async fn read(
        &self,
        client: &GithubClient,
        repo: &str,
        run: &Run,
        memory: &Memory,
        rarely: bool,
    ) -> Said {
        let mut said = Said::default();
        let read = self.runs.get(&run.id);
        let may = |part: &Part| memory.may_ask(part, rarely);
        if !self.has_file(run) && may(&file_of(run)) {
            let text = client.workflow_file(repo, &run.workflow, &run.sha).await;
            said.file = Some(text.map(|text| workflow::file(text.as_deref())));
        }
        if let Some(job) = self.asks_remarks(run, memory, rarely) {
            said.remarks = Some(client.remarks(repo, job).await);
        }
        if !self.has_changed(run) {
            return said;
        }
        let branch = run.branch.as_deref().filter(|_| !is_proposed(run));
        if let Some(branch) = branch.filter(|it| rarely || !self.required.contains_key(*it))
            && may(&Part::Required)
        {
            said.required = Some(client.required_checks(repo, branch).await);
        }
        if may(&Part::Checks) {
            let checks = client.checks(repo, &run.sha, memory.read_of_checks(&run.sha)).await;
            let list = match &checks {
                Ok(Answer::Fresh { value, .. }) => Some(value),
                _ => memory.checks_of(&run.sha),
            };
            let items = list.map_or(&[][..], |list| &list.items);
            let names: Vec<&str> = items.iter().map(|check| check.name.as_str()).collect();
            let required = match &said.required {
                Some(Ok(required)) => Some(required),
                _ => branch.and_then(|branch| self.required.get(branch)),
            };
            // what no check is called like may be a status, the older kind
            let mut needed = required.into_iter().flatten().chain(&self.gated);
            let missing = needed.any(|name| !names.contains(&name.as_str()));
            if missing && may(&Part::Statuses) {
                said.statuses = Some(client.statuses(repo, &run.sha).await);
            }
            said.checks = Some(checks);
        }
        let artifacts = read.is_none_or(|read| !read.has_artifacts) || !run.is_active();
        if artifacts && may(&Part::Artifacts) {
            said.artifacts = Some(client.artifacts(repo, run.id).await);
        }
        said
    }

    fn keep(
        &mut self,
        (host, repo): (&str, &str),
        run: &Run,
        said: Said,
        memory: &mut Memory,
        round: &mut Round,
    ) {
        let (host, repo) = (|| host.to_owned(), || repo.to_owned());
        if let Some(answer) = said.file
            && let Some(file) = round.take(memory, file_of(run), fresh(answer))
        {
            self.files.insert(file_at(run), asks_for_an_environment(&file));
            let (workflow, sha) = file_at(run);
            round.backing.push(Observation::WorkflowFile {
                host: host(),
                repo: repo(),
                workflow,
                sha,
                file,
            });
        }
        let mut unknown = None;
        if let Some(answer) = said.required {
            unknown = answer.as_ref().err().map(|fault| fault.text.clone());
            let branch = run.branch.clone().unwrap_or_default();
            if let Some(required) = round.take(memory, Part::Required, fresh(answer)) {
                self.required.insert(branch, required);
            }
        }
        let read = self.runs.entry(run.id).or_default();
        let mut complete = true;
        if let Some(answer) = said.checks {
            complete &= !is_passing(answer.as_ref().err());
            let mut unread = answer.as_ref().err().map(|fault| fault.text.clone());
            unknown = unknown.or(answer.as_ref().err().map(|fault| fault.text.clone()));
            if let Some(list) = round.take(memory, Part::Checks, answer) {
                memory.keep_checks(&run.sha, list);
            }
            let List { items: mut all, more, skipped } =
                memory.checks_of(&run.sha).cloned().unwrap_or_default();
            let mut cut = more || skipped > 0;
            if let Some(statuses) = said.statuses {
                let why = statuses.as_ref().err().map(|fault| fault.text.clone());
                unread = unread.or(why.clone());
                unknown = unknown.or(why);
                let list = round.take(memory, Part::Statuses, fresh(statuses)).unwrap_or_default();
                cut |= list.more || list.skipped > 0;
                all.extend(list.items);
            }
            let branch = run.branch.as_ref().filter(|_| !is_proposed(run));
            let required = branch.and_then(|branch| self.required.get(branch).cloned());
            if unknown.is_none() && is_proposed(run) {
                unknown =
                    Some("GitHub's list of runs does not say into which branch it would go".into());
            }
            let unread = unread.or_else(|| cut.then(|| "not all of them could be read".to_owned()));
            let checks = Checks { all, required, unknown, unread };
            let sha = run.sha.clone();
            round.backing.push(Observation::Checks { host: host(), repo: repo(), sha, checks });
        }
        if let Some(answer) = said.artifacts {
            complete &= !is_passing(answer.as_ref().err());
            if let Some(list) = round.take(memory, Part::Artifacts, answer) {
                read.has_artifacts = true;
                let (run, artifacts) = (run.id, list.items);
                round.backing.push(Observation::Artifacts {
                    host: host(),
                    repo: repo(),
                    run,
                    artifacts,
                });
            }
        }
        if let Some(answer) = said.remarks {
            complete &= !is_passing(answer.as_ref().err());
            if let Some(remarks) = round.take(memory, Part::Remarks, fresh(answer)) {
                read.has_remarks = true;
                let run = run.id;
                round.backing.push(Observation::Remarks {
                    host: host(),
                    repo: repo(),
                    run,
                    remarks,
                });
            }
        }
        // what failed for a reason that passes is asked for again
        read.at = complete.then(|| mark(run));
    }

    /// Keeps the newest: run ids grow.
    fn forget(&mut self) {
        while self.runs.len() > KEPT {
            self.runs.pop_first();
        }
        while self.files.len() > KEPT {
            self.files.pop_first();
        }
        while self.required.len() > KEPT {
            self.required.pop_first();
        }
    }
}

impl Said {
    fn asks_for_an_environment(&self) -> bool {
        let file = self.file.as_ref().and_then(|file| file.as_ref().ok());
        file.is_some_and(asks_for_an_environment)
    }
}

fn asks_for_an_environment(file: &WorkflowFile) -> bool {
    file.workflow().is_some_and(Workflow::asks_for_an_environment)
}

/// The place of a run's file among those that were read.
fn file_at(run: &Run) -> (String, String) {
    (run.workflow.clone(), run.sha.clone())
}

/// What was read whole.
fn fresh<T>(answer: Result<T, Fault>) -> Result<Answer<T>, Fault> {
    answer.map(|value| Answer::Fresh { value, seen: Vec::new() })
}

fn file_of(run: &Run) -> Part {
    Part::File(run.workflow.clone())
}

fn mark(run: &Run) -> Mark {
    (run.status.clone(), run.attempt, run.updated_at)
}

/// Whether it runs for a pull request: what is required is then the target branch's affair.
fn is_proposed(run: &Run) -> bool {
    matches!(run.event.as_str(), "pull_request" | "pull_request_target")
}

/// Whether asking again soon may help.
fn is_passing(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|fault| !matches!(fault.kind, FaultKind::Forbidden | FaultKind::NotFound))
}
