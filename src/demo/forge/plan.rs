//! What a workflow is: its triggers, inputs and queue, and what its jobs do. Owns data; knows nothing of
//! runs, nor of how any of it is told.

/// A workflow file of a repository.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Its file's name.
    pub file: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What stands in the file.
    pub text: &'static str,
    /// The events that start it.
    pub events: &'static [&'static str],
    /// What a person who starts it is asked.
    pub inputs: &'static [Input],
    /// How its runs are titled, with `{input}` for values; none: like the commit.
    pub title: Option<&'static str>,
    /// The queue that its runs stand in.
    pub queue: Option<Queue>,
    /// Its jobs; each comes after all that it needs.
    pub jobs: Vec<Plan>,
    /// What a run leaves behind, and its size in bytes.
    pub artifacts: &'static [(&'static str, u64)],
}

impl Workflow {
    /// A workflow that a person may start.
    pub fn is_manual(&self) -> bool {
        self.events.contains(&"workflow_dispatch")
    }
}

/// The concurrency group of a workflow's runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: &'static str,
    /// Whether a newer run ends the one that runs.
    pub replaces: bool,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// One of these.
    Choice(&'static [&'static str]),
    /// The name of an environment.
    Environment,
}

/// An input of a workflow.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether there must be a value.
    pub required: bool,
    /// What it is when nothing is said.
    pub default: Option<&'static str>,
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It succeeds after so many world seconds.
    Passes(i64),
    /// It fails after so many.
    Fails(i64),
    /// It fails in the first attempt alone.
    Flaky(i64),
    /// It fails where a job that it needs did.
    Judges(i64),
    /// It ends with the release that the world tells of.
    Rollout,
}

/// A job.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its id in the file; the jobs of a matrix and of a called workflow share one.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The ids of the jobs that come before it.
    pub needs: &'static [&'static str],
    /// Whether it runs whatever became of those.
    pub always: bool,
    /// Whether the run goes on when it fails.
    pub lenient: bool,
    /// Where it deploys to.
    pub environment: Option<&'static str>,
    /// The percentage that the candidate has when it has succeeded.
    pub sends: Option<u32>,
    /// What it does.
    pub steps: Vec<(&'static str, Fate)>,
}

impl Plan {
    /// A job of steps that succeed.
    pub fn new(id: &'static str, steps: &[(&'static str, i64)]) -> Self {
        let steps = steps.iter().map(|(name, seconds)| (*name, Fate::Passes(*seconds)));
        Self {
            id,
            name: id,
            needs: &[],
            always: false,
            lenient: false,
            environment: None,
            sends: None,
            steps: steps.collect(),
        }
    }

    /// The same with a name of its own.
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The same after others.
    pub fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    /// The same, whatever became of others.
    pub fn always(self) -> Self {
        Self { always: true, ..self }
    }

    /// The same in an environment.
    pub fn deploys_to(self, environment: &'static str) -> Self {
        Self { environment: Some(environment), ..self }
    }

    /// The same with another fate of one step.
    pub fn fated(mut self, step: &str, fate: Fate) -> Self {
        let mut steps = self.steps.iter_mut();
        if let Some((_, old)) = steps.find(|(name, _)| *name == step) {
            *old = fate;
        }
        self
    }

    /// The seconds that its steps take, as far as the plan can say.
    pub fn seconds(&self) -> i64 {
        let steps = self.steps.iter().map(|(_, fate)| match fate {
            Fate::Passes(n) | Fate::Fails(n) | Fate::Flaky(n) | Fate::Judges(n) => *n,
            Fate::Rollout => 0,
        });
        steps.sum()
    }
}

/// World seconds between what a job waits for and its first step.
pub const GAP: i64 = 3;

/// World seconds from a run's creation until its job of this id is ready to start.
pub fn ready(jobs: &[Plan], id: &str) -> i64 {
    let Some(job) = jobs.iter().find(|job| job.id == id) else { return 0 };
    job.needs.iter().map(|need| done(jobs, need)).max().unwrap_or(0)
}

/// World seconds from a run's creation to the end of its jobs of this id.
pub fn done(jobs: &[Plan], id: &str) -> i64 {
    let own = jobs.iter().filter(|job| job.id == id);
    ready(jobs, id) + GAP + own.map(Plan::seconds).max().unwrap_or(0)
}
