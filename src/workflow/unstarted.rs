//! Why a run does not begin, or never did, as far as what GitHub tells shows it.

use chrono::TimeDelta;

use super::{Context, lock};
use crate::model::backing::WorkflowFile;
use crate::model::{Conclusion, Job, Run, Status, Time};

/// From when on a job that waits for a runner is worth a word.
const LONG: TimeDelta = TimeDelta::minutes(2);

/// Why a run does not begin, or never did: one sentence of raw text; none when it began, or when there is
/// nothing to say yet. `remarks` are GitHub's on its jobs.
#[must_use]
pub fn unstarted(
    run: &Run,
    repo: &str,
    jobs: &[Job],
    file: Option<&WorkflowFile>,
    remarks: &[String],
    now: Time,
) -> Option<String> {
    let began = jobs.iter().any(|job| !job.steps.is_empty());
    if !began && let Some(remark) = remarks.first() {
        return Some(format!("GitHub says: {remark}"));
    }
    match (&run.status, &run.conclusion) {
        (_, Some(Conclusion::StartupFailure)) => Some(match file {
            Some(WorkflowFile::Odd(why)) => format!("GitHub could not start it: of its file, {why}"),
            Some(WorkflowFile::Missing) => {
                "GitHub could not start it: its commit has no such workflow file".to_owned()
            }
            _ => "GitHub could not start it: its file is broken, or calls a workflow it may not call; \
                  its page says which"
                .to_owned(),
        }),
        (_, Some(Conclusion::ActionRequired)) => Some(
            "it wants a maintainer's approval to start, as runs of new contributors do".to_owned(),
        ),
        (Status::Completed, Some(conclusion)) if jobs.is_empty() && conclusion.is_bad() => None,
        (Status::Pending, _) => Some(held(run, repo, file)),
        (Status::Completed, _) => None,
        _ => queued(run, jobs, now),
    }
}

/// What holds a run that is pending.
fn held(run: &Run, repo: &str, file: Option<&WorkflowFile>) -> String {
    let workflow = file.and_then(WorkflowFile::workflow);
    let locked = workflow.and_then(|workflow| {
        let context = Context::of_run(workflow, repo, run);
        lock(workflow.concurrency.as_ref()?, &context)
    });
    match locked {
        Some(lock) => format!(
            "another run holds its concurrency group {} (the group is inferred from its file)",
            lock.group
        ),
        None => "another run holds its concurrency group".to_owned(),
    }
}

/// A job that no runner takes.
fn queued(run: &Run, jobs: &[Job], now: Time) -> Option<String> {
    if jobs.iter().any(|job| job.status == Status::InProgress) {
        return None;
    }
    let job = jobs.iter().find(|job| job.status == Status::Queued)?;
    let ended = jobs.iter().filter_map(|job| job.completed_at).max();
    let since = ended.or(job.started_at).or(run.started_at).or(run.created_at)?;
    let waited = now - since;
    if waited < LONG {
        return None;
    }
    let labels = match job.labels.as_slice() {
        [] => String::new(),
        labels => format!(" with the labels {}", labels.join(", ")),
    };
    let minutes = waited.num_minutes();
    Some(format!("no runner{labels} has taken {} for {minutes} min; is one online?", job.name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::parse;
    use super::*;

    fn why(
        run: &Value,
        jobs: Value,
        file: Option<&WorkflowFile>,
        remarks: &[&str],
    ) -> Option<String> {
        let mut all = json!({
            "id": 1, "workflow": "ci.yml", "name": "ci", "number": 1, "attempt": 1, "title": "",
            "branch": "main", "sha": "abc", "event": "push", "url": "",
            "started_at": "2026-01-01T00:00:00Z"
        });
        let fields = run.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(fields);
        let run: Run = serde_json::from_value(all).unwrap();
        let jobs: Vec<Job> = serde_json::from_value(jobs).unwrap();
        let remarks: Vec<String> = remarks.iter().map(|&text| text.to_owned()).collect();
        let now = "2026-01-01T00:12:00Z".parse().unwrap();
        unstarted(&run, "acme/shop", &jobs, file, &remarks, now)
    }

    #[test]
    fn each_way_not_to_start_has_its_sentence() {
        let broken = json!({"status": "completed", "conclusion": "startup_failure"});
        let odd = WorkflowFile::Odd("line 3 is not YAML".into());
        let said = why(&broken, json!([]), Some(&odd), &[]).unwrap();
        assert_eq!(said, "GitHub could not start it: of its file, line 3 is not YAML");
        assert!(why(&broken, json!([]), None, &[]).unwrap().ends_with("its page says which"));
        let wants = json!({"status": "completed", "conclusion": "action_required"});
        assert!(why(&wants, json!([]), None, &[]).unwrap().contains("approval to start"));

        let failed = json!({"status": "completed", "conclusion": "failure"});
        let job = json!([{"id": 1, "name": "a", "status": "completed", "conclusion": "failure"}]);
        let bill = "The job was not started because recent account payments have failed";
        assert_eq!(why(&failed, job, None, &[bill]), Some(format!("GitHub says: {bill}")));
        let step = json!([{"id": 1, "name": "a", "status": "completed", "conclusion": "failure",
            "steps": [{"number": 1, "name": "x", "status": "completed"}]}]);
        assert_eq!(why(&failed, step, None, &[bill]), None);
    }

    #[test]
    fn a_run_that_waits_says_for_what() {
        let queued = json!([{"id": 1, "name": "build", "status": "queued", "labels": ["self-hosted", "gpu"]}]);
        let said = why(&json!({"status": "queued"}), queued, None, &[]).unwrap();
        assert_eq!(
            said,
            "no runner with the labels self-hosted, gpu has taken build for 12 min; is one online?"
        );
        let runs = json!([{"id": 1, "name": "a", "status": "in_progress"},
            {"id": 2, "name": "b", "status": "queued"}]);
        assert_eq!(why(&json!({"status": "in_progress"}), runs, None, &[]), None);
        let file = parse("on: push\nconcurrency: ci-${{ github.ref }}\njobs: { a: {} }").unwrap();
        let file = WorkflowFile::Read(Box::new(file));
        let said = why(&json!({"status": "pending"}), json!([]), Some(&file), &[]).unwrap();
        assert!(
            said.contains("concurrency group ci-refs/heads/main (the group is inferred"),
            "{said}"
        );
    }
}
