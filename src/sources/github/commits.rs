//! The checks of commits that a gate asks for: read until all that are required have passed, then rarely, for
//! one may be run again.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{OptionFuture, join_all};

use super::memory::Memory;
use super::round::{Part, Round};
use crate::clients::github::{Answer, GithubClient, List};
use crate::model::backing::{Check, Checks};
use crate::model::{Fault, Observation};

/// Commits whose checks are read in one poll at most.
const COMMITS: usize = 4;

/// Most requests for one: its checks and its statuses.
const EACH: usize = 2;

/// What was read so far, by commit.
#[derive(Debug, Default)]
pub(super) struct Commits(BTreeMap<String, Read>);

#[derive(Debug, Clone, Default)]
struct Read {
    statuses: List<Check>,
    /// Whether all that is required has passed.
    settled: bool,
}

/// What was said of one commit.
#[derive(Debug)]
pub(super) struct Said {
    sha: String,
    checks: Result<Answer<List<Check>>, Fault>,
    statuses: Option<Result<List<Check>, Fault>>,
}

/// Whether nothing is awaited any more of the checks that are required.
fn is_settled(all: &[Check], required: &BTreeSet<String>) -> bool {
    required.iter().all(|name| {
        let own = || all.iter().filter(|check| check.name == *name);
        own().next().is_some() && own().all(Check::has_passed)
    })
}

impl Commits {
    /// Whether a commit was never asked for.
    pub(super) fn is_new(&self, sha: &str) -> bool {
        !self.0.contains_key(sha)
    }

    /// Reads what is due. Keeps nothing, so a dropped poll loses nothing.
    pub(super) async fn look(
        &self,
        client: &GithubClient,
        repo: &str,
        (wanted, required): (&BTreeSet<String>, &BTreeSet<String>),
        memory: &Memory,
        round: &Round,
    ) -> Vec<Said> {
        let may = round.rarely || memory.may_ask(&Part::Checks, false);
        let due = |sha: &&String| {
            let open = || may && !self.0.get(*sha).is_some_and(|read| read.settled);
            let moves = round.jobs_due || round.has_turned;
            self.is_new(sha) || round.rarely || (moves && open())
        };
        let due: Vec<&String> = wanted.iter().filter(due).take(COMMITS).collect();
        if due.is_empty() || client.grant(repo, due.len() * EACH).is_err() {
            return Vec::new();
        }
        let read = async |sha: &String| {
            let checks = client.checks(repo, sha, memory.read_of_checks(sha)).await;
            let list = match &checks {
                Ok(Answer::Fresh { value, .. }) => Some(value),
                Ok(Answer::Unchanged) => memory.checks_of(sha),
                Err(_) => None,
            };
            let has = |list: &List<Check>, name: &String| {
                list.items.iter().any(|check| check.name == *name)
            };
            // what no check is called like may be a status, the older kind
            let missing = list.is_some_and(|list| !required.iter().all(|name| has(list, name)));
            let statuses = OptionFuture::from(missing.then(|| client.statuses(repo, sha)));
            Said { sha: sha.clone(), checks, statuses: statuses.await }
        };
        join_all(due.into_iter().map(read)).await
    }

    /// Keeps what was read, and says it.
    pub(super) fn keep(
        &mut self,
        said: Vec<Said>,
        (host, repo): (&str, &str),
        (wanted, required): (&BTreeSet<String>, &BTreeSet<String>),
        memory: &mut Memory,
        round: &mut Round,
    ) {
        for Said { sha, checks, statuses } in said {
            let why = |fault: Option<&Fault>| fault.map(|fault| fault.text.clone());
            let unread = why(checks.as_ref().err());
            let unread = unread.or_else(|| why(statuses.as_ref().and_then(|it| it.as_ref().err())));
            if let Some(list) = round.take(memory, Part::Checks, checks) {
                memory.keep_checks(&sha, list);
            }
            let read = self.0.entry(sha.clone()).or_default();
            if let Some(answer) = statuses {
                let answer = answer.map(|value| Answer::Fresh { value, seen: Vec::new() });
                if let Some(list) = round.take(memory, Part::Statuses, answer) {
                    read.statuses = list;
                }
            }
            let List { items: mut all, more, skipped } =
                memory.checks_of(&sha).cloned().unwrap_or_default();
            let List { items: statuses, more: cut_off, skipped: odd } = read.statuses.clone();
            let whole = !more && !cut_off && skipped + odd == 0;
            let cut = || (!whole).then(|| "not all of them could be read".to_owned());
            let unread = unread.or_else(cut);
            all.extend(statuses);
            read.settled = unread.is_none() && is_settled(&all, required);
            let checks = Checks { all, unread, ..Checks::default() };
            let (host, repo) = (host.to_owned(), repo.to_owned());
            round.backing.push(Observation::Checks { host, repo, sha, checks });
        }
        self.0.retain(|sha, _| wanted.contains(sha));
    }
}
