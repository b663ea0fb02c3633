//! Deployments: what was brought to which environment, and what became of it.

use super::run::State;

/// A deployment with its statuses, oldest first. Times are world seconds.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its id.
    pub id: u64,
    /// Where.
    pub environment: &'static str,
    /// The branch or tag.
    pub reference: String,
    /// The commit.
    pub sha: String,
    /// The run that deploys.
    pub run: u64,
    /// Who started it.
    pub creator: &'static str,
    /// When it was created.
    pub created: i64,
    /// What became of it.
    pub statuses: Vec<(i64, &'static str, &'static str)>,
}

impl Deployment {
    /// Its newest state.
    pub fn state(&self) -> &'static str {
        self.statuses.last().map_or("pending", |(_, state, _)| state)
    }
}

/// The deployments of a repository, oldest first.
#[derive(Debug, Clone)]
pub struct Deployments {
    next: u64,
    /// All there are.
    pub all: Vec<Deployment>,
}

impl Deployments {
    /// None yet; the first gets this id.
    pub fn new(first: u64) -> Self {
        Self { next: first, all: Vec::new() }
    }

    /// One by id.
    pub fn get(&self, id: u64) -> Option<&Deployment> {
        self.all.iter().find(|deployment| deployment.id == id)
    }

    /// Follows a job to where it stands now: creates its deployment where there is none, and says what
    /// became of it. A job that never got so far as to deploy has none.
    pub fn follow(
        &mut self,
        own: &mut Option<u64>,
        (environment, reference, sha, run): (&'static str, &str, &str, u64),
        state: State,
        by: &'static str,
        at: i64,
    ) {
        let (at, word, text) = match state {
            State::Blocked | State::Ended { how: "skipped", .. } => return,
            State::Waiting(_) => (at, "waiting", "waiting for approval"),
            State::Queued(_) => (at, "queued", ""),
            State::Running(_) => (at, "in_progress", ""),
            State::Ended { at, how: "success", .. } => (at, "success", ""),
            State::Ended { at, how: "cancelled", .. } => (at, "error", "cancelled"),
            State::Ended { at, .. } => (at, "failure", ""),
        };
        let id = *own.get_or_insert(self.next);
        if id == self.next {
            self.next += 1;
            self.all.push(Deployment {
                id,
                environment,
                reference: reference.to_owned(),
                sha: sha.to_owned(),
                run,
                creator: by,
                created: at,
                statuses: Vec::new(),
            });
        }
        for deployment in self.all.iter_mut().filter(|one| one.environment == environment) {
            if deployment.id == id {
                deployment.statuses.push((at, word, text));
            } else if word == "success" && deployment.state() == "success" {
                deployment.statuses.push((at, "inactive", "replaced"));
            }
        }
    }
}
