//! What GitHub is asked to do, each as one call: the exact request, and what shows that it took effect.
//! Pure; whether it may be asked is decided elsewhere. Source: GitHub's REST API, actions endpoints.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::follow::{Effect, Follow, Origin};
use crate::model::{Call, Run};

/// The word that stands for the comment of a decision, until it is filled in.
pub const COMMENT: &str = "{comment}";

/// The word that stands for the id of the action, until it is filled in.
pub const ACTION: &str = "{action}";

/// Whether one of these inputs marks the run that it starts.
#[must_use]
pub fn is_marked(inputs: &BTreeMap<String, String>) -> bool {
    inputs.values().any(|value| value.contains(ACTION))
}

/// One host's repository, in whose name things are asked.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// `github` or `github.NAME`.
    pub host: &'a str,
    /// `acme/checkout`.
    pub repo: &'a str,
}

/// What is known of a run before it is started.
#[derive(Debug, Clone, Default)]
pub struct Begin {
    /// The newest run that is known: ids rise.
    pub after: u64,
    /// Whether it has to end well.
    pub to_end: bool,
    /// What it begins with.
    pub origin: Origin,
}

impl Place<'_> {
    fn call(&self, path: &str, body: Option<&Value>, effect: Effect) -> Call {
        let text = format!("POST /repos/{}/{path}", self.repo);
        let text = body.map_or(text.clone(), |body| format!("{text} {body}"));
        Call {
            to: self.host.to_owned(),
            text,
            expect: BTreeMap::new(),
            run: None,
            follow: Some(Follow { repo: self.repo.to_owned(), effect }),
        }
    }

    /// Decides on deployments that wait: `state` is `approved` or `rejected`, `environments` are ids and
    /// names.
    #[must_use]
    pub fn decide(&self, run: u64, environments: &[(u64, String)], state: &str) -> Call {
        let ids: Vec<u64> = environments.iter().map(|(id, _)| *id).collect();
        let body = json!({"environment_ids": ids, "state": state, "comment": COMMENT});
        let effect = Effect::Decided {
            run,
            environments: environments.iter().map(|(_, name)| name.clone()).collect(),
            state: state.to_owned(),
        };
        self.call(&format!("actions/runs/{run}/pending_deployments"), Some(&body), effect)
    }

    /// Starts a workflow. An input that is [`ACTION`] marks the run.
    #[must_use]
    pub fn dispatch(
        &self,
        file: &str,
        git_ref: &str,
        inputs: &BTreeMap<String, String>,
        begin: Begin,
    ) -> Call {
        let mut body = Map::new();
        body.insert("ref".to_owned(), json!(git_ref));
        if !inputs.is_empty() {
            body.insert("inputs".to_owned(), json!(inputs));
        }
        body.insert("return_run_details".to_owned(), json!(true));
        let marked = is_marked(inputs);
        let effect = Effect::Started {
            workflow: file.to_owned(),
            git_ref: git_ref.to_owned(),
            marker: marked.then(|| ACTION.to_owned()),
            origin: begin.origin,
            after: begin.after,
            to_end: begin.to_end,
        };
        let path = format!("actions/workflows/{file}/dispatches");
        self.call(&path, Some(&Value::Object(body)), effect)
    }

    /// Opens an issue. Nothing is read back of it: that it was taken is the last that is known.
    #[must_use]
    pub fn open(&self, title: &str, body: &str, labels: &[String]) -> Call {
        let mut issue = Map::new();
        issue.insert("title".to_owned(), json!(title));
        issue.insert("body".to_owned(), json!(body));
        if !labels.is_empty() {
            issue.insert("labels".to_owned(), json!(labels));
        }
        let text = format!("POST /repos/{}/issues {}", self.repo, Value::Object(issue));
        Call { to: self.host.to_owned(), text, ..Call::default() }
    }

    /// Runs a run again: all of it, or what failed.
    #[must_use]
    pub fn rerun(&self, run: &Run, failed_only: bool, to_end: bool) -> Call {
        let what = if failed_only { "rerun-failed-jobs" } else { "rerun" };
        let effect = Effect::Attempt { run: run.id, after: run.attempt, to_end };
        self.call(&format!("actions/runs/{}/{what}", run.id), None, effect)
    }

    /// Runs one job again, and those that need it.
    #[must_use]
    pub fn rerun_job(&self, run: &Run, job: u64) -> Call {
        let effect = Effect::Attempt { run: run.id, after: run.attempt, to_end: false };
        self.call(&format!("actions/jobs/{job}/rerun"), None, effect)
    }

    /// Cancels a run, or ends it whatever its jobs say.
    #[must_use]
    pub fn cancel(&self, run: &Run, force: bool) -> Call {
        let what = if force { "force-cancel" } else { "cancel" };
        let effect = Effect::Cancelled { run: run.id, attempt: run.attempt };
        self.call(&format!("actions/runs/{}/{what}", run.id), None, effect)
    }
}
