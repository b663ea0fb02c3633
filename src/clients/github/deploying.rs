//! What is read about deployments under way: what waits at an environment, what was decided, which runs a
//! dispatch may have started, what was deployed last. Must not know what follows from it.

use super::decode::{self, Item};
use super::reads::ask;
use super::{DeploymentStatus, GithubClient, Permission};
use crate::model::follow::Origin;
use crate::model::{Decision, Deployment, Fault, FaultKind, Run, Waiting, Waits};

/// Items that are listed where the newest are enough.
const NEWEST: (&str, &str) = ("per_page", "30");

impl GithubClient {
    /// The protected deployments of a run that wait now, and what was decided so far. None when there is no
    /// such run.
    pub async fn waits(&self, repo: &str, run: u64) -> Result<Option<Waits>, Fault> {
        let waiting = self.of_run::<Waiting>(repo, run, ("pending_deployments", "what waits in"));
        let decisions = self.of_run::<Decision>(repo, run, ("approvals", "what was decided in"));
        match futures::join!(waiting, decisions) {
            (Err(fault), _) | (_, Err(fault)) if fault.kind == FaultKind::NotFound => Ok(None),
            (waiting, decisions) => Ok(Some(Waits { waiting: waiting?, decisions: decisions? })),
        }
    }

    /// The newest runs that were started by hand of a workflow on a branch or tag.
    pub async fn dispatched(
        &self,
        repo: &str,
        file: &str,
        git_ref: &str,
    ) -> Result<Vec<Run>, Fault> {
        let query = [("event", "workflow_dispatch"), ("branch", git_ref)];
        self.runs_of(repo, file, &query).await
    }

    /// The newest runs of a workflow.
    pub async fn newest_runs(&self, repo: &str, file: &str) -> Result<Vec<Run>, Fault> {
        self.runs_of(repo, file, &[]).await
    }

    /// The newest deployments to an environment, without their statuses.
    pub async fn deployments_to(
        &self,
        repo: &str,
        environment: &str,
    ) -> Result<Vec<Deployment>, Fault> {
        let what = format!("the deployments to {environment}");
        let ask = ask(repo, &what, Permission::Deployments);
        let query = [("environment", environment), NEWEST];
        self.kept_list(self.route(repo, &["deployments"], &query)?, &ask).await
    }

    /// The newest status of a deployment; none when it has none yet.
    pub async fn status_of(
        &self,
        repo: &str,
        deployment: u64,
    ) -> Result<Option<DeploymentStatus>, Fault> {
        let id = deployment.to_string();
        let ask = ask(repo, "the deployments' statuses", Permission::Deployments);
        let route = self.route(repo, &["deployments", &id, "statuses"], &[NEWEST])?;
        let found: Vec<DeploymentStatus> = self.kept_list(route, &ask).await?;
        Ok(found.into_iter().max_by_key(|status| (status.created_at, status.id)))
    }

    /// What a run begins with that is started now on a branch. What cannot be read is left out.
    pub async fn origin(&self, repo: &str, git_ref: &str) -> Origin {
        let (actor, sha) = futures::join!(self.login(), self.head(repo, git_ref));
        Origin { actor, sha: sha.ok() }
    }

    /// The newest commit of a branch.
    async fn head(&self, repo: &str, branch: &str) -> Result<String, Fault> {
        let ask = ask(repo, "a branch", Permission::Contents);
        let route = self.route(repo, &["branches", branch], &[])?;
        Ok(self.kept(&route, &ask, decode::head).await?.as_ref().clone())
    }

    async fn runs_of(
        &self,
        repo: &str,
        file: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<Run>, Fault> {
        let what = format!("the runs of {file}");
        let ask = ask(repo, &what, Permission::Actions);
        let query = [query, &[NEWEST, ("exclude_pull_requests", "true")]].concat();
        let route = self.route(repo, &["actions", "workflows", file, "runs"], &query)?;
        self.kept_list(route, &ask).await
    }

    async fn of_run<T: Item + Clone + Send + Sync + 'static>(
        &self,
        repo: &str,
        run: u64,
        (part, what): (&str, &str),
    ) -> Result<Vec<T>, Fault> {
        let id = run.to_string();
        let what = format!("{what} run {run}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["actions", "runs", &id, part], &[])?;
        self.kept_list(route, &ask).await
    }
}
