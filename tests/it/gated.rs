//! The gates whose evidence is at GitHub, in the demo world: asked for by the real program, and what it says.

use flightdeck::demo::Options;
use serde_json::Value;

use crate::support::World;

/// The answer of a gate and its reason.
fn gate<'v>(all: &'v Value, target: &str, name: &str) -> (&'v str, &'v str) {
    let targets = all["targets"].as_array().expect("targets");
    let target = targets.iter().find(|own| own["target"] == target).expect("the target");
    let gates = target["gates"].as_array().expect("gates");
    let gate = gates.iter().find(|gate| gate["name"] == name).expect("the gate");
    (gate["state"].as_str().unwrap_or_default(), gate["reason"].as_str().unwrap_or_default())
}

#[test]
fn one_look_reads_what_they_stand_on() {
    let world = World::start(Options::default());
    let all = world.run("status -o json").json();
    for (target, name, state, reason) in [
        ("checkout/production", "checks", "pass", "lint, test, build: passed on "),
        ("checkout/production", "pipeline", "pass", "it has reached production"),
        ("checkout/production", "security", "pass", "2 older, not counted"),
        ("storefront/production", "checks", "pass", "checks / lint, build: passed on "),
        ("storefront/production", "pipeline", "pass", "it is the release itself"),
        ("storefront/production", "queue", "pass", "no other run stands before it"),
        ("payments/production", "security", "fail", "1 critical (js/sql-injection #23)"),
        ("search/production", "security", "unknown", "it is off (404)"),
    ] {
        let (found, why) = gate(&all, target, name);
        assert_eq!(found, state, "{target} {name}: {why}");
        assert!(why.contains(reason), "{target} {name}: {why}");
    }
    let search = gate(&all, "search/production", "security").1;
    assert_eq!(search.matches("it is off").count(), 2, "each reason once: {search}");
}

#[test]
fn a_check_that_nobody_ever_ran_is_not_passed() {
    let world = World::start(Options::default());
    world.configure(|toml| {
        toml.replace(r#"["checks / lint", "build"]"#, r#"["checks / lint", "licence"]"#)
    });
    let all = world.run("status storefront/production -o json").json();
    let (state, reason) = gate(&all, "storefront/production", "checks");
    assert_eq!(state, "unknown", "{reason}");
    assert!(reason.starts_with("licence never reported on "), "{reason}");
}
