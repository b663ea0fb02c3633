//! What a plan says in the shell, and in which order: what deploys stands beside what every gate says, what is
//! in the way under its queue, and what is sent comes last.

use crate::support::{Done, World};

use super::newest;

/// Where a release waits at a tenth of the traffic.
const STAGED: &str = "storefront/production";

fn plan(world: &World, line: &str) -> Done {
    let done = world.run(&format!("{line} --dry-run"));
    assert_eq!(done.code, Some(0), "{done:?}");
    done
}

/// The place of the first line that begins so.
fn place(done: &Done, begins: &str) -> usize {
    let mut lines = done.stdout.lines().map(str::trim_start);
    lines.position(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{begins}: {done:?}"))
}

#[test]
fn what_is_sent_is_said_last_and_what_is_in_the_way_under_its_queue() {
    let world = World::ready();
    let back = plan(&world, &format!("rollback {STAGED}"));
    let head = place(&back, "under way, in no queue with this:");
    let run = newest(&world, STAGED, "deploy.yml", "waiting");
    assert_eq!(place(&back, &format!("run {run} (")), head + 1, "{back:?}");
    let note = place(&back, "afterwards");
    assert!(head < note && note < place(&back, "send"), "{back:?}");
    assert!(!back.stdout.contains("go: "), "no gate is asked about a rollback: {back:?}");
    let json = world.run(&format!("rollback {STAGED} --dry-run -o json")).json();
    assert_eq!(json["plan"]["ahead"][0]["run"], run, "{json}");
    assert!(json["gates"].is_null(), "{json}");
}

#[test]
fn what_deploys_stands_beside_what_every_gate_says() {
    let world = World::ready();
    world.wait_until_readable();
    let over = newest(&world, STAGED, "deploy.yml", "completed");
    let again = plan(&world, &format!("run rerun {STAGED} --run {over}"));
    assert!(place(&again, "go: ") < place(&again, "send"), "{again:?}");
    let ci = newest(&world, STAGED, "ci.yml", "completed");
    let ci = plan(&world, &format!("run rerun {STAGED} --run {ci}"));
    assert!(!ci.stdout.contains("go: "), "{ci:?}");

    let line = format!("run rerun {STAGED} --run {over} --dry-run -o json");
    let gates = world.run(&line).json()["gates"].clone();
    // to run it again is not to promote, and says all the same that nothing may be promoted now
    let paused = world.act("pause", STAGED).run();
    assert_eq!(paused.code, Some(0), "{paused:?}");
    let again = plan(&world, &format!("run rerun {STAGED} --run {over}"));
    let no = place(&again, "go: no");
    assert!(no < place(&again, "refused by pause: "), "{again:?}");
    let names: Vec<&str> =
        gates.as_array().expect("gates").iter().filter_map(|gate| gate["name"].as_str()).collect();
    assert!(names.contains(&"health") && names.contains(&"alerts"), "{names:?}");

    // one workflow deploys both
    let over = newest(&world, "search/staging", "deploy.yml", "completed");
    let staging = plan(&world, &format!("run rerun search/staging --run {over}"));
    place(&staging, "it may deploy search/production too");
}
