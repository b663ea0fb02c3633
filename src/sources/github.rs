//! One repository at GitHub, polled: runs, jobs, deployments, releases and tags become observations.
//!
//! Owns what is asked when: little while nothing moves, the jobs of what is active or looked at, rare things
//! rarely. Must not know how a request is sent, nor what an answer means for a release.

mod backing;
mod commits;
mod memory;
mod revisions;
mod round;
mod scans;
mod waits;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{OptionFuture, join_all};
use tokio::sync::watch;

use crate::clients::github::{GithubClient, Priority, Read};
use crate::config::RepoConfig;
use crate::model::{Budget, Fault, FeedId};
use crate::ports::{Polled, Source};

pub use revisions::GithubRevisions;

use backing::Backing;
use commits::Commits;
use memory::Memory;
use round::{Part, Round};
use scans::Scans;
use waits::Waiters;

/// Every how many idle intervals the things that change rarely are asked for, and those that were refused.
const RARELY: u32 = 15;

/// The same for deployments while a run is active. They follow runs: without one they are as rare as the rest,
/// and they are asked for whenever a run begins or ends, and while somebody looks.
const DEPLOYMENTS: u32 = 2;

/// What is needed more than the rest: runs whose jobs are on the screen, which are read even when the runs are
/// over, and what is being rolled out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Repository (`acme/checkout`) and run id.
    pub runs: BTreeSet<(String, u64)>,
    /// Repositories of targets that have a rollout under way.
    pub moving: BTreeSet<String>,
    /// Repository and commit, where a gate asks for its checks.
    pub commits: BTreeSet<(String, String)>,
}

/// One repository. See [`Source`].
pub struct GithubSource {
    feed: FeedId,
    client: Arc<GithubClient>,
    host: String,
    repo: RepoConfig,
    every: Duration,
    wanted: watch::Receiver<Wanted>,
    memory: Memory,
    waiters: Waiters,
    backing: Backing,
    commits: Commits,
    scans: Scans,
    /// How much the last answer was needed.
    ranked: Priority,
    /// The time until the rare things are asked for, as if each poll waited no longer than it should.
    rare_in: Duration,
    /// The same for deployments, and for the jobs of active runs that nobody looks at.
    deployments_in: Duration,
    jobs_in: Duration,
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
        client.enter(&repo.name, every, every_active);
        Self {
            feed,
            client,
            host,
            every,
            wanted,
            memory: Memory::default(),
            waiters: Waiters::default(),
            backing: Backing::new(repo.required.clone()),
            repo,
            commits: Commits::default(),
            scans: Scans::default(),
            ranked: Priority::Rest,
            rare_in: Duration::ZERO,
            deployments_in: Duration::ZERO,
            jobs_in: Duration::ZERO,
        }
    }

    /// Runs, deployments, releases and tags: what needs no other answer first.
    async fn ask_lists(&mut self, round: &mut Round) -> Result<(), Fault> {
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
        let may_ask_deployments = self.memory.may_ask(&Part::Deployments, rarely);
        let asks_deployments = round.deployments_due && may_ask_deployments;
        let asks_releases = rarely || self.memory.has_stumbled(&Part::Releases);
        let asks_tags = rarely || self.memory.has_stumbled(&Part::Tags);

        let rare = [asks_deployments, asks_releases, asks_tags];
        let requests = workflows.len() + rare.into_iter().filter(|asks| *asks).count();
        client.begin(repo, requests)?;

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
        let deployments = match deployments {
            None if may_ask_deployments && round.has_turned && client.grant(repo, 1).is_ok() => {
                round.deployments_due = true;
                Some(client.deployments(repo).await)
            }
            answered => answered,
        };
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
        Ok(())
    }

    /// Jobs of runs and statuses of deployments. Nothing is awaited after their answers are kept, so a
    /// dropped poll leaves no half of them behind.
    async fn ask_details(&mut self, round: &mut Round) {
        let (client, repo) = (&*self.client, self.repo.name.as_str());
        let wanted: BTreeSet<u64> = self
            .wanted
            .borrow_and_update()
            .runs
            .iter()
            .filter(|(name, _)| name == repo)
            .map(|(_, run)| *run)
            .collect();
        let commits = self.wanted_commits();
        let looks = self.memory.looks(&wanted, round.jobs_due, round.rarely);
        let deployments = if round.deployments_due {
            self.memory.unsettled_deployments(round.rarely)
        } else {
            Vec::new()
        };

        if client.grant(repo, looks.len() + deployments.len()).is_err() {
            // the next poll says so; the lists of this one stand
            return;
        }
        let jobs = join_all(looks.iter().map(|look| client.jobs(repo, look.run, look.read)));
        let statuses = join_all(deployments.iter().map(|id| client.deployment_status(repo, *id)));
        let (jobs, statuses) = futures::join!(jobs, statuses);

        let backing = &self.backing;
        let backing = backing.look(client, repo, &self.memory, round.rarely, &wanted).await;

        let (of, dangers) = ((&commits, &self.repo.required), &self.repo.security);
        let (checks, scans) = futures::join!(
            self.commits.look(client, repo, of, &self.memory, round),
            self.scans.look(client, repo, dangers, &self.memory, round.rarely),
        );

        self.memory.want(&wanted);
        for (look, answer) in looks.iter().zip(jobs) {
            self.memory.keep_jobs(round, look, answer);
        }
        for (id, answer) in deployments.into_iter().zip(statuses) {
            if let Some(status) = round.take(&mut self.memory, Part::Status(id), answer) {
                self.memory.keep_status(round, id, status);
            }
        }
        let place = (self.host.as_str(), repo);
        self.backing.keep_all(place, backing, &mut self.memory, round);
        self.commits.keep(checks, place, of, &mut self.memory, round);
        self.scans.keep(scans, place, &self.repo.security, &mut self.memory, round);
    }
}

