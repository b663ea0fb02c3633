//! Runs, jobs, deployments and tags by repository.

mod backing;
mod blocking;
mod scans;
mod usual;

use std::collections::{BTreeMap, VecDeque};

use crate::model::between::{Answer, Question};
use crate::model::follow::Origin;
use crate::model::pipeline::is_of_pattern;
use crate::model::{
    Danger, Deployment, Envelope, Job, RefName, Run, Scan, TargetSpec, Time, Waits,
};

use super::caps;
use super::timeline::Line;

pub use backing::Backing;
pub use usual::Usual;

/// What GitHub says of one repository.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RepoState {
    runs: BTreeMap<String, Vec<Run>>,
    jobs: BTreeMap<u64, Vec<Job>>,
    /// Runs that were read by themselves, where that was later than their workflow's list.
    apart: BTreeMap<u64, (Run, Time)>,
    waits: BTreeMap<u64, Waits>,
    /// By branch or tag: what a run begins with that is started there, and when that was asked.
    origins: BTreeMap<String, (Origin, Time)>,
    /// What looked-at runs stand on.
    pub backing: Backing,
    scans: BTreeMap<Danger, (Scan, Time)>,
    /// Newest first.
    pub deployments: Vec<Deployment>,
    /// Newest first.
    pub releases: Vec<RefName>,
    /// Newest first.
    pub tags: Vec<RefName>,
    /// What was asked about revisions, and answered, oldest first.
    answers: VecDeque<(Question, Result<Answer, String>, Time)>,
    /// Of each list, its items that could not be read at all.
    skipped: BTreeMap<String, usize>,
    asked: BTreeMap<String, Time>,
}

/// A target's newest run and its jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its jobs; empty until they were read.
    pub jobs: &'a [Job],
    /// Whether its result must not colour the target.
    pub advisory: bool,
}

