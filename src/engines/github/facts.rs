//! What GitHub says of a target's releases: runs and deployments. Runs are asked for each time; deployments
//! follow runs and are asked for when those move, and now and then.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, try_join_all};

use super::advice::Held;
use crate::asks::is_marked;
use crate::clients::github::{DeploymentStatus, GithubClient};
use crate::config::{GithubEngineConfig, WayBackConfig};
use crate::model::follow::Origin;
use crate::model::pipeline::is_of_pattern;
use crate::model::{Deployment, Fault, Run, Status, Time, Waits};

/// Deployments of each environment whose status is read, and of the last one: what was there before is
/// looked for in it.
const LOOKED_AT: (usize, usize) = (3, 6);

/// Every how many readings deployments are asked for when no run moves.
const NOW_AND_THEN: u32 = 12;

/// Statuses kept at most.
const STATUSES: usize = 256;

/// The facts of one reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// The runs that are releases, newest first.
    pub(super) runs: Vec<Run>,
    /// The runs of the workflow that goes back, newest first.
    pub(super) backs: Vec<Run>,
    /// By branch: what a run begins with that is started there now.
    pub(super) origins: BTreeMap<String, Origin>,
    /// For each stage its deployments, newest first.
    pub(super) deployed: Vec<Vec<Deployed>>,
}

/// A deployment and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deployed {
    pub(super) deployment: Deployment,
    /// GitHub's word; none before there is one.
    pub(super) state: Option<String>,
    /// Since when.
    pub(super) at: Option<Time>,
    /// The run that deploys, where GitHub links to it.
    pub(super) run: Option<u64>,
}

/// What tells whether runs have moved.
type Marks = Vec<(u64, u64, Status, Option<Time>)>;

/// What earlier readings said.
#[derive(Debug, Default)]
pub(super) struct Memory {
    marks: Marks,
    /// Readings since deployments were asked for.
    since: u32,
    deployments: Vec<Vec<Deployment>>,
    /// Statuses that do not change any more, by deployment.
    settled: BTreeMap<u64, DeploymentStatus>,
    pub(super) advice: Held,
}

impl Memory {
    /// Reads runs, and deployments where that is worth it.
    pub(super) async fn read(
        &mut self,
        client: &GithubClient,
        config: &GithubEngineConfig,
    ) -> Result<Facts, Fault> {
        let repo = config.repo.as_str();
        let backs = async {
            match config.rollback_workflow() {
                Some(file) => client.newest_runs(repo, file).await,
                None => Ok(Vec::new()),
            }
        };
        let (runs, backs) = futures::join!(client.newest_runs(repo, &config.workflow), backs);
        let (mut runs, backs) = (runs?, backs?);
        let counts = |run: &Run| {
            let named = |pattern: &String| {
                run.branch.as_deref().is_some_and(|name| is_of_pattern(pattern, name))
            };
            !run.event.starts_with("pull_request") && config.pattern.as_ref().is_none_or(named)
        };
        runs.retain(counts);
        runs.sort_by_key(|run| std::cmp::Reverse(run.id));

        let both = runs.iter().chain(&backs);
        let marks: Marks = both
            .clone()
            .map(|run| (run.id, run.attempt, run.status.clone(), run.updated_at))
            .collect();
        let moves = both.clone().any(Run::is_active) || marks != self.marks;
        if moves || self.deployments.is_empty() || self.since >= NOW_AND_THEN {
            let stages = config.stages.iter();
            let lists = stages.map(|stage| client.deployments_to(repo, &stage.environment));
            self.deployments = try_join_all(lists).await?;
            for list in &mut self.deployments {
                list.sort_by_key(|deployment| std::cmp::Reverse(deployment.id));
            }
            (self.marks, self.since) = (marks, 0);
        }
        self.since += 1;
        let (deployed, origins) =
            futures::join!(self.statuses(client, repo), origins(client, config));
        Ok(Facts { runs, backs, origins, deployed: deployed? })
    }

    async fn statuses(
        &mut self,
        client: &GithubClient,
        repo: &str,
    ) -> Result<Vec<Vec<Deployed>>, Fault> {
        let last = self.deployments.len().saturating_sub(1);
        let looked_at = |stage: usize| if stage == last { LOOKED_AT.1 } else { LOOKED_AT.0 };
        let wanted: Vec<(usize, Deployment)> = self
            .deployments
            .iter()
            .enumerate()
            .flat_map(|(stage, list)| list.iter().take(looked_at(stage)).map(move |d| (stage, d)))
            .map(|(stage, deployment)| (stage, deployment.clone()))
            .collect();
        let settled = &self.settled;
        let reads = wanted.iter().map(async |(_, deployment)| match settled.get(&deployment.id) {
            Some(status) => Ok(Some(status.clone())),
            None => client.status_of(repo, deployment.id).await,
        });
        let statuses = join_all(reads).await;
        let mut deployed: Vec<Vec<Deployed>> = vec![Vec::new(); self.deployments.len()];
        for ((stage, deployment), status) in wanted.into_iter().zip(statuses) {
            let status = status?;
            if let Some(status) = status.as_ref().filter(|status| is_settled(&status.state)) {
                if self.settled.len() >= STATUSES {
                    self.settled.pop_first();
                }
                self.settled.insert(deployment.id, status.clone());
            }
            deployed[stage].push(Deployed {
                state: status.as_ref().map(|status| status.state.clone()),
                at: status.as_ref().and_then(|status| status.created_at),
                run: status.and_then(|status| status.run),
                deployment,
            });
        }
        Ok(deployed)
    }

    /// What of a run waits, where that can be read.
    pub(super) async fn waits(
        &self,
        client: &GithubClient,
        config: &GithubEngineConfig,
        run: &Run,
    ) -> Option<Waits> {
        let waits = client.waits(&config.repo, run.id).await.ok().flatten()?;
        Some(client.explained(&config.repo, Some(run), waits).await)
    }
}

/// What tells the runs that are started from others, where no input marks them.
async fn origins(client: &GithubClient, config: &GithubEngineConfig) -> BTreeMap<String, Origin> {
    let back = match &config.rollback {
        Some(WayBackConfig::Start(start)) => Some(start),
        _ => None,
    };
    let starts = config.promote.iter().chain(back);
    let unmarked = starts.filter(|start| !is_marked(&start.inputs));
    let refs: BTreeSet<&str> = unmarked.map(|start| start.git_ref.as_str()).collect();
    let origin =
        async |git_ref: &str| (git_ref.to_owned(), client.origin(&config.repo, git_ref).await);
    join_all(refs.into_iter().map(origin)).await.into_iter().collect()
}

/// Whether nothing that matters comes after a state.
fn is_settled(state: &str) -> bool {
    matches!(state, "success" | "inactive" | "failure" | "error")
}
