//! What earlier polls said, as far as later ones need it: an unchanged answer is not sent again, and a
//! deployment's state comes from another answer than the deployment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Look;
use super::round::{Part, Round, is_denied};
use crate::clients::github::{Answer, DeploymentStatus, List, Read};
use crate::model::backing::Check;
use crate::model::{
    Conclusion, Deployment, Fault, FaultKind, Job, Observation, RefName, Run, Status, Time,
};

/// Runs whose jobs are read in one poll at most.
const LOOKS: usize = 12;

/// Good runs of whose jobs it is told how long they usually take, and of those how many are read in a poll.
const USUAL: usize = 20;
const AT_ONCE: usize = 4;

/// Environments whose newest deployment's status is read in one poll at most.
const ENVIRONMENTS: usize = 12;

/// Commits whose checks are remembered at most.
const COMMITS: usize = 60;

/// Warnings shown at most.
const WARNINGS: usize = 8;

/// The newest answers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What did not answer last time it was asked.
    pub(super) trouble: BTreeMap<Part, Fault>,
    runs: BTreeMap<String, List<Run>>,
    jobs: HashMap<u64, Looked>,
    /// Wanted runs whose jobs have been read since they are wanted.
    shown: BTreeSet<u64>,
    deployments: List<Deployment>,
    statuses: HashMap<u64, Option<DeploymentStatus>>,
    releases: List<RefName>,
    tags: List<RefName>,
    /// By commit. Whoever asks for them again is told only that they are as they were.
    checks: HashMap<String, List<Check>>,
}

/// The last look at a run's jobs.
#[derive(Debug, Default)]
struct Looked {
    /// The run then; none when it is in no list.
    run: Option<Mark>,
    /// Whether every job was over.
    complete: bool,
    /// A job that ended before its first step.
    stillborn: Option<u64>,
    /// Whether there were more than are read, or some that could not be.
    partial: bool,
    /// Whether a job waited at an environment.
    waits: bool,
}

/// What changes when a run does.
type Mark = (Status, u64, Option<Time>);

impl Memory {
    /// Whether a part is worth asking for: what was denied is asked for rarely.
    pub(super) fn may_ask(&self, part: &Part, rarely: bool) -> bool {
        rarely || !self.trouble.get(part).is_some_and(is_denied)
    }

    /// Whether a part that is asked for rarely failed last time, for a reason that passes.
    pub(super) fn has_stumbled(&self, part: &Part) -> bool {
        self.trouble.get(part).is_some_and(|fault| !is_denied(fault))
    }

    /// Keeps the runs of a workflow, or sorts those of all into theirs.
    pub(super) fn keep_runs(&mut self, round: &mut Round, file: Option<&str>, list: List<Run>) {
        round.has_turned |= list.items.iter().any(|run| self.has_turned(run));
        if let Some(file) = file {
            round.workflows.insert(file.to_owned());
            self.runs.insert(file.to_owned(), list);
            return;
        }
        self.runs.clear();
        let mut skipped = list.skipped;
        for run in list.items {
            let workflow = run.workflow.clone();
            round.workflows.insert(workflow.clone());
            let runs = self.runs.entry(workflow).or_default();
            // Whose they were cannot be told; they are counted once.
            runs.skipped += std::mem::take(&mut skipped);
            runs.items.push(run);
        }
        if skipped > 0 {
            round.workflows.insert(String::new());
            self.runs.entry(String::new()).or_default().skipped = skipped;
        }
    }

    /// Keeps the newest deployments.
    pub(super) fn keep_deployments(&mut self, round: &mut Round, list: List<Deployment>) {
        round.deployments = true;
        self.deployments = list;
        let known: BTreeSet<u64> = self.deployments.items.iter().map(|d| d.id).collect();
        self.statuses.retain(|id, _| known.contains(id));
        self.trouble.retain(|part, _| !matches!(part, Part::Status(id) if !known.contains(id)));
    }

    /// Keeps a deployment's newest status.
    pub(super) fn keep_status(
        &mut self,
        round: &mut Round,
        deployment: u64,
        status: Option<DeploymentStatus>,
    ) {
        round.deployments = true;
        self.statuses.insert(deployment, status);
    }

    /// Keeps the newest releases.
    pub(super) fn keep_releases(&mut self, round: &mut Round, list: List<RefName>) {
        round.releases = true;
        self.releases = list;
    }

    /// Keeps the newest tags.
    pub(super) fn keep_tags(&mut self, round: &mut Round, list: List<RefName>) {
        round.releases = true;
        self.tags = list;
    }

    /// How the checks of a commit are to be read.
    pub(super) fn read_of_checks(&self, sha: &str) -> Read {
        if self.checks.contains_key(sha) { Read::IfChanged } else { Read::Whole }
    }

    /// The checks of a commit; none until they were read.
    pub(super) fn checks_of(&self, sha: &str) -> Option<&List<Check>> {
        self.checks.get(sha)
    }

