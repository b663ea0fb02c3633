//! What people do to runs: approve, reject, cancel, run again.

use super::gate::{Approval, Environment, ME};
use super::repository::Repository;
use super::run::{Attempt, Hold, Job, Run, State};

/// Runs older than so many real minutes cannot be run again.
const TOO_OLD: i64 = 30 * 24 * 60;

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such run or job.
    Missing,
    /// The run is over.
    Over,
    /// The run is not over.
    Running,
    /// The run is older than a month.
    TooOld,
    /// The run never began: its file is broken.
    Broken,
    /// No job of it failed.
    NothingFailed,
    /// No job of it waits for these environments.
    NothingWaits,
    /// Who asks is not among the reviewers, or started the run.
    NotYours,
}

/// Which jobs run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// All.
    All,
    /// Those that failed or were cancelled, and what comes after them.
    Failed,
    /// One, by its place, and what comes after it.
    One(usize),
}

impl Repository {
    /// The environments that jobs of a run wait for, each with the time since which they do.
    pub fn waiting(&self, run: &Run) -> Vec<(&'static Environment, i64)> {
        let mut waiting: Vec<(&Environment, i64)> = Vec::new();
        for (plan, job) in run.plan.iter().zip(&run.jobs) {
            let environment =
                plan.environment.and_then(|name| Environment::find(self.environments, name));
            if let (State::Waiting(since), Some(environment)) = (job.state, environment)
                && waiting.iter().all(|(known, _)| known.name != environment.name)
            {
                waiting.push((environment, since));
            }
        }
        waiting
    }

    /// Lets the jobs of a run into environments, or turns them away. Returns their deployments.
    pub fn review(
        &mut self,
        id: u64,
        names: &[&'static str],
        approve: bool,
        comment: &str,
        now: i64,
    ) -> Result<Vec<u64>, Refusal> {
        let run = self.run(id).ok_or(Refusal::Missing)?;
        let waiting = self.waiting(run);
        for name in names {
            let found = waiting.iter().find(|(environment, _)| environment.name == *name);
            let (environment, _) = found.ok_or(Refusal::NothingWaits)?;
            if !environment.is_mine(run.by) {
                return Err(Refusal::NotYours);
            }
        }
        let environments = self.environments;
        let run = self.runs.iter_mut().find(|run| run.id == id).ok_or(Refusal::Missing)?;
        let mut deployments = Vec::new();
        for (plan, job) in run.plan.iter().zip(&mut run.jobs) {
            let named = plan.environment.filter(|own| names.contains(own));
            let (Some(name), State::Waiting(since)) = (named, job.state) else { continue };
            deployments.extend(job.deployment);
            let timer = Environment::find(environments, name).map_or(0, |own| own.timer);
            job.approved |= approve;
            let next = if !approve {
                State::Ended { began: None, at: now, how: "failure" }
            } else if now >= since + timer * self.minute {
                State::Queued(now)
            } else {
                continue;
            };
            job.state = next;
            let place = (name, run.release.as_str(), run.sha.as_str(), id);
            self.deployments.follow(&mut job.deployment, place, next, run.by, now);
        }
        let state = if approve { "approved" } else { "rejected" };
        let said =
            |name: &&'static str| Approval { state, ..Approval::yes(name, ME, comment, now) };
        run.approvals.extend(names.iter().map(said));
        run.updated = now;
        Ok(deployments)
    }

    /// Asks a run to end.
    pub fn cancel(&mut self, id: u64, forced: bool, now: i64) -> Result<(), Refusal> {
        let run = self.run_mut(id).ok_or(Refusal::Missing)?;
        if run.ended.is_some() {
            return Err(Refusal::Over);
        }
        run.updated = now;
        let (at, was) = run.cancel.unwrap_or((now, false));
        run.cancel = Some((at, was || forced));
        if run.hold == Hold::Pending {
            run.ended = Some((now, "cancelled"));
            self.release(now);
        }
        Ok(())
    }

    /// Runs jobs of a run again, in a new attempt.
    pub fn rerun(&mut self, id: u64, which: Again, now: i64) -> Result<(), Refusal> {
        let oldest = now - TOO_OLD * self.minute;
        let run = self.run_mut(id).ok_or(Refusal::Missing)?;
        let Some(ended) = run.ended else { return Err(Refusal::Running) };
        if run.created < oldest {
            return Err(Refusal::TooOld);
        }
        if ended.1 == "startup_failure" {
            return Err(Refusal::Broken);
        }
        let again = run.again(which);
        if again.iter().all(|again| !again) {
            return Err(Refusal::NothingFailed);
        }
        let attempt = run.attempt + 1;
        let fresh = Run::fresh(&run.plan, attempt);
        let jobs = std::mem::take(&mut run.jobs);
        let next = jobs.iter().zip(fresh).zip(&again);
        run.jobs = next.map(|((old, new), again)| if *again { new } else { old.clone() }).collect();
        run.past.push(Attempt { jobs, began: run.began, ended, by: run.by });
        run.attempt = attempt;
        run.by = ME;
        run.approver = None;
        run.began = now;
        run.updated = now;
        run.cancel = None;
        run.ended = None;
        run.hold = Hold::Free;
        self.enqueue(id, now);
        Ok(())
    }
}

impl Run {
    /// Which of its jobs run again.
    fn again(&self, which: Again) -> Vec<bool> {
        let failed = |job: &Job| !matches!(job.conclusion(), Some("success" | "skipped"));
        let mut again: Vec<bool> = Vec::new();
        for (index, (plan, job)) in self.plan.iter().zip(&self.jobs).enumerate() {
            let chosen = match which {
                Again::All => true,
                Again::Failed => failed(job),
                Again::One(one) => index == one,
            };
            let after = self
                .plan
                .iter()
                .zip(&again)
                .any(|(other, again)| *again && plan.needs.contains(&other.id));
            again.push(chosen || after);
        }
        again
    }
}
