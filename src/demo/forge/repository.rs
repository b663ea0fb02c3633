//! One repository: its runs, and what happens to all of them in one world second.

use std::collections::BTreeMap;

use super::gate::Environment;
use super::place::Deployments;
use super::plan::{Plan, Workflow};
use super::queue::Group;
use super::run::{Around, Hold, Run};

/// Runs that are remembered.
const REMEMBERED: usize = 200;

/// A repository.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Its name: that of its service.
    pub name: &'static str,
    /// Its place among all.
    pub index: u64,
    /// Its workflows.
    pub workflows: Vec<Workflow>,
    /// Its environments.
    pub environments: &'static [Environment],
    /// Its runs, by creation.
    pub runs: Vec<Run>,
    /// Its deployments.
    pub deployments: Deployments,
    /// Its queues by lower-case name.
    pub groups: BTreeMap<String, Group>,
    /// Runs that the story lets begin, by creation.
    pub scheduled: Vec<Run>,
    /// World seconds of a real minute.
    pub minute: i64,
    /// Issues that were opened: the number of the newest.
    pub issues: u64,
    pub(super) next: u64,
    pub(super) counts: BTreeMap<usize, u64>,
}

/// What a new run is made of.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its workflow's file.
    pub file: &'static str,
    /// When it is created, in world seconds.
    pub created: i64,
    /// What starts it.
    pub event: &'static str,
    /// Its title.
    pub title: String,
    /// The branch or tag.
    pub branch: String,
    /// What its deployments name.
    pub release: String,
    /// The commit.
    pub sha: String,
    /// The commit's title.
    pub message: String,
    /// Who starts it.
    pub actor: &'static str,
    /// Who approves at once.
    pub approver: Option<&'static str>,
    /// What its jobs do, where that is not what the workflow says.
    pub plan: Option<Vec<Plan>>,
}

impl Repository {
    /// A repository without runs.
    pub fn new(
        name: &'static str,
        index: u64,
        workflows: Vec<Workflow>,
        environments: &'static [Environment],
        minute: i64,
    ) -> Self {
        Self {
            name,
            index,
            workflows,
            environments,
            runs: Vec::new(),
            deployments: Deployments::new(2_300_000_000 + index * 10_000),
            groups: BTreeMap::new(),
            scheduled: Vec::new(),
            minute,
            issues: 0,
            next: 17_000_000_001 + index * 10_000_000,
            counts: BTreeMap::new(),
        }
    }

    /// The workflow's place, by file name.
    pub fn workflow(&self, file: &str) -> Option<usize> {
        self.workflows.iter().position(|workflow| workflow.file == file)
    }

    /// A run by id.
    pub fn run(&self, id: u64) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// A run by id, to be changed.
    pub fn run_mut(&mut self, id: u64) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.id == id)
    }

    /// The run of a seed; none without its workflow. It is not yet among the others.
    pub fn grow(&mut self, seed: Seed) -> Option<Run> {
        let workflow = self.workflow(seed.file)?;
        let own = self.workflows.get(workflow)?;
        let plan = seed.plan.unwrap_or_else(|| own.jobs.clone());
        let queue = own.queue;
        let number = self.counts.entry(workflow).or_insert(459 + self.index * 61);
        *number += 1;
        self.next += 1;
        Some(Run {
            id: self.next,
            workflow,
            number: *number,
            attempt: 1,
            event: seed.event,
            title: seed.title,
            branch: seed.branch,
            release: seed.release,
            sha: seed.sha,
            message: seed.message,
            actor: seed.actor,
            by: seed.actor,
            created: seed.created,
            began: seed.created,
            updated: seed.created,
            listed: seed.created,
            jobs: Run::fresh(&plan, 1),
            plan,
            past: Vec::new(),
            queue,
            hold: Hold::Free,
            cancel: None,
            ended: None,
            approver: seed.approver,
            approvals: Vec::new(),
        })
    }

    /// Puts a run among the others and into its queue.
    pub fn admit(&mut self, run: Run) -> u64 {
        let (id, now) = (run.id, run.began);
        self.runs.push(run);
        self.enqueue(id, now);
        id
    }

    /// Lets a run of the past happen from its beginning to its end.
    pub fn relive(&mut self, mut run: Run) {
        run.queue = None;
        let mut now = run.created;
        let mut runs = vec![run];
        std::mem::swap(&mut self.runs, &mut runs);
        // nothing takes longer than a day
        while now < self.runs.first().map_or(now, |run| run.created + 86_400) {
            self.advance(now, None);
            if self.runs.iter().all(|run| run.ended.is_some()) {
                break;
            }
            now += 1;
        }
        runs.append(&mut self.runs);
        self.runs = runs;
    }

    /// Lets one world second happen. Returns the weight that a job gave the candidate.
    pub fn step(&mut self, now: i64, ending: Option<(i64, bool)>) -> Option<u32> {
        while self.scheduled.first().is_some_and(|run| run.created <= now) {
            let run = self.scheduled.remove(0);
            self.admit(run);
        }
        let sent = self.advance(now, ending);
        self.release(now);
        if self.runs.len() > REMEMBERED
            && let Some(oldest) = self.runs.iter().position(|run| run.ended.is_some())
        {
            self.runs.remove(oldest);
        }
        sent
    }

    fn advance(&mut self, now: i64, ending: Option<(i64, bool)>) -> Option<u32> {
        let mut around = Around {
            environments: self.environments,
            deployments: &mut self.deployments,
            minute: self.minute,
            ending,
            sent: None,
        };
        for run in self.runs.iter_mut().filter(|run| run.ended.is_none()) {
            run.advance(now, &mut around);
        }
        around.sent
    }
}
