//! Observations in a few words, for comparison.

use crate::model::Observation;

pub(super) fn words(items: &[Observation]) -> Vec<String> {
    items
        .iter()
        .map(|item| match item {
            Observation::Runs { workflow, runs, .. } => format!("runs {workflow} {}", runs.len()),
            Observation::Jobs { run, jobs, .. } => format!("jobs {run} {}", jobs.len()),
            Observation::Deployments { deployments, .. } => format!(
                "deployments {}",
                deployments
                    .iter()
                    .map(|d| d.state.as_deref().unwrap_or("-"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            Observation::Releases { releases, tags, .. } => {
                format!("releases {} tags {}", releases.len(), tags.len())
            }
            Observation::WorkflowFile { workflow, sha, file, .. } => {
                format!("file {workflow} {sha} {}", file.workflow().map_or(0, |it| it.jobs.len()))
            }
            Observation::Environments { environments, .. } => {
                format!("environments {}", environments.names.join(","))
            }
            Observation::Checks { sha, checks, .. } => format!(
                "checks {sha} {} {}",
                checks.all.len(),
                checks.required.as_ref().map_or("?".to_owned(), |required| required.join(","))
            ),
            Observation::Artifacts { run, artifacts, .. } => {
                format!("artifacts {run} {}", artifacts.len())
            }
            Observation::Remarks { run, remarks, .. } => {
                format!("remarks {run} {}", remarks.join(","))
            }
            Observation::Waits { run, waits, .. } => {
                let why = waits.waiting.iter().map(|w| w.why_not.as_deref().unwrap_or("-"));
                format!("waits {run} [{}] {}", why.collect::<String>(), waits.decisions.len())
            }
            other => panic!("{other:?}"),
        })
        .collect()
}
