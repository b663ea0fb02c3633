//! Concurrency groups, where the server tells of them. Must not know what their members mean for a run.

use super::decode::Group;
use super::reads::ask;
use super::{GithubClient, Permission};
use crate::model::{Fault, FaultKind};

/// A run, or one of its jobs, in a concurrency group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// GitHub's id of the run.
    pub run: u64,
    /// What it is.
    pub name: String,
    /// `in_progress` holds the group, `pending` waits for it.
    pub status: String,
}

impl GithubClient {
    /// The members of a group in the order of the queue. None where the server tells of no groups.
    pub async fn group(&self, repo: &str, name: &str) -> Result<Option<Vec<Member>>, Fault> {
        let ask = ask(repo, "a concurrency group", Permission::Actions);
        let groups = ["actions", "concurrency_groups"];
        let route = self.route(repo, &[groups[0], groups[1], name], &[])?;
        match self.kept_list(route, &ask).await {
            Ok(members) => return Ok(Some(members)),
            Err(fault) if fault.kind != FaultKind::NotFound => return Err(fault),
            Err(_) => {}
        }
        // nobody is in it, or the server does not know of groups
        let route = self.route(repo, &groups, &[("per_page", "1")])?;
        match self.kept_list::<Group>(route, &ask).await {
            Ok(_) => Ok(Some(Vec::new())),
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
