//! What scanners found: alerts of code scanning and of secret scanning. Not every repository has them on.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::demo::http::Request;
use crate::demo::scenario::{Mover, Quality};
use crate::model::Time;

use super::{Place, rfc3339};

/// What a scanner found.
struct Found {
    number: u64,
    rule: &'static str,
    description: &'static str,
    level: &'static str,
    at: Time,
}

impl Place<'_> {
    /// Whether anything is scanned here: where many hands are in one repository that is nobody's, nothing is.
    fn is_scanned(&self) -> bool {
        !self.service.story.staging_fails && self.service.story.mover != Mover::Nobody
    }

    /// What code scanning found, newest first: what is old everywhere, and what a bad release brought.
    fn found(&self) -> Vec<Found> {
        let story = &self.service.story;
        let line = &self.world.timeline;
        let mut found = Vec::new();
        if let Some(begin) = story.begin().filter(|_| story.quality == Quality::Bad) {
            found.push(Found {
                number: 23,
                rule: "js/sql-injection",
                description: "Database query built from user-controlled sources",
                level: "critical",
                at: line.time(begin - 30),
            });
        }
        found.push(Found {
            number: 11,
            rule: "js/polynomial-redos",
            description: "Polynomial regular expression used on uncontrolled data",
            level: "high",
            at: line.start() - TimeDelta::days(40),
        });
        found
    }

    /// The open alerts of code scanning; none where it is off.
    pub fn code_alerts(&self, request: &Request) -> Option<Vec<Value>> {
        let is_open = request.get("state").is_none_or(|state| state == "open");
        let found = if self.is_scanned() { self.found() } else { return None };
        let of = |found: Found| {
            let url = self.url(&format!("/code-scanning/alerts/{}", found.number));
            json!({
                "number": found.number, "created_at": rfc3339(found.at), "updated_at": rfc3339(found.at),
                "url": url, "instances_url": format!("{url}/instances"),
                "html_url": self.page(&format!("/security/code-scanning/{}", found.number)),
                "state": "open", "fixed_at": null, "dismissed_by": null, "dismissed_at": null,
                "dismissed_reason": null, "dismissed_comment": null,
                "rule": {
                    "id": found.rule, "name": found.rule, "severity": "error",
                    "security_severity_level": found.level, "description": found.description,
                    "tags": ["security"],
                },
                "tool": {"name": "CodeQL", "guid": null, "version": "2.20.0"},
                "most_recent_instance": {
                    "ref": "refs/heads/main", "analysis_key": ".github/workflows/codeql.yml:analyze",
                    "environment": "{}", "category": ".github/workflows/codeql.yml:analyze",
                    "state": "open", "commit_sha": self.commit_of("main"),
                    "message": {"text": found.description},
                    "location": {
                        "path": "src/query.js", "start_line": 41, "end_line": 41,
                        "start_column": 9, "end_column": 37,
                    },
                    "classifications": [],
                },
            })
        };
        Some(found.into_iter().filter(|_| is_open).map(of).collect())
    }

    /// The open alerts of secret scanning; none where it is off.
    pub fn secret_alerts(&self, request: &Request) -> Option<Vec<Value>> {
        if !self.is_scanned() {
            return None;
        }
        let is_open = request.get("state").is_none_or(|state| state == "open");
        let at = rfc3339(self.world.timeline.start() - TimeDelta::days(90));
        let url = self.url("/secret-scanning/alerts/2");
        let mut alert = json!({
            "number": 2, "created_at": at, "updated_at": at, "url": url,
            "html_url": self.page("/security/secret-scanning/2"),
            "locations_url": format!("{url}/locations"), "state": "open", "resolution": null,
            "resolved_at": null, "resolved_by": null, "resolution_comment": null,
            "secret_type": "acme_webhook_token", "secret_type_display_name": "Acme Webhook Token",
            "push_protection_bypassed": false, "push_protection_bypassed_by": null,
            "push_protection_bypassed_at": null, "validity": "inactive",
            "publicly_leaked": false, "multi_repo": false,
        });
        if request.get("hide_secret") != Some("true") {
            alert["secret"] = json!("acme_demo_0000000000000000");
        }
        let alerts = if self.service.story.mover == Mover::Balancer { vec![alert] } else { vec![] };
        Some(alerts.into_iter().filter(|_| is_open).collect())
    }
}
