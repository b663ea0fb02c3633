//! What can be done at GitHub, and how it says no.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::demo::forge::act::{Again, Refusal};
use crate::demo::forge::dispatch::{Invalid, Wish};
use crate::demo::forge::gate::Environment;
use crate::demo::forge::repository::Repository;
use crate::demo::http::{Reply, Request};
use crate::demo::quirk::Token;
use crate::demo::world::World;
use crate::model::Time;

use super::{Github, refusal};

/// The API version that always tells which run a dispatch started.
const TELLS: &str = "2026-03-10";

impl Github {
    /// Does what a request asks for in a repository; none where its path names nothing.
    pub(super) fn act(
        &self,
        world: &mut World,
        name: &str,
        request: &Request,
        now: Time,
    ) -> Option<Reply> {
        let quirks = self.faults.quirks();
        let segments = request.segments();
        let path = segments.get(3..)?;
        let foreign =
            quirks.token == Token::Installation && path.last() == Some(&"pending_deployments");
        if quirks.reads_only || foreign {
            let who = if foreign { "integration" } else { "personal access token" };
            return Some(refusal(403, &format!("Resource not accessible by {who}")));
        }
        let body = match body(request) {
            Ok(body) => body,
            Err(reply) => return Some(reply),
        };
        let number = |text: &str| text.parse::<u64>().ok();
        let second = world.second;
        match path {
            ["actions", "workflows", workflow, "dispatches"] => {
                self.dispatch(world, name, workflow, request, &body, now)
            }
            ["actions", "runs", id, "pending_deployments"] => {
                self.review(world, name, number(id)?, &body, now)
            }
            ["actions", "runs", id, verb @ ("cancel" | "force-cancel")] => {
                let own = world.forge.repository_mut(name)?;
                let done = own.cancel(number(id)?, *verb == "force-cancel", second);
                say(done.map(|()| Reply::json(202, &json!({}))))
            }
            ["issues"] => {
                if quirks.no_issues {
                    return Some(refusal(410, "Issues are disabled for this repo"));
                }
                let title = body.get("title").and_then(Value::as_str).unwrap_or_default();
                if title.is_empty() {
                    return Some(refusal(422, "Validation Failed"));
                }
                let own = world.forge.repository_mut(name)?;
                own.issues += 1;
                let number = own.issues;
                let path = format!("/issues/{number}");
                let place = self.place(world, name, now)?;
                let issue = place.issue(number, title, &body, now);
                Some(Reply::json(201, &issue).with("location", place.url(&path)))
            }
            ["actions", "runs", id, "rerun"] => again(world, name, number(id)?, Again::All),
            ["actions", "runs", id, "rerun-failed-jobs"] => {
                again(world, name, number(id)?, Again::Failed)
            }
            ["actions", "jobs", id, "rerun"] => {
                let id = number(id)?;
                let place = self.place(world, name, now)?;
                let (run, index, found) = place.find_job(id)?;
                let newest =
                    run.jobs.get(index).is_some_and(|newest| newest.attempt == found.attempt);
                let run = run.id;
                if newest { again(world, name, run, Again::One(index)) } else { None }
            }
            _ => None,
        }
    }

    fn dispatch(
        &self,
        world: &mut World,
        name: &str,
        workflow: &str,
        request: &Request,
        body: &Map<String, Value>,
        now: Time,
    ) -> Option<Reply> {
        let quirks = self.faults.quirks();
        let version = request.headers.get("x-github-api-version").map(String::as_str);
        let known = ["ref", "inputs", "return_run_details"];
        for key in body.keys() {
            let old = quirks.old_dispatch && key == "return_run_details";
            if old || !known.contains(&key.as_str()) {
                let text = format!("Invalid request.\n\n\"{key}\" is not a permitted key.");
                return Some(refusal(if old { 400 } else { 422 }, &text));
            }
        }
        let Some(reference) = body.get("ref").and_then(Value::as_str) else {
            return Some(refusal(422, "Invalid request.\n\n\"ref\" wasn't supplied."));
        };
        let place = self.place(world, name, now)?;
        let workflow = place.workflow(workflow)?;
        let short = reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/");
        let inputs = body.get("inputs").and_then(Value::as_object);
        let inputs: BTreeMap<_, _> =
            inputs.into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect();
        let wish = Wish {
            reference: short.to_owned(),
            sha: place.reference(reference),
            inputs,
            shares: quirks.shared_queue && place.file(workflow) == Some("rollback.yml"),
        };
        let second = world.second;
        let id = match world.forge.repository_mut(name)?.dispatch(workflow, wish, second) {
            Ok(id) => id,
            Err(invalid) => return Some(refusal(422, &why(&invalid))),
        };
        let details = body.get("return_run_details").and_then(Value::as_bool) == Some(true);
        if !details && version != Some(TELLS) {
            return Some(Reply::text(204, ""));
        }
        let place = self.place(world, name, now)?;
        let run = format!("/actions/runs/{id}");
        let details = json!({"workflow_run_id": id, "run_url": place.url(&run), "html_url": place.page(&run)});
        Some(Reply::json(200, &details))
    }

