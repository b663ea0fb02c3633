//! A workflow run and its jobs: where they stand, and what one world second does to them. Knows neither
//! queues nor other runs.

use super::gate::{Approval, Environment};
use super::place::Deployments;
use super::plan::{Fate, GAP, Plan};
use super::step::{self, Part};

/// World seconds that a running job takes to notice that it was cancelled.
const NOTICE: i64 = 4;

/// Where a job stands; numbers are world seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// What it needs has not ended: nobody is told of it.
    Blocked,
    /// Its environment lets nobody in, since then.
    Waiting(i64),
    /// It waits for a runner since then.
    Queued(i64),
    /// It runs since then.
    Running(i64),
    /// It is over.
    Ended {
        /// When it began, if it did.
        began: Option<i64>,
        /// When it ended.
        at: i64,
        /// Its conclusion.
        how: &'static str,
    },
}

/// A job of a run.
#[derive(Debug, Clone)]
pub struct Job {
    /// The attempt that it ran in.
    pub attempt: u32,
    /// Where it stands.
    pub state: State,
    /// When it came to be known.
    pub created: i64,
    /// Whether somebody let it into its environment.
    pub approved: bool,
    /// Its deployment.
    pub deployment: Option<u64>,
    /// What its steps do, settled when it begins.
    pub script: Vec<Part>,
}

impl Job {
    fn new(attempt: u32) -> Self {
        Self {
            attempt,
            state: State::Blocked,
            created: 0,
            approved: false,
            deployment: None,
            script: Vec::new(),
        }
    }

    /// How it ended, if it has.
    pub fn conclusion(&self) -> Option<&'static str> {
        match self.state {
            State::Ended { how, .. } => Some(how),
            _ => None,
        }
    }
}

/// Where a run stands with its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It has none, or its turn.
    Free,
    /// It is not its turn yet.
    Pending,
}

/// One attempt that is over.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// When it began.
    pub began: i64,
    /// When and how it ended.
    pub ended: (i64, &'static str),
    /// Who asked for it.
    pub by: &'static str,
}

/// A run. Times are world seconds.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub id: u64,
    /// Its workflow's place in the repository.
    pub workflow: usize,
    /// The workflow's count.
    pub number: u64,
    /// Which attempt it is in, from 1.
    pub attempt: u32,
    /// What started it.
    pub event: &'static str,
    /// Its title.
    pub title: String,
    /// The branch or tag.
    pub branch: String,
    /// What its deployments name: the branch or tag, or the tag that its release became.
    pub release: String,
    /// The commit.
    pub sha: String,
    /// The commit's title.
    pub message: String,
    /// Who started it.
    pub actor: &'static str,
    /// Who started this attempt.
    pub by: &'static str,
    /// When it was created.
    pub created: i64,
    /// When this attempt began.
    pub began: i64,
    /// When something last changed.
    pub updated: i64,
    /// When lists begin to name it.
    pub listed: i64,
    /// What its jobs do.
    pub plan: Vec<Plan>,
    /// Its jobs, as in the plan.
    pub jobs: Vec<Job>,
    /// Earlier attempts.
    pub past: Vec<Attempt>,
    /// Its queue's name and whether it replaces.
    pub queue: Option<super::plan::Queue>,
    /// Where it stands with it.
    pub hold: Hold,
    /// When it was asked to end, and whether by force.
    pub cancel: Option<(i64, bool)>,
    /// When and how it ended.
    pub ended: Option<(i64, &'static str)>,
    /// Who approves at once, where the story says so.
    pub approver: Option<&'static str>,
    /// What people said.
    pub approvals: Vec<Approval>,
}

/// What is round a run.
pub struct Around<'a> {
    /// The repository's environments.
    pub environments: &'a [Environment],
    /// Its deployments.
    pub deployments: &'a mut Deployments,
    /// World seconds of a real minute.
    pub minute: i64,
    /// When the release of the story ended, and whether well.
    pub ending: Option<(i64, bool)>,
    /// The candidate's weight, when a job set one.
    pub sent: Option<u32>,
}

impl Run {
    /// Its jobs as they are before they begin.
    pub fn fresh(plan: &[Plan], attempt: u32) -> Vec<Job> {
        plan.iter().map(|_| Job::new(attempt)).collect()
    }

