//! Where the triggers of workflow files as people write them lead.

use super::super::parse;
use super::*;

fn said(file: &str) -> Vec<String> {
    let workflow = parse(file).unwrap();
    leads_to(&workflow, "deploy.yml", "acme/shop").iter().map(Lead::sentence).collect()
}

#[test]
fn each_trigger_leads_to_the_environments_its_jobs_name() {
    let file = "on:
  push: { branches: [main, 'release/**'], tags: ['v*'] }
  pull_request:
  workflow_dispatch: { inputs: { where: { type: choice, options: [staging, production] } } }
  schedule: [{ cron: '0 4 * * *' }]
jobs:
  build: {}
  preview: { if: github.event_name == 'pull_request', environment: preview }
  staging: { needs: build, if: github.ref == 'refs/heads/main', environment: { name: staging } }
  production:
    needs: build
    if: startsWith(github.ref, 'refs/tags/v') && needs.build.outputs.ok == 'true'
    environment: production
  notify: { needs: production, environment: chat }
  hand: { if: inputs.where, environment: '${{ inputs.where }}' }
";
    let said = said(file);
    assert_eq!(
        said,
        [
            "push to main → staging",
            "push to release/** → no environment",
            "tag v* → production, chat",
            "pull request → preview",
            "by hand on any branch, any tag → staging, production",
            "by hand on tag v* → production, chat, staging",
            "on schedule 0 4 * * * → staging",
        ]
    );
}

#[test]
fn a_push_without_a_filter_is_tried_on_what_the_conditions_speak_of() {
    let file = "on: push\njobs:
  a: { environment: \"${{ github.ref_name == 'main' && 'production' || 'preview' }}\" }
  b: { if: \"startsWith(github.ref, 'refs/tags/v')\", environment: live }
";
    assert_eq!(
        said(file),
        [
            "push to main → production",
            "push to any branch → preview",
            "tag v* → preview, live",
            "any tag → preview",
        ]
    );
}

#[test]
fn what_is_not_in_the_file_is_said_to_be_open() {
    let file =
        "on: { workflow_dispatch: { inputs: { env: { type: environment } } }, release: }\njobs:
  a: { environment: '${{ inputs.env }}', if: github.event_name == 'workflow_dispatch' }
  b: { uses: ./.github/workflows/go.yml, with: { environment: production } }
  c: { uses: acme/ci/.github/workflows/x.yml@v1 }
";
    assert_eq!(
        said(file),
        [
            "by hand → production, the environment ${{ inputs.env }}, \
             what acme/ci/.github/workflows/x.yml@v1 deploys to",
            "release → production, what acme/ci/.github/workflows/x.yml@v1 deploys to",
        ]
    );
}

#[test]
fn a_filter_of_one_kind_shuts_out_the_other() {
    let job = "jobs: { a: { environment: e } }";
    assert_eq!(
        said(&format!("on: {{ push: {{ tags: ['v[0-9]+.*'] }} }}\n{job}")),
        ["tag v[0-9]+.* → e"]
    );
    assert_eq!(
        said(&format!("on: {{ push: {{ branches: [main] }} }}\n{job}")),
        ["push to main → e"]
    );
    assert_eq!(
        said(&format!("on: {{ push: {{ branches-ignore: [x] }} }}\n{job}")),
        ["push to any branch → e"]
    );
}
