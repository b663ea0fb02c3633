//! Several targets by one command, on the demo world: each has its result; a promotion goes in turn and stops,
//! a rollback goes on.

use flightdeck::demo::Options;
use serde_json::Value;

use crate::support::{Done, World};

const FIRST: &str = "payments/production";
const SECOND: &str = "checkout/production";
/// Nothing moves its traffic.
const WATCHED: &str = "notifier/production";

/// A world in which these are the group `production`, in that order of waves.
fn world(group: &[&str]) -> World {
    let world = World::start(Options::default());
    world.configure(|toml| {
        let mut all: toml::Table = toml.parse().expect("the world's configuration");
        let services = all["service"].as_array_mut().expect("services");
        for service in services.iter_mut().filter_map(toml::Value::as_table_mut) {
            let name = service["name"].as_str().expect("a name").to_owned();
            let environments = service["environment"].as_array_mut().expect("environments");
            for own in environments.iter_mut().filter_map(toml::Value::as_table_mut) {
                let target = format!("{name}/{}", own["name"].as_str().expect("a name"));
                if let Some(place) = group.iter().position(|one| *one == target) {
                    let wave = i64::try_from(place + 1).expect("a small number");
                    own.insert("group".into(), "production".into());
                    own.insert("wave".into(), wave.into());
                }
            }
        }
        all.to_string()
    });
    world
}

fn act(world: &World, line: &str) -> (Done, Vec<Value>) {
    let done =
        world.program(line.split(' ')).args(["--yes", "--reason", "a test", "-o", "json"]).run();
    let read = |line: &str| serde_json::from_str(line).expect("JSON");
    let reports = done.stdout.lines().map(read).collect();
    (done, reports)
}

/// Target and outcome of each, in order.
fn told<'v>(reports: &'v [Value]) -> Vec<(&'v str, &'v str)> {
    let pair =
        |one: &'v Value| Some((Value::as_str(&one["target"])?, Value::as_str(&one["outcome"])?));
    reports.iter().filter_map(pair).collect()
}

#[test]
fn a_group_is_promoted_in_its_order_and_rolled_back_whatever_becomes_of_one() {
    let world = world(&[FIRST, SECOND]);
    let (done, planned) = act(&world, "promote --group production --force --dry-run");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(planned.iter().all(|one| one["dry_run"] == true), "{done:?}");
    let (done, reports) = act(&world, "promote --group production --force");
    assert_eq!(told(&reports), [(FIRST, "seen"), (SECOND, "seen")], "{done:?}");
    assert_eq!(done.code, Some(0));

    let line = format!("rollback {WATCHED} {FIRST} {SECOND} {FIRST}");
    let (done, reports) = act(&world, &line);
    let each = [(WATCHED, "refused"), (FIRST, "seen"), (SECOND, "seen")];
    assert_eq!(told(&reports), each, "{done:?}");
    assert_eq!(done.code, Some(3), "the worst is the code");
    world.verify_journal();
}

#[test]
fn a_promotion_stops_at_the_first_that_is_not_seen() {
    let world = world(&[WATCHED, SECOND]);
    let (done, reports) = act(&world, &format!("promote {SECOND} {WATCHED} --force"));
    assert_eq!(told(&reports), [(WATCHED, "refused"), (SECOND, "refused")], "{done:?}");
    let refusal = &reports[1]["refusals"][0];
    assert_eq!(refusal["gate"], "wave");
    assert_eq!(refusal["reason"], format!("stopped: {WATCHED} was not seen (it was refused)"));
    assert_eq!(done.code, Some(3));

    let (done, _) = act(&world, "promote --group prod");
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("there are: production"), "{done:?}");
    let (done, reports) = act(&world, "rollback --group production --read-only");
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(reports.iter().all(|one| one["refusals"][0]["gate"] == "read-only"), "{done:?}");
}
