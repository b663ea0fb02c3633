//! A reload forgets weights set at run time: that is drift, and it is said.

use super::haproxy::CONFIGURED;
use super::world::World;

#[test]
fn a_reload_is_seen_as_drift() {
    let Some(world) = World::start("a_reload_is_seen_as_drift", 1) else { return };
    world.until_go();
    world.act("promote");
    world.haproxies[0].reload();
    assert_eq!(world.haproxies[0].weights(), CONFIGURED);
    let target = world.until("the drift", |t| t["reasons"].to_string().contains("drift"));
    assert_eq!(target["state"], "attention", "{target:#}");
    assert_eq!(target["rollout"]["weight"], 10.0);
    assert_eq!(target["rollout"]["routed"], 0.0);
}
