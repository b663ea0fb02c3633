//! `status -o json`: the shape the contract promises, in good times and bad.

use std::collections::BTreeSet;

use flightdeck::demo::{Mood, Options, Peer, Scenario};
use serde_json::Value;

use crate::support::World;
use crate::support::world::GOOD;

/// What a field may hold.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Time,
    Number,
    Whole,
    Bool,
    One(&'static [&'static str]),
    Object,
    List,
}

use Kind::{Bool, List, Number, Object, One, Text, Time, Whole};

/// A field: its name, what it holds, whether it may be null.
type Field = (&'static str, Kind, bool);

const STANDINGS: Kind = One(&["ok", "attention", "critical", "unknown"]);
const TRACKS: Kind = One(&["candidate", "stable", "whole"]);

const TOP: &[Field] = &[
    ("version", Whole, false),
    ("at", Time, false),
    ("overall", STANDINGS, false),
    ("targets", List, false),
    ("sources", List, false),
];
const TARGET: &[Field] = &[
    ("target", Text, false),
    ("state", STANDINGS, false),
    ("reasons", List, false),
    ("hold", Object, true),
    ("rollout", Object, true),
    ("health", List, false),
    ("metrics", List, false),
    ("alerts", List, false),
    ("pipeline", Object, true),
    ("gates", List, false),
];
const ROLLOUT: &[Field] = &[
    ("engine", Text, false),
    (
        "phase",
        One(&[
            "idle",
            "progressing",
            "paused",
            "awaiting-approval",
            "soaking",
            "degraded",
            "rolling-back",
            "rolled-back",
            "completed",
            "unknown",
        ]),
        false,
    ),
    ("weight", Number, true),
    ("routed", Number, true),
    ("share", Number, true),
    ("step", Whole, false),
    ("steps", Whole, false),
    ("stable", Text, true),
    ("candidate", Text, true),
    ("since", Time, true),
    ("reason", Text, true),
];
const HEALTH: &[Field] = &[
    ("name", Text, false),
    ("track", TRACKS, false),
    ("state", One(&["healthy", "degraded", "unhealthy", "unknown"]), false),
    ("since", Time, true),
    ("revision", Text, true),
    ("detail", Text, true),
];
const METRIC: &[Field] = &[
    ("name", Text, false),
    ("track", TRACKS, false),
    ("value", Number, true),
    ("limit", Number, true),
    ("unit", Text, false),
    ("state", One(&["pass", "fail", "unknown"]), false),
];
const ALERT: &[Field] = &[
    ("name", Text, false),
    ("severity", One(&["P0", "P1", "P2", "P3"]), false),
    ("state", One(&["firing", "silenced", "inhibited"]), false),
    ("since", Time, false),
    ("since_release", Bool, true),
    ("summary", Text, true),
    ("runbook", Text, true),
];
const PIPELINE: &[Field] = &[
    ("workflow", Text, false),
    ("run", Whole, false),
    ("status", Text, false),
    ("conclusion", Text, true),
    ("branch", Text, true),
    ("sha", Text, false),
    ("url", Text, false),
];
const GATE: &[Field] = &[
    ("name", Text, false),
    ("state", One(&["pass", "wait", "fail", "unknown"]), false),
    ("reason", Text, false),
    ("left_s", Number, true),
];
const SOURCE: &[Field] = &[
    ("name", Text, false),
    ("state", One(&["live", "stale", "lost"]), false),
    ("age_s", Number, true),
    ("error", Text, true),
    ("budget", Object, true),
];
const BUDGET: &[Field] =
    &[("remaining", Whole, false), ("limit", Whole, false), ("reset", Time, false)];

/// Fails unless an object has the fields, with what they may hold.
fn has(place: &str, object: &Value, fields: &[Field]) {
    for (name, kind, nullable) in fields {
        let value = object.get(*name).unwrap_or_else(|| panic!("{place}: no `{name}`: {object}"));
        if value.is_null() {
            assert!(*nullable, "{place}: `{name}` is null");
            continue;
        }
        let text = value.as_str();
        let fits = match kind {
            Text => text.is_some(),
            Time => text.is_some_and(|text| {
                text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
            }),
            Number => value.is_number(),
            Whole => value.is_u64(),
            Bool => value.is_boolean(),
            One(words) => text.is_some_and(|text| words.contains(&text)),
            Object => value.is_object(),
            List => value.is_array(),
        };
        assert!(fits, "{place}: `{name}` is {value}");
    }
}

fn list(object: &Value, name: &str) -> Vec<Value> {
    object[name].as_array().expect("a list").clone()
}

/// Fails unless the answer is what version 1 promises.
fn examine(json: &Value) {
    has("the answer", json, TOP);
    assert_eq!(json["version"], 1);
    let mut worst = "ok";
    for target in list(json, "targets") {
        has("a target", &target, TARGET);
        assert!(list(&target, "reasons").iter().all(Value::is_string));
        let order = ["ok", "attention", "unknown", "critical"];
        let rank = |word: &str| order.iter().position(|known| *known == word);
        let state = target["state"].as_str().expect("a word");
        worst = *order
            .iter()
            .max_by_key(|word| (**word == state || **word == worst).then(|| rank(word)).flatten())
            .expect("one");
        assert_eq!(
            state == "ok",
            list(&target, "reasons").is_empty(),
            "a state has its reasons: {target}"
        );
        if target["rollout"].is_object() {
            has("a rollout", &target["rollout"], ROLLOUT);
            for name in ["weight", "routed", "share"] {
                let value = target["rollout"][name].as_f64().unwrap_or_default();
                assert!((0.0..=100.0).contains(&value), "{name} {value}");
            }
        }
        if target["pipeline"].is_object() {
            has("a pipeline", &target["pipeline"], PIPELINE);
        }
        for (name, fields) in
            [("health", HEALTH), ("metrics", METRIC), ("alerts", ALERT), ("gates", GATE)]
        {
            list(&target, name).iter().for_each(|item| has(name, item, fields));
        }
    }
    assert_eq!(json["overall"], worst, "overall is the worst");
    for source in list(json, "sources") {
        has("a source", &source, SOURCE);
        assert!(!source["budget"].is_object() || source["name"] == "github");
        if source["budget"].is_object() {
            has("a budget", &source["budget"], BUDGET);
        }
    }
}

#[test]
fn good_times_and_bad() {
    for scenario in Scenario::ALL {
        let world = World::start(Options { scenario, speed: 100.0, seed: 1 });
        examine(&world.run("status -o json").json());
    }
    let world = World::ready();
    for mood in [Mood::Refuse, Mood::Garbage, Mood::Status(500)] {
        // a health page that refuses is an answer: the service is down
        world.all(Peer::ALL.into_iter().filter(|peer| *peer != Peer::Health), mood);
        let done = world.run("status -o json --timeout 3s");
        assert_eq!(done.code, Some(4), "{mood:?}: {}", done.stdout);
        let json = done.json();
        examine(&json);
        for source in list(&json, "sources").iter().filter(|source| source["name"] != "health") {
            assert_eq!(source["state"], "lost", "{mood:?} {source}");
            assert!(source["age_s"].is_null() && source["error"].is_string(), "{mood:?} {source}");
        }
    }
}

/// The names of all fields, whatever they hold at this moment.
fn shape(path: &str, value: &Value, lines: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if !path.ends_with(".reading") => {
            for (name, field) in fields {
                shape(&format!("{path}.{name}"), field, lines);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| shape(&format!("{path}[]"), item, lines));
        }
        _ => drop(lines.insert(path.to_owned())),
    }
}

