//! What the token may do at a repository, as far as that can be told without doing it, for `doctor`.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde::Deserialize;

use super::reads::ask;
use super::{GithubClient, Page, Permission, Read, TokenFacts};
use crate::model::{Danger, Fault};

/// Whether one permission is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Which.
    pub permission: Permission,
    /// Why reading with it failed, when it did.
    pub fault: Option<Fault>,
}

/// What was found out at a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What may be read.
    pub reads: Vec<Access>,
    /// Whether it is private; none when it cannot be read.
    pub is_private: Option<bool>,
    /// Whether the token's user may write there at all; none when that is not told.
    pub may_push: Option<bool>,
    /// Whether it has issues; none when that is not told.
    pub has_issues: Option<bool>,
}

/// A repository, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    private: Option<bool>,
    default_branch: Option<String>,
    has_issues: Option<bool>,
    permissions: Option<May>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct May {
    push: Option<bool>,
}

impl GithubClient {
    /// What is known of the token in hand; none before the first request.
    #[must_use]
    pub fn token(&self) -> Option<TokenFacts> {
        self.credentials.facts()
    }

    /// Tries one read per permission, whole, so that nobody else's next read is left out; what scanners found
    /// only where a gate asks for it.
    pub async fn check(&self, repo: &str, security: &BTreeSet<Danger>) -> Checked {
        let tried = self.tried(repo, Permission::Metadata, &[]).await;
        let whole = tried.as_ref().ok().and_then(|page| page.whole.as_ref());
        let about: About =
            whole.and_then(|whole| serde_json::from_slice(&whole.body).ok()).unwrap_or_default();
        let branch = about.default_branch.as_deref().unwrap_or("HEAD");
        let tries: [(Permission, &[&str]); 7] = [
            (Permission::Actions, &["actions", "runs"]),
            (Permission::Deployments, &["deployments"]),
            (Permission::Contents, &["releases"]),
            (Permission::Checks, &["commits", branch, "check-runs"]),
            (Permission::Statuses, &["commits", branch, "status"]),
            (Permission::SecurityEvents, &["code-scanning", "alerts"]),
            (Permission::SecretAlerts, &["secret-scanning", "alerts"]),
        ];
        let is_asked = |(permission, _): &(Permission, &[&str])| match permission {
            Permission::SecurityEvents => security.iter().any(|it| *it != Danger::Secrets),
            Permission::SecretAlerts => security.contains(&Danger::Secrets),
            _ => true,
        };
        let rest = join_all(tries.into_iter().filter(is_asked).map(async |(permission, tail)| {
            Access { permission, fault: self.tried(repo, permission, tail).await.err() }
        }));
        let first = Access { permission: Permission::Metadata, fault: tried.err() };
        Checked {
            reads: std::iter::once(first).chain(rest.await).collect(),
            is_private: about.private,
            may_push: about.permissions.and_then(|may| may.push),
            has_issues: about.has_issues,
        }
    }

    async fn tried(
        &self,
        repo: &str,
        permission: Permission,
        tail: &[&str],
    ) -> Result<Page, Fault> {
        let what = match permission {
            Permission::Actions => "the runs",
            Permission::Deployments => "the deployments",
            Permission::Contents => "the releases",
            Permission::Checks => "the checks",
            Permission::Statuses => "the statuses",
            Permission::SecurityEvents => "code scanning's alerts",
            Permission::SecretAlerts => "secret scanning's alerts",
            _ => "the repository",
        };
        let one = [("per_page", "1"), ("hide_secret", "true")];
        let query = match permission {
            _ if tail.is_empty() => &[],
            Permission::SecretAlerts => one.as_slice(),
            _ => &one[..1],
        };
        let route = self.route(repo, tail, query)?;
        self.page(&route, &ask(repo, what, permission), Read::Whole).await
    }
}
