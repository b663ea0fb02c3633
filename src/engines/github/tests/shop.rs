//! A small shop at GitHub: its releases, deployments and what waits.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::clients::github::testing::{Reply, Seen};

pub(super) const REPO: &str = "acme/shop";
pub(super) const ROLLBACK: &str = "on: { workflow_dispatch: { inputs: { version: { type: string } } } }\n\
    concurrency: { group: 'deploy-${{ github.ref_name }}' }\n\
    jobs: { back: { environment: production-rollback, steps: [{ run: x }] } }\n";

/// Seconds after the start of everything, as GitHub writes them.
pub(super) fn at(s: i64) -> String {
    (crate::clients::github::testing::start() + chrono::TimeDelta::seconds(s)).to_rfc3339()
}

pub(super) fn run(
    id: u64,
    tag: &str,
    (status, conclusion): (&str, Option<&str>),
    (from, to): (i64, i64),
) -> Value {
    json!({"id": id, "path": ".github/workflows/deploy.yml", "head_branch": tag, "run_number": id,
        "head_sha": format!("{id:07}aaaa"), "event": "push", "status": status, "conclusion": conclusion,
        "run_attempt": 1, "created_at": at(from), "run_started_at": at(from), "updated_at": at(to),
        "actor": {"login": "bo"}})
}

pub(super) fn back(id: u64, ended: (&str, Option<&str>), times: (i64, i64)) -> Value {
    let mut run = run(id, "main", ended, times);
    run["path"] = json!(".github/workflows/rollback.yml");
    run["event"] = json!("workflow_dispatch");
    run
}

/// What the world holds.
#[derive(Clone, Default)]
pub(super) struct Shop {
    pub(super) runs: Vec<Value>,
    pub(super) backs: Vec<Value>,
    /// Deployment id, run, stage, state, time.
    pub(super) deployed: Vec<(u64, u64, &'static str, &'static str, i64)>,
    /// Run, environment, whether we may.
    pub(super) waits: Vec<(u64, &'static str, bool)>,
    /// The members of every concurrency group, where the server tells of groups.
    pub(super) members: Option<Value>,
    /// Whether files cannot be read.
    pub(super) no_files: bool,
}

impl Shop {
    pub(super) fn answer(&self, seen: &Seen) -> Reply {
        let path = seen.path.split('?').next().unwrap().trim_start_matches("/repos/acme/shop");
        let query: BTreeMap<_, _> =
            seen.path.split(['?', '&']).filter_map(|p| p.split_once('=')).collect();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let body = match parts.as_slice() {
            ["actions", "workflows", "deploy.yml", "runs"] => json!({"workflow_runs": self.runs}),
            ["actions", "workflows", "rollback.yml", "runs"] => {
                json!({"workflow_runs": self.backs})
            }
            ["deployments"] => {
                let of = self.deployed.iter().filter(|d| query["environment"] == d.2);
                of.map(|(id, run, env, _, s)| {
                    json!({"id": id, "environment": env, "created_at": at(*s),
                    "sha": format!("{run:07}aaaa"), "ref": format!("v{run}.0")})
                })
                .collect()
            }
            ["deployments", id, "statuses"] => {
                let of = self.deployed.iter().filter(|d| d.0.to_string() == *id);
                of.map(|(id, run, _, state, s)| {
                    json!({"id": id, "state": state, "created_at": at(s + 5),
                    "log_url": format!("https://github.com/acme/shop/actions/runs/{run}/job/1")})
                })
                .collect()
            }
            ["actions", "runs", id, "pending_deployments"] => {
                let of = self.waits.iter().filter(|wait| wait.0.to_string() == *id);
                of.map(|(_, env, may)| {
                    json!({"environment": {"id": env.len(), "name": env},
                    "current_user_can_approve": may,
                    "reviewers": [{"type": "User", "reviewer": {"login": "ana"}}]})
                })
                .collect()
            }
            ["actions", "runs", _, "approvals"] => json!([]),
            ["contents", ..] if self.no_files => return Reply::status(502, "Bad Gateway"),
            ["contents", ..] => {
                json!({"encoding": "base64", "content": BASE64_STANDARD.encode(ROLLBACK)})
            }
            ["environments", _] => json!({"protection_rules": [{"type": "required_reviewers",
                "reviewers": [{"type": "User", "reviewer": {"login": "ana"}},
                    {"type": "Team", "reviewer": {"slug": "ops"}}]}]}),
            ["actions", "concurrency_groups"] if self.members.is_some() => {
                json!({"concurrency_groups": []})
            }
            ["actions", "concurrency_groups", "deploy-main"] if self.members.is_some() => {
                json!({"group_name": "deploy-main", "group_members": self.members})
            }
            ["user"] => json!({"login": "ana"}),
            _ => return Reply::status(404, "Not Found"),
        };
        Reply::tagged(seen, &body)
    }
}

pub(super) const GOOD: (&str, Option<&str>) = ("completed", Some("success"));

/// Release 1 is everywhere, release 2 is at 10 % and waits for 50 %.
pub(super) fn midway() -> Shop {
    Shop {
        runs: vec![
            run(9, "main", ("queued", None), (900, 900)),
            run(2, "v2.0", ("waiting", None), (100, 180)),
            run(1, "v1.0", GOOD, (0, 60)),
        ],
        deployed: vec![
            (13, 1, "production-100", "success", 40),
            (12, 1, "production-50", "inactive", 30),
            (11, 1, "production-10", "inactive", 20),
            (21, 2, "production-10", "success", 120),
        ],
        waits: vec![(2, "production-50", true)],
        ..Shop::default()
    }
}