#[test]
fn the_shape_is_only_ever_added_to() {
    let world = World::start(Options { scenario: Scenario::Release, speed: 100.0, seed: 1 });
    // one action, so that there is a hold and a weight that was asked for
    let done = world.act("rollback", GOOD).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    let json = world.run("status -o json").json();
    examine(&json);
    let mut lines = BTreeSet::new();
    shape("$", &json, &mut lines);
    insta::assert_snapshot!(lines.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_check_that_says_nothing_is_not_well_in_the_middle_of_a_soak() {
    let world = World::start(Options::default());
    world.faults().set(Peer::Health, Mood::Garbage);
    let target = world.target(GOOD);
    assert_eq!(target["rollout"]["phase"], "soaking", "{target}");
    assert_eq!(target["state"], "attention", "{target}");
    let reasons = target["reasons"].to_string();
    assert!(reasons.contains("candidate unknown, seen just now: the body is not"), "{reasons}");
}

#[test]
fn status_says_what_each_gate_stands_on() {
    let world = World::ready();
    let told = world.run(&format!("status {GOOD} --gates"));
    let json = world.run(&format!("status {GOOD} -o json")).json();
    let gates = json["targets"][0]["gates"].as_array().expect("gates").clone();
    assert!(gates.len() > 5, "{gates:?}");
    let mut asked = 0;
    for gate in &gates {
        let name = gate["name"].as_str().expect("a name");
        assert!(told.stdout.contains(name), "{name}: {told:?}");
        for query in gate["queries"].as_array().expect("queries") {
            let query = query.as_str().expect("a query");
            assert!(told.stdout.contains(&format!("by {query}")), "{name}: {told:?}");
            asked += 1;
        }
    }
    assert!(asked >= 4, "metrics, burn and judge are asked: {gates:?}");
}
