//! Issues as GitHub tells them.

use serde_json::{Map, Value, json};

use crate::demo::forge::gate::ME;
use crate::model::Time;

use super::person::person;
use super::{OWNER, Place, rfc3339};

impl Place<'_> {
    /// An issue that was opened just now, as it was asked for.
    pub fn issue(&self, number: u64, title: &str, asked: &Map<String, Value>, now: Time) -> Value {
        let url = self.url(&format!("/issues/{number}"));
        let at = rfc3339(now);
        json!({
            "id": 2_400_000_000_u64 + number, "node_id": format!("I_{number}"), "number": number,
            "title": title, "body": asked.get("body"), "state": "open", "locked": false, "comments": 0,
            "user": person(self.base, ME), "assignee": null, "assignees": [], "milestone": null,
            "labels": asked.get("labels").and_then(Value::as_array).cloned().unwrap_or_default(),
            "created_at": at, "updated_at": at, "closed_at": null, "author_association": "MEMBER",
            "url": url, "html_url": self.page(&format!("/issues/{number}")),
            "repository_url": format!("{}/repos/{OWNER}/{}", self.base, self.name()),
            "labels_url": format!("{url}/labels{{/name}}"), "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
        })
    }
}
