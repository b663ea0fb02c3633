//! From a document to a workflow. What GitHub would refuse in one place does not cost the rest: a part
//! that is not what it should be is left out.

mod jobs;
mod triggers;

use std::fmt;

use super::yaml::{self, Node};
use crate::model::backing::WorkflowFile;
use crate::model::workflow::{Concurrency, Switch, Workflow};

/// Jobs that are kept of a file.
const JOBS: usize = 256;

/// Why a text is no workflow: one sentence, without the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAWorkflow(pub String);

impl fmt::Display for NotAWorkflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAWorkflow {}

/// What the text of a workflow file says; none: there is no such file.
#[must_use]
pub fn file(text: Option<&str>) -> WorkflowFile {
    match text.map(parse) {
        None => WorkflowFile::Missing,
        Some(Ok(workflow)) => WorkflowFile::Read(Box::new(workflow)),
        Some(Err(why)) => WorkflowFile::Odd(why.to_string()),
    }
}

/// Reads a workflow file.
///
/// # Errors
/// When it is not YAML, is too large (aliases counted) or has no jobs.
pub fn parse(text: &str) -> Result<Workflow, NotAWorkflow> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = yaml::read(text).map_err(NotAWorkflow)?;
    let Some(listed) = root.get("jobs").filter(|jobs| jobs.is_map()) else {
        return Err(NotAWorkflow("it has no jobs".into()));
    };
    // a file that went through a reader of older YAML has its `on` turned into a truth
    let on = root.get("on").or_else(|| root.get("true"));
    Ok(Workflow {
        name: root.get("name").and_then(Node::owned),
        run_name: root.get("run-name").and_then(Node::owned),
        on: on.map(triggers::triggers).unwrap_or_default(),
        concurrency: root.get("concurrency").and_then(concurrency),
        jobs: listed.pairs().take(JOBS).map(|(id, job)| jobs::job(id, job)).collect(),
    })
}

fn concurrency(node: &Node) -> Option<Concurrency> {
    if let Some(group) = node.owned() {
        return Some(Concurrency { group, cancel_in_progress: None, queue_max: false });
    }
    Some(Concurrency {
        group: node.get("group")?.owned()?,
        cancel_in_progress: node.get("cancel-in-progress").and_then(switch),
        queue_max: node.get("queue").and_then(Node::text) == Some("max"),
    })
}

fn switch(node: &Node) -> Option<Switch> {
    if let Some(on) = node.truth() {
        return Some(Switch::Fixed(on));
    }
    node.owned().map(Switch::Expression)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workflow::InputKind;

    const DEPLOY: &str = r#"
name: deploy
run-name: Deploy ${{ inputs.version }}
on:
  push:
    branches: [main, 'release/**']
    tags: v*
    paths-ignore: ["docs/**"]
  pull_request:
  workflow_dispatch:
    inputs:
      version: { description: What to deploy, required: true }
      stage: { type: choice, options: [canary, full], default: canary }
      where: { type: environment }
      force: { type: boolean, default: false }
      weight: { type: number, default: 10 }
  schedule:
    - cron: "0 4 * * *"
  workflow_run: { workflows: [ci], types: [completed] }
  release:
concurrency:
  group: deploy-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}
  queue: max
jobs:
  test:
    name: test ${{ matrix.os }}
    strategy:
      matrix:
        os: [linux, macos]
        rust: ["1.80", stable]
        exclude: [{ os: macos, rust: "1.80" }]
        include: [{ os: windows, rust: stable }, { os: linux, extra: 1 }]
    runs-on: [self-hosted, "${{ matrix.os }}"]
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - run: |
          cargo test
          cargo clippy
        continue-on-error: true
      - name: Upload
        run: upload
  lint: { runs-on: ubuntu-latest, continue-on-error: true, steps: [{ run: lint }] }
  dynamic: { strategy: { matrix: "${{ fromJSON(needs.test.outputs.list) }}" }, steps: [] }
  deploy:
    needs: [test, lint]
    uses: ./.github/workflows/go.yml
    with: { environment: production, weight: 10 }
  page:
    needs: deploy
    environment: { name: production, url: "https://example.test" }
    if: startsWith(github.ref, 'refs/tags/')
    concurrency: page
