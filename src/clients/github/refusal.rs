//! The words for an answer that is no success: which token, which repository, which permission, what to
//! do. Must not know what is done about it.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::config::Secret;
use crate::model::{Fault, FaultKind};
use crate::text;

/// Columns of GitHub's own words that a fault repeats.
const MESSAGE: usize = 120;

/// A permission of a fine-grained token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// The repository itself, and its tags.
    Metadata,
    /// Runs and jobs.
    Actions,
    /// Deployments and their statuses.
    Deployments,
    /// Releases, branches and files.
    Contents,
    /// Checks of a commit.
    Checks,
    /// Statuses of a commit.
    Statuses,
    /// Code scanning's alerts.
    SecurityEvents,
    /// Secret scanning's alerts.
    SecretAlerts,
    /// Re-runs, cancellations, dispatches.
    ActionsWrite,
    /// Approvals and rejections.
    DeploymentsWrite,
    /// New issues.
    IssuesWrite,
}

impl Permission {
    /// Its name in GitHub's settings and documentation.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Metadata => "metadata: read",
            Self::Actions => "actions: read",
            Self::Deployments => "deployments: read",
            Self::Contents => "contents: read",
            Self::Checks => "checks: read",
            Self::Statuses => "commit statuses: read",
            Self::SecurityEvents => "code scanning alerts: read",
            Self::SecretAlerts => "secret scanning alerts: read",
            Self::ActionsWrite => "actions: write",
            Self::DeploymentsWrite => "deployments: write",
            Self::IssuesWrite => "issues: write",
        }
    }
}

/// Where the token comes from, in words; never the token.
pub(super) fn origin(token: Option<&Secret>) -> String {
    match token {
        None => "no token".to_owned(),
        Some(Secret::Env(name)) => format!("the token from ${name}"),
        Some(Secret::File(path)) => format!("the token from the file {}", path.display()),
        // Arguments may be confidential; the program's name is not.
        Some(Secret::Command(argv)) => {
            format!("the token from the command {}", argv.first().map_or("", String::as_str))
        }
    }
}

/// What GitHub says about a refusal in its body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    message: Option<String>,
    documentation_url: Option<String>,
}

impl Told {
    /// Reads a body; anything that is not GitHub's JSON (a proxy's HTML) says nothing.
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// Whether it speaks of a secondary rate limit, which no header tells.
    pub(super) fn is_secondary(&self) -> bool {
        let says = |text: &Option<String>, what: &str| {
            text.as_deref().is_some_and(|text| text.to_ascii_lowercase().contains(what))
        };
        says(&self.documentation_url, "secondary-rate-limit")
            || says(&self.documentation_url, "abuse-rate-limit")
            || says(&self.message, "secondary rate limit")
    }

    /// Whether it may be about what the token is allowed to do: it says so, or says nothing.
    pub(super) fn is_about_permission(&self) -> bool {
        let hints = ["resource not accessible", "permission", "must have"];
        self.message.as_deref().is_none_or(|message| {
            let message = message.to_ascii_lowercase();
            hints.iter().any(|hint| message.contains(hint))
        })
    }

    /// `: message`, or nothing.
    pub(super) fn suffix(&self) -> String {
        self.message.as_deref().map_or_else(String::new, |message| {
            format!(": {}", text::line(message.trim_end_matches('.'), MESSAGE))
        })
    }
}

/// What was asked for, by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// `api.github.com`.
    pub(super) place: &'a str,
    /// See [`origin`].
    pub(super) origin: &'a str,
    /// Whether there is a token at all.
    pub(super) has_token: bool,
    /// `acme/checkout`.
    pub(super) repo: &'a str,
    /// `the runs of deploy.yml`.
    pub(super) what: &'a str,
    /// What reading it takes.
    pub(super) permission: Permission,
}

impl Asked<'_> {
    /// The fault for an answer other than 200, 304 and a rate limit.
    pub(super) fn fault(&self, status: StatusCode, headers: &HeaderMap, told: &Told) -> Fault {
        let Self { place, origin, has_token, repo, what, permission } = self;
        let needed = permission.word();
        let who = if *has_token { "the token" } else { "a request without a token" };
        let code = status.as_u16();
        let said = told.suffix();
        let (kind, text) = match status {
            StatusCode::UNAUTHORIZED if !has_token => (
                FaultKind::Unauthorized,
                format!("{place} wants a token for {repo} (401); set `token` in [github]"),
            ),
            StatusCode::UNAUTHORIZED => (
                FaultKind::Unauthorized,
                format!(
                    "{place} refuses {origin} (401{said}): it is wrong, expired or revoked; {repo} needs one with {needed}"
                ),
            ),
            StatusCode::FORBIDDEN if headers.contains_key("x-github-sso") => (
                FaultKind::Forbidden,
                format!(
                    "{what} in {repo}: {origin} is not authorized for the organization's single sign-on (403); authorize it in GitHub's settings"
                ),
            ),
            StatusCode::FORBIDDEN => (
                FaultKind::Forbidden,
                format!(
                    "{who} lacks the permission {needed}: {what} in {repo}, with {origin} (403{said})"
                ),
            ),
            StatusCode::NOT_FOUND => (
                FaultKind::NotFound,
                format!(
                    "not found (404), or {who} lacks the permission {needed}, which GitHub answers the same way: {what} in {repo}, with {origin}; check the name"
                ),
            ),
            _ => {
                (FaultKind::Upstream, format!("{place} answered {code} to {what} in {repo}{said}"))
            }
        };
        Fault::new(kind, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_html_or_escapes_never_gets_into_a_fault() {
        let asked = Asked {
            place: "api.github.com",
            origin: "the token from $T",
            has_token: true,
            repo: "a/b",
            what: "the tags",
            permission: Permission::Metadata,
        };
        let none = HeaderMap::new();
        let html = Told::read(format!("<html>{}</html>", "x".repeat(50_000)).as_bytes());
        let fault = asked.fault(StatusCode::BAD_GATEWAY, &none, &html);
        assert_eq!(fault.text, "api.github.com answered 502 to the tags in a/b");

        let long =
            serde_json::json!({"message": format!("\u{1b}]52;c;x\u{7}no{}", "y".repeat(9000))});
        let told = Told::read(long.to_string().as_bytes());
        let fault = asked.fault(StatusCode::FORBIDDEN, &none, &told);
        assert!(fault.text.contains("403: noyyy") && fault.text.len() < 300, "{fault}");
        assert!(!fault.text.chars().any(text::is_hostile));
    }

    #[test]
    fn a_commands_arguments_are_not_told() {
        let argv = vec!["vault".to_owned(), "--password=x".to_owned()];
        let said = origin(Some(&Secret::Command(argv)));
        assert_eq!(said, "the token from the command vault");
    }
}
