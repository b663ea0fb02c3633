//! A repository itself, whole or as other things name it.

use serde_json::{Value, json};

use super::person::person;
use super::{OWNER, Place};

/// What a repository's addresses end with, by field.
const ADDRESSES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl Place<'_> {
    /// The number of this repository.
    pub fn repository_id(&self) -> u64 {
        700_000_000 + self.own.index
    }

    /// It as other things name it.
    pub fn minimal(&self) -> Value {
        let id = self.repository_id();
        let mut repository = json!({
            "id": id, "node_id": format!("R_{id}"), "name": self.name(),
            "full_name": format!("{OWNER}/{}", self.name()), "private": true,
            "owner": person(self.base, OWNER), "html_url": self.page(""), "description": null,
            "fork": false,
        });
        for (field, end) in ADDRESSES {
            repository[field] = self.url(end).into();
        }
        repository
    }

    /// The whole of it.
    pub fn repository(&self) -> Value {
        let mut repository = self.minimal();
        let git = format!("github.com/{OWNER}/{}.git", self.name());
        let more = json!({
            "default_branch": "main", "archived": false, "disabled": false, "visibility": "private",
            "permissions": {"admin": false, "maintain": false, "push": true, "triage": true, "pull": true},
            "clone_url": format!("https://{git}"), "git_url": format!("git://{git}"),
            "ssh_url": format!("git@github.com:{OWNER}/{}.git", self.name()),
            "svn_url": self.page(""), "mirror_url": null, "homepage": null, "language": "Rust",
            "license": null, "forks": 0, "forks_count": 0, "open_issues": 0, "open_issues_count": 0,
            "watchers": 0, "watchers_count": 0, "stargazers_count": 0, "network_count": 0,
            "subscribers_count": 0, "size": 1024, "has_issues": true, "has_projects": false,
            "has_wiki": false, "has_pages": false, "has_downloads": true, "has_discussions": false,
            "created_at": "2022-03-01T09:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
            "pushed_at": "2025-01-01T00:00:00Z",
        });
        if let (Value::Object(repository), Value::Object(more)) = (&mut repository, more) {
            repository.extend(more);
        }
        repository
    }
}
