//! Whose failure lets what it is part of pass: its success proves nothing, its failure is no alarm.

use super::RepoState;
use crate::model::workflow::{Workflow, WorkflowStep};
use crate::model::{Conclusion, Job, JobStep, Run};
use crate::workflow::{named, step};

impl RepoState {
    /// Whether a job's failure lets its run pass: the run's file says so, or the run passed although the job
    /// failed.
    #[must_use]
    pub fn is_not_blocking(&self, run: &Run, job: &Job) -> bool {
        let own = self.workflow_of(run).and_then(|file| named(file, &job.name));
        own.is_some_and(|own| own.job.is_not_blocking())
            || passed_over(run.conclusion.as_ref(), job.conclusion.as_ref())
    }

    /// Whether a step's failure lets its job pass: the run's file says so, or the job passed although the
    /// step failed.
    #[must_use]
    pub fn is_step_not_blocking(&self, run: &Run, job: &Job, own: &JobStep) -> bool {
        let found = self.workflow_of(run).and_then(|file| named(file, &job.name));
        // the steps of a called workflow are in another file
        let found = found.filter(|found| found.inner.is_none());
        found
            .and_then(|found| step(found.job, &own.name))
            .is_some_and(WorkflowStep::is_not_blocking)
            || passed_over(job.conclusion.as_ref(), own.conclusion.as_ref())
    }

    fn workflow_of(&self, run: &Run) -> Option<&Workflow> {
        self.backing.file_of(run)?.workflow()
    }
}

fn passed_over(whole: Option<&Conclusion>, part: Option<&Conclusion>) -> bool {
    whole == Some(&Conclusion::Success) && part.is_some_and(Conclusion::is_bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::backing::WorkflowFile;
    use serde_json::json;

    fn run(conclusion: Option<&str>) -> Run {
        let status = if conclusion.is_some() { "completed" } else { "waiting" };
        serde_json::from_value(json!({
            "id": 1, "workflow": "deploy.yml", "name": "deploy", "number": 1, "attempt": 1,
            "title": "", "sha": "abc", "event": "push", "status": status,
            "conclusion": conclusion, "url": "",
        }))
        .unwrap()
    }

    fn job(name: &str, ended: &str, step: &str) -> Job {
        let step =
            json!({"number": 2, "name": step, "status": "completed", "conclusion": "failure"});
        let job = json!({
            "id": 2, "name": name, "status": "completed", "conclusion": ended, "steps": [step],
        });
        serde_json::from_value(job).unwrap()
    }

    fn with_file() -> RepoState {
        let text = "on: push\njobs:\n  lint: { continue-on-error: true }\n  \
                    build: { steps: [{ name: audit, continue-on-error: true }, { name: make }] }\n";
        let file = WorkflowFile::Read(Box::new(crate::workflow::parse(text).unwrap()));
        let mut repo = RepoState::default();
        repo.backing.file("deploy.yml", "abc", &file);
        repo
    }

    #[test]
    fn the_file_says_what_may_fail_while_the_run_goes_on() {
        let (repo, run) = (with_file(), run(None));
        let of = |name, step| {
            let job = job(name, "failure", step);
            (repo.is_not_blocking(&run, &job), repo.is_step_not_blocking(&run, &job, &job.steps[0]))
        };
        assert_eq!(of("lint", "x"), (true, false));
        assert_eq!(of("build", "audit"), (false, true));
        assert_eq!(of("build", "make"), (false, false));
        assert_eq!(of("elsewhere", "make"), (false, false));
    }

    #[test]
    fn a_run_that_passed_proves_that_what_failed_in_it_was_not_blocking() {
        let (repo, passed, failed) =
            (RepoState::default(), run(Some("success")), run(Some("failure")));
        let bad = job("lint", "failure", "x");
        assert!(repo.is_not_blocking(&passed, &bad));
        assert!(!repo.is_not_blocking(&failed, &bad) && !repo.is_not_blocking(&run(None), &bad));
        let good = job("lint", "success", "x");
        assert!(!repo.is_not_blocking(&passed, &good), "it may well be needed");
        assert!(repo.is_step_not_blocking(&failed, &good, &good.steps[0]));
        assert!(!repo.is_step_not_blocking(&passed, &bad, &bad.steps[0]), "the job failed by it");
    }
}
