//! Every verb × every way in which GitHub's answer can be lost: it gets one request, and whether it was
//! accepted is found out by reading.

use std::sync::Mutex;

use flightdeck::demo::{Hitch, Mood, Peer};
use serde_json::Value;

use crate::faults::each;
use crate::support::stop::Stopped;
use crate::support::{Matrix, World, patience};

use super::ask::{Ask, VERBS};
use super::{sent, world};

/// What happens to the one request, and whether it was done.
const HITCHES: [(&str, Hitch, bool); 4] = [
    ("500 after it was done", Hitch::After(500), true),
    ("done, never answered", Hitch::Hang, true),
    ("done, connection closed", Hitch::Close, true),
    ("502 before it was done", Hitch::Before(502), false),
];

/// What happens to the process when the request was done and before anything is read.
const ENDS: [&str; 2] = ["done, then GitHub is gone", "done, then kill −9"];

#[test]
fn whatever_becomes_of_the_answer_one_request_is_sent_and_followed() {
    let title = "GitHub's answer to a request is lost: the outcome; what a later look finds";
    let columns = HITCHES.map(|(name, ..)| name).into_iter().chain(ENDS);
    let table = Mutex::new(Matrix::new(title, VERBS, columns));
    let cells = VERBS.iter().flat_map(|verb| HITCHES.map(|hitch| (*verb, hitch))).collect();
    each(cells, 4, |(verb, (name, hitch, done))| {
        let text = lose(verb, hitch, done);
        table.lock().unwrap().fill(&verb, &name, text);
    });
    let cells = VERBS.iter().flat_map(|verb| ENDS.map(|end| (*verb, end))).collect();
    each(cells, 4, |(verb, end)| {
        let text = leave(verb, end == ENDS[1]);
        table.lock().unwrap().fill(&verb, &end, text);
    });
    table.into_inner().unwrap().write("action-matrix");
}

/// Nobody gets an answer; GitHub can be read all the time.
fn lose(verb: &str, hitch: Hitch, done: bool) -> String {
    let world = world();
    let toml = std::fs::read_to_string(world.config()).expect("the configuration");
    world.configure(|_| toml.replace("[github]\n", "[github]\ntimeout = \"1500ms\"\n"));
    let ask = Ask::new(&world, verb);
    world.faults().once(Peer::Github, "POST", &ask.path, hitch);
    let acted = ask.program(&world).run();
    let outcome = acted.json()["outcome"].as_str().expect("an outcome").to_owned();
    let context = format!("{verb}, {hitch:?}: {acted:?}");
    let code = match outcome.as_str() {
        "seen" => 0,
        "unknown" => 5,
        _ => panic!("neither seen nor unknown: {context}"),
    };
    assert_eq!(acted.code, Some(code), "{context}");
    let text = if outcome == "seen" {
        assert!(done, "seen, and it was never done: {context}");
        "seen".to_owned()
    } else if done {
        format!("unknown; {}", found_later(&world, &context))
    } else {
        look(&world);
        look(&world);
        let seen = outcomes(&world).iter().any(|one| one["report"]["outcome"] == "seen");
        assert!(!seen, "seen, and it was never done: {context}");
        "unknown; stays open, never sent again".to_owned()
    };
    assert_eq!(sent(&world), [ask.path], "one request: {context}");
    world.verify_journal();
    text
}

/// The request is done, and its process cannot find that out any more.
fn leave(verb: &str, killed: bool) -> String {
    let world = world();
    let ask = Ask::new(&world, verb);
    let stopped = Stopped::at("after-call", &world, ask.program(&world));
    let before = if killed {
        stopped.kill();
        assert_eq!(outcomes(&world), Vec::<Value>::new(), "{verb}");
        "killed"
    } else {
        world.faults().set(Peer::Github, Mood::Status(502));
        let acted = stopped.go_on();
        world.faults().set(Peer::Github, Mood::Ok);
        match acted.code {
            Some(0) => {
                assert_eq!(acted.json()["outcome"], "accepted", "{verb}: {acted:?}");
                "accepted"
            }
            code => {
                assert_eq!(code, Some(5), "{verb}: {acted:?}");
                "unknown"
            }
        }
    };
    let text = format!("{before}; {}", found_later(&world, verb));
    assert_eq!(sent(&world), [ask.path], "{verb}");
    world.verify_journal();
    text
}

/// Looks until the open question is answered by what was read.
fn found_later(world: &World, context: &str) -> &'static str {
    patience::until(&format!("a look to find it: {context}"), || {
        look(world);
        let last = outcomes(world).pop();
        last.filter(|last| last["report"]["outcome"] == "seen" && last["followed_up"] == true)
    });
    "a later look finds it: seen"
}

fn look(world: &World) {
    world.run("status");
}

/// What the journal says became of things.
fn outcomes(world: &World) -> Vec<Value> {
    world.journal().into_iter().filter(|line| line["kind"] == "outcome").collect()
}
