//! Rolled back by itself: at 10 % the candidate begins to fail, and two processes that are both told to
//! bring the traffic back do it once. How long each part of the way takes, against a minute.

use std::thread::sleep;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::cockpit::Cockpit;
use super::world::{TARGET, World};
use crate::support::patience::until;
use crate::support::program::Started;

/// What the way from the first failed user to none any more may take.
const TARGET_TIME: Duration = Duration::from_secs(60);

/// Users that must find all well before the traffic counts as back.
const WELL: u64 = 80;

/// Arms the target with one trigger. The judge is there in any case.
fn arm(world: &World, trigger: &str) {
    let path = world.folder().join("flightdeck.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let steps = "    steps = [10, 50, 100]\n";
    assert_eq!(text.matches(steps).count(), 1);
    let armed =
        format!("{steps}    auto_rollback = \"on\"\n    auto_rollback_on = [\"{trigger}\"]\n");
    let judge = r#"
    [service.environment.judge]
    warm_up = "2s"
    every = "1s"
    split = { label = "track", candidate = "canary", stable = "stable" }

      [[service.environment.judge.compare]]
      name = "errors"
      bad = 'sum by (track, instance) (http_requests_total{code=~"5.."})'
      total = 'sum by (track, instance) (http_requests_total)'
"#;
    std::fs::write(path, text.replace(steps, &armed) + judge).unwrap();
}

/// The lines of the journal so far.
fn journal(world: &World) -> Vec<Value> {
    let text = std::fs::read_to_string(world.folder().join("state/journal.jsonl"));
    let text = text.unwrap_or_default();
    // the last one may be half written
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn rollbacks(lines: &[Value]) -> Vec<&Value> {
    let own = |line: &&Value| line["kind"] == "intent" && line["plan"]["verb"] == "rollback";
    lines.iter().filter(own).collect()
}

/// What was seen on the way, from outside.
struct Way {
    /// The first user was failed.
    bad: DateTime<Utc>,
    /// The alarm stands in the journal, by its own time.
    verdict: DateTime<Utc>,
    /// HAProxy says 100 and 0.
    weights: DateTime<Utc>,
    /// The last user was failed.
    last: DateTime<Utc>,
}

impl Way {
    /// Lets the candidate fail, and watches.
    fn of(world: &World) -> Self {
        let now = || DateTime::<Utc>::from(SystemTime::now());
        let (haproxy, candidate) = (&world.haproxies[0], &world.candidate);
        assert_eq!(candidate.failed(), 0);
        candidate.fail(true);
        let bad = until("a failed user", || (candidate.failed() > 0).then(now));
        let (mut failed, mut last) = (candidate.failed(), bad);
        let mut look = || {
            let count = candidate.failed();
            if count > failed {
                (failed, last) = (count, now());
            }
        };
        let deadline = bad + TARGET_TIME;
        while haproxy.weights() != (100, 0) {
            look();
            assert!(now() < deadline, "no rollback within {TARGET_TIME:?}: {:?}", journal(world));
            sleep(Duration::from_millis(5));
        }
        let weights = now();
        let users = world.stable.requests();
        while world.stable.requests() < users + WELL {
            look();
            assert!(now() < deadline, "the users do not come back");
            sleep(Duration::from_millis(5));
        }
        let alarm = journal(world).into_iter().find(|line| line["kind"] == "alarm");
        let alarm = alarm.expect("an alarm is in the journal");
        let verdict = alarm["at"].as_str().unwrap().parse().unwrap();
        Self { bad, verdict, weights, last }
    }

    /// What each part took, for a person to quote; all of it within the target time.
    fn hold(&self, name: &str) {
        let since = |at: DateTime<Utc>| (at - self.bad).as_seconds_f64();
        let (verdict, weights, last) = (since(self.verdict), since(self.weights), since(self.last));
        println!(
            "{name}: from the first failed user {verdict:.2} s to the verdict, {weights:.2} s to the weights, {last:.2} s to the last failed user"
        );
        let most = TARGET_TIME.as_secs_f64();
        assert!(verdict <= weights && weights < most && last < most);
        // what was on its way when the weights changed may still end
        assert!(last < weights + 2.0, "users failed for {:.2} s more", last - weights);
    }
}

/// A process that is told to roll back on a breach, beside the cockpit.
fn watch(world: &World) -> Started {
    let arguments = format!("watch {TARGET} --on-breach rollback --yes --reason e2e -o json");
    world.program().args(arguments.split(' ')).env("FLIGHTDECK_USER", "ben").start()
}

fn brought_back(name: &str, trigger: &str, evidence: &str) {
    let Some(world) = World::start(name, 1) else { return };
    arm(&world, trigger);
    world.until_go_but("judge");
    world.act("promote");
    let mut cockpit = Cockpit::start(&world);
    cockpit.0.wait_for("routed  10.0 %");
    let beside = watch(&world);
    world.until("soak", |t| {
        let gates = t["gates"].as_array().unwrap();
        let pass = |name: &str| gates.iter().any(|g| g["name"] == name && g["state"] == "pass");
        ["feeds", "soak", "error rate", "alerts"].into_iter().all(pass)
    });
    assert!(rollbacks(&journal(&world)).is_empty() && world.candidate.failed() == 0);

    Way::of(&world).hold(trigger);

    let watched = beside.done();
    assert_eq!(watched.code, Some(1), "{watched:?}");
    assert!(watched.stdout.contains("rolled-back"), "{watched:?}");
    cockpit.0.wait_for("rolled back");
    once(&world, evidence);
    held(&world);
    cockpit.0.press("q");
    assert_eq!(cockpit.0.exit_code(), 0);
    // with both gone and a candidate that still fails, nothing more was done
    once(&world, evidence);
    assert_eq!(world.haproxies[0].weights(), (100, 0));
    assert_eq!(world.run("journal verify").code, 0);
}

/// One intent, by one of the two, with its evidence, and it was seen.
fn once(world: &World, evidence: &str) {
    let lines = journal(world);
    let own = rollbacks(&lines);
    assert_eq!(own.len(), 1, "{own:#?}");
    let plan = &own[0]["plan"];
    assert_eq!((&plan["from"], &plan["to"]), (&"1.4.2".into(), &"1.4.1".into()), "{plan:#}");
    let reason = plan["reason"].as_str().unwrap();
    assert!(reason.starts_with("auto_rollback: ") && reason.contains(evidence), "{reason}");
    let of_it =
        |line: &&Value| line["kind"] == "outcome" && line["report"]["action"] == plan["action"];
    let outcomes: Vec<&Value> = lines.iter().filter(of_it).collect();
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
    assert_eq!(outcomes[0]["report"]["outcome"], "seen", "{outcomes:#?}");
}

/// The target is held, and what was rolled back is not promoted again, not even by force.
fn held(world: &World) {
    let (_, _, target) = world.status();
    assert_eq!(target["rollout"]["phase"], "rolled-back", "{target:#}");
    assert!(target["hold"].is_object(), "{target:#}");
    for verb in ["promote", "promote --force"] {
        let (gates, why) = world.refused(verb);
        assert!(gates.contains(&"hold".into()), "{verb}: {why}");
    }
}

#[test]
fn a_metric_over_its_limit_brings_the_traffic_back() {
    brought_back("a_metric_over_its_limit_brings_the_traffic_back", "metrics", "error rate");
}

#[test]
fn the_judge_brings_the_traffic_back() {
    brought_back("the_judge_brings_the_traffic_back", "judge", "the judge: errors");
}
