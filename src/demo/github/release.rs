//! Releases and tags.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::model::Time;

use super::{Place, person, rfc3339};

/// Releases that are listed.
const LISTED: usize = 8;

impl Place<'_> {
    /// Releases, newest first.
    pub fn releases(&self) -> Vec<Value> {
        let versions = self.versions().into_iter();
        versions
            .map(|(version, at)| {
                let id = 190_000_000 + at.timestamp() % 1_000_000 + self.index.cast_signed();
                let tag = format!("v{version}");
                json!({
                    "id": id, "node_id": format!("RE_{id}"), "tag_name": tag,
                    "target_commitish": "main", "name": format!("{} {version}", self.name()),
                    "body": "What changed is in the changelog.", "draft": false,
                    "prerelease": false, "created_at": rfc3339(at), "published_at": rfc3339(at),
                    "author": person("ana"), "assets": [],
                    "url": self.url(&format!("/releases/{id}")),
                    "html_url": self.page(&format!("/releases/tag/{tag}")),
                })
            })
            .collect()
    }

    /// Tags, newest first.
    pub fn tags(&self) -> Vec<Value> {
        let versions = self.versions().into_iter();
        versions
            .map(|(version, _)| {
                let sha = self.sha(&version);
                json!({
                    "name": format!("v{version}"), "node_id": format!("REF_{sha}"),
                    "commit": {"sha": sha, "url": self.url(&format!("/commits/{sha}"))},
                    "zipball_url": self.url(&format!("/zipball/refs/tags/v{version}")),
                    "tarball_url": self.url(&format!("/tarball/refs/tags/v{version}")),
                })
            })
            .collect()
    }

    fn versions(&self) -> Vec<(String, Time)> {
        let story = &self.service.story;
        let line = &self.world.timeline;
        let mut versions = Vec::new();
        if let Some(begin) = story.begin() {
            versions.push((story.candidate.to_owned(), line.time(begin - 60)));
        }
        let mut at = line.start() - TimeDelta::hours(8);
        let mut version = Some(story.stable.to_owned());
        while let Some(this) = version.take().filter(|_| versions.len() < LISTED) {
            version = before(&this);
            versions.push((this, at));
            at -= TimeDelta::days(3);
        }
        versions
    }
}

/// The release before one: a patch less, or the last patch of the minor release before.
fn before(version: &str) -> Option<String> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    Some(match patch.checked_sub(1) {
        Some(patch) => format!("{major}.{minor}.{patch}"),
        None => format!("{major}.{}.3", minor.checked_sub(1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn releases_go_back_to_the_first() {
        assert_eq!(before("1.4.1").as_deref(), Some("1.4.0"));
        assert_eq!(before("7.3.0").as_deref(), Some("7.2.3"));
        assert_eq!(before("1.0.0"), None);
    }
}
