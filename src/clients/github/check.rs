//! What the token may do at a repository, as far as that can be told without doing it, for `doctor`.

use serde::Deserialize;

use super::reads::ask;
use super::{GithubClient, Permission, Read, TokenFacts};
use crate::model::Fault;

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
}

/// A repository, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    private: Option<bool>,
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

    /// Tries one read per permission, whole, so that nobody else's next read is left out.
    pub async fn check(&self, repo: &str) -> Checked {
        let tries: [(Permission, &str, &[&str]); 6] = [
            (Permission::Metadata, "the repository", &[]),
            (Permission::Actions, "the runs", &["actions", "runs"]),
            (Permission::Deployments, "the deployments", &["deployments"]),
            (Permission::Contents, "the releases", &["releases"]),
            (Permission::Checks, "the checks", &["commits", "HEAD", "check-runs"]),
            (Permission::Statuses, "the statuses", &["commits", "HEAD", "status"]),
        ];
        let tried = futures::future::join_all(tries.map(async |(permission, what, tail)| {
            let one = [("per_page", "1")];
            let query = if tail.is_empty() { &[] } else { one.as_slice() };
            let route = self.route(repo, tail, query)?;
            self.page(&route, &ask(repo, what, permission), Read::Whole).await
        }))
        .await;
        let about = tried.first().and_then(|page| page.as_ref().ok()?.whole.as_ref());
        let about: Option<About> =
            about.map(|whole| serde_json::from_slice(&whole.body).unwrap_or_default());
        let reads = tries
            .into_iter()
            .zip(tried)
            .map(|((permission, ..), tried)| Access { permission, fault: tried.err() });
        Checked {
            reads: reads.collect(),
            is_private: about.as_ref().and_then(|about| about.private),
            may_push: about.and_then(|about| about.permissions?.push),
        }
    }
}
