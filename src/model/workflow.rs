//! A workflow file as a value: what starts it, what it asks for, what it locks, which jobs it has. Owns
//! the nouns alone; reading a file into them is `crate::workflow`'s. Expressions are kept raw, as written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A workflow file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// Its `name`; GitHub shows the file's path when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How its runs are called, an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_name: Option<String>,
    /// What starts it.
    pub on: Triggers,
    /// What its runs lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// Its jobs, in the order of the file.
    pub jobs: Vec<WorkflowJob>,
}

impl Workflow {
    /// A job by its id.
    #[must_use]
    pub fn job(&self, id: &str) -> Option<&WorkflowJob> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// Whether whoever starts it by hand names an environment of the repository.
    #[must_use]
    pub fn asks_for_an_environment(&self) -> bool {
        let mut inputs = self.on.workflow_dispatch.iter().flat_map(|asked| &asked.inputs);
        inputs.any(|input| input.kind == InputKind::Environment)
    }

    /// What a run of it locks by itself, then what its jobs lock.
    pub fn locking(&self) -> impl Iterator<Item = &Concurrency> {
        let jobs = self.jobs.iter().filter_map(|job| job.concurrency.as_ref());
        self.concurrency.iter().chain(jobs)
    }
}

/// What starts a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Triggers {
    /// A push of a branch or tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<RefFilter>,
    /// A pull request; the branches are those it wants to go into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<RefFilter>,
    /// A pull request, run with the target's rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request_target: Option<RefFilter>,
    /// A human or a program that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_dispatch: Option<Dispatch>,
    /// Another workflow that calls it as a job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_call: Option<Dispatch>,
    /// The end or start of other workflows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_run: Option<AfterWorkflow>,
    /// Times, as cron says them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<String>,
    /// Every other trigger, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Which refs and files start a workflow; all empty: every push (or pull request).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RefFilter {
    /// Patterns of branches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<String>,
    /// Patterns of branches that do not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches_ignore: Vec<String>,
    /// Patterns of tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Patterns of tags that do not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_ignore: Vec<String>,
    /// Patterns of files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Patterns of files that do not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths_ignore: Vec<String>,
    /// What must happen to a pull request (`opened`, `closed`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

/// What whoever starts a workflow by hand, or calls it, fills in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dispatch {
    /// The inputs, in the order of the file.
    pub inputs: Vec<Input>,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it takes.
    pub kind: InputKind,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What it is when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// What an input takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Any text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// One of these.
    Choice(Vec<String>),
    /// The name of an environment of the repository.
    Environment,
}

/// Other workflows that start this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AfterWorkflow {
    /// Their names.
    pub workflows: Vec<String>,
    /// On which branches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<String>,
    /// What they must do (`completed`, `requested`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

/// What a run or a job locks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// The group's name, as written: often an expression. Compared without regard to case.
    pub group: String,
    /// Whether a newer one cancels the one that runs; none when the file does not say (it does not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_in_progress: Option<Switch>,
    /// Whether newer ones wait in line (`queue: max`) instead of replacing the one that waits.
    #[serde(default)]
    pub queue_max: bool,
}

/// A yes or a no, or an expression that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Switch {
    /// Written out.
    Fixed(bool),
    /// As written.
    Expression(String),
}

impl Switch {
    /// Whether it is `true`, or may be.
    #[must_use]
    pub fn may_be_on(&self) -> bool {
        !matches!(self, Self::Fixed(false))
    }
}

/// A job of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowJob {
    /// Its key in the file.
    pub id: String,
    /// Its `name`, as written; the id stands for it when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The ids of the jobs it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// How it is multiplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// The reusable workflow it calls (`./.github/workflows/deploy.yml`, `acme/ci/.github/…@v1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<String>,
    /// What it hands to the workflow it calls, as written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
    /// The environment it deploys to, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Whether its failure lets the run pass; none when the file does not say (it does not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continue_on_error: Option<Switch>,
    /// Its `if`, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What it locks by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// The labels of the runner it wants, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs_on: Vec<String>,
    /// Its steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<WorkflowStep>,
    /// After how many minutes it is ended, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
}

impl WorkflowJob {
    /// Its name as written, else its id.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Whether its failure lets the run pass, or may: it proves nothing then.
    #[must_use]
    pub fn is_not_blocking(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(Switch::may_be_on)
    }
}

/// How a job is multiplied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matrix {
    /// Its axes, in the order of the file.
    pub axes: Vec<String>,
    /// How many jobs it makes, before `exclude`; none when an expression decides.
    pub size: Option<u32>,
}

/// A step of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowStep {
    /// Its `name`, as written; else GitHub's own: `Run ` and what it uses, or its script's first line.
    pub name: String,
    /// Whether its failure lets the job pass; none when the file does not say (it does not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continue_on_error: Option<Switch>,
}

impl WorkflowStep {
    /// Whether its failure lets the job pass, or may.
    #[must_use]
    pub fn is_not_blocking(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(Switch::may_be_on)
    }
}
