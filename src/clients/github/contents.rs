//! What a run stands on: its workflow's file, the checks of its commit and which of them its branch
//! requires, its artifacts, what GitHub remarked on a job; and what it may be started for.

use super::decode::backing::{self, CommitStatus, Named, Remark, Rule};
use super::reads::ask;
use super::{Answer, GithubClient, List, Permission, Read, Validator};
use crate::model::backing::{Artifact, Check, Environments};
use crate::model::{Fault, FaultKind};

/// Items on a page where all are wanted.
const ALL: (&str, &str) = ("per_page", "100");

/// Pages of checks read at most.
const CHECK_PAGES: usize = 3;

/// Pages of environments read at most.
const ENVIRONMENT_PAGES: usize = 3;

impl GithubClient {
    /// A workflow's file (`deploy.yml`) as it is at a commit; none when there is none.
    pub async fn workflow_file(
        &self,
        repo: &str,
        file: &str,
        sha: &str,
    ) -> Result<Option<String>, Fault> {
        let what = format!("the file of the workflow {file}");
        let ask = ask(repo, &what, Permission::Contents);
        let tail = ["contents", ".github", "workflows", file];
        let route = self.route(repo, &tail, &[("ref", sha)])?;
        // a commit does not change: whoever asks keeps the answer
        match self.page(&route, &ask, Read::Whole).await {
            Ok(page) => {
                let body = page.whole.map(|whole| whole.body).unwrap_or_default();
                backing::file(&body).map(Some).ok_or_else(|| self.odd(&ask))
            }
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The newest check of each name on a commit.
    pub async fn checks(
        &self,
        repo: &str,
        sha: &str,
        read: Read,
    ) -> Result<Answer<List<Check>>, Fault> {
        let ask = ask(repo, "the checks of a commit", Permission::Checks);
        let query = [("filter", "latest"), ALL];
        let route = self.route(repo, &["commits", sha, "check-runs"], &query)?;
        self.list(route, &ask, CHECK_PAGES, read).await
    }

    /// The statuses of a commit: checks of the older kind.
    pub async fn statuses(&self, repo: &str, sha: &str) -> Result<List<Check>, Fault> {
        let ask = ask(repo, "the statuses of a commit", Permission::Statuses);
        let route = self.route(repo, &["commits", sha, "status"], &[ALL])?;
        let found = self.list::<CommitStatus>(route, &ask, 1, Read::Whole).await?;
        Ok(whole(found).map(|status| status.0))
    }

    /// The checks that a branch requires, by its rules and by its own protection. Two requests.
    pub async fn required_checks(&self, repo: &str, branch: &str) -> Result<Vec<String>, Fault> {
        let rules_ask = ask(repo, "the rules of a branch", Permission::Metadata);
        let route = self.route(repo, &["rules", "branches", branch], &[ALL])?;
        let rules = match self.list::<Rule>(route, &rules_ask, 1, Read::Whole).await {
            Ok(found) => whole(found),
            // a server that does not know rules yet
            Err(fault) if fault.kind == FaultKind::NotFound => List::default(),
            Err(fault) => return Err(fault),
        };
        let ask = ask(repo, "a branch", Permission::Contents);
        let route = self.route(repo, &["branches", branch], &[])?;
        let classic = match self.page(&route, &ask, Read::Whole).await {
            Ok(page) => {
                let body = page.whole.map(|whole| whole.body).unwrap_or_default();
                backing::protection(&body).ok_or_else(|| self.odd(&ask))?
            }
            // a tag, or a branch that is gone
            Err(fault) if fault.kind == FaultKind::NotFound => Vec::new(),
            Err(fault) => return Err(fault),
        };
        let mut required = Vec::new();
        for name in rules.items.into_iter().flat_map(|rule| rule.0).chain(classic) {
            if !required.contains(&name) {
                required.push(name);
            }
        }
        Ok(required)
    }

    /// The names of a repository's environments.
    pub async fn environments(
        &self,
        repo: &str,
        read: Read,
    ) -> Result<Answer<Environments>, Fault> {
        let ask = ask(repo, "the environments", Permission::Actions);
        let route = self.route(repo, &["environments"], &[ALL])?;
        let found = self.list::<Named>(route, &ask, ENVIRONMENT_PAGES, read).await?;
        Ok(found.map(|list| Environments {
            more: list.more || list.skipped > 0,
            names: list.items.into_iter().map(|named| named.0).collect(),
        }))
    }

    /// What a run left behind.
    pub async fn artifacts(&self, repo: &str, run: u64) -> Result<Answer<List<Artifact>>, Fault> {
        let id = run.to_string();
        let ask = ask(repo, "the artifacts of a run", Permission::Actions);
        let route = self.route(repo, &["actions", "runs", &id, "artifacts"], &[ALL])?;
        self.list(route, &ask, 1, Read::IfChanged).await
    }

    /// What GitHub remarked on a job that failed, in its own words.
    pub async fn remarks(&self, repo: &str, job: u64) -> Result<Vec<String>, Fault> {
        let id = job.to_string();
        let ask = ask(repo, "the remarks on a job", Permission::Checks);
        let route = self.route(repo, &["check-runs", &id, "annotations"], &[ALL])?;
        let found = self.list::<Remark>(route, &ask, 1, Read::Whole).await?;
        let texts = whole(found).items.into_iter().map(|remark| remark.0);
        Ok(texts.filter(|text| !text.is_empty()).collect())
    }
}

/// What was read whole.
fn whole<T>(answer: Answer<List<T>>) -> List<T> {
    match answer {
        Answer::Unchanged => List::default(),
        Answer::Fresh { value, seen } => {
            // asked for whole again next time, so nothing is committed
            let _: Vec<Validator> = seen;
            value
        }
    }
}

#[cfg(test)]
mod tests;
