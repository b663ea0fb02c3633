//! A run's jobs in the order they need each other: by the file where it was read, else by their times.
//! Matrices and called workflows are one node each.

mod order;

use chrono::TimeDelta;

use super::gate::gate;
use super::names::named;
use crate::model::workflow::{Workflow, WorkflowJob};
use crate::model::{Conclusion, Job, Status, Time};

/// The jobs of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// Its nodes, by layer, in a layer in the order of the file or of their start.
    pub nodes: Vec<Node>,
    /// Whether the order is from the jobs' times alone.
    pub inferred: bool,
}

/// What a node stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One job.
    Single,
    /// A job multiplied.
    Matrix,
    /// The jobs of a called workflow, and which it is, when the file says.
    Called(Option<String>),
}

/// One job, or several that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The job's id in the file, else what its names have in common.
    pub id: String,
    /// What it is called on the screen, raw.
    pub label: String,
    /// 0 for those that need nothing.
    pub layer: usize,
    /// Ids of the nodes it needs; empty where the order is from times.
    pub needs: Vec<String>,
    /// What it stands for.
    pub kind: Kind,
    /// Its jobs; none when the run has not come to it.
    pub members: Vec<Member>,
    /// Whether it sums up the others.
    pub is_gate: bool,
    /// Whether its failure lets the run pass: it proves nothing.
    pub is_not_blocking: bool,
    /// The environment it deploys to, as written.
    pub environment: Option<String>,
}

/// A job of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its place among the run's jobs.
    pub place: usize,
    /// Its name inside of the node, raw: the values of its matrix, the name in the called workflow.
    pub name: String,
}

/// How the jobs of a node stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub all: usize,
    /// Ended well.
    pub good: usize,
    /// Ended badly.
    pub bad: usize,
    /// Left out, or neutral.
    pub skipped: usize,
    /// Not over.
    pub open: usize,
}

impl Node {
    /// Whether it is shown as one line that can be unfolded.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.members.len() > 1 || matches!(self.kind, Kind::Called(_)) && !self.members.is_empty()
    }

    /// Its jobs.
    pub fn jobs<'a>(&self, jobs: &'a [Job]) -> impl Iterator<Item = &'a Job> {
        self.members.iter().filter_map(|member| jobs.get(member.place))
    }

    /// How its jobs stand.
    #[must_use]
    pub fn tally(&self, jobs: &[Job]) -> Tally {
        let mut tally = Tally::default();
        for job in self.jobs(jobs) {
            tally.all += 1;
            match &job.conclusion {
                _ if job.status != Status::Completed => tally.open += 1,
                Some(Conclusion::Success) => tally.good += 1,
                Some(Conclusion::Skipped | Conclusion::Neutral) | None => tally.skipped += 1,
                Some(_) => tally.bad += 1,
            }
        }
        tally
    }

    /// The job that speaks for it: one that failed, else one that is not over, else the one that ended
    /// last.
    #[must_use]
    pub fn lead<'a>(&self, jobs: &'a [Job]) -> Option<&'a Job> {
        let rank = |job: &&Job| match (&job.status, &job.conclusion) {
            (_, Some(conclusion)) if conclusion.is_bad() => 4,
            (Status::Completed, Some(Conclusion::Success)) => 1,
            (Status::Completed, _) => 0,
            (Status::InProgress, _) => 3,
            _ => 2,
        };
        self.jobs(jobs).max_by_key(|job| (rank(job), job.completed_at))
    }

    /// From the first start to the last end; the end is none while one is not over.
    #[must_use]
    pub fn span(&self, jobs: &[Job]) -> Option<(Time, Option<Time>)> {
        let began = |job: &&Job| job.status != Status::Queued && !is_skipped(job);
        let from = self.jobs(jobs).filter(began).filter_map(|job| job.started_at).min()?;
        let open = self.jobs(jobs).any(|job| job.status != Status::Completed);
        let to = self.jobs(jobs).filter_map(|job| job.completed_at).max().filter(|_| !open);
        Some((from, to))
    }

    /// How long it took, or takes so far.
    #[must_use]
    pub fn took(&self, jobs: &[Job], now: Time) -> Option<TimeDelta> {
        let (from, to) = self.span(jobs)?;
        Some((to.unwrap_or(now) - from).max(TimeDelta::zero()))
    }
}

