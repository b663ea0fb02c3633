//! The gates whose evidence is at GitHub, in the demo world: asked for by the real program, and what it says.

use flightdeck::demo::{Options, Scenario};
use serde_json::Value;

use crate::support::World;

fn gate<'v>(target: &'v Value, name: &str) -> (&'v str, &'v str) {
    let gates = target["gates"].as_array().expect("gates");
    let gate = gates.iter().find(|gate| gate["name"] == name).expect("the gate");
    (gate["state"].as_str().unwrap_or_default(), gate["reason"].as_str().unwrap_or_default())
}

#[test]
fn one_look_reads_what_they_stand_on() {
    let world = World::start(Options { scenario: Scenario::Release, ..Options::default() });
    let all = world.run("status -o json");
    let all: Value = serde_json::from_str(&all.stdout).expect("JSON");
    let of = |name: &str| {
        let targets = all["targets"].as_array().expect("targets");
        targets.iter().find(|target| target["target"] == name).expect("the target")
    };
    for target in ["checkout/production", "storefront/production", "search/production"] {
        for gate in of(target)["gates"].as_array().unwrap() {
            println!("{target} {gate}");
        }
    }
    for gate in of("payments/production")["gates"].as_array().unwrap() {
        println!("payments {gate}");
    }
    for gate in of("ledger/production")["gates"].as_array().unwrap() {
        println!("ledger {gate}");
    }
    assert_eq!(gate(of("checkout/production"), "checks").0, "pass");
}
