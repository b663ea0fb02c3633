//! What can be read of a repository. Every address is constant, so that an unchanged answer stays a 304.

use super::decode::{self, Item, Release, Tag};
use super::{Ask, GithubClient, Permission, Route, Validator, Whole, lock};
use super::{DeploymentStatus, List};
use crate::model::{Deployment, Fault, FaultKind, Job, RefName, Run};

/// Items on a page where the newest are enough.
const NEWEST: (&str, &str) = ("per_page", "30");

/// Pages of jobs read at most; a page has 100.
const JOB_PAGES: usize = 3;

/// Whether an answer we hold may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Only what changed since it was committed.
    IfChanged,
    /// In any case.
    Whole,
}

/// What a read brought.
#[derive(Debug)]
pub enum Answer<T> {
    /// What was committed still holds.
    Unchanged,
    /// Something to parse was sent.
    Fresh {
        /// What it says.
        value: T,
        /// To be committed when `value` has been handed on; see [`GithubClient::commit`].
        seen: Vec<Validator>,
    },
}

impl<T> Answer<T> {
    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Unchanged => Answer::Unchanged,
            Self::Fresh { value, seen } => Answer::Fresh { value: f(value), seen },
        }
    }
}

impl GithubClient {
    /// The newest 30 runs of a workflow (a file name), or of all.
    pub async fn runs(
        &self,
        repo: &str,
        workflow: Option<&str>,
    ) -> Result<Answer<List<Run>>, Fault> {
        let query = [NEWEST, ("exclude_pull_requests", "true")];
        let (tail, what): (Vec<&str>, _) = match workflow {
            Some(file) => {
                (vec!["actions", "workflows", file, "runs"], format!("the runs of {file}"))
            }
            None => (vec!["actions", "runs"], "the runs".to_owned()),
        };
        let ask = ask(repo, &what, Permission::Actions);
        self.list(self.route(repo, &tail, &query)?, &ask, 1, Read::IfChanged).await
    }

    /// A run by its id; none when the repository has no such run, or hides it.
    pub async fn run(&self, repo: &str, run: u64) -> Result<Option<Run>, Fault> {
        let id = run.to_string();
        let what = format!("run {run}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["actions", "runs", &id], &[])?;
        match self.page(&route, &ask, Read::Whole).await {
            Ok(page) => {
                let body = page.whole.map(|whole| whole.body).unwrap_or_default();
                let run = Run::decode(&String::from_utf8_lossy(&body));
                run.map(Some).ok_or_else(|| self.odd(&ask))
            }
            Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The jobs of a run's newest attempt, with their steps.
    pub async fn jobs(&self, repo: &str, run: u64, read: Read) -> Result<Answer<List<Job>>, Fault> {
        let id = run.to_string();
        let query = [("filter", "latest"), ("per_page", "100")];
        let what = format!("the jobs of run {run}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["actions", "runs", &id, "jobs"], &query)?;
        self.list(route, &ask, JOB_PAGES, read).await
    }

    /// The newest 30 deployments, without their statuses.
    pub async fn deployments(&self, repo: &str) -> Result<Answer<List<Deployment>>, Fault> {
        let ask = ask(repo, "the deployments", Permission::Deployments);
        let route = self.route(repo, &["deployments"], &[NEWEST])?;
        self.list(route, &ask, 1, Read::IfChanged).await
    }

    /// The newest status of a deployment; none when it has none yet.
    pub async fn deployment_status(
        &self,
        repo: &str,
        deployment: u64,
    ) -> Result<Answer<Option<DeploymentStatus>>, Fault> {
        let id = deployment.to_string();
        let ask = ask(repo, "the deployments' statuses", Permission::Deployments);
        let route = self.route(repo, &["deployments", &id, "statuses"], &[NEWEST])?;
        let found = self.list::<DeploymentStatus>(route, &ask, 1, Read::IfChanged).await?;
        // The order is not documented.
        Ok(found.map(|list| list.items.into_iter().max_by_key(|s| (s.created_at, s.id))))
    }

    /// The newest 30 releases that are out.
    pub async fn releases(&self, repo: &str) -> Result<Answer<List<RefName>>, Fault> {
        let ask = ask(repo, "the releases", Permission::Contents);
        let route = self.route(repo, &["releases"], &[NEWEST])?;
        let found = self.list::<Release>(route, &ask, 1, Read::IfChanged).await?;
        Ok(found.map(|mut list| {
            list.items.retain(|release| !release.draft);
            list.map(|release| release.name)
        }))
    }

    /// The newest 30 tags.
    pub async fn tags(&self, repo: &str) -> Result<Answer<List<RefName>>, Fault> {
        let ask = ask(repo, "the tags", Permission::Metadata);
        let route = self.route(repo, &["tags"], &[NEWEST])?;
        let found = self.list::<Tag>(route, &ask, 1, Read::IfChanged).await?;
        Ok(found.map(|list| list.map(|tag| tag.0)))
    }

    pub(super) fn route(
        &self,
        repo: &str,
        tail: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Route, Fault> {
        Route::new(&self.config.url, repo, tail, query)
    }

    /// Reads a list of at most `pages` pages. When one page changed, the others are asked for whole too:
    /// only their ETags are kept here, not what they said.
    pub(super) async fn list<T: Item>(
        &self,
        first: Route,
        ask: &Ask<'_>,
        pages: usize,
        read: Read,
    ) -> Result<Answer<List<T>>, Fault> {
        let mut found: Vec<(Route, Option<List<T>>)> = Vec::new();
        let mut seen = Vec::new();
        let mut next = Some(first);
        while let Some(route) = next.take_if(|_| found.len() < pages) {
            if !found.is_empty() {
                self.extend(ask.repo)?;
            }
            let page = self.page(&route, ask, read).await?;
            let list = self.read(page.whole, ask, &mut seen)?;
            next = page.next;
            found.push((route, list));
        }
        if found.iter().all(|(_, list)| list.is_none()) {
            return Ok(Answer::Unchanged);
        }
        let mut value = List { more: next.is_some(), ..List::default() };
        for (route, list) in found {
            let list = if list.is_some() {
                list
            } else {
                self.extend(ask.repo)?;
                let page = self.page(&route, ask, Read::Whole).await?;
                self.read(page.whole, ask, &mut seen)?
            };
            value.append(list.unwrap_or_default());
        }
        Ok(Answer::Fresh { value, seen })
    }

    /// One request more than a poll under way knew of.
    fn extend(&self, repo: &str) -> Result<(), Fault> {
        lock(&self.shared().scheduler).extend(&self.key(repo), self.clock.now())
    }

    /// Decodes what was sent, and only then counts its ETag as seen.
    fn read<T: Item>(
        &self,
        whole: Option<Whole>,
        ask: &Ask<'_>,
        seen: &mut Vec<Validator>,
    ) -> Result<Option<List<T>>, Fault> {
        let Some(Whole { body, validator }) = whole else {
            return Ok(None);
        };
        let list = decode::list(&body).ok_or_else(|| self.odd(ask))?;
        seen.extend(validator);
        Ok(Some(list))
    }

    pub(super) fn odd(&self, ask: &Ask<'_>) -> Fault {
        let text = format!(
            "the answer of {} to {} in {} is not what GitHub documents; check api_url",
            self.place, ask.what, ask.repo
        );
        Fault::new(FaultKind::Garbage, text)
    }
}

pub(super) fn ask<'a>(repo: &'a str, what: &'a str, permission: Permission) -> Ask<'a> {
    Ask { repo, what, permission }
}
