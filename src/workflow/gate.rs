//! The gate of a workflow: the one job that sums up the others, so that one required check stands for
//! them all.

use std::collections::{HashMap, HashSet};

use crate::model::workflow::{Workflow, WorkflowJob};

/// The job that sums up the others: it needs most of them and runs whatever became of them. Where the
/// required checks are known (not empty), it must be one of them.
#[must_use]
pub fn gate<'a>(workflow: &'a Workflow, required: &[String]) -> Option<&'a WorkflowJob> {
    let fits = |job: &&WorkflowJob| {
        job.needs.len() >= 2
            && runs_always(job)
            && job.needs.len() * 2 > others(workflow, job)
            && (required.is_empty() || required.iter().any(|check| is_check(workflow, job, check)))
    };
    // of several, the one that needs the most; the last of equals, for it comes after the others
    workflow.jobs.iter().filter(fits).max_by_key(|job| job.needs.len())
}

fn is_check(workflow: &Workflow, job: &WorkflowJob, check: &str) -> bool {
    super::named(workflow, check).is_some_and(|named| named.job.id == job.id)
}

fn runs_always(job: &WorkflowJob) -> bool {
    let condition: String =
        job.condition.as_deref().unwrap_or_default().split_whitespace().collect();
    condition.contains("always()") || condition.contains("!cancelled()")
}

/// How many jobs it could need: all but itself and those that wait for it.
fn others(workflow: &Workflow, job: &WorkflowJob) -> usize {
    let mut waiting: HashMap<&str, Vec<&str>> = HashMap::new();
    for other in &workflow.jobs {
        for need in &other.needs {
            waiting.entry(need).or_default().push(&other.id);
        }
    }
    let mut after = HashSet::from([job.id.as_str()]);
    let mut next = vec![job.id.as_str()];
    while let Some(id) = next.pop() {
        let new = waiting.get(id).into_iter().flatten().filter(|other| after.insert(other));
        next.extend(new);
    }
    workflow.jobs.len().saturating_sub(after.len())
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn id(file: &str, required: &[&str]) -> Option<String> {
        let required: Vec<String> = required.iter().map(|&check| check.to_owned()).collect();
        gate(&parse(file).unwrap(), &required).map(|job| job.id.clone())
    }

    #[test]
    fn the_job_that_sums_up_is_found() {
        let file = "jobs: { a: {}, b: {}, c: { needs: a }, \
                    all-green: { name: All green, needs: [a, b, c], if: always() }, \
                    deploy: { needs: all-green }, report: { needs: [a, b], if: '${{ !cancelled() }}' } }";
        assert_eq!(id(file, &[]).as_deref(), Some("all-green"));
        assert_eq!(id(file, &["All green"]).as_deref(), Some("all-green"));
        // what is required is known, and nothing that sums up is among it
        assert_eq!(id(file, &["a"]), None);
    }

    #[test]
    fn a_job_that_a_failure_skips_is_no_gate() {
        assert_eq!(id("jobs: { a: {}, b: {}, deploy: { needs: [a, b] } }", &[]), None);
        assert_eq!(id("jobs: { a: {}, b: { needs: a, if: always() } }", &[]), None);
        let circle =
            "jobs: { a: { needs: b }, b: { needs: a }, c: { needs: [a, b, c], if: always() } }";
        assert_eq!(id(circle, &[]).as_deref(), Some("c"));
    }
}