    /// Keeps the checks of a commit.
    pub(super) fn keep_checks(&mut self, sha: &str, list: List<Check>) {
        if self.checks.len() >= COMMITS && !self.checks.contains_key(sha) {
            self.checks.clear();
        }
        self.checks.insert(sha.to_owned(), list);
    }

    /// Keeps the jobs of a run.
    pub(super) fn keep_jobs(
        &mut self,
        round: &mut Round,
        look: &Look,
        answer: Result<Answer<List<Job>>, Fault>,
    ) {
        let run = self.run(look.run).map(mark);
        if let Err(fault) = &answer
            && run.is_none()
            && fault.kind == FaultKind::NotFound
        {
            // Wanted, and gone, or of another host's repository with the same name.
            self.shown.insert(look.run);
            self.jobs.insert(look.run, Looked { complete: true, ..Looked::default() });
            return;
        }
        let answered = answer.is_ok();
        let fresh = round.take(self, Part::Jobs(look.run), answer);
        if !answered {
            return;
        }
        self.shown.insert(look.run);
        let looked = self.jobs.entry(look.run).or_default();
        looked.run = run;
        if let Some(list) = fresh {
            looked.complete = list.items.iter().all(|job| job.status == Status::Completed);
            looked.waits = list.items.iter().any(|job| job.status == Status::Waiting);
            looked.stillborn = list.items.iter().find(|job| never_began(job)).map(|job| job.id);
            looked.partial = list.more || list.skipped > 0;
            round.jobs.push((look.run, list.items));
        }
    }

    /// Books which runs are wanted now.
    pub(super) fn want(&mut self, wanted: &BTreeSet<u64>) {
        self.shown.retain(|run| wanted.contains(run));
        let known: BTreeSet<u64> = self.all_runs().map(|run| run.id).collect();
        let matters = |id: &u64| known.contains(id) || wanted.contains(id);
        self.jobs.retain(|id, _| matters(id));
        let gone = |part: &Part| matches!(part, Part::Jobs(id) | Part::Waits(id) if !matters(id));
        self.trouble.retain(|part, _| !gone(part));
    }

    /// Which runs' jobs to read: what is wanted, the newest of each workflow, what is active; each until it
    /// is over and was read so. What is newly wanted is read in any case, and what nobody looks at when it
    /// has turned, or when that is `due`.
    pub(super) fn looks(&self, wanted: &BTreeSet<u64>, due: bool, rarely: bool) -> Vec<Look> {
        let newest = self.runs.values().filter_map(|runs| runs.items.first());
        let active = self.all_runs().filter(|run| run.is_active());
        let ids = wanted.iter().copied();
        let ids = ids.chain(newest.chain(active).map(|run| run.id));
        let mut met = BTreeSet::new();
        ids.filter(|id| met.insert(*id))
            .filter_map(|run| {
                let is_wanted = wanted.contains(&run);
                if is_wanted && !self.shown.contains(&run) {
                    return Some(Look { run, read: Read::Whole });
                }
                let is_open = !self.is_settled(run) && self.may_ask(&Part::Jobs(run), rarely);
                let is_news = due || is_wanted || self.may_have_turned(run);
                (is_open && is_news).then_some(Look { run, read: Read::IfChanged })
            })
            .take(LOOKS)
            .chain(self.earlier(wanted).map(|run| Look { run, read: Read::Whole }))
            .collect()
    }

    /// Good runs before those that are wanted whose jobs were never read: they tell how long each job usually
    /// takes. Each is read once, a few in a poll.
    fn earlier(&self, wanted: &BTreeSet<u64>) -> impl Iterator<Item = u64> {
        let earlier = wanted.iter().filter_map(|id| self.run(*id)).flat_map(|run| {
            let listed = self.runs.get(&run.workflow).into_iter().flat_map(|runs| &runs.items);
            let good = |earlier: &&Run| {
                earlier.number < run.number && earlier.conclusion == Some(Conclusion::Success)
            };
            listed.filter(good).take(USUAL)
        });
        let unread =
            |id: &u64| !self.jobs.contains_key(id) && self.may_ask(&Part::Jobs(*id), false);
        let ids: BTreeSet<u64> = earlier.map(|run| run.id).filter(unread).collect();
        ids.into_iter().rev().take(AT_ONCE)
    }

    /// The newest deployment of each environment whose status may still change. One that is over is looked
    /// at rarely: it can still become inactive.
    pub(super) fn unsettled_deployments(&self, rarely: bool) -> Vec<u64> {
        self.newest_deployments()
            .take(ENVIRONMENTS)
            .filter(|id| {
                let status = self.statuses.get(id).and_then(Option::as_ref);
                rarely || !status.is_some_and(|status| is_final(&status.state))
            })
            .filter(|id| self.may_ask(&Part::Status(*id), rarely))
            .collect()
    }

    /// Whether a wanted run's jobs were read since it is wanted.
    pub(super) fn is_shown(&self, run: u64) -> bool {
        self.shown.contains(&run)
    }

    /// Whether something moves.
    pub(super) fn is_active(&self) -> bool {
        self.all_runs().any(Run::is_active)
    }

