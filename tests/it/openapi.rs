//! What we say to GitHub and what the demo world says in its place, held against GitHub's own published
//! description: every exchange of every test that has a world, and a tour of all that is ever asked.
//!
//! The description is npm's `@octokit/openapi`; `$FLIGHTDECK_OPENAPI` names its `api.github.com.json`, and
//! `.ci/run` installs it. Without it each test here says that it did not run; with `FLIGHTDECK_E2E=required`,
//! as CI sets it, that is a failure. What is not as published is in `departures`, by name and with a reason.

pub mod asker;
mod client;
mod departures;
mod description;
mod examples;
mod schema;
mod sweep;
mod tour;
mod verdict;
mod wrong;

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use flightdeck::demo::{Exchange, Faults, Peer};

use crate::support::{self, World};

use departures::{DEPARTURES, Departure};
use description::Description;
use verdict::Problem;

static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| {
    let path = std::env::var_os("FLIGHTDECK_OPENAPI")?;
    Some(Description::read(Path::new(&path)))
});

/// The description; none where there is none, which is said.
fn description(test: &str) -> Option<&'static Description> {
    if DESCRIPTION.is_none() {
        support::not_run(&format!(
            "NOT RUN: {test} needs GitHub's description; npm install --ignore-scripts --no-save --prefix \
             target/openapi @octokit/openapi, and FLIGHTDECK_OPENAPI=…/generated/api.github.com.json"
        ));
    }
    DESCRIPTION.as_ref()
}

/// Records what a world's servers are asked and answer, where it can be held against the description.
pub fn record(faults: &Faults) {
    if DESCRIPTION.is_some() {
        faults.exchanges().record();
    }
}

/// Fails when an exchange of a world is not as published, nor a named departure.
pub fn hold(faults: &Faults, api: &str) {
    let Some(description) = &*DESCRIPTION else { return };
    let mut exchanges = with_github(faults, api);
    let mut seen = clean().clone();
    exchanges.retain(|exchange| seen.insert(print(exchange)));
    let found = found(description, &exchanges);
    let unnamed: Vec<_> = found.into_iter().filter(|one| !is_named(one)).collect();
    assert!(unnamed.is_empty(), "not as GitHub publishes it:\n{}", lines(&unnamed));
}

/// The exchanges with GitHub's API, which is at this address; logs are kept elsewhere.
fn with_github(faults: &Faults, api: &str) -> Vec<Exchange> {
    let host = api.split_once("://").map(|(_, host)| host);
    let mut exchanges = faults.exchanges().so_far();
    exchanges.retain(|exchange| {
        exchange.peer == Peer::Github && exchange.headers.get("host").map(String::as_str) == host
    });
    exchanges
}

fn found(description: &Description, exchanges: &[Exchange]) -> BTreeSet<Problem> {
    let judged = exchanges.iter().flat_map(|exchange| {
        let problems = verdict::problems(description, exchange);
        if problems.iter().all(is_named) {
            clean().insert(print(exchange));
        }
        problems
    });
    judged.collect()
}

/// The prints of exchanges that were judged and found well: most are like others.
fn clean() -> MutexGuard<'static, HashSet<u64>> {
    static CLEAN: LazyLock<Mutex<HashSet<u64>>> = LazyLock::new(Mutex::default);
    CLEAN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn print(exchange: &Exchange) -> u64 {
    let Exchange { method, path, query, headers, body, answer, .. } = exchange;
    let answer = answer.as_ref().map(|answer| (answer.status, &answer.body));
    let names: Vec<_> = headers.keys().collect();
    let mut hasher = DefaultHasher::new();
    (method, path, query, names, body, answer).hash(&mut hasher);
    hasher.finish()
}

fn is_named(problem: &Problem) -> bool {
    DEPARTURES.iter().any(|departure| departure.covers(problem))
}

fn lines<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> String {
    problems.into_iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// The parts of a path.
fn segments(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

fn exchanges(worlds: &[World]) -> Vec<Exchange> {
    worlds.iter().flat_map(|world| with_github(world.faults(), &world.api())).collect()
}

#[test]
fn all_that_is_asked_of_github_and_answered_in_its_place_is_as_published() {
    let Some(description) = description("the tour") else { return };
    let toured = tour::worlds();
    let asked: BTreeSet<String> = exchanges(&toured)
        .iter()
        .filter_map(|one| Some(description.operation(&one.method, &one.path)?.name()))
        .collect();
    let known: BTreeSet<String> =
        tour::ASKED.iter().map(|&operation| operation.to_owned()).collect();
    let differ: Vec<_> = asked.symmetric_difference(&known).collect();
    assert_eq!(differ, [""; 0], "asked in the tour and not known to be, or the other way round");

    let swept = sweep::worlds(description);
    let found = found(description, &[exchanges(&toured), exchanges(&swept)].concat());
    let unnamed: Vec<_> = found.iter().filter(|one| !is_named(one)).collect();
    assert!(unnamed.is_empty(), "not as GitHub publishes it:\n{}", lines(unnamed));
    let unmet: Vec<_> = departures::unmet(&found)
        .map(|Departure { operation, at, what, why, .. }| format!("{operation} {at} {what}: {why}"))
        .collect();
    assert_eq!(unmet, [""; 0], "no longer met, so to be deleted");
}
