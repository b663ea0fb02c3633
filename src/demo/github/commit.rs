//! Commits, branches and tags, and which checks they need, as GitHub tells them.

use serde_json::{Value, json};

use crate::demo::forge::run::{Run, State};
use crate::demo::forge::sha;
use crate::demo::http::Request;
use crate::demo::scenario::Mover;

use super::person::{actions, person};
use super::{OWNER, Place, job};

/// The app that must say a required check.
const ACTIONS: u64 = 15368;

/// Branches besides the main one.
const OTHERS: [&str; 1] = ["next"];

impl Place<'_> {
    /// The checks that the main branch needs.
    fn required(&self) -> &'static [&'static str] {
        match self.service.story.mover {
            // the last is one that nobody has ever run
            Mover::Stages => &[
                "checks / lint",
                "checks / unit (1)",
                "checks / unit (2)",
                "checks / unit (3)",
                "build",
                "gate",
                "licence",
            ],
            _ => &["lint", "test", "build"],
        }
    }

    /// The commit of a branch, tag or (long enough part of a) commit; none where there is none.
    pub fn commit_of(&self, reference: &str) -> Option<String> {
        let reference =
            reference.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/");
        let reference = reference.trim_start_matches("heads/").trim_start_matches("tags/");
        if reference == "main" {
            let newest = self
                .own
                .runs
                .iter()
                .rev()
                .filter(|run| run.branch == "main" && run.event == "push");
            return newest.map(|run| run.sha.clone()).next();
        }
        if OTHERS.contains(&reference) {
            return Some(sha(self.name(), reference));
        }
        let versions = self.versions();
        let tagged =
            versions.iter().find(|(version, _)| reference.strip_prefix('v') == Some(version));
        let run = || {
            let long = reference.len() >= 7;
            let mut runs = self.own.runs.iter().filter(|_| long);
            runs.find(|run| run.sha.starts_with(reference)).map(|run| run.sha.clone())
        };
        let by_tag =
            || self.own.runs.iter().find(|run| run.branch == reference).map(|run| run.sha.clone());
        let any = || {
            versions
                .iter()
                .map(|(version, _)| sha(self.name(), version))
                .find(|own| own == reference)
        };
        tagged
            .map(|(version, _)| sha(self.name(), version))
            .or_else(by_tag)
            .or_else(run)
            .or_else(any)
    }

    /// The commit of a branch or tag that a run may be started on.
    pub fn reference(&self, name: &str) -> Option<String> {
        let is_commit = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_commit { None } else { self.commit_of(name) }
    }

    /// All branches.
    pub fn branches(&self) -> Vec<Value> {
        let names = ["main"].into_iter().chain(OTHERS);
        names
            .filter_map(|name| {
                let sha = self.commit_of(name)?;
                Some(json!({
                    "name": name, "protected": name == "main", "protection": self.protection(name),
                    "commit": {"sha": sha, "url": self.url(&format!("/commits/{sha}"))},
                    "protection_url": self.url(&format!("/branches/{name}/protection")),
                }))
            })
            .collect()
    }

    /// One branch.
    pub fn branch(&self, name: &str) -> Option<Value> {
        let known = name == "main" || OTHERS.contains(&name);
        let sha = self.commit_of(name).filter(|_| known)?;
        Some(json!({
            "name": name, "protected": name == "main", "protection": self.protection(name),
            "commit": self.commit(&sha), "protection_url": self.url(&format!("/branches/{name}/protection")),
            "_links": {
                "html": self.page(&format!("/tree/{name}")), "self": self.url(&format!("/branches/{name}")),
            },
        }))
    }

    fn protection(&self, name: &str) -> Value {
        let required = if name == "main" { self.required() } else { &[] };
        let checks: Vec<_> =
            required.iter().map(|name| json!({"context": name, "app_id": ACTIONS})).collect();
        let level = if required.is_empty() { "off" } else { "non_admins" };
        json!({
            "enabled": name == "main",
            "required_status_checks": {
                "enforcement_level": level, "contexts": required, "checks": checks,
            },
        })
    }

    /// The rules of a branch.
    pub fn rules(&self, name: &str) -> Vec<Value> {
        let required = if name == "main" { self.required() } else { return Vec::new() };
        let checks: Vec<_> = required
            .iter()
            .map(|name| json!({"context": name, "integration_id": ACTIONS}))
            .collect();
        vec![json!({
            "type": "required_status_checks", "ruleset_source_type": "Repository",
            "ruleset_source": format!("{OWNER}/{}", self.name()),
            "ruleset_id": 42 + self.own.index,
            "parameters": {
                "required_status_checks": checks, "strict_required_status_checks_policy": false,
                "do_not_enforce_on_create": false,
            },
        })]
    }

    /// A commit.
    pub fn commit(&self, sha: &str) -> Value {
        let run = self.own.runs.iter().find(|run| run.sha == sha);
        let (message, actor, at) = match run {
            Some(run) => (run.message.as_str(), run.actor, self.at(run.created)),
            None => ("Release", "ana", "2025-01-01T00:00:00Z".to_owned()),
        };
        let by = json!({"name": actor, "email": format!("{actor}@{OWNER}.example"), "date": at});
        let url = self.url(&format!("/commits/{sha}"));
        json!({
            "url": url, "sha": sha, "node_id": format!("C_{sha}"),
            "html_url": self.page(&format!("/commit/{sha}")), "comments_url": format!("{url}/comments"),
            "commit": {
                "url": self.url(&format!("/git/commits/{sha}")), "author": by, "committer": by,
                "message": message, "comment_count": 0,
                "tree": {"sha": sha, "url": self.url(&format!("/git/trees/{sha}"))},
            },
            "author": person(self.base, actor), "committer": person(self.base, actor), "parents": [],
        })
    }

    /// The checks of a commit: the newest of each name, or all.
    pub fn checks(&self, reference: &str, request: &Request) -> Option<Vec<Value>> {
        let sha = self.commit_of(reference)?;
        let mut checks: Vec<Value> = Vec::new();
        for run in self.own.runs.iter().rev().filter(|run| run.sha == sha) {
            let told = run.jobs.iter().enumerate().filter(|(_, job)| job.state != State::Blocked);
            checks.extend(told.filter_map(|(at, _)| self.check(run, at)));
        }
        let is = |filter: &str, check: &Value, field: &str| {
            request.get(filter).is_none_or(|wanted| check[field] == wanted)
        };
        checks.retain(|check| is("check_name", check, "name") && is("status", check, "status"));
        Some(checks)
    }

    fn check(&self, run: &Run, at: usize) -> Option<Value> {
        let own = run.jobs.get(at)?;
        let id = job::id_of(run, at, own);
        let job = self.job(id)?;
        let url = self.url(&format!("/check-runs/{id}"));
        let deployment = own.deployment.and_then(|id| self.own.deployments.get(id));
        let mut check = json!({
            "id": id, "head_sha": run.sha, "node_id": job["node_id"], "external_id": "",
            "url": url, "html_url": job["html_url"], "details_url": job["html_url"],
            "status": job["status"], "conclusion": job["conclusion"],
            "started_at": job["started_at"], "completed_at": job["completed_at"],
            "name": job["name"], "check_suite": {"id": run.id + 1}, "app": actions(self.base),
            "pull_requests": [],
            "output": {
                "title": null, "summary": null, "text": null, "annotations_count": 0,
                "annotations_url": format!("{url}/annotations"),
            },
        });
        if let Some(deployment) = deployment {
            let mut shown = self.show_deployment(deployment);
            if let Value::Object(fields) = &mut shown {
                ["sha", "ref", "payload", "creator"].iter().for_each(|field| {
                    fields.remove(*field);
                });
            }
            check["deployment"] = shown;
        }
        Some(check)
    }

    /// The combined status of a commit: checks are not statuses, and nobody sends any here.
    pub fn status(&self, reference: &str) -> Option<Value> {
        let sha = self.commit_of(reference)?;
        Some(json!({
            "state": "pending", "statuses": [], "sha": sha, "total_count": 0,
            "repository": self.minimal(), "commit_url": self.url(&format!("/commits/{sha}")),
            "url": self.url(&format!("/commits/{sha}/status")),
        }))
    }
}
