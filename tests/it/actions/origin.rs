//! A run that nobody named and no mark tells: it is known by who started it and from which commit, and where
//! two may be it an operator says which.

use flightdeck::demo::Quirks;
use serde_json::{Value, json};

use crate::openapi::asker::Asker;
use crate::support::stop::Stopped;
use crate::support::{Done, Program, World, patience};

use super::{WAITS, run_list, sent, world};

/// Where the workflow is started.
pub const DISPATCH: &str = "/repos/acme/storefront/actions/workflows/rollback.yml/dispatches";

/// Starts the workflow without a mark.
fn dispatch(world: &World) -> Program {
    let line = format!("run dispatch {WAITS} rollback.yml --ref main --input version=5.2.0");
    let program = world.program(line.split(' '));
    program.args(["--yes", "--reason", "a test", "--verify", "3s", "-o", "json"])
}

fn planned(world: &World) -> Value {
    let journal = world.journal();
    let intent = journal.iter().rev().find(|line| line["kind"] == "intent").expect("an intent");
    intent["plan"]["calls"][0]["follow"]["effect"].clone()
}

#[test]
fn a_server_that_names_no_run_is_asked_who_starts_it_and_from_what() {
    let world = world();
    world.faults().set_quirks(Quirks { old_dispatch: true, ..Quirks::default() });
    let done = dispatch(&world).run();
    let json = done.json();
    assert_eq!((done.code, &json["outcome"]), (Some(0), &"seen".into()), "{done:?}");
    let run = json["steps"][0]["github_run"].as_u64().expect("its run");
    let started = run_list(&world, WAITS).into_iter().find(|one| one["run"] == run);
    let started = started.expect("it is listed");
    let origin = planned(&world)["origin"].clone();
    assert_eq!(origin["actor"], "demo", "{origin}");
    assert!(origin["sha"].as_str().is_some_and(|sha| sha.len() == 40), "{origin}");
    assert_eq!(origin["sha"], started["sha"], "{started}");
    world.verify_journal();
}

#[test]
fn where_two_may_be_it_an_operator_says_which_from_the_shell() {
    let world = world();
    Stopped::at("after-call", &world, dispatch(&world)).kill();
    // a colleague with the same rights does the same from the same commit
    let body = json!({"ref": "main", "inputs": {"version": "5.1.0"}});
    assert_eq!(Asker::new(&world).post(DISPATCH, &body), 204);
    assert_eq!(sent(&world).len(), 2);
    let pick =
        |args: &[&str]| -> Done { world.program(["run", "pick", WAITS].iter().chain(args)).run() };
    let asked = patience::until("both to be listed", || {
        let asked = pick(&[]);
        asked.stdout.contains("one of the runs").then_some(asked)
    });
    assert_eq!(asked.code, Some(3), "{asked:?}");
    let ids = asked.stdout.split(|c: char| !c.is_ascii_digit()).filter(|id| id.len() > 4);
    let ids: Vec<&str> = ids.collect();
    assert_eq!(ids.len(), 2, "{asked:?}");
    let nonsense = pick(&["--run", "17"]);
    assert_eq!(nonsense.code, Some(3), "{nonsense:?}");
    let picked = pick(&["--run", ids[1]]);
    assert_eq!(picked.code, Some(0), "{picked:?}");
    let last = patience::until("it to be followed", || {
        world.run("status");
        let mut outcomes = world.journal().into_iter().filter(|line| line["kind"] == "outcome");
        outcomes.next_back().filter(|line| line["report"]["outcome"] == "seen")
    });
    assert_eq!(last["report"]["steps"][0]["github_run"].to_string(), ids[1], "{last}");
    assert_eq!(pick(&[]).code, Some(3), "nothing is open any more");
    assert_eq!(sent(&world).len(), 2, "nothing was sent again");
    world.verify_journal();
}
