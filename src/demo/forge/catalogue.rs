//! Which workflows and environments each repository has, as their files say.

use super::gate::{Environment, ME, Reviewer};
use super::plan::{Fate, Input, Kind, Plan, Queue, Workflow};
use crate::demo::scenario::{Mover, Story};

const CI: &str = include_str!("workflows/ci.yml");
const DEPLOY: &str = include_str!("workflows/deploy.yml");
const CHECKS: &str = include_str!("workflows/storefront-checks.yml");
const STAGES: &str = include_str!("workflows/storefront-deploy.yml");
const ROLLBACK: &str = include_str!("workflows/storefront-rollback.yml");
const MIGRATE: &str = include_str!("workflows/notifier-deploy.yml");
const NIGHTLY: &str = include_str!("workflows/notifier-nightly.yml");
const PREVIEW: &str = include_str!("workflows/notifier-preview.yml");

/// The file that deploys.
pub const DEPLOYS: &str = "deploy.yml";

const ONCALL: &[Reviewer] = &[Reviewer::Team("oncall")];
const ME_OR_ONCALL: &[Reviewer] = &[Reviewer::User(ME), Reviewer::Team("oncall")];
const RELEASES: &[&str] = &["main", "v*"];

const USUAL: &[Environment] = &[
    Environment::open("staging"),
    Environment { reviewers: ONCALL, takes: RELEASES, ..Environment::open("production") },
];

const STAGED: &[Environment] = &[
    Environment { takes: RELEASES, ..Environment::open("production-10") },
    Environment {
        reviewers: ME_OR_ONCALL,
        forbids_self: true,
        takes: RELEASES,
        ..Environment::open("production-50")
    },
    Environment {
        reviewers: ONCALL,
        forbids_self: true,
        takes: RELEASES,
        ..Environment::open("production-100")
    },
    Environment { reviewers: ME_OR_ONCALL, ..Environment::open("production-rollback") },
];

const GUARDED: &[Environment] = &[Environment {
    reviewers: &[Reviewer::Team("platform"), Reviewer::User("noor")],
    forbids_self: true,
    timer: 5,
    takes: RELEASES,
    ..Environment::open("production")
}];

const VERSION: Input = Input { name: "version", kind: Kind::Text, required: true, default: None };

const BACK: &[Input] =
    &[VERSION, Input { name: "marker", kind: Kind::Text, required: false, default: None }];

const MOVE: &[Input] = &[
    VERSION,
    Input { name: "environment", kind: Kind::Environment, required: true, default: None },
    Input {
        name: "log-level",
        kind: Kind::Choice(&["warning", "info", "debug"]),
        required: false,
        default: Some("info"),
    },
    Input { name: "batch", kind: Kind::Number, required: false, default: Some("10") },
    Input { name: "dry-run", kind: Kind::Boolean, required: false, default: Some("false") },
];

const IMAGE: &[(&str, u64)] = &[("image.tar", 148_220_416), ("test-report", 84_992)];

/// The environments of a service's repository.
pub fn environments(story: &Story) -> &'static [Environment] {
    match (story.mover, story.name) {
        (Mover::Stages, _) => STAGED,
        (Mover::Nobody, _) => GUARDED,
        _ => USUAL,
    }
}

/// The workflows of a service's repository.
pub fn workflows(story: &Story) -> Vec<Workflow> {
    let ci = workflow("ci.yml", "ci", CI, &["push", "pull_request"], checks());
    let ci = Workflow { artifacts: IMAGE, ..ci };
    let push: &[&str] = &["push"];
    match story.mover {
        Mover::Balancer | Mover::Scripts => {
            let deploy = workflow(DEPLOYS, "deploy", DEPLOY, push, usual());
            vec![ci, Workflow { queue: one_at_a_time("deploy"), artifacts: IMAGE, ..deploy }]
        }
        Mover::Stages => {
            let deploy = workflow(DEPLOYS, "deploy", STAGES, push, staged());
            let rollback =
                workflow("rollback.yml", "rollback", ROLLBACK, &["workflow_dispatch"], back());
            vec![
                ci,
                workflow("checks.yml", "checks", CHECKS, &["workflow_call"], Vec::new()),
                Workflow { queue: one_at_a_time("production"), artifacts: IMAGE, ..deploy },
                Workflow {
                    queue: one_at_a_time("rollback"),
                    inputs: BACK,
                    title: Some("Roll back to {version} [{marker}]"),
                    ..rollback
                },
            ]
        }
        Mover::Nobody => {
            let deploy =
                workflow(DEPLOYS, "deploy", MIGRATE, &["push", "workflow_dispatch"], migration());
            vec![
                ci,
                Workflow {
                    queue: one_at_a_time("Production"),
                    inputs: MOVE,
                    title: Some("Deploy {version}"),
                    ..deploy
                },
                workflow(
                    "nightly.yml",
                    "nightly",
                    NIGHTLY,
                    &["schedule", "workflow_dispatch"],
                    nightly(),
                ),
                workflow("preview.yml", "preview", PREVIEW, push, Vec::new()),
            ]
        }
    }
}