    /// Runs that wait at an environment, or have a job that does.
    pub(super) fn waiting(&self) -> impl Iterator<Item = u64> {
        let waits = |run: &&Run| {
            let job = self.jobs.get(&run.id).is_some_and(|looked| looked.waits);
            run.status == Status::Waiting || (job && run.is_active())
        };
        self.all_runs().filter(waits).map(|run| run.id)
    }

    /// A job of a run that ended before its first step.
    pub(super) fn stillborn(&self, run: u64) -> Option<u64> {
        self.jobs.get(&run)?.stillborn
    }

    /// What is new, for the store.
    pub(super) fn observations(&self, round: &Round, host: &str, repo: &str) -> Vec<Observation> {
        let (host, repo) = (|| host.to_owned(), || repo.to_owned());
        let runs = round.workflows.iter().filter_map(|workflow| {
            let list = self.runs.get(workflow)?;
            Some(Observation::Runs {
                host: host(),
                repo: repo(),
                workflow: workflow.clone(),
                runs: list.items.clone(),
                skipped: list.skipped,
            })
        });
        let jobs = round.jobs.iter().map(|(run, jobs)| Observation::Jobs {
            host: host(),
            repo: repo(),
            run: *run,
            jobs: jobs.clone(),
        });
        let deployments = round.deployments.then(|| Observation::Deployments {
            host: host(),
            repo: repo(),
            deployments: self.deployments_with_state(),
            skipped: self.deployments.skipped,
        });
        let releases = round.releases.then(|| Observation::Releases {
            host: host(),
            repo: repo(),
            releases: self.releases.items.clone(),
            tags: self.tags.items.clone(),
        });
        let waits = round.waits.iter().cloned();
        runs.chain(jobs).chain(waits).chain(deployments).chain(releases).collect()
    }

    /// What does not work, and what is not shown whole.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = Vec::new();
        for (part, fault) in &self.trouble {
            if !part.is_backing() && !warnings.contains(&fault.text) {
                warnings.push(fault.text.clone());
            }
        }
        let skipped = self.runs.values().map(|list| list.skipped).sum::<usize>()
            + self.deployments.skipped
            + self.releases.skipped
            + self.tags.skipped;
        if skipped > 0 {
            warnings.push(format!("{skipped} items of GitHub's answers could not be read"));
        }
        if let Some((run, _)) = self.jobs.iter().find(|(_, looked)| looked.partial) {
            warnings.push(format!("not all jobs of run {run} could be read"));
        }
        warnings.truncate(WARNINGS);
        warnings
    }

    fn all_runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values().flat_map(|runs| &runs.items)
    }

    /// A run by its id.
    pub(super) fn run(&self, id: u64) -> Option<&Run> {
        self.all_runs().find(|run| run.id == id)
    }

    /// Whether a run differs from what is known of it by more than its time.
    fn has_turned(&self, run: &Run) -> bool {
        self.run(run.id).is_none_or(|known| !is_same(&mark(known), &mark(run)))
    }

    /// Whether a run's jobs were not read since it came, began or ended.
    fn may_have_turned(&self, id: u64) -> bool {
        let looked = self.jobs.get(&id).and_then(|looked| looked.run.as_ref());
        let now = self.run(id).map(mark);
        !now.zip(looked).is_some_and(|(now, looked)| is_same(&now, looked))
    }

    /// Whether a run is over, and its jobs were read so.
    fn is_settled(&self, id: u64) -> bool {
        let now = self.run(id);
        now.is_none_or(|run| !run.is_active())
            && self
                .jobs
                .get(&id)
                .is_some_and(|looked| looked.complete && looked.run == now.map(mark))
    }

    /// Ids of the newest deployment of each environment, as GitHub orders them: newest first.
    fn newest_deployments(&self) -> impl Iterator<Item = u64> {
        let mut met = BTreeSet::new();
        self.deployments
            .items
            .iter()
            .filter(move |deployment| met.insert(&deployment.environment))
            .map(|deployment| deployment.id)
    }

    fn deployments_with_state(&self) -> Vec<Deployment> {
        let with_state = |deployment: &Deployment| {
            let status = self.statuses.get(&deployment.id).and_then(Option::as_ref);
            Deployment {
                state: status.map(|status| status.state.clone()),
                environment_url: status.and_then(|status| status.environment_url.clone()),
                ..deployment.clone()
            }
        };
        self.deployments.items.iter().map(with_state).collect()
    }
}

fn mark(run: &Run) -> Mark {
    (run.status.clone(), run.attempt, run.updated_at)
}

/// Whether two looks at a run saw it in the same status of the same attempt.
fn is_same(one: &Mark, other: &Mark) -> bool {
    (&one.0, one.1) == (&other.0, other.1)
}

fn is_final(state: &str) -> bool {
    matches!(state, "success" | "failure" | "error" | "inactive")
}

/// Whether a job ended badly before its first step: GitHub remarks on it why.
fn never_began(job: &Job) -> bool {
    job.steps.is_empty() && job.conclusion.as_ref().is_some_and(Conclusion::is_bad)
}
