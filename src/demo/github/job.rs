//! Jobs and their steps as GitHub tells them.

use serde_json::{Value, json};

use crate::demo::forge::run::{Job, Run, State};
use crate::demo::forge::step::{self, Step};

use super::Place;

/// Job ids that one run may use.
const PER_RUN: u64 = 1_000;

/// Job ids that one attempt may use.
const PER_ATTEMPT: u64 = 20;

/// The run that a job is part of.
pub fn run_of(job: u64) -> u64 {
    job / PER_RUN
}

/// The id of a job by its place in a run.
pub fn id_of(run: &Run, index: usize, job: &Job) -> u64 {
    run.id * PER_RUN + u64::from(job.attempt - 1) * PER_ATTEMPT + index as u64
}

impl Place<'_> {
    /// The jobs of a run: of its newest attempt, or of all.
    pub fn jobs(&self, id: u64, all: bool) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let past = run.past.iter().filter(|_| all).enumerate();
        let mut jobs: Vec<_> =
            past.flat_map(|(at, past)| self.of_attempt(run, &past.jobs, at + 1)).collect();
        let newest = self.of_attempt(run, &run.jobs, run.past.len() + 1);
        jobs.extend(newest);
        Some(jobs)
    }

    /// The jobs of one attempt.
    pub fn jobs_of(&self, id: u64, attempt: usize) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let jobs = match run.past.get(attempt.checked_sub(1)?) {
            Some(past) => &past.jobs,
            None if attempt == run.past.len() + 1 => &run.jobs,
            None => return None,
        };
        Some(self.of_attempt(run, jobs, attempt))
    }

    fn of_attempt(&self, run: &Run, jobs: &[Job], attempt: usize) -> Vec<Value> {
        // nobody is told of a job before what it needs has ended
        let told = jobs.iter().enumerate().filter(|(_, job)| job.state != State::Blocked);
        told.map(|(index, job)| self.show_job(run, index, job, attempt)).collect()
    }

    /// One job.
    pub fn job(&self, id: u64) -> Option<Value> {
        let (run, index, job) = self.find_job(id)?;
        Some(self.show_job(run, index, job, usize::try_from(job.attempt).unwrap_or(1)))
    }

    /// What is remarked on one job: that it failed.
    pub fn remarks(&self, id: u64) -> Option<Vec<Value>> {
        let job = self.job(id)?;
        let remark = json!({
            "path": ".github", "start_line": 1, "end_line": 1, "start_column": null,
            "end_column": null, "annotation_level": "failure", "title": "",
            "message": "Process completed with exit code 1.", "raw_details": "",
            "blob_href": self.page(&format!("/blob/{}/.github", job["head_sha"].as_str()?)),
        });
        Some(if job["conclusion"] == "failure" { vec![remark] } else { Vec::new() })
    }

    /// One job with its run and its place in it.
    pub fn find_job(&self, id: u64) -> Option<(&Run, usize, &Job)> {
        let run = self.own.run(run_of(id))?;
        let past = run.past.iter().flat_map(|past| past.jobs.iter().enumerate());
        let mut jobs = run.jobs.iter().enumerate().chain(past);
        let (index, job) = jobs.find(|(index, job)| id_of(run, *index, job) == id)?;
        (job.state != State::Blocked).then_some((run, index, job))
    }

    /// How far the steps of a job are.
    pub fn steps(&self, job: &Job) -> Vec<Step> {
        let ending = self.service.ended();
        match job.state {
            State::Running(began) => step::walk(&job.script, began, self.world.second, ending),
            State::Ended { began: Some(began), at, .. } => {
                let mut steps = step::walk(&job.script, began, at, ending);
                step::cut(&mut steps, at);
                steps
            }
            _ => Vec::new(),
        }
    }

    fn show_job(&self, run: &Run, index: usize, job: &Job, attempt: usize) -> Value {
        let id = id_of(run, index, job);
        let plan = run.plan.get(index);
        let (status, conclusion, began, ended) = match job.state {
            State::Blocked | State::Queued(_) => ("queued", None, None, None),
            State::Waiting(_) => ("waiting", None, None, None),
            State::Running(began) => ("in_progress", None, Some(began), None),
            State::Ended { began, at, how } => ("completed", Some(how), began, Some(at)),
        };
        let steps: Vec<_> = plan
            .into_iter()
            .flat_map(|plan| &plan.steps)
            .zip(self.steps(job))
            .enumerate()
            .map(|(index, ((name, _), step))| {
                json!({
                    "name": name, "number": index + 1, "status": step.status,
                    "conclusion": step.conclusion, "started_at": step.began.map(|at| self.at(at)),
                    "completed_at": step.ended.map(|at| self.at(at)),
                })
            })
            .collect();
        let runner = began.map(|_| 7);
        json!({
            "id": id, "run_id": run.id, "run_attempt": attempt,
            "name": plan.map_or("", |plan| plan.name), "node_id": format!("CR_{id}"),
            "run_url": self.url(&format!("/actions/runs/{}", run.id)),
            "url": self.url(&format!("/actions/jobs/{id}")),
            "html_url": self.page(&format!("/actions/runs/{}/job/{id}", run.id)),
            "check_run_url": self.url(&format!("/check-runs/{id}")),
            "status": status, "conclusion": conclusion, "created_at": self.at(job.created),
            // GitHub tells a time even for a job that has not begun
            "started_at": self.at(began.unwrap_or(job.created)),
            "completed_at": ended.map(|at| self.at(at)), "steps": steps,
            "labels": ["ubuntu-latest"], "runner_id": runner,
            "runner_name": runner.map(|id| format!("runner-{id}")), "runner_group_id": runner,
            "runner_group_name": runner.map(|_| "default"),
            "workflow_name": self.of(run).map(|own| own.name), "head_branch": run.branch,
            "head_sha": run.sha,
        })
    }
}
