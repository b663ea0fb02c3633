//! The part of a workflow file that says what starts it.

use super::super::yaml::Node;
use crate::model::workflow::{AfterWorkflow, Dispatch, Input, InputKind, RefFilter, Triggers};

/// What starts it, from `on`: a word, a list of words, or a map.
pub(super) fn triggers(on: &Node) -> Triggers {
    let mut triggers = Triggers::default();
    for name in on.texts() {
        add(&mut triggers, &name, None);
    }
    for (name, body) in on.pairs() {
        add(&mut triggers, name, Some(body));
    }
    triggers
}

fn add(triggers: &mut Triggers, name: &str, body: Option<&Node>) {
    match name {
        "push" => triggers.push = Some(filter(body)),
        "pull_request" => triggers.pull_request = Some(filter(body)),
        "pull_request_target" => triggers.pull_request_target = Some(filter(body)),
        "workflow_dispatch" => triggers.workflow_dispatch = Some(dispatch(body)),
        "workflow_call" => triggers.workflow_call = Some(dispatch(body)),
        "workflow_run" => {
            triggers.workflow_run = Some(AfterWorkflow {
                workflows: texts(body, "workflows"),
                branches: texts(body, "branches"),
                types: texts(body, "types"),
            });
        }
        "schedule" => {
            let times = body.map(Node::items).unwrap_or_default();
            let times = times.iter().filter_map(|time| time.get("cron")?.owned());
            triggers.schedule.extend(times);
        }
        other => triggers.others.push(other.to_owned()),
    }
}

fn texts(body: Option<&Node>, key: &str) -> Vec<String> {
    body.and_then(|body| body.get(key)).map(Node::texts).unwrap_or_default()
}

fn filter(body: Option<&Node>) -> RefFilter {
    RefFilter {
        branches: texts(body, "branches"),
        branches_ignore: texts(body, "branches-ignore"),
        tags: texts(body, "tags"),
        tags_ignore: texts(body, "tags-ignore"),
        paths: texts(body, "paths"),
        paths_ignore: texts(body, "paths-ignore"),
        types: texts(body, "types"),
    }
}

fn dispatch(body: Option<&Node>) -> Dispatch {
    let inputs = body.and_then(|body| body.get("inputs"));
    let inputs = inputs.into_iter().flat_map(Node::pairs);
    Dispatch { inputs: inputs.map(|(name, body)| input(name, body)).collect() }
}

fn input(name: &str, body: &Node) -> Input {
    let kind = match body.get("type").and_then(Node::text) {
        Some("boolean") => InputKind::Boolean,
        Some("number") => InputKind::Number,
        Some("choice") => {
            InputKind::Choice(body.get("options").map(Node::texts).unwrap_or_default())
        }
        Some("environment") => InputKind::Environment,
        _ => InputKind::String,
    };
    Input {
        name: name.to_owned(),
        description: body.get("description").and_then(Node::owned),
        kind,
        required: body.get("required").and_then(Node::truth) == Some(true),
        default: body.get("default").and_then(Node::owned),
    }
}
