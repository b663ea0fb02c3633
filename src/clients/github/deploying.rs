//! What is read about deployments under way: what waits at an environment and who may decide, what was
//! decided, which runs a dispatch may have started. Must not know what follows from it.

use super::decode::Item;
use super::reads::ask;
use super::{Answer, GithubClient, List, Permission, Read, Validator};
use crate::model::{Decision, Fault, FaultKind, Run, Waiting, Waits};

/// Runs that are listed where one is looked for.
const LOOKED_AT: &str = "20";

impl GithubClient {
    /// The protected deployments of a run that wait now.
    pub async fn pending(
        &self,
        repo: &str,
        run: u64,
        read: Read,
    ) -> Result<Answer<List<Waiting>>, Fault> {
        self.of_run(repo, run, ("pending_deployments", "what waits in"), read).await
    }

    /// What was decided of the deployments of a run so far.
    pub async fn decisions(
        &self,
        repo: &str,
        run: u64,
        read: Read,
    ) -> Result<Answer<List<Decision>>, Fault> {
        self.of_run(repo, run, ("approvals", "what was decided in"), read).await
    }

    /// Both, in any case. None when there is no such run.
    pub async fn waits(&self, repo: &str, run: u64) -> Result<Option<Waits>, Fault> {
        let pending = self.pending(repo, run, Read::Whole);
        let decisions = self.decisions(repo, run, Read::Whole);
        let (pending, decisions) = futures::join!(pending, decisions);
        let (waiting, decisions) = match (pending, decisions) {
            (Err(fault), _) | (_, Err(fault)) if fault.kind == FaultKind::NotFound => {
                return Ok(None);
            }
            (pending, decisions) => (pending?, decisions?),
        };
        Ok(Some(Waits { waiting: items(waiting), decisions: items(decisions) }))
    }

    /// The newest runs that were started by hand of a workflow on a branch or tag, in any case.
    pub async fn dispatched(
        &self,
        repo: &str,
        file: &str,
        git_ref: &str,
    ) -> Result<Vec<Run>, Fault> {
        let what = format!("the runs of {file}");
        let ask = ask(repo, &what, Permission::Actions);
        let query = [
            ("event", "workflow_dispatch"),
            ("branch", git_ref),
            ("per_page", LOOKED_AT),
            ("exclude_pull_requests", "true"),
        ];
        let route = self.route(repo, &["actions", "workflows", file, "runs"], &query)?;
        self.list(route, &ask, 1, Read::Whole).await.map(items)
    }

    async fn of_run<T: Item>(
        &self,
        repo: &str,
        run: u64,
        (part, what): (&str, &str),
        read: Read,
    ) -> Result<Answer<List<T>>, Fault> {
        let id = run.to_string();
        let what = format!("{what} run {run}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["actions", "runs", &id, part], &[])?;
        self.list(route, &ask, 1, read).await
    }
}

/// What an answer that was asked for in any case says.
fn items<T>(answer: Answer<List<T>>) -> Vec<T> {
    match answer {
        Answer::Unchanged => Vec::new(),
        Answer::Fresh { value, seen } => {
            // nobody will say that it is still so
            drop::<Vec<Validator>>(seen);
            value.items
        }
    }
}
