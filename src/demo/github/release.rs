//! Releases and tags.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::demo::forge::{sha, version};
use crate::model::Time;

use super::person::person;
use super::{Place, rfc3339};

/// Releases that are listed.
const LISTED: usize = 8;

impl Place<'_> {
    /// The release of a tag.
    pub fn release(&self, tag: &str) -> Option<Value> {
        self.releases().into_iter().find(|release| release["tag_name"] == tag)
    }

    /// What can be fetched of a version.
    fn assets(&self, version: &str, id: i64, at: Time) -> Vec<Value> {
        let archive = format!("{}-{version}.tar.gz", self.name());
        let names = [(archive.as_str(), "application/gzip"), ("SHA256SUMS", "text/plain")];
        let asset = |(n, (name, kind)): (i64, (&str, &str))| {
            let own = id * 10 + n;
            json!({
                "id": own, "node_id": format!("RA_{own}"), "name": name, "label": null,
                "content_type": kind, "size": 4_812_220, "state": "uploaded",
                "digest": format!("sha256:{}{}", sha(name, version), &sha(version, name)[..24]),
                "download_count": 3, "uploader": person(self.base, "ana"),
                "url": self.url(&format!("/releases/assets/{own}")),
                "browser_download_url": self.page(&format!("/releases/download/v{version}/{name}")),
                "created_at": rfc3339(at), "updated_at": rfc3339(at),
            })
        };
        (0..).zip(names).map(asset).collect()
    }

    /// Releases, newest first.
    pub fn releases(&self) -> Vec<Value> {
        let versions = self.versions().into_iter();
        versions
            .map(|(version, at)| {
                let id = 190_000_000 + at.timestamp() % 1_000_000 + self.own.index.cast_signed();
                let tag = format!("v{version}");
                json!({
                    "id": id, "node_id": format!("RE_{id}"), "tag_name": tag,
                    "target_commitish": "main", "name": format!("{} {version}", self.name()),
                    "body": "What changed is in the changelog.", "draft": false,
                    "prerelease": false, "created_at": rfc3339(at), "published_at": rfc3339(at),
                    "author": person(self.base, "ana"), "assets": self.assets(&version, id, at),
                    "immutable": false,
                    "url": self.url(&format!("/releases/{id}")),
                    "assets_url": self.url(&format!("/releases/{id}/assets")),
                    "upload_url": self.url(&format!("/releases/{id}/assets{{?name,label}}")),
                    "tarball_url": self.url(&format!("/tarball/{tag}")),
                    "zipball_url": self.url(&format!("/zipball/{tag}")),
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
                let sha = sha(self.name(), &version);
                json!({
                    "name": format!("v{version}"), "node_id": format!("REF_{sha}"),
                    "commit": {"sha": sha, "url": self.url(&format!("/commits/{sha}"))},
                    "zipball_url": self.url(&format!("/zipball/refs/tags/v{version}")),
                    "tarball_url": self.url(&format!("/tarball/refs/tags/v{version}")),
                })
            })
            .collect()
    }

    /// Versions with the time of their release, newest first.
    pub fn versions(&self) -> Vec<(String, Time)> {
        let story = &self.service.story;
        let line = &self.world.timeline;
        let mut versions = Vec::new();
        if let Some(begin) = story.begin() {
            versions.push((story.candidate.to_owned(), line.time(begin - 60)));
        }
        let mut at = line.start() - TimeDelta::hours(8);
        let mut version = Some(story.stable.to_owned());
        while let Some(this) = version.take().filter(|_| versions.len() < LISTED) {
            version = version::before(&this);
            versions.push((this, at));
            at -= TimeDelta::days(3);
        }
        versions
    }
}