"#;

    #[test]
    fn a_file_is_read_whole() {
        let workflow = parse(DEPLOY).unwrap();
        assert_eq!(workflow.name.as_deref(), Some("deploy"));
        let push = workflow.on.push.as_ref().unwrap();
        assert_eq!((push.branches.len(), &push.tags[..]), (2, &["v*".to_owned()][..]));
        assert_eq!(push.paths_ignore, ["docs/**"]);
        assert!(workflow.on.pull_request.is_some() && workflow.on.pull_request_target.is_none());
        assert_eq!(workflow.on.schedule, ["0 4 * * *"]);
        assert_eq!(workflow.on.others, ["release"]);
        assert_eq!(workflow.on.workflow_run.as_ref().unwrap().workflows, ["ci"]);
        let concurrency = workflow.concurrency.as_ref().unwrap();
        assert!(concurrency.queue_max && concurrency.group.contains("github.ref"));
        assert!(matches!(concurrency.cancel_in_progress, Some(Switch::Expression(_))));

        let inputs = &workflow.on.workflow_dispatch.as_ref().unwrap().inputs;
        let kinds: Vec<_> = inputs.iter().map(|input| input.kind.clone()).collect();
        let choice = InputKind::Choice(vec!["canary".into(), "full".into()]);
        let expected = [
            InputKind::String,
            choice,
            InputKind::Environment,
            InputKind::Boolean,
            InputKind::Number,
        ];
        assert_eq!(kinds, expected);
        assert!(inputs[0].required && inputs[0].default.is_none());
        assert_eq!(inputs[4].default.as_deref(), Some("10"));
    }

    #[test]
    fn jobs_keep_their_needs_marks_and_steps() {
        let workflow = parse(DEPLOY).unwrap();
        let job = |id| workflow.job(id).unwrap();
        assert_eq!(job("test").matrix.as_ref().unwrap().size, Some(4));
        assert_eq!(job("dynamic").matrix.as_ref().unwrap().size, None);
        let steps: Vec<_> = job("test").steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(steps, ["Run actions/checkout@v4", "Run cargo test", "Upload"]);
        assert!(job("test").steps[1].is_not_blocking() && job("lint").is_not_blocking());
        assert_eq!(job("test").runs_on, ["self-hosted", "${{ matrix.os }}"]);
        assert_eq!(job("deploy").needs, ["test", "lint"]);
        assert_eq!(job("deploy").with["weight"], "10");
        assert_eq!(job("page").environment.as_deref(), Some("production"));
        assert_eq!(job("page").concurrency.as_ref().unwrap().group, "page");
        assert_eq!(job("test").timeout.as_deref(), Some("20"));
    }

    #[test]
    fn a_trigger_may_be_written_three_ways_and_on_may_be_a_truth() {
        for on in
            ["on: push", "on: [push]", "on: { push: }", "\"on\": push", "true: push", "on:\n  push"]
        {
            let workflow = parse(&format!("{on}\njobs: {{ a: {{}} }}\n")).unwrap();
            assert!(workflow.on.push.is_some(), "{on}");
        }
    }

    #[test]
    fn a_value_travels_and_comes_back_the_same() {
        let workflow = parse(DEPLOY).unwrap();
        let text = serde_json::to_string(&workflow).unwrap();
        assert_eq!(serde_json::from_str::<Workflow>(&text).unwrap(), workflow);
    }

    #[test]
    fn odd_files_are_errors_or_partly_read_and_never_more() {
        for text in ["", "[]", "jobs: 3", "on: push", "a: b\n c: d", "jobs: [a]", "\u{0}"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        let odd = "on: { push: 3, workflow_dispatch: { inputs: [a] }, schedule: x }\n\
                   concurrency: [a]\n\
                   jobs: { a: 3, b: { steps: { c: d }, needs: { e: f }, strategy: 4, with: 5 } }\n";
        let workflow = parse(odd).unwrap();
        assert_eq!(workflow.jobs.len(), 2);
        assert!(workflow.concurrency.is_none());
    }

    #[test]
    fn any_bytes_end_in_an_answer() {
        let mut text: Vec<char> = DEPLOY.chars().collect();
        // a small generator of our own: the same damage each time
        let mut state = 7_u32;
        for _ in 0..400 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % text.len();
            text[at] = [':', '-', '[', '{', '&', '*', '\n', ' ', '\'', '\u{202e}'][at % 10];
            let _ = parse(&text.iter().collect::<String>());
        }
    }
}
