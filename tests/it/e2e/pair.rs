//! A pair of load balancers, one by unix socket: both act or it is said which did not.

use super::world::{TARGET, World};

#[test]
fn a_pair_acts_together_or_says_so() {
    let Some(mut world) = World::start("a_pair_acts_together_or_says_so", 2) else { return };
    let addresses = [world.haproxies[0].unix_address(), world.haproxies[1].address()];
    world.configure(&addresses);
    world.until_go();
    let said = world.act("promote");
    assert_eq!(said.json["steps"].as_array().unwrap().len(), 2, "{}", said.text);
    for haproxy in &world.haproxies {
        assert_eq!(haproxy.weights(), (90, 10));
    }

    // somebody else's hand
    world.haproxies[1].ask("set weight checkout/canary1 40");
    let skewed = world.until("the skew", |t| t["reasons"].to_string().contains("disagrees"));
    assert_eq!(skewed["state"], "attention", "{skewed:#}");
    world.haproxies[1].ask("set weight checkout/canary1 10");
    world.until_go();

    let dead = world.haproxies.pop().unwrap();
    drop(dead);
    let (_, why) = world.refused("promote");
    assert!(why.contains("cannot be read"), "{why}");
    assert_eq!(world.haproxies[0].weights(), (90, 10));

    let back = world.run(&format!("rollback {TARGET} --yes --reason e2e"));
    assert_eq!((back.code, &back.json["outcome"]), (4, &"failed".into()), "{}", back.text);
    let steps = back.json["steps"].as_array().unwrap();
    let of = |address: &str| {
        let mut found = steps.iter().filter(|s| s["call"].as_str().unwrap().starts_with(address));
        found.next().unwrap_or_else(|| panic!("no step for {address}: {}", back.text))
    };
    let (sent, lost) = (of(&addresses[0]), of(&addresses[1]));
    assert!(sent["accepted_ms"].is_u64() && sent["error"].is_null(), "{}", back.text);
    assert!(lost["accepted_ms"].is_null() && lost["error"].is_string(), "{}", back.text);
    assert_eq!(world.haproxies[0].weights(), (100, 0));
    assert_eq!(world.run("journal verify").code, 0);
}
