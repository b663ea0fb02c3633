//! A release that goes badly: the candidate errs, a real alert fires, promotion is refused, rollback helps.

use std::time::Instant;

use serde_json::Value;

use super::world::World;
use crate::support::patience::until;

#[test]
fn a_bad_candidate_is_stopped_and_rolled_back() {
    let Some(world) = World::start("a_bad_candidate_is_stopped_and_rolled_back", 1) else { return };
    let haproxy = &world.haproxies[0];
    world.until_go();
    world.act("promote");
    world.until_go();
    world.act("promote");
    assert_eq!(haproxy.weights(), (50, 50));
    world.until_go();

    world.candidate.fail(true);
    let bad = world.until("the alert", |t| !t["alerts"].as_array().unwrap().is_empty());
    let alert = &bad["alerts"][0];
    assert_eq!((&alert["name"], &alert["severity"]), (&"HighErrorRate".into(), &"P0".into()));
    assert_eq!((&alert["state"], &alert["since_release"]), (&"firing".into(), &true.into()));
    assert_eq!(alert["runbook"], "https://runbooks.example/5xx");
    world.until("both gates", |t| fails(t, "alerts") && fails(t, "error rate"));
    let (code, status, target) = world.status();
    assert_eq!((code, &status["overall"]), (1, &"critical".into()), "{target:#}");
    assert_eq!(target["rollout"]["phase"], "degraded");

    let (gates, why) = world.refused("promote");
    assert!(gates.contains(&"alerts".into()) && gates.contains(&"error rate".into()), "{why}");
    assert!(why.contains("HighErrorRate"), "{why}");
    assert_eq!(haproxy.weights(), (50, 50), "a refusal sends nothing");

    let began = Instant::now();
    let back = world.act("rollback");
    assert!(began.elapsed().as_secs() < 10, "took {:?}", began.elapsed());
    assert_eq!((&back.json["from"], &back.json["to"]), (&"1.4.2".into(), &"1.4.1".into()));
    assert_eq!(haproxy.weights(), (100, 0));
    assert_eq!(haproxy.stat("canary1").weight, 0);
    let (candidate, stable) = (world.candidate.requests(), world.stable.requests());
    until("users of stable", || (world.stable.requests() > stable + 40).then_some(()));
    assert!(world.candidate.requests() <= candidate + 1, "the candidate still has users");
    assert!(world.folder().join("hooks-back-to-1.4.1").is_file(), "after_rollback ran");

    held(&world);
    world.candidate.fail(false);
    world.until("no alert", |t| t["alerts"].as_array().unwrap().is_empty());
    world.act("release");
    let target = world.until("released", |t| t["hold"].is_null());
    assert_eq!(target["rollout"]["phase"], "idle");
    assert_eq!(world.run("journal verify").code, 0);
}

/// After a rollback nothing is promoted, not even by force.
fn held(world: &World) {
    let (_, _, target) = world.status();
    assert_eq!(target["rollout"]["phase"], "rolled-back");
    assert_eq!(target["hold"]["by"], "ana", "{target:#}");
    for verb in ["promote", "promote --force"] {
        let (gates, why) = world.refused(verb);
        assert!(gates.contains(&"hold".into()), "{verb}: {why}");
    }
    assert_eq!(world.haproxies[0].weights(), (100, 0));
}

fn fails(target: &Value, gate: &str) -> bool {
    let mut gates = target["gates"].as_array().unwrap().iter();
    gates.any(|row| row["name"] == gate && row["state"] == "fail")
}
