//! Runs that wait at an environment: what waits is asked for while they do, and once more when they no
//! longer seem to, so that nothing is said to wait that does not.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::memory::Memory;
use super::round::{Part, Round};
use crate::clients::github::GithubClient;
use crate::model::{Fault, Observation, Waits};

/// Runs whose waiting deployments are read in one poll at most.
const RUNS: usize = 8;

/// Requests that one of them takes.
const REQUESTS: usize = 2;

/// What was last said of runs that waited.
#[derive(Debug, Default)]
pub(super) struct Waiters(BTreeMap<u64, Waits>);

/// What was read of a run.
type Answer = (u64, Result<Waits, Fault>);

impl Waiters {
    /// Reads what waits. Keeps nothing: a poll that is dropped half way has said nothing.
    pub(super) async fn ask(
        &self,
        client: &GithubClient,
        repo: &str,
        memory: &Memory,
    ) -> Vec<Answer> {
        let waiting: BTreeSet<u64> = memory.waiting().collect();
        let before = self.0.keys().copied().filter(|run| !waiting.contains(run));
        let runs: Vec<u64> = waiting.iter().rev().copied().chain(before).take(RUNS).collect();
        if runs.is_empty() || client.grant(repo, runs.len() * REQUESTS).is_err() {
            return Vec::new();
        }
        let reads = runs.into_iter().map(async |run| {
            let answer = match client.waits(repo, run).await {
                Ok(waits) => {
                    let waits = waits.unwrap_or_default();
                    Ok(client.explained(repo, memory.run(run), waits).await)
                }
                Err(fault) => Err(fault),
            };
            (run, answer)
        });
        join_all(reads).await
    }

    /// Keeps what was read, and says what of it is new.
    pub(super) fn keep(
        &mut self,
        answers: Vec<Answer>,
        (host, repo): (&str, &str),
        memory: &mut Memory,
        round: &mut Round,
    ) {
        let waiting: BTreeSet<u64> = memory.waiting().collect();
        for (run, answer) in answers {
            let part = Part::Waits(run);
            let waits = match answer {
                Ok(waits) => waits,
                Err(fault) => {
                    memory.trouble.insert(part, fault);
                    continue;
                }
            };
            memory.trouble.remove(&part);
            if self.0.get(&run) != Some(&waits) {
                let (host, repo, waits) = (host.to_owned(), repo.to_owned(), waits.clone());
                round.waits.push(Observation::Waits { host, repo, run, waits });
            }
            if waiting.contains(&run) {
                self.0.insert(run, waits);
            } else {
                self.0.remove(&run);
            }
        }
    }
}
