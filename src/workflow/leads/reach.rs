//! Which environments the jobs that a trigger lets run deploy to.

use std::collections::HashSet;

use super::super::context::Context;
use super::super::expression::{fill, verdict};
use super::{Lead, choices};
use crate::model::workflow::{Input, Workflow, WorkflowJob};

/// Values of one input that are tried.
const CHOICES: usize = 20;

/// Where a run in `context` may lead; `inputs` are those it may be given.
pub(super) fn reach(workflow: &Workflow, context: &Context, inputs: &[Input]) -> Lead {
    let mut lead = Lead::default();
    let left_out = left_out(workflow, context);
    for job in workflow.jobs.iter().filter(|job| !left_out.contains(job.id.as_str())) {
        if let Some(name) = &job.environment {
            match names(name, job, context, inputs) {
                Some(names) => names.into_iter().for_each(|name| put(&mut lead.environments, name)),
                None => put(&mut lead.open, name.clone()),
            }
        }
        if let Some(calls) = &job.uses {
            // by custom the environment is handed over by this name
            let handed = job.with.get("environment");
            match handed.and_then(|name| names(name, job, context, inputs)) {
                Some(names) => names.into_iter().for_each(|name| put(&mut lead.environments, name)),
                None => put(&mut lead.calls, calls.clone()),
            }
        }
    }
    lead
}

fn put(list: &mut Vec<String>, name: String) {
    if !list.contains(&name) {
        list.push(name);
    }
}

/// Jobs that surely do not run: by their own condition, or because one they need does not.
fn left_out<'a>(workflow: &'a Workflow, context: &Context) -> HashSet<&'a str> {
    let no = |job: &&WorkflowJob| {
        job.condition.as_deref().is_some_and(|text| verdict(text, context) == Some(false))
    };
    let mut out: HashSet<&str> =
        workflow.jobs.iter().filter(no).map(|job| job.id.as_str()).collect();
    loop {
        let more: Vec<&str> = workflow
            .jobs
            .iter()
            .filter(|job| !out.contains(job.id.as_str()) && !stands_alone(job))
            .filter(|job| job.needs.iter().any(|need| out.contains(need.as_str())))
            .map(|job| job.id.as_str())
            .collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// Whether it runs although a job it needs was left out.
fn stands_alone(job: &WorkflowJob) -> bool {
    let condition = job.condition.as_deref().unwrap_or_default();
    ["always()", "cancelled()", "failure()"].iter().any(|word| condition.contains(word))
}

/// What an environment's name can come to; none when that depends on more than a choice.
fn names(
    text: &str,
    job: &WorkflowJob,
    context: &Context,
    inputs: &[Input],
) -> Option<Vec<String>> {
    if let Some(name) = fill(text, context) {
        return Some(Some(name).filter(|name| !name.is_empty()).into_iter().collect());
    }
    let lower = text.to_lowercase();
    let used = inputs.iter().find(|input| {
        let path = format!("inputs.{}", input.name.to_lowercase());
        !choices(input).is_empty() && lower.contains(&path)
    })?;
    let mut found = Vec::new();
    for value in choices(used).into_iter().take(CHOICES) {
        let context = context
            .clone()
            .with(&format!("github.event.inputs.{}", used.name), value.text())
            .with(&format!("inputs.{}", used.name), value);
        let runs = job.condition.as_deref().is_none_or(|it| verdict(it, &context) != Some(false));
        if runs {
            put(&mut found, fill(text, &context)?);
        }
    }
    Some(found)
}
