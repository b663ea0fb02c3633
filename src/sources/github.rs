//! One repository at GitHub, polled: runs, jobs, deployments, releases and tags become observations.
//!
//! Owns what is asked when: little while nothing moves, the jobs of what is active or looked at, rare things
//! rarely. Must not know how a request is sent, nor what an answer means for a release.

mod memory;
mod round;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{OptionFuture, join_all};
use tokio::sync::watch;

use crate::clients::github::{GithubClient, Read};
use crate::config::RepoConfig;
use crate::model::{Fault, FeedId};
use crate::ports::{Polled, Source};

use memory::Memory;
use round::{Part, Round};

/// Every how many polls the things that change rarely are asked for, and those that were refused.
const RARELY: u32 = 5;

/// Runs whose jobs are on the screen: repository (`acme/checkout`) and run id. Their jobs are read even when
/// the runs are over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted(pub BTreeSet<(String, u64)>);

/// One repository. See [`Source`].
pub struct GithubSource {
    feed: FeedId,
    client: Arc<GithubClient>,
    host: String,
    repo: RepoConfig,
    every: Duration,
    every_active: Duration,
    wanted: watch::Receiver<Wanted>,
    memory: Memory,
    /// Polls answered since the last one that was not.
    polls: u32,
}

impl GithubSource {
    /// A source of `repo` at `host` (`github` or `github.NAME`), polled every `every`, or every
    /// `every_active` while one of its runs is active. `client` is shared by all repositories of a host.
    #[must_use]
    pub fn new(
        feed: FeedId,
        client: Arc<GithubClient>,
        host: String,
        repo: RepoConfig,
        every: Duration,
        every_active: Duration,
        wanted: watch::Receiver<Wanted>,
    ) -> Self {
        Self {
            feed,
            client,
            host,
            repo,
            every,
            every_active,
            wanted,
            memory: Memory::default(),
            polls: 0,
        }
    }

    /// Runs, deployments, releases and tags: what needs no other answer first.
    async fn ask_lists(&mut self, round: &mut Round) {
        let (client, repo) = (&*self.client, self.repo.name.as_str());
        let rarely = round.rarely;
        let workflows: Vec<Option<&str>> = match self.repo.workflows.as_slice() {
            [] => vec![None],
            named => named.iter().map(|file| Some(file.as_str())).collect(),
        };
        let workflows: Vec<_> = workflows
            .into_iter()
            .map(|file| (file, Part::Runs(file.map(str::to_owned))))
            .filter(|(_, part)| self.memory.may_ask(part, rarely))
            .collect();
        let asks_deployments = self.memory.may_ask(&Part::Deployments, rarely);
        let asks_releases = rarely || self.memory.has_stumbled(&Part::Releases);
        let asks_tags = rarely || self.memory.has_stumbled(&Part::Tags);

        let runs = join_all(workflows.iter().map(|(file, _)| client.runs(repo, *file)));
        let deployments = OptionFuture::from(asks_deployments.then(|| client.deployments(repo)));
        let releases = OptionFuture::from(asks_releases.then(|| client.releases(repo)));
        let tags = OptionFuture::from(asks_tags.then(|| client.tags(repo)));
        let (runs, deployments, releases, tags) = futures::join!(runs, deployments, releases, tags);

        for ((file, part), answer) in workflows.into_iter().zip(runs) {
            if let Some(list) = round.take(&mut self.memory, part, answer) {
                self.memory.keep_runs(round, file, list);
            }
        }
        if let Some(answer) = deployments
            && let Some(list) = round.take(&mut self.memory, Part::Deployments, answer)
        {
            self.memory.keep_deployments(round, list);
        }
        if let Some(answer) = releases
            && let Some(list) = round.take(&mut self.memory, Part::Releases, answer)
        {
            self.memory.keep_releases(round, list);
        }
        if let Some(answer) = tags
            && let Some(list) = round.take(&mut self.memory, Part::Tags, answer)
        {
            self.memory.keep_tags(round, list);
        }
    }

    /// Jobs of runs and statuses of deployments. Nothing is awaited after their answers are kept, so a
    /// dropped poll leaves no half of them behind.
    async fn ask_details(&mut self, round: &mut Round) {
        let (client, repo) = (&*self.client, self.repo.name.as_str());
        let wanted: BTreeSet<u64> = self
            .wanted
            .borrow_and_update()
            .0
            .iter()
            .filter(|(name, _)| name == repo)
            .map(|(_, run)| *run)
            .collect();
        let looks = self.memory.looks(&wanted, round.rarely);
        let deployments = self.memory.unsettled_deployments(round.rarely);

        let jobs = join_all(looks.iter().map(|look| client.jobs(repo, look.run, look.read)));
        let statuses = join_all(deployments.iter().map(|id| client.deployment_status(repo, *id)));
        let (jobs, statuses) = futures::join!(jobs, statuses);

        self.memory.want(&wanted);
        for (look, answer) in looks.iter().zip(jobs) {
            self.memory.keep_jobs(round, look, answer);
        }
        for (id, answer) in deployments.into_iter().zip(statuses) {
            if let Some(status) = round.take(&mut self.memory, Part::Status(id), answer) {
                self.memory.keep_status(round, id, status);
            }
        }
    }
}

impl Source for GithubSource {
    fn feed(&self) -> FeedId {
        self.feed.clone()
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let mut round = Round::new(self.polls.is_multiple_of(RARELY));
        self.ask_lists(&mut round).await;
        if let Some(fault) = round.hopeless() {
            // Whatever was denied or is rare is asked for again with the rest.
            self.polls = 0;
            return Err(fault);
        }
        self.ask_details(&mut round).await;

        self.polls = self.polls.wrapping_add(1);
        let items = self.memory.observations(&round, &self.host, &self.repo.name);
        self.client.commit(round.seen);
        let pause = round.retry_at.map(|time| self.client.until(time));
        Ok(Polled {
            items,
            budget: self.client.budget(),
            warnings: self.memory.warnings(),
            next: pause.or_else(|| self.memory.is_active().then_some(self.every_active)),
        })
    }
}

/// A look at a run's jobs.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    run: u64,
    read: Read,
}