    /// `queued`, `pending`, `waiting`, `in_progress` or `completed`.
    pub fn status(&self) -> &'static str {
        if self.ended.is_some() {
            return "completed";
        }
        if self.hold == Hold::Pending {
            return "pending";
        }
        let any = |is: fn(&State) -> bool| self.jobs.iter().any(|job| is(&job.state));
        if any(|state| matches!(state, State::Running(_))) {
            "in_progress"
        } else if any(|state| matches!(state, State::Waiting(_))) {
            "waiting"
        } else if any(|state| matches!(state, State::Ended { .. })) {
            "in_progress"
        } else {
            "queued"
        }
    }

    /// What one world second does to it. A run whose turn it is not stands still.
    pub fn advance(&mut self, now: i64, around: &mut Around<'_>) {
        if self.ended.is_some() || self.hold == Hold::Pending {
            return;
        }
        for index in 0..self.plan.len() {
            let (Some(plan), Some(job)) = (self.plan.get(index), self.jobs.get(index)) else {
                continue;
            };
            let next = match job.state {
                State::Blocked => self.unblock(plan, now, around),
                State::Waiting(since) => self.admit(plan, job, since, now, around),
                State::Queued(since) => {
                    let stops = self.cancel.is_some_and(|(_, forced)| forced || !plan.always);
                    if stops {
                        Some(over(None, now, "cancelled"))
                    } else {
                        (now >= since + GAP).then_some(State::Running(now))
                    }
                }
                State::Running(since) => self.carry_on(plan, job, since, now, around),
                State::Ended { .. } => None,
            };
            if let Some(next) = next {
                self.enter(index, next, now, around);
            }
        }
        self.conclude(now);
    }

    /// What becomes of a job that nobody was told of.
    fn unblock(&self, plan: &Plan, now: i64, around: &Around<'_>) -> Option<State> {
        let verdict = self.needed(plan)?;
        if let Some((_, forced)) = self.cancel
            && (forced || !plan.always)
        {
            return None;
        }
        if verdict != "success" && !plan.always {
            return Some(over(None, now, "skipped"));
        }
        let environment =
            plan.environment.and_then(|name| Environment::find(around.environments, name));
        Some(match environment {
            Some(environment) if !environment.takes(&self.branch) => over(None, now, "failure"),
            Some(environment) if environment.waits() => State::Waiting(now),
            _ => State::Queued(now),
        })
    }

    /// What the jobs that a job needs came to: none while one has not ended.
    fn needed(&self, plan: &Plan) -> Option<&'static str> {
        let mut verdict = "success";
        for (other, job) in self.plan.iter().zip(&self.jobs) {
            if plan.needs.contains(&other.id) {
                let gone = job.state == State::Blocked && self.cancel.is_some();
                let how = if gone { "cancelled" } else { job.conclusion()? };
                if how != "success" && !(other.lenient && how == "failure") {
                    verdict = how;
                }
            }
        }
        Some(verdict)
    }

    fn admit(
        &self,
        plan: &Plan,
        job: &Job,
        since: i64,
        now: i64,
        around: &Around<'_>,
    ) -> Option<State> {
        if self.cancel.is_some_and(|(_, forced)| forced || !plan.always) {
            return Some(over(None, now, "cancelled"));
        }
        let environment =
            plan.environment.and_then(|name| Environment::find(around.environments, name))?;
        let approved = job.approved || self.approver.is_some() || environment.reviewers.is_empty();
        let waited = self.approver.is_some() || now >= since + environment.timer * around.minute;
        (approved && waited).then_some(State::Queued(now))
    }

    fn carry_on(
        &self,
        plan: &Plan,
        job: &Job,
        since: i64,
        now: i64,
        around: &Around<'_>,
    ) -> Option<State> {
        if let Some((at, forced)) = self.cancel
            && (forced || (!plan.always && now >= at + NOTICE))
        {
            return Some(over(Some(since), now, "cancelled"));
        }
        let (at, how) = step::end(&job.script, since, now, around.ending)?;
        Some(over(Some(since), at, how))
    }

    /// Puts a job where it is next, and tells its deployment.
    fn enter(&mut self, index: usize, next: State, now: i64, around: &mut Around<'_>) {
        let (Some(plan), Some(job)) = (self.plan.get(index), self.jobs.get_mut(index)) else {
            return;
        };
        self.updated = now;
        if job.state == State::Blocked {
            job.created = now;
        }
        if let (State::Waiting(_), State::Queued(_), Some(user), Some(environment)) =
            (job.state, next, self.approver, plan.environment)
            && !job.approved
        {
            job.approved = true;
            self.approvals.push(Approval::yes(environment, user, "looks good", now));
        }
        job.state = next;
        if let Some(environment) = plan.environment {
            let place = (environment, self.release.as_str(), self.sha.as_str(), self.id);
            around.deployments.follow(&mut job.deployment, place, next, self.by, now);
        }
        match next {
            State::Running(_) => {
                let verdict = self.needed(self.plan.get(index).unwrap_or(plan));
                let attempt = self.attempt;
                if let (Some(plan), Some(job)) = (self.plan.get(index), self.jobs.get_mut(index)) {
                    let part = |(_, fate): &(_, Fate)| Part::of(*fate, attempt, verdict);
                    job.script = plan.steps.iter().map(part).collect();
                }
            }
            State::Ended { how: "success", .. } => around.sent = plan.sends.or(around.sent),
            _ => {}
        }
    }

    /// Ends the run when nothing is left to do.
    fn conclude(&mut self, now: i64) {
        let open = self.plan.iter().zip(&self.jobs).any(|(plan, job)| match job.state {
            State::Ended { .. } => false,
            State::Blocked => self.cancel.is_none_or(|(_, forced)| plan.always && !forced),
            _ => true,
        });
        if open {
            return;
        }
        let judged = self.plan.iter().zip(&self.jobs).filter(|(plan, _)| !plan.lenient);
        let any = |word| judged.clone().any(|(_, job)| job.conclusion() == Some(word));
        let how = if self.plan.is_empty() {
            // its file names what is not there
            "startup_failure"
        } else if self.cancel.is_some() || any("cancelled") {
            "cancelled"
        } else if any("failure") {
            "failure"
        } else {
            "success"
        };
        let ends = self.jobs.iter().filter_map(|job| match job.state {
            State::Ended { at, .. } => Some(at),
            _ => None,
        });
        let at = ends.max().unwrap_or(now);
        self.updated = at;
        self.ended = Some((at, how));
    }
}

fn over(began: Option<i64>, at: i64, how: &'static str) -> State {
    State::Ended { began, at, how }
}