fn workflow(
    file: &'static str,
    name: &'static str,
    text: &'static str,
    events: &'static [&'static str],
    jobs: Vec<Plan>,
) -> Workflow {
    Workflow {
        file,
        name,
        text,
        events,
        inputs: &[],
        title: None,
        queue: None,
        jobs,
        artifacts: &[],
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a workflow may have")]
const fn one_at_a_time(name: &'static str) -> Option<Queue> {
    Some(Queue { name, replaces: false })
}

fn checks() -> Vec<Plan> {
    vec![
        Plan::new("lint", &[("Set up job", 4), ("Format", 12), ("Lint", 46)]),
        Plan::new("test", &[("Set up job", 4), ("Unit tests", 96), ("Integration tests", 60)]),
        Plan::new("build", &[("Set up job", 4), ("Build the image", 88), ("Push the image", 18)])
            .needs(&["lint", "test"]),
    ]
}

fn usual() -> Vec<Plan> {
    let mut jobs = checks();
    let staging = [("Deploy", 38), ("Smoke test", 20), ("Clean up", 3)];
    jobs.push(Plan::new("staging", &staging).needs(&["build"]).deploys_to("staging"));
    let steps = [
        ("Start canary1", 2),
        ("Send 10 %", 1),
        ("Wait for the rollout", 280),
        ("Mark the release", 4),
    ];
    jobs.push(Plan::new("production", &steps).needs(&["staging"]).deploys_to("production"));
    jobs
}

fn staged() -> Vec<Plan> {
    let shard = |name, seconds| {
        Plan::new("checks", &[("Set up job", 4), ("Unit tests", seconds)]).named(name)
    };
    let lint = [("Set up job", 4), ("Format", 12), ("Lint", 38)];
    let browser = [("Set up job", 4), ("Browser tests", 52)];
    let send = |id, need, environment, weight, steps: &[(&'static str, i64)]| Plan {
        sends: Some(weight),
        ..Plan::new(id, steps).needs(need).deploys_to(environment)
    };
    vec![
        Plan::new("checks", &lint).named("checks / lint"),
        shard("checks / unit (1)", 71),
        shard("checks / unit (2)", 88),
        shard("checks / unit (3)", 66),
        Plan::new("build", &[("Set up job", 4), ("Build the image", 80), ("Push the image", 16)])
            .needs(&["checks"]),
        Plan { lenient: true, ..Plan::new("browser", &browser) }
            .needs(&["build"])
            .fated("Browser tests", Fate::Fails(52)),
        Plan::new("gate", &[("All required jobs have passed", 2)])
            .needs(&["checks", "build", "browser"])
            .always()
            .fated("All required jobs have passed", Fate::Judges(2)),
        send("send-10", &["gate"], "production-10", 10, &[("Set up job", 3), ("Send 10 %", 12)]),
        send("send-50", &["send-10"], "production-50", 50, &[("Set up job", 3), ("Send 50 %", 12)]),
        send(
            "send-100",
            &["send-50"],
            "production-100",
            100,
            &[("Set up job", 3), ("Send 100 %", 12), ("Mark the release", 4)],
        ),
    ]
}

fn back() -> Vec<Plan> {
    let steps = [("Set up job", 3), ("Send 0 %", 9), ("Check what answers", 8)];
    let plan = Plan::new("rollback", &steps).deploys_to("production-rollback");
    vec![Plan { sends: Some(0), ..plan }]
}

fn migration() -> Vec<Plan> {
    vec![
        Plan::new("migrate", &[("Set up job", 4), ("Move the subscriptions", 120)]),
        Plan::new("report", &[("Count what was moved", 25)]).needs(&["migrate"]).always(),
        Plan::new("production", &[("Deploy", 41), ("Mark the release", 4)])
            .needs(&["migrate"])
            .deploys_to("production"),
    ]
}

fn nightly() -> Vec<Plan> {
    vec![Plan::new("audit", &[("Set up job", 4), ("Audit the dependencies", 33)])]
}