impl RepoState {
    /// Runs and deployments of the newest lists that could not be read at all.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped.values().sum()
    }

    /// Whether an answer of this part, asked when `envelope` says, is newer than what is held.
    fn is_newer(&mut self, part: &str, envelope: &Envelope) -> bool {
        if self.asked.get(part).is_some_and(|held| envelope.asked_at < *held) {
            return false;
        }
        self.asked.insert(part.to_owned(), envelope.asked_at);
        true
    }

    pub(super) fn runs(
        &mut self,
        workflow: &str,
        runs: &[Run],
        skipped: usize,
        envelope: &Envelope,
    ) -> Vec<Line> {
        let part = format!("runs {workflow}");
        if !self.is_newer(&part, envelope) {
            return Vec::new();
        }
        self.skipped.insert(part, skipped);
        let mut by_workflow: BTreeMap<String, Vec<Run>> = BTreeMap::new();
        for run in runs {
            // an old list never overtakes a newer look
            let newer = self.apart.get(&run.id).filter(|(_, asked)| *asked > envelope.asked_at);
            let run = newer.map_or(run, |(run, _)| run);
            by_workflow.entry(run.workflow.clone()).or_default().push(run.clone());
        }
        self.apart.retain(|_, (_, asked)| *asked > envelope.asked_at);
        let mut lines = Vec::new();
        for (workflow, mut runs) in by_workflow {
            runs.sort_by_key(|run| std::cmp::Reverse((run.number, run.attempt, run.id)));
            runs.truncate(caps::RUNS);
            let held = self.runs.insert(workflow, runs.clone()).unwrap_or_default();
            for run in runs.iter().filter(|run| !run.is_active()) {
                // a run seen active before and over now is news; one that was over at first sight is not
                if held.iter().any(|old| old.id == run.id && old.is_active()) {
                    let ended = run.conclusion.as_ref().map_or("ended", |ended| ended.word());
                    lines.push(Line::run(run.updated_at.unwrap_or(envelope.at), run, ended));
                }
            }
        }
        while self.runs.len() > caps::WORKFLOWS {
            let newest = |runs: &[Run]| runs.iter().filter_map(|run| run.created_at).max();
            let oldest = self.runs.iter().min_by_key(|(_, runs)| newest(runs));
            let Some(oldest) = oldest.map(|(workflow, _)| workflow.clone()) else { break };
            self.runs.remove(&oldest);
        }
        lines
    }

    /// A run that was read by itself.
    pub(super) fn run_apart(&mut self, run: &Run, envelope: &Envelope) {
        let held = self.apart.get(&run.id);
        if held.is_some_and(|(_, asked)| *asked > envelope.asked_at) {
            return;
        }
        self.apart.insert(run.id, (run.clone(), envelope.asked_at));
        while self.apart.len() > caps::RUNS_APART {
            self.apart.pop_first();
        }
        let listed = self.runs.entry(run.workflow.clone()).or_default();
        match listed.iter_mut().find(|known| known.id == run.id) {
            Some(known) => *known = run.clone(),
            None => listed.push(run.clone()),
        }
        listed.sort_by_key(|run| std::cmp::Reverse((run.number, run.attempt, run.id)));
        listed.truncate(caps::RUNS);
    }

    pub(super) fn waits(&mut self, run: u64, waits: &Waits, envelope: &Envelope) {
        if !self.is_newer(&format!("waits {run}"), envelope) {
            return;
        }
        self.waits.insert(run, waits.clone());
        while self.waits.len() > caps::RUNS_APART {
            if let Some((old, _)) = self.waits.pop_first() {
                self.asked.remove(&format!("waits {old}"));
            }
        }
    }

    pub(super) fn origin(&mut self, git_ref: &str, origin: &Origin, envelope: &Envelope) {
        let asked = envelope.asked_at;
        if self.origins.get(git_ref).is_some_and(|(_, at)| *at > asked) {
            return;
        }
        self.origins.insert(git_ref.to_owned(), (origin.clone(), asked));
        while self.origins.len() > caps::REFS {
            let oldest = self.origins.iter().min_by_key(|(_, (_, at))| *at);
            let Some(oldest) = oldest.map(|(git_ref, _)| git_ref.clone()) else { break };
            self.origins.remove(&oldest);
        }
    }

    /// What a run begins with that is started now on a branch or tag, as far as that was read.
    #[must_use]
    pub fn origin_of(&self, git_ref: &str) -> Origin {
        self.origins.get(git_ref).map(|(origin, _)| origin.clone()).unwrap_or_default()
    }

    pub(super) fn jobs(&mut self, run: u64, jobs: &[Job], envelope: &Envelope) {
        if !self.is_newer(&format!("jobs {run}"), envelope) {
            return;
        }
        self.jobs.insert(run, jobs.iter().take(caps::JOBS).cloned().collect());
        while self.jobs.len() > caps::RUNS_WITH_JOBS {
            // run ids grow: the smallest is the oldest
            if let Some((old, _)) = self.jobs.pop_first() {
                self.asked.remove(&format!("jobs {old}"));
            }
        }
    }

    pub(super) fn deployments(
        &mut self,
        deployments: &[Deployment],
        skipped: usize,
        envelope: &Envelope,
    ) {
        if self.is_newer("deployments", envelope) {
            self.skipped.insert("deployments".to_owned(), skipped);
            self.deployments = deployments.iter().take(caps::REFS).cloned().collect();
        }
    }

    pub(super) fn releases(&mut self, releases: &[RefName], tags: &[RefName], envelope: &Envelope) {
        if self.is_newer("releases", envelope) {
            self.releases = releases.iter().take(caps::REFS).cloned().collect();
            self.tags = tags.iter().take(caps::REFS).cloned().collect();
        }
    }

    pub(super) fn answered(
        &mut self,
        question: &Question,
        answer: &Result<Answer, String>,
        asked: Time,
    ) {
        if self.answered_at(question).is_some_and(|held| held > asked) {
            return;
        }
        self.answers.retain(|(held, ..)| held != question);
        self.answers.push_back((question.clone(), answer.clone(), asked));
        while self.answers.len() > caps::BACKINGS {
            self.answers.pop_front();
        }
    }

    /// What the host answered to a question about revisions; none while it was not.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Option<&Result<Answer, String>> {
        self.answers.iter().find(|(held, ..)| held == question).map(|(_, answer, _)| answer)
    }

    /// When a question that was answered was asked.
    #[must_use]
    pub fn answered_at(&self, question: &Question) -> Option<Time> {
        self.answers.iter().find(|(held, ..)| held == question).map(|(.., asked)| *asked)
    }

    /// All runs kept, by workflow, newest first.
    pub fn workflows(&self) -> impl Iterator<Item = (&str, &[Run])> {
        self.runs.iter().map(|(workflow, runs)| (workflow.as_str(), runs.as_slice()))
    }

    /// A run by its id, of whatever workflow.
    #[must_use]
    pub fn run(&self, id: u64) -> Option<&Run> {
        self.all_runs().find(|run| run.id == id)
    }

    /// All runs kept, in no order.
    pub fn all_runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values().flatten()
    }

    /// The protected deployments of a run, where they were read.
    #[must_use]
    pub fn waits_of(&self, run: u64) -> Option<&Waits> {
        self.waits.get(&run)
    }

    /// Runs with deployments that wait for a person or a timer, newest first.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, &Waits)> {
        let waits = self.waits.iter().rev().map(|(run, waits)| (*run, waits));
        waits.filter(|(_, waits)| !waits.waiting.is_empty())
    }

    /// The jobs of a run; empty until they were read.
    #[must_use]
    pub fn jobs_of(&self, run: u64) -> &[Job] {
        self.jobs.get(&run).map_or(&[], Vec::as_slice)
    }

    pub(super) fn pipeline(&self, spec: &TargetSpec) -> Option<Pipeline<'_>> {
        let wanted = |run: &&Run| is_on_ref(spec, run);
        let run = match &spec.workflow {
            Some(workflow) => self.runs.get(workflow)?.iter().find(wanted)?,
            None => self
                .runs
                .iter()
                .filter(|(workflow, _)| !spec.advisory.contains(workflow))
                .filter_map(|(_, runs)| runs.iter().find(wanted))
                .max_by_key(|run| (run.created_at, run.id))?,
        };
        let advisory = spec.advisory.contains(&run.workflow);
        Some(Pipeline { run, jobs: self.jobs_of(run.id), advisory })
    }

    /// The newest deployment of an environment.
    #[must_use]
    pub fn deployment(&self, environment: &str) -> Option<&Deployment> {
        self.deployments
            .iter()
            .filter(|deployment| deployment.environment == environment)
            .max_by_key(|deployment| (deployment.created_at, deployment.id))
    }
}

/// The run that is a target's pipeline, of runs that were read for it.
#[must_use]
pub fn newest<'a>(spec: &TargetSpec, runs: &'a [Run]) -> Option<&'a Run> {
    let wanted = |run: &&Run| {
        is_on_ref(spec, run)
            && match &spec.workflow {
                Some(workflow) => run.workflow == *workflow,
                None => !spec.advisory.contains(&run.workflow),
            }
    };
    runs.iter().filter(wanted).max_by_key(|run| (run.created_at, run.id))
}

fn is_on_ref(spec: &TargetSpec, run: &Run) -> bool {
    spec.workflow_ref
        .as_deref()
        .is_none_or(|pattern| run.branch.as_deref().is_some_and(|b| is_of_pattern(pattern, b)))
}