    fn review(
        &self,
        world: &mut World,
        name: &str,
        run: u64,
        body: &Map<String, Value>,
        now: Time,
    ) -> Option<Reply> {
        let supplied = |key: &str| body.get(key).filter(|value| !value.is_null());
        let missing =
            ["environment_ids", "state", "comment"].into_iter().find(|key| supplied(key).is_none());
        if let Some(missing) = missing {
            return Some(refusal(
                422,
                &format!("Invalid request.\n\n\"{missing}\" wasn't supplied."),
            ));
        }
        let approve = match supplied("state").and_then(Value::as_str) {
            Some("approved") => true,
            Some("rejected") => false,
            _ => {
                return Some(refusal(
                    422,
                    "Invalid request.\n\nstate must be approved or rejected.",
                ));
            }
        };
        let comment = supplied("comment").and_then(Value::as_str).unwrap_or_default();
        let place = self.place(world, name, now)?;
        let ids =
            supplied("environment_ids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let environments: &'static [Environment] = place.own.environments;
        let named = |id: &Value| {
            let mut environments = environments.iter();
            let found =
                environments.find(|own| Some(place.environment_id(own.name)) == id.as_u64());
            found.map(|own| own.name)
        };
        let names: Option<Vec<_>> = ids.iter().map(named).collect();
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            return Some(refusal(
                422,
                "Validation Failed: environment_ids name no environment of this repository",
            ));
        };
        let second = world.second;
        let done = world.forge.repository_mut(name)?.review(run, &names, approve, comment, second);
        let place = self.place(world, name, now)?;
        say(done.map(|ids| {
            let deployments = ids.iter().filter_map(|id| place.deployment(*id));
            Reply::json(200, &deployments.collect())
        }))
    }
}

fn again(world: &mut World, name: &str, run: u64, which: Again) -> Option<Reply> {
    let second = world.second;
    let own: &mut Repository = world.forge.repository_mut(name)?;
    let done = own.rerun(run, which, second);
    say(done.map(|()| Reply::json(201, &json!({}))))
}

/// An answer, or what GitHub says instead.
fn say(done: Result<Reply, Refusal>) -> Option<Reply> {
    let (status, text) = match done {
        Ok(reply) => return Some(reply),
        Err(Refusal::Missing) => return None,
        Err(Refusal::Over) => (409, "Cannot cancel a workflow run that is completed."),
        Err(Refusal::Running) => (403, "This workflow is already running"),
        Err(Refusal::TooOld) => {
            (403, "Unable to retry this workflow run because it was created over a month ago")
        }
        Err(Refusal::Broken) => (403, "This workflow run cannot be retried"),
        Err(Refusal::NothingFailed) => (403, "This workflow run has no failed jobs"),
        Err(Refusal::NothingWaits) => (422, "No pending deployment requests to approve or reject"),
        Err(Refusal::NotYours) => (403, "You are not a required reviewer of this deployment"),
    };
    Some(refusal(status, text))
}

fn why(invalid: &Invalid) -> String {
    match invalid {
        Invalid::NotManual => "Workflow does not have 'workflow_dispatch' trigger".to_owned(),
        Invalid::Reference(reference) => format!("No ref found for: {reference}"),
        Invalid::Unexpected(names) => format!("Unexpected inputs provided: {}", json!(names)),
        Invalid::Missing(name) => format!("Required input '{name}' not provided"),
        Invalid::Value(name, value) => {
            format!("Provided value '{value}' for input '{name}' not in the list of allowed values")
        }
        Invalid::TooMany => "Workflow may be started with at most 25 inputs".to_owned(),
    }
}

/// What a request says, when it is an object or nothing.
fn body(request: &Request) -> Result<Map<String, Value>, Reply> {
    if request.body.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(refusal(400, "Body should be a JSON object")),
        Err(_) => Err(refusal(400, "Problems parsing JSON")),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_objects() {
        let of = |text: &str| body(&Request { body: text.into(), ..Request::default() });
        assert!(of("").unwrap().is_empty());
        assert_eq!(of(r#"{"ref":"main"}"#).unwrap().len(), 1);
        assert_eq!(of("[]").unwrap_err().status, 400);
        assert_eq!(of("{").unwrap_err().status, 400);
    }
}
