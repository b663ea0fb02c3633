//! A release that goes well, from the shell: seen in the JSON, at HAProxy, by the apps, in the journal.

use serde_json::Value;

use super::world::{TARGET, World};
use crate::support::patience::until;

/// The gates that stand in the way of a promotion, by name.
fn states<'a>(target: &'a Value, list: &str, field: &str) -> Vec<(&'a str, &'a str)> {
    let rows = target[list].as_array().unwrap();
    rows.iter().map(|row| (row[field].as_str().unwrap(), row["state"].as_str().unwrap())).collect()
}

#[test]
fn a_release_goes_up_step_by_step() {
    let Some(world) = World::start("a_release_goes_up_step_by_step", 1) else { return };
    let haproxy = &world.haproxies[0];
    assert_eq!(haproxy.weights(), (100, 0));

    let idle = world.until("all quiet", |t| t["state"] == "ok");
    assert_eq!(idle["rollout"]["phase"], "idle");
    assert_eq!(idle["rollout"]["routed"], 0.0);
    assert!(states(&idle, "gates", "name").iter().all(|(_, state)| *state == "pass"), "{idle:#}");

    let dry = world.run(&format!("promote {TARGET} --dry-run"));
    assert_eq!((dry.code, dry.json["dry_run"].as_bool()), (0, Some(true)), "{}", dry.text);
    assert_eq!(haproxy.weights(), (100, 0));

    let promoted = world.act("promote");
    assert_eq!((&promoted.json["from"], &promoted.json["to"]), (&"1.4.1".into(), &"1.4.2".into()));
    assert_eq!(haproxy.weights(), (90, 10));
    assert!(world.folder().join("hooks-10").is_file(), "before_promote ran");

    let (gates, why) = world.refused("promote");
    assert!(gates.contains(&"soak".into()), "{why}");
    assert_eq!(haproxy.weights(), (90, 10));

    at_ten_percent(&world);
    paused(&world);

    let before = (world.stable.requests(), world.candidate.requests());
    world.act("promote");
    assert_eq!(haproxy.weights(), (50, 50));
    // each side's own count, not a metric: half of what comes from now on
    until("a hundred requests of the candidate", || {
        (world.candidate.requests() >= before.1 + 100).then_some(())
    });
    let stable = world.stable.requests() - before.0;
    assert!((80..=120).contains(&stable), "{stable} of stable for 100 of the candidate");

    world.until_go();
    world.act("promote");
    assert_eq!(haproxy.weights(), (0, 100));
    assert_eq!((haproxy.stat("canary1").weight, haproxy.stat("stable1").weight), (100, 0));
    let full = world.stable.requests();
    world.until("completed", |t| t["rollout"]["phase"] == "completed" && t["state"] == "ok");
    // one that was on its way when the weights changed
    assert!(world.stable.requests() <= full + 1);
    let (gates, _) = world.refused("promote");
    assert_eq!(gates.len(), 1, "{gates:?}");

    journaled(&world);
}

/// What `status` says at the first step, when the metrics have come in.
fn at_ten_percent(world: &World) {
    world.until_go();
    // the window of the share's query reaches back to before the step
    let at_share =
        |t: &Value| t["rollout"]["share"].as_f64().is_some_and(|s| (7.0..=13.0).contains(&s));
    world.until("a tenth of the traffic", at_share);
    let (code, status, target) = world.status();
    // it waits for a person
    assert_eq!((code, target["state"].as_str()), (1, Some("attention")), "{target:#}");
    let rollout = &target["rollout"];
    assert_eq!(rollout["phase"], "awaiting-approval");
    assert_eq!((&rollout["weight"], &rollout["routed"]), (&10.0.into(), &10.0.into()));
    assert_eq!((&rollout["step"], &rollout["steps"]), (&1.into(), &3.into()));
    assert_eq!((&rollout["stable"], &rollout["candidate"]), (&"1.4.1".into(), &"1.4.2".into()));
    assert!(rollout["since"].is_string());
    assert_eq!(
        states(&target, "health", "track"),
        [("candidate", "healthy"), ("stable", "healthy")]
    );
    assert_eq!(
        states(&target, "metrics", "name"),
        [("error rate", "pass"), ("p95 latency", "pass")]
    );
    assert_eq!(target["metrics"][0]["value"], 0.0);
    assert_eq!(target["alerts"], Value::Array(vec![]));
    for gate in ["feeds", "health", "error rate", "alerts", "soak", "hold"] {
        assert!(states(&target, "gates", "name").contains(&(gate, "pass")), "{gate}: {target:#}");
    }
    let scrape = &target["scrapes"][0];
    assert_eq!((&scrape["job"], &scrape["up"]), (&"checkout".into(), &2.into()), "{scrape}");
    for source in status["sources"].as_array().unwrap() {
        assert_eq!(source["state"], "live", "{source:#}");
    }
}

/// A pause sends nothing, blocks promotion and ends with resume.
fn paused(world: &World) {
    let said = world.act("pause");
    assert_eq!(said.json["steps"], Value::Array(vec![]));
    assert_eq!(world.status().2["rollout"]["phase"], "paused");
    let (gates, why) = world.refused("promote");
    assert!(gates.contains(&"pause".into()), "{why}");
    world.act("resume");
    world.until_go();
}

/// Every action is in the journal, each with what became of it, and the chain holds.
fn journaled(world: &World) {
    let shown = world.run("journal show");
    let records: Vec<Value> =
        shown.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verbs = |kind: &str, inner: &str| -> Vec<String> {
        let of_kind = records.iter().filter(|record| record["kind"] == kind);
        of_kind.map(|record| record[inner]["verb"].as_str().unwrap().to_owned()).collect()
    };
    let wanted = ["promote", "pause", "resume", "promote", "promote"];
    assert_eq!(verbs("intent", "plan"), wanted, "{}", shown.text);
    assert_eq!(verbs("outcome", "report"), wanted);
    assert!(records.iter().all(|record| record["operator"] == "ana"));
    assert_eq!(world.run("journal verify").code, 0);
}
