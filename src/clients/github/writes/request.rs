//! The requests that are ever sent, read from the text of a call: what is not one of them is refused.

use serde_json::{Map, Value};

use crate::model::{Fault, FaultKind};
use crate::text;

/// The field that asks a dispatch for the run that it starts.
pub(super) const DETAILS: &str = "return_run_details";

/// The most inputs that GitHub takes.
const INPUTS: usize = 25;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request<'a> {
    /// `acme/checkout`.
    pub(super) repo: &'a str,
    kind: Kind<'a>,
    pub(super) body: Option<Value>,
}

/// What it asks for. Ids stay text: they are digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    Dispatch {
        file: &'a str,
    },
    Decide {
        run: &'a str,
    },
    /// `rerun`, `rerun-failed-jobs`, `cancel` or `force-cancel`.
    Run {
        run: &'a str,
        verb: &'a str,
    },
    RerunJob {
        job: &'a str,
    },
    Issue,
}

impl<'a> Request<'a> {
    /// Reads `POST /repos/OWNER/NAME/… {json}` of a repository.
    pub(super) fn parse(repo: &'a str, text: &'a str) -> Result<Self, Fault> {
        let not = |why: &str| {
            let text = text::line(text, 120);
            Fault::new(FaultKind::Setup, format!("`{text}` is no request that is sent: {why}"))
        };
        let rest = text.strip_prefix("POST /repos/").ok_or_else(|| not("it has another form"))?;
        let rest = rest.strip_prefix(repo).and_then(|rest| rest.strip_prefix('/'));
        let rest = rest.ok_or_else(|| not("it is about another repository"))?;
        let (path, body) = match rest.find(" {") {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        let segments: Vec<&str> = path.split('/').collect();
        let kind = Kind::of(&segments).ok_or_else(|| not("it goes elsewhere"))?;
        let body = body.map(serde_json::from_str::<Value>).transpose();
        let body = body.map_err(|_| not("its body is not JSON"))?;
        if !kind.takes(body.as_ref()) {
            return Err(not("its body is another one"));
        }
        Ok(Self { repo, kind, body })
    }

    /// The same without the question for the run; none where it is not asked.
    pub(super) fn without_details(&self) -> Option<Self> {
        let mut plain = self.clone();
        let body = plain.body.as_mut()?.as_object_mut()?;
        body.remove(DETAILS)?;
        Some(plain)
    }

    /// The segments of its path below the repository.
    pub(super) fn tail(&self) -> Vec<&'a str> {
        match self.kind {
            Kind::Dispatch { file } => vec!["actions", "workflows", file, "dispatches"],
            Kind::Decide { run } => vec!["actions", "runs", run, "pending_deployments"],
            Kind::Run { run, verb } => vec!["actions", "runs", run, verb],
            Kind::Issue => vec!["issues"],
            Kind::RerunJob { job } => vec!["actions", "jobs", job, "rerun"],
        }
    }

    /// What it does, for the operator.
    pub(super) fn what(&self) -> String {
        match self.kind {
            Kind::Dispatch { file } => format!("starting {file}"),
            Kind::Decide { run } => format!("deciding on the deployments of run {run}"),
            Kind::Run { run, verb: "cancel" } => format!("cancelling run {run}"),
            Kind::Run { run, verb: "force-cancel" } => format!("ending run {run}"),
            Kind::Run { run, .. } => format!("running run {run} again"),
            Kind::Issue => "opening an issue".to_owned(),
            Kind::RerunJob { job } => format!("running job {job} again"),
        }
    }

    /// The permission that it takes, in GitHub's words.
    pub(super) fn permission(&self) -> &'static str {
        match self.kind {
            Kind::Decide { .. } => "deployments: write",
            Kind::Issue => "issues: write",
            _ => "actions: write",
        }
    }

    /// What it takes besides.
    pub(super) fn besides(&self) -> &'static str {
        match self.kind {
            Kind::Decide { .. } => {
                " and a person who is a required reviewer: an app's token cannot review"
            }
            Kind::Run { verb: "rerun" | "rerun-failed-jobs", .. } | Kind::RerunJob { .. } => {
                ", and a run that is not older than 30 days"
            }
            _ => "",
        }
    }
}

impl<'a> Kind<'a> {
    fn of(segments: &[&'a str]) -> Option<Self> {
        let is_id = |id: &str| {
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) && id.parse::<u64>().is_ok()
        };
        match *segments {
            ["actions", "workflows", file, "dispatches"]
                if !file.is_empty() && !file.chars().any(char::is_control) =>
            {
                Some(Self::Dispatch { file })
            }
            ["actions", "runs", run, "pending_deployments"] if is_id(run) => {
                Some(Self::Decide { run })
            }
            [
                "actions",
                "runs",
                run,
                verb @ ("rerun" | "rerun-failed-jobs" | "cancel" | "force-cancel"),
            ] if is_id(run) => Some(Self::Run { run, verb }),
            ["issues"] => Some(Self::Issue),
            ["actions", "jobs", job, "rerun"] if is_id(job) => Some(Self::RerunJob { job }),
            _ => None,
        }
    }

    /// Whether a body is one that goes with it.
    fn takes(self, body: Option<&Value>) -> bool {
        let body = match (self, body) {
            (
                Self::Dispatch { .. } | Self::Decide { .. } | Self::Issue,
                Some(Value::Object(body)),
            ) => body,
            (Self::Run { .. } | Self::RerunJob { .. }, None) => return true,
            _ => return false,
        };
        match self {
            Self::Dispatch { .. } => is_dispatch(body),
            Self::Issue => is_issue(body),
            _ => is_decision(body),
        }
    }
}

fn is_dispatch(body: &Map<String, Value>) -> bool {
    let known = body.iter().all(|(key, value)| match key.as_str() {
        "ref" => value.as_str().is_some_and(|name| !name.is_empty()),
        "inputs" => value
            .as_object()
            .is_some_and(|inputs| inputs.len() <= INPUTS && inputs.values().all(Value::is_string)),
        DETAILS => value == &Value::Bool(true),
        _ => false,
    });
    known && body.contains_key("ref")
}

fn is_issue(body: &Map<String, Value>) -> bool {
    let known = body.iter().all(|(key, value)| match key.as_str() {
        "title" => value.as_str().is_some_and(|title| !title.is_empty()),
        "body" => value.is_string(),
        "labels" => value.as_array().is_some_and(|labels| labels.iter().all(Value::is_string)),
        _ => false,
    });
    known && body.contains_key("title") && body.contains_key("body")
}

fn is_decision(body: &Map<String, Value>) -> bool {
    let known = body.iter().all(|(key, value)| match key.as_str() {
        "environment_ids" => {
            value.as_array().is_some_and(|ids| !ids.is_empty() && ids.iter().all(Value::is_u64))
        }
        "state" => value == "approved" || value == "rejected",
        "comment" => value.is_string(),
        _ => false,
    });
    known && body.len() == 3
}
