//! What lies between two revisions: each release brought so many commits, and changed some files.

use serde_json::{Value, json};

use crate::demo::chance::key;
use crate::demo::forge::sha;
use crate::demo::http::Request;

use super::Place;
use super::page::Page;

/// Files that are listed at most.
const LISTED: usize = 300;

/// Files that a release may have changed.
const FILES: [&str; 7] = [
    "src/cart.rs",
    "src/price.rs",
    "src/http/routes.rs",
    "src/http/session.rs",
    "assets/style.css",
    "Cargo.lock",
    "docs/api.md",
];

impl Place<'_> {
    /// A comparison `BASE...HEAD`. None where one of the two is nowhere.
    pub fn comparison(&self, basehead: &str, request: &Request) -> Option<Value> {
        let (base, head) = basehead.split_once("...")?;
        let (base, head) = (self.commit_of(base)?, self.commit_of(head)?);
        let versions = self.versions();
        // the newest stands first; what is no release is newer than all
        let place = |commit: &str| {
            let own = |(version, _): &(String, _)| sha(self.name(), version) == commit;
            versions.iter().position(own).map_or(0, |at| at + 1)
        };
        let (from, to) = (place(&base), place(&head));
        let between = &versions[from.min(to).saturating_sub(1)..from.max(to).saturating_sub(1)];
        let commits: Vec<String> = between.iter().flat_map(|(v, _)| self.commits_of(v)).collect();
        let (ahead, behind) = if to <= from { (commits.len(), 0) } else { (0, commits.len()) };
        let status = match (ahead, behind) {
            (0, 0) => "identical",
            (_, 0) => "ahead",
            _ => "behind",
        };
        let names: Vec<String> = between.iter().flat_map(|(v, _)| self.files_of(v)).collect();
        let files = names.iter().take(if ahead > 0 { LISTED } else { 0 });
        let files: Vec<Value> = files.map(|name| self.changed(name, &head)).collect();
        let shown = commits.iter().take(ahead).map(|sha| self.commit(sha)).collect();
        let url = self.url(&format!("/compare/{basehead}"));
        let page = self.page(&format!("/compare/{basehead}"));
        let base_commit = self.commit(&base);
        Some(json!({
            "url": url, "html_url": page, "permalink_url": page,
            "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
            "merge_base_commit": if behind > 0 { self.commit(&head) } else { base_commit.clone() },
            "base_commit": base_commit, "status": status, "ahead_by": ahead, "behind_by": behind,
            "total_commits": ahead, "commits": Page::of(request).cut(shown), "files": files,
        }))
    }

    fn commits_of(&self, version: &str) -> Vec<String> {
        let count = 4 + key(version) % 12;
        (0..count).map(|n| sha(self.name(), &format!("{version}-{n}"))).collect()
    }

    fn files_of(&self, version: &str) -> Vec<String> {
        let changed = (0_u32..).zip(FILES).filter(|(n, _)| key(version) >> n & 1 == 0);
        let mut files: Vec<String> = changed.map(|(_, file)| file.to_owned()).collect();
        // what is released now changes the database, where it has one
        if version == self.service.story.candidate {
            files.push(format!("db/migrate/0042_{}_notes.sql", self.name()));
        }
        files.push("CHANGELOG.md".to_owned());
        files
    }

    fn changed(&self, name: &str, head: &str) -> Value {
        json!({
            "sha": sha(self.name(), name), "filename": name, "status": "modified",
            "additions": 12, "deletions": 3, "changes": 15,
            "blob_url": self.page(&format!("/blob/{head}/{name}")),
            "raw_url": self.page(&format!("/raw/{head}/{name}")),
            "contents_url": self.url(&format!("/contents/{name}?ref={head}")),
            "patch": "@@ -1 +1 @@",
        })
    }
}