impl GithubSource {
    /// Our commits whose checks a gate asks for.
    fn wanted_commits(&self) -> BTreeSet<String> {
        let wanted = self.wanted.borrow();
        let ours = wanted.commits.iter().filter(|(name, _)| *name == self.repo.name);
        ours.map(|(_, sha)| sha.clone()).collect()
    }

    /// Whether jobs are on the screen that were not read for it.
    fn is_newly_looked_at(&self) -> bool {
        let wanted = self.wanted.borrow();
        let mut ours = wanted.runs.iter().filter(|(name, _)| *name == self.repo.name);
        ours.any(|(_, run)| !self.memory.is_shown(*run))
    }

    /// How much the next answer is needed.
    fn priority(&self) -> Priority {
        let (repo, wanted) = (&self.repo.name, self.wanted.borrow());
        if wanted.moving.contains(repo) {
            Priority::Rollout
        } else if self.memory.is_active() {
            Priority::Active
        } else if wanted.runs.iter().any(|(name, _)| name == repo) {
            Priority::Visible
        } else {
            Priority::Rest
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

    async fn ready(&mut self) {
        self.client.ready(&self.repo.name).await;
    }

    async fn urged(&mut self) {
        while self.wanted.changed().await.is_ok() {
            let asks = self.wanted_commits().iter().any(|sha| self.commits.is_new(sha));
            if asks || self.priority() < self.ranked || self.is_newly_looked_at() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let rarely = self.rare_in.is_zero();
        let is_seen = matches!(self.ranked, Priority::Rollout | Priority::Visible);
        let deployments_due = is_seen || self.deployments_in.is_zero();
        let mut round = Round::new(rarely, deployments_due, self.jobs_in.is_zero());
        self.ask_lists(&mut round).await?;
        let repo = self.repo.name.as_str();
        if let Some(fault) = round.hopeless() {
            // Whatever was denied or is rare is asked for again with the rest.
            (self.rare_in, self.deployments_in) = (Duration::ZERO, Duration::ZERO);
            self.client.polled(repo, Priority::Rest, Err(&fault));
            return Err(fault);
        }
        let waits = self.waiters.ask(&self.client, &self.repo.name, &self.memory).await;
        self.ask_details(&mut round).await;
        let place = (self.host.as_str(), self.repo.name.as_str());
        self.waiters.keep(waits, place, &mut self.memory, &mut round);

        let repo = self.repo.name.as_str();
        let priority = self.priority();
        self.ranked = priority;
        let polling = self.client.polled(repo, priority, Ok(()));
        let next = |asked: bool, left: Duration, span: Duration| {
            (if asked { span } else { left }).saturating_sub(polling.usual)
        };
        self.rare_in = next(rarely, self.rare_in, self.every * RARELY);
        let moves = priority <= Priority::Active;
        let deployments = self.every * if moves { DEPLOYMENTS } else { RARELY };
        self.deployments_in =
            next(round.deployments_due, self.deployments_in.min(deployments), deployments);
        self.jobs_in = next(round.jobs_due, self.jobs_in, self.every);

        let mut items = self.memory.observations(&round, &self.host, repo);
        items.append(&mut round.backing);
        self.client.commit(round.seen);
        let pause = round.retry_at.map(|time| self.client.until(time));
        let widened_s = polling.widened.map(|every| every.as_secs());
        let usual_s = Some(polling.usual.as_secs());
        Ok(Polled {
            items,
            budget: self.client.budget().map(|budget| Budget { widened_s, usual_s, ..budget }),
            warnings: self.memory.warnings(),
            next: Some(polling.next.max(pause.unwrap_or_default())),
            notices: polling.news.into_iter().collect(),
        })
    }
}

/// A look at a run's jobs.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    run: u64,
    read: Read,
}
