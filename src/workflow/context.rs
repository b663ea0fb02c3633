//! What an expression may look up: only what is known of a run, or of one that would be started. A name
//! that is not here is unknown, unless it is known that there is nothing.

use std::collections::BTreeMap;

use super::expression::Value;
use super::glob;
use crate::model::Run;
use crate::model::workflow::{InputKind, Workflow};

/// What is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    values: BTreeMap<String, Value>,
    /// Below these there is nothing but what `values` holds.
    closed: Vec<&'static str>,
}

/// What a run stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ref<'a> {
    /// A branch.
    Branch(&'a str),
    /// A tag.
    Tag(&'a str),
    /// A pull request from this branch into that one, when it is known.
    PullRequest(&'a str, Option<&'a str>),
}

/// Events whose runs stand on a pull request.
const PULL_REQUESTS: [&str; 2] = ["pull_request", "pull_request_target"];

impl Context {
    /// The same, and `path` (`github.ref`, `inputs.stage`) is `value`.
    #[must_use]
    pub fn with(mut self, path: &str, value: impl Into<Value>) -> Self {
        self.values.insert(path.to_lowercase(), value.into());
        self
    }

    /// The value of a path in lower case; none when it is not known.
    pub(super) fn get(&self, path: &str) -> Option<Value> {
        if let Some(value) = self.values.get(path) {
            return Some(value.clone());
        }
        let nothing = |closed: &&str| path.strip_prefix(closed).is_some_and(|r| r.starts_with('.'));
        self.closed.iter().any(nothing).then_some(Value::Null)
    }

    /// What is known of any run of a workflow that `event` starts, on `git_ref` when that is known.
    #[must_use]
    pub fn of_event(
        workflow: &Workflow,
        file: &str,
        repo: &str,
        event: &str,
        git_ref: Option<Ref<'_>>,
    ) -> Self {
        let name = workflow.name.clone().unwrap_or_else(|| format!(".github/workflows/{file}"));
        let owner = repo.split('/').next().unwrap_or_default();
        let mut context = Self::default()
            .with("github.workflow", name)
            .with("github.repository", repo)
            .with("github.repository_owner", owner)
            .with("github.event_name", event);
        if !PULL_REQUESTS.contains(&event) {
            context.closed.extend(["github.event.pull_request", "github.event.number"]);
            context = context
                .with("github.event.number", Value::Null)
                .with("github.head_ref", "")
                .with("github.base_ref", "");
        }
        if !matches!(event, "workflow_dispatch" | "workflow_call") {
            context.closed.extend(["inputs", "github.event.inputs"]);
        }
        match git_ref {
            Some(Ref::Branch(name)) => context.on("heads", "branch", name),
            Some(Ref::Tag(name)) => context.on("tags", "tag", name),
            Some(Ref::PullRequest(head, base)) => {
                let context = context.with("github.head_ref", head);
                match base {
                    Some(base) => context.with("github.base_ref", base),
                    None => context,
                }
            }
            None => context,
        }
    }

    fn on(self, folder: &str, kind: &str, name: &str) -> Self {
        self.with("github.ref", format!("refs/{folder}/{name}"))
            .with("github.ref_name", name)
            .with("github.ref_type", kind)
    }

    /// What is known of a run from what GitHub lists of it. Its inputs are not listed, so they stay
    /// unknown.
    #[must_use]
    pub fn of_run(workflow: &Workflow, repo: &str, run: &Run) -> Self {
        let git_ref = ref_of(workflow, run);
        let context = Self::of_event(workflow, &run.workflow, repo, &run.event, git_ref)
            .with("github.sha", run.sha.as_str())
            .with("github.run_id", run.id.to_string())
            .with("github.run_number", run.number.to_string())
            .with("github.run_attempt", run.attempt.to_string());
        match &run.actor {
            Some(actor) => context.with("github.actor", actor.as_str()),
            None => context,
        }
    }

    /// What is known of a run that would be started by hand, on `git_ref`, with `given` inputs; those not
    /// given are their defaults.
    #[must_use]
    pub fn of_dispatch(
        workflow: &Workflow,
        file: &str,
        repo: &str,
        git_ref: Ref<'_>,
        given: &BTreeMap<String, String>,
    ) -> Self {
        let event = "workflow_dispatch";
        let mut context = Self::of_event(workflow, file, repo, event, Some(git_ref));
        context.closed.extend(["inputs", "github.event.inputs"]);
        for input in workflow.on.workflow_dispatch.iter().flat_map(|dispatch| &dispatch.inputs) {
            let text = given.get(&input.name).or(input.default.as_ref()).cloned();
            let raw = text.clone().unwrap_or_default();
            let value = match &input.kind {
                InputKind::Boolean => Value::Bool(text.as_deref() == Some("true")),
                InputKind::Number => {
                    raw.parse().map_or_else(|_| Value::Text(raw.clone()), Value::Number)
                }
                // without a default the first one is taken
                InputKind::Choice(options) if text.is_none() => {
                    options.first().map_or(Value::Null, |first| first.as_str().into())
                }
                _ => Value::Text(raw.clone()),
            };
            context = context
                .with(&format!("github.event.inputs.{}", input.name), value.text())
                .with(&format!("inputs.{}", input.name), value);
        }
        context
    }
}

/// What a run stands on, from its event and the workflow's filters; none when its name may be a branch's
/// as well as a tag's.
fn ref_of<'a>(workflow: &Workflow, run: &'a Run) -> Option<Ref<'a>> {
    let name = run.branch.as_deref()?;
    if PULL_REQUESTS.contains(&run.event.as_str()) {
        return Some(Ref::PullRequest(name, None));
    }
    let push = workflow.on.push.as_ref().filter(|_| run.event == "push");
    let (branches, tags) = push.map_or((&[][..], &[][..]), |push| (&push.branches, &push.tags));
    let likely_tag = name.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    match (branches.is_empty(), tags.is_empty()) {
        (false, true) => Some(Ref::Branch(name)),
        (true, false) => Some(Ref::Tag(name)),
        (true, true) => (!likely_tag).then_some(Ref::Branch(name)),
        (false, false) => match (glob::takes(branches, name), glob::takes(tags, name)) {
            (true, false) => Some(Ref::Branch(name)),
            (false, true) => Some(Ref::Tag(name)),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lock, lock, parse, same_group};
    use super::*;

    const FILE: &str = "name: Deploy\non: { push: { branches: [main], tags: ['v*'] }, pull_request: }\n\
        concurrency: { group: '${{ github.workflow }}-${{ github.head_ref || github.ref }}', \
        cancel-in-progress: \"${{ github.event_name == 'pull_request' }}\" }\njobs: { a: {} }\n";

    fn run(event: &str, branch: &str) -> Run {
        serde_json::from_value(serde_json::json!({
            "id": 7, "workflow": "deploy.yml", "name": "Deploy", "number": 3, "attempt": 1,
            "title": "x", "branch": branch, "sha": "abc", "event": event, "status": "queued",
            "url": "", "actor": "kim"
        }))
        .unwrap()
    }

    fn locked(event: &str, branch: &str) -> Option<Lock> {
        let workflow = parse(FILE).unwrap();
        let context = Context::of_run(&workflow, "acme/shop", &run(event, branch));
        lock(workflow.concurrency.as_ref().unwrap(), &context)
    }

    #[test]
    fn a_run_locks_the_group_of_its_ref() {
        let on = |group: &str, cancels| Lock {
            group: group.into(),
            cancels: Some(cancels),
            queues: false,
        };
        assert_eq!(locked("push", "main"), Some(on("Deploy-refs/heads/main", false)));
        assert_eq!(locked("push", "v1.2"), Some(on("Deploy-refs/tags/v1.2", false)));
        assert_eq!(locked("pull_request", "fix/x"), Some(on("Deploy-fix/x", true)));
        // neither filter takes it, so which of the two it is stays open
        assert_eq!(locked("push", "other"), None);
        assert_eq!(locked("workflow_dispatch", "1.0"), None);
        assert!(same_group("Deploy-Main", "deploy-main"));
    }

    #[test]
    fn inputs_of_a_dispatch_have_their_types_and_defaults() {
        let file = "on: { workflow_dispatch: { inputs: { dry: { type: boolean, default: true }, \
                    stage: { type: choice, options: [a, b] }, n: { type: number, default: 3 } } } }\n\
                    jobs: { a: {} }\n";
        let workflow = parse(file).unwrap();
        let given = BTreeMap::from([("n".to_owned(), "4".to_owned())]);
        let branch = Ref::Branch("main");
        let context = Context::of_dispatch(&workflow, "x.yml", "acme/shop", branch, &given);
        assert_eq!(context.get("inputs.dry"), Some(Value::Bool(true)));
        assert_eq!(context.get("inputs.stage"), Some("a".into()));
        assert_eq!(context.get("github.event.inputs.n"), Some("4".into()));
        assert_eq!(context.get("inputs.nobody"), Some(Value::Null));
        assert_eq!(context.get("github.workflow"), Some(".github/workflows/x.yml".into()));
        assert_eq!(context.get("vars.x"), None);
    }
}
