//! All that is ever asked of GitHub, asked once of the demo world by the real program.

use std::collections::BTreeSet;

use flightdeck::demo::{Exchange, Options, Scenario};

use super::departures::DEPARTURES;
use super::{description, found, is_named, lines, with_github};
use crate::support::World;
use crate::support::patience::until;

/// What the program asks of GitHub. A new request belongs here, and into the tour.
pub const ASKED: [&str; 10] = [
    "GET /repos/{owner}/{repo}",
    "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
    "GET /repos/{owner}/{repo}/actions/runs",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
    "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    "GET /repos/{owner}/{repo}/deployments",
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    "GET /repos/{owner}/{repo}/releases",
    "GET /repos/{owner}/{repo}/tags",
];

fn exchanges(world: &World) -> Vec<Exchange> {
    with_github(world.faults(), &world.api())
}

/// Every scenario looked at.
fn look(scenario: Scenario) -> World {
    let world = World::start(Options { scenario, ..Options::default() });
    world.run("status");
    world
}

/// A look that goes on, until it is told that something is as it was.
fn watch() -> World {
    let world = World::ready();
    let watching = world.program(["status", "--watch"]).start();
    until("an unchanged answer", || {
        let exchanges = exchanges(&world);
        let mut answers = exchanges.iter().filter_map(|exchange| exchange.answer.as_ref());
        answers.any(|answer| answer.status == 304).then_some(())
    });
    watching.kill();
    world
}

/// Logs, by target and by run, and of a run that is nowhere.
fn logs() -> World {
    let world = World::ready();
    let run = world.target("search/staging")["pipeline"]["run"].to_string();
    for line in ["search/staging --failed", &run, "5"] {
        world.run(&format!("logs {line}"));
    }
    world
}

/// What the token may read, and what a wrong one may not.
fn doctor() -> World {
    let world = World::ready();
    world.run("doctor");
    let token = world.folder().join("wrong");
    std::fs::write(&token, "wrong").expect("a file");
    world.configure(|toml| {
        let mut toml: toml::Table = toml.parse().expect("the world's configuration");
        toml["github"]["token"]["file"] = token.display().to_string().into();
        toml.to_string()
    });
    world.run("doctor");
    world
}

#[test]
fn everything_asked_of_github_and_answered_in_its_place_is_as_published() {
    let Some(description) = description("the tour") else { return };
    let scenarios = [Scenario::Quiet, Scenario::Release, Scenario::Incident];
    // kept to the end, so that what is wrong in any of them is told at once
    let worlds: Vec<_> =
        scenarios.map(look).into_iter().chain([watch(), logs(), doctor()]).collect();
    let exchanges: Vec<_> = worlds.iter().flat_map(exchanges).collect();
    let asked: BTreeSet<String> = exchanges
        .iter()
        .filter_map(|one| Some(description.operation(&one.method, &one.path)?.name()))
        .collect();
    assert_eq!(asked, ASKED.map(str::to_owned).into(), "the tour, and what is known to be asked");

    let found = found(description, &exchanges);
    let unnamed: Vec<_> = found.iter().filter(|one| !is_named(one)).collect();
    assert!(unnamed.is_empty(), "not as GitHub publishes it:\n{}", lines(unnamed));
    for departure in DEPARTURES {
        let needed = found.iter().any(|problem| departure.covers(problem));
        assert!(
            needed,
            "no longer met, so to be deleted: {} {}: {}",
            departure.operation, departure.at, departure.why
        );
    }
}
