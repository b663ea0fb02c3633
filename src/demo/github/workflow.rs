//! Workflows, their files and what their runs leave behind, as GitHub tells them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::demo::chance::{Chance, key};
use crate::demo::forge::plan::Workflow;
use crate::demo::http::Request;

use super::{OWNER, Place, rfc3339};

/// Days that an artifact is kept.
const KEPT: i64 = 90;

/// Characters of a line of a file's content.
const LINE: usize = 60;

impl Place<'_> {
    /// All workflows.
    pub fn workflows(&self) -> Vec<Value> {
        let workflows = self.own.workflows.iter().enumerate();
        workflows.map(|(at, own)| self.show_workflow(at, own)).collect()
    }

    /// One workflow.
    pub fn one_workflow(&self, text: &str) -> Option<Value> {
        let at = self.workflow(text)?;
        Some(self.show_workflow(at, self.own.workflows.get(at)?))
    }

    fn show_workflow(&self, at: usize, own: &Workflow) -> Value {
        let id = self.workflow_id(at);
        let path = format!(".github/workflows/{}", own.file);
        json!({
            "id": id, "node_id": format!("W_{id}"), "name": own.name, "path": path,
            "state": "active", "created_at": "2023-05-01T09:00:00Z",
            "updated_at": "2024-11-01T09:00:00Z",
            "url": self.url(&format!("/actions/workflows/{id}")),
            "html_url": self.page(&format!("/blob/main/{path}")),
            "badge_url": self.page(&format!("/workflows/{}/badge.svg", own.name)),
        })
    }

    /// A file, at a reference that there is.
    pub fn content(&self, path: &str, request: &Request) -> Option<Value> {
        let reference = request.get("ref").unwrap_or("main");
        self.commit_of(reference)?;
        let file = path.strip_prefix(".github/workflows/")?;
        let own = self.own.workflows.iter().find(|own| own.file == file)?;
        let text = self.text_of(own);
        let sha = Chance::of(&[key(&text)]).hex(40);
        let url = format!("{}?ref={reference}", self.url(&format!("/contents/{path}")));
        let git = self.url(&format!("/git/blobs/{sha}"));
        let html = self.page(&format!("/blob/{reference}/{path}"));
        let encoded = STANDARD.encode(&text);
        let mut content = String::new();
        for (at, letter) in encoded.chars().enumerate() {
            if at > 0 && at % LINE == 0 {
                content.push('\n');
            }
            content.push(letter);
        }
        content.push('\n');
        let raw =
            format!("https://raw.githubusercontent.com/{OWNER}/{}/{reference}/{path}", self.name());
        Some(json!({
            "type": "file", "encoding": "base64", "size": text.len(), "name": file, "path": path,
            "content": content, "sha": sha, "url": url, "git_url": git, "html_url": html,
            "download_url": raw, "_links": {"git": git, "self": url, "html": html},
        }))
    }

    /// The files of a folder.
    pub fn folder(&self, request: &Request) -> Option<Vec<Value>> {
        let files = self.own.workflows.iter().map(|own| {
            let mut file = self.content(&format!(".github/workflows/{}", own.file), request)?;
            if let Value::Object(fields) = &mut file {
                fields.remove("content");
                fields.remove("encoding");
            }
            Some(file)
        });
        files.collect()
    }

    fn text_of(&self, own: &Workflow) -> String {
        let shares = self.quirks.shared_queue && own.file == "rollback.yml";
        if shares {
            own.text.replace("group: rollback", "group: production")
        } else {
            own.text.to_owned()
        }
    }

    /// What a run left behind.
    pub fn artifacts(&self, id: u64) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let own = self.of(run)?;
        let built = run.plan.iter().zip(&run.jobs).find(|(plan, _)| plan.id == "build");
        let built = built.is_some_and(|(_, job)| job.conclusion() == Some("success"));
        let artifacts = own.artifacts.iter().enumerate().filter(|_| built);
        let shown = artifacts.map(|(at, (name, size))| {
            let own = run.id * 10 + at as u64;
            let url = self.url(&format!("/actions/artifacts/{own}"));
            let created = self.world.timeline.time(run.updated);
            let expires = created + TimeDelta::days(KEPT);
            json!({
                "id": own, "node_id": format!("A_{own}"), "name": name, "size_in_bytes": size,
                "url": url, "archive_download_url": format!("{url}/zip"),
                "expired": expires <= self.now, "created_at": rfc3339(created),
                "updated_at": rfc3339(created), "expires_at": rfc3339(expires),
                "digest": format!("sha256:{}", Chance::of(&[key(name), own]).hex(64)),
                "workflow_run": {
                    "id": run.id, "repository_id": self.repository_id(),
                    "head_repository_id": self.repository_id(), "head_branch": run.branch,
                    "head_sha": run.sha,
                },
            })
        });
        Some(shown.collect())
    }
}