/// GitHub gives skipped jobs a start as well.
fn is_skipped(job: &Job) -> bool {
    job.conclusion == Some(Conclusion::Skipped)
}

impl Graph {
    /// The graph of a run's jobs; `required` are the checks its branch requires, where they are known.
    #[must_use]
    pub fn new(workflow: Option<&Workflow>, jobs: &[Job], required: &[String]) -> Self {
        let mut nodes: Vec<Node> =
            workflow.into_iter().flat_map(|file| &file.jobs).map(planned).collect();
        let gate = workflow.and_then(|file| gate(file, required));
        for node in &mut nodes {
            node.is_gate = gate.is_some_and(|gate| gate.id == node.id);
        }
        for (place, job) in jobs.iter().enumerate() {
            match workflow.and_then(|file| named(file, &job.name)) {
                Some(found) => {
                    let name = match (found.variant, found.inner) {
                        (Some(variant), Some(inner)) => format!("{variant}: {inner}"),
                        (Some(variant), None) => variant,
                        (None, Some(inner)) => inner.to_owned(),
                        (None, None) => job.name.clone(),
                    };
                    let node = nodes.iter_mut().find(|node| node.id == found.job.id);
                    node.into_iter().for_each(|node| {
                        node.members.push(Member { place, name: name.clone() });
                    });
                }
                None => by_name(&mut nodes, place, &job.name),
            }
        }
        for node in &mut nodes {
            // a job of its own is called as the run calls it
            if let ([member], Kind::Single) = (node.members.as_slice(), &node.kind) {
                node.label.clone_from(&jobs[member.place].name);
            }
        }
        let inferred = workflow.is_none();
        if inferred {
            order::by_times(&mut nodes, jobs);
        } else {
            order::by_needs(&mut nodes);
        }
        nodes.sort_by_key(|node| node.layer);
        Self { nodes, inferred }
    }
}

/// A node of the file, before the run's jobs are put into it.
fn planned(job: &WorkflowJob) -> Node {
    let kind = match (&job.uses, &job.matrix) {
        (Some(uses), _) => Kind::Called(Some(uses.clone())),
        (None, Some(_)) => Kind::Matrix,
        (None, None) => Kind::Single,
    };
    // values of a matrix differ from member to member; the node is called by its id then
    let label = if job.label().contains("${{") { &job.id } else { job.label() };
    Node {
        id: job.id.clone(),
        label: label.to_owned(),
        layer: 0,
        needs: job.needs.clone(),
        kind,
        members: Vec::new(),
        is_gate: false,
        is_not_blocking: job.is_not_blocking(),
        // by custom a called workflow is told by this name
        environment: job.environment.as_ref().or(job.with.get("environment")).cloned(),
    }
}

/// Puts a job that no file tells of where its name belongs.
fn by_name(nodes: &mut Vec<Node>, place: usize, name: &str) {
    let called = name.split_once(" / ");
    let varied = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let (id, own, kind) = match (called, varied) {
        (Some((caller, inner)), _) => (caller, inner, Kind::Called(None)),
        (None, Some((base, values))) => (base, values, Kind::Matrix),
        (None, None) => (name, name, Kind::Single),
    };
    let member = Member { place, name: own.to_owned() };
    match nodes.iter_mut().find(|node| node.id == id && node.kind == kind) {
        Some(node) => node.members.push(member),
        None => nodes.push(Node {
            id: id.to_owned(),
            label: id.to_owned(),
            layer: 0,
            needs: Vec::new(),
            kind,
            members: vec![member],
            is_gate: false,
            is_not_blocking: false,
            environment: None,
        }),
    }
}

#[cfg(test)]
mod tests;
