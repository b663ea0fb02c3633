//! What commands that end take of GitHub's hour, and what they leave of it for actions.

use flightdeck::demo::{Options, Quirks, Scenario};
use serde_json::Value;

use crate::openapi::asker::Asker;
use crate::support::World;
use crate::support::world::{BAD, GOOD};

/// Where a release at GitHub waits for an approval.
const WAITS: &str = "storefront/production";

/// Requests of the hour that count so far. Asking is free.
fn used(asker: &Asker) -> u64 {
    let (status, told) = asker.get("/rate_limit");
    assert_eq!(status, 200);
    told["resources"]["core"]["used"].as_u64().expect("a number")
}

/// Each target with its run.
fn runs(world: &World) -> Vec<(Value, Value)> {
    let all = world.run("status -o json").json();
    let targets = all["targets"].as_array().expect("targets").iter();
    targets.map(|own| (own["target"].clone(), own["pipeline"]["run"].clone())).collect()
}

#[test]
fn the_next_look_pays_for_what_changed_alone() {
    let world = World::start(Options { scenario: Scenario::Quiet, ..Options::default() });
    let asker = Asker::new(&world);
    let told = runs(&world);
    let first = used(&asker);
    assert!(told.iter().any(|(_, run)| run.is_u64()), "{told:?}");
    for _ in 0..2 {
        let before = used(&asker);
        assert_eq!(runs(&world), told);
        let again = used(&asker) - before;
        println!("a look took {first} requests of the hour, the next {again}");
        assert!(first > 50 && again * 10 <= first, "{first}, then {again}");
    }
}

#[test]
fn the_end_of_the_hour_is_left_to_actions() {
    let world = World::ready();
    world.wait_until_ready();
    world.faults().set_quirks(Quirks { used_elsewhere: 4600, ..Quirks::default() });
    let promoted = world.act("promote", GOOD).run();
    assert_eq!(promoted.code, Some(0), "{promoted:?}");

    let all = world.run("status -o json").json();
    let targets = all["targets"].as_array().expect("targets");
    let told = |target: &&Value| {
        let reasons = target["reasons"].to_string();
        reasons.contains("are kept for actions; nothing is polled before ")
    };
    let told: Vec<&Value> = targets.iter().filter(told).collect();
    assert!(told.len() > 3, "{all:#}");
    for target in told {
        assert!(target["pipeline"].is_null() && target["state"] != "ok", "{target:#}");
        for gate in target["gates"].as_array().expect("gates") {
            let is_github =
                ["feeds", "pipeline", "checks"].iter().any(|name| gate["name"] == *name);
            assert!(!is_github || gate["state"] == "unknown", "{gate}");
        }
    }

    let back = world.act("rollback", BAD).run();
    assert_eq!(back.code, Some(0), "{back:?}");
    let approved = world.act("promote", WAITS).arg("--dry-run").run();
    assert!(approved.stdout.contains("pending_deployments"), "{approved:?}");
}

#[test]
fn a_server_without_limits_is_asked_all_the_same() {
    let world = World::start(Options::default());
    world.faults().set_quirks(Quirks { no_limits: true, ..Quirks::default() });
    assert_eq!(Asker::new(&world).get("/rate_limit").0, 404);
    let found = runs(&world);
    assert!(found.iter().any(|(_, run)| run.is_u64()), "{found:?}");
}
