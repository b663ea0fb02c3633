//! All that is ever asked of GitHub, asked once of the demo world by the real program.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use flightdeck::demo::{Options, Quirks, Scenario};

use super::{client, with_github};
use crate::support::patience::until;
use crate::support::world::GOOD;
use crate::support::{Pty, World};

/// What the program asks of GitHub. A new request belongs here, and into the tour.
pub const ASKED: &[&str] = &[
    "GET /repos/{owner}/{repo}",
    "GET /repos/{owner}/{repo}/actions/concurrency_groups",
    "GET /repos/{owner}/{repo}/actions/concurrency_groups/{concurrency_group_name}",
    "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
    "GET /repos/{owner}/{repo}/actions/runs",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
    "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    "GET /repos/{owner}/{repo}/branches/{branch}",
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    "GET /repos/{owner}/{repo}/code-scanning/alerts",
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    "GET /repos/{owner}/{repo}/commits/{ref}/status",
    "GET /repos/{owner}/{repo}/compare/{basehead}",
    "GET /repos/{owner}/{repo}/contents/{path}",
    "GET /repos/{owner}/{repo}/deployments",
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    "GET /repos/{owner}/{repo}/environments",
    "GET /repos/{owner}/{repo}/environments/{environment_name}",
    "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules",
    "GET /repos/{owner}/{repo}/releases",
    "GET /repos/{owner}/{repo}/releases/tags/{tag}",
    "GET /repos/{owner}/{repo}/rules/branches/{branch}",
    "GET /repos/{owner}/{repo}/secret-scanning/alerts",
    "GET /repos/{owner}/{repo}/tags",
    "GET /rate_limit",
    "GET /user",
    "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    "POST /repos/{owner}/{repo}/issues",
];

/// Every scenario looked at.
fn look(scenario: Scenario) -> World {
    let world = World::start(Options { scenario, ..Options::default() });
    world.run("status");
    world
}

/// The cockpit, until it is told that something is as it was.
fn watch() -> World {
    let world = World::start(Options::default());
    let cockpit = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    until("an unchanged answer", || {
        let exchanges = with_github(world.faults(), &world.api());
        let mut answers = exchanges.iter().filter_map(|exchange| exchange.answer.as_ref());
        answers.any(|answer| answer.status == 304).then_some(())
    });
    drop(cockpit);
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

/// Where a release can go back to.
fn back() -> World {
    let world = World::ready();
    world.run("destinations storefront/production");
    world
}

/// A dispatch at a server of some years ago.
fn old() -> World {
    let world = World::ready();
    world.faults().set_quirks(Quirks { old_dispatch: true, ..Quirks::default() });
    let line = "run dispatch storefront/production rollback.yml --ref main --input version=5.2.0";
    world.program(line.split(' ')).args(["--yes", "--reason", "a test", "--verify", "1s"]).run();
    world
}

/// The story of a target, told in an issue; and where there are none.
fn incident() -> World {
    let world = World::ready();
    world.configure(|toml| {
        toml.replace("repo = \"acme/checkout\"\n", "repo = \"acme/checkout\"\nincident = {}\n")
    });
    let open = || {
        let line = format!("incident {GOOD} --yes");
        world.program(line.split(' ')).args(["--reason", "a test"]).run()
    };
    assert_eq!(open().code, Some(0));
    world.faults().set_quirks(Quirks { no_issues: true, ..Quirks::default() });
    assert_eq!(open().code, Some(4));
    world
}

/// What the token may read, and what a wrong one may not.
fn doctor() -> World {
    let world = World::ready();
    world.run("doctor");
    let token = world.folder().join("wrong");
    std::fs::write(&token, "wrong").expect("a file");
    std::fs::set_permissions(&token, Permissions::from_mode(0o600)).expect("a file of ours");
    world.configure(|toml| {
        let mut toml: toml::Table = toml.parse().expect("the world's configuration");
        toml["github"]["token"]["file"] = token.display().to_string().into();
        toml.to_string()
    });
    world.run("doctor");
    world
}

/// All of it. The worlds stay, so that what is wrong in any of them is told at once.
pub fn worlds() -> Vec<World> {
    let scenarios = [Scenario::Quiet, Scenario::Release, Scenario::Incident];
    scenarios
        .map(look)
        .into_iter()
        .chain([watch(), logs(), back(), old(), incident(), doctor(), client::world()])
        .collect()
}
