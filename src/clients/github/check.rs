//! What the token may read of a repository, for `doctor`.

use super::reads::ask;
use super::{GithubClient, Permission, Read};
use crate::model::Fault;

/// Whether one permission is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Which.
    pub permission: Permission,
    /// Why reading with it failed, when it did.
    pub fault: Option<Fault>,
}

impl GithubClient {
    /// Tries one read per permission, whole, so that nobody else's next read is left out.
    pub async fn check(&self, repo: &str) -> Vec<Access> {
        let tries: [(Permission, &str, &[&str]); 4] = [
            (Permission::Metadata, "the repository", &[]),
            (Permission::Actions, "the runs", &["actions", "runs"]),
            (Permission::Deployments, "the deployments", &["deployments"]),
            (Permission::Contents, "the releases", &["releases"]),
        ];
        futures::future::join_all(tries.map(async |(permission, what, tail)| {
            let tried = async {
                let one = [("per_page", "1")];
                let query = if tail.is_empty() { &[] } else { one.as_slice() };
                let route = self.route(repo, tail, query)?;
                self.page(&route, &ask(repo, what, permission), Read::Whole).await
            };
            Access { permission, fault: tried.await.err() }
        }))
        .await
    }
}
