//! What the headers of an answer tell of the token, and of what the request needed.

use crate::demo::http::Request;
use crate::demo::quirk::Token;

use super::Github;

impl Github {
    /// What the headers tell of the token, and of what the request needed.
    pub(super) fn scopes(&self, request: &Request) -> Vec<(&'static str, String)> {
        let quirks = self.faults.quirks();
        if quirks.token != Token::Classic {
            return vec![("x-accepted-github-permissions", needed(request))];
        }
        let own =
            if quirks.reads_only { "read:user, repo:status" } else { "read:org, repo, workflow" };
        vec![("x-oauth-scopes", own.to_owned()), ("x-accepted-oauth-scopes", "repo".to_owned())]
    }
}

/// The permission that a fine-grained token needs for a request.
fn needed(request: &Request) -> String {
    let segments = request.segments();
    let may = if matches!(request.method.as_str(), "GET" | "HEAD") { "read" } else { "write" };
    let what = match segments.get(3..).unwrap_or_default() {
        [.., "pending_deployments"] if may == "write" => "deployments",
        ["actions" | "environments", ..] => "actions",
        ["deployments", ..] => "deployments",
        [.., "check-runs"] => "checks",
        ["commits", .., "status"] => "statuses",
        ["contents" | "branches" | "commits" | "compare" | "releases", ..] => "contents",
        ["code-scanning", ..] => "security_events",
        ["secret-scanning", ..] => "secret_scanning_alerts",
        _ => "metadata",
    };
    format!("{what}={may}")
}
