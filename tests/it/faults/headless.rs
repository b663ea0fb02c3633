//! From the shell.

use std::sync::Mutex;

use flightdeck::demo::{Mood, Peer};
use serde_json::Value;

use crate::support::stop::Stopped;
use crate::support::world::GOOD;
use crate::support::{Done, Matrix, World};

use super::{Fault, each, feed};

/// A world whose release may go on, and whose sources are not waited for longer than a slow one takes.
fn world() -> World {
    let world = World::ready();
    world.impatient();
    world.wait_until_ready();
    // what GitHub says did not change has no body that could be cut
    std::fs::remove_dir_all(world.state().join("github")).expect("its answers were kept");
    world
}

fn sent(world: &World) -> usize {
    world.mutations().len().div_ceil(2)
}

fn reasons(done: &Done) -> String {
    let report = done.json();
    let refusals = report["refusals"].as_array().cloned().unwrap_or_default();
    let texts =
        refusals.iter().map(|refusal| format!("{}: {}", refusal["gate"], refusal["reason"]));
    texts.collect::<Vec<_>>().join("; ").replace('"', "")
}

/// What the target's standing names when a server fails.
fn stands_for(peer: Peer) -> &'static str {
    if peer == Peer::Health { "candidate" } else { feed(peer) }
}

/// The part of a refusal that names a feed.
fn naming(feed: &str, why: &str) -> String {
    let mut parts = why.split("; ").skip_while(|part| !part.contains(feed));
    parts.by_ref().take(2).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_broken_source_refuses_promotion_by_name_and_no_rollback() {
    let cells = Peer::ALL.iter().flat_map(|peer| Fault::ALL.map(|fault| (*peer, fault))).collect();
    let peers = Peer::ALL.map(Peer::name);
    let title = "A source fails, from the shell: promote; status; rollback";
    let table = Mutex::new(Matrix::new(title, peers, Fault::ALL));
    each(cells, 4, |(peer, fault)| {
        let text = one(peer, fault);
        table.lock().unwrap().fill(&peer.name(), &fault, text);
    });
    table.into_inner().unwrap().write("fault-matrix-shell");
}

fn one(peer: Peer, fault: Fault) -> String {
    let cell = format!("{} {fault}", peer.name());
    let world = world();
    world.faults().set(peer, fault.mood);
    let promote = world.act("promote", GOOD).run();
    let why = reasons(&promote);
    let refused = if peer == Peer::Haproxy { 4 } else { 3 };
    assert_eq!(promote.code, Some(refused), "{cell}: {promote:?}");
    assert!(why.contains(feed(peer)), "{cell} is not named: {why}");
    assert_eq!(sent(&world), 0, "{cell}");

    let status = world.program(["status", GOOD, "-o", "json"]).run();
    let told = status.json();
    let sources = told["sources"].as_array().unwrap();
    let named =
        |source: &&Value| source["name"].as_str().is_some_and(|n| n.starts_with(feed(peer)));
    let source = sources.iter().find(named).unwrap_or_else(|| panic!("{cell}: {told}"));
    // an endpoint that does not answer well is not a lost feed, but the very thing its feed is to tell
    let (code, bad) = if peer == Peer::Health {
        (1, told["targets"][0]["health"].as_array().unwrap().clone())
    } else {
        (4, vec![source.clone()])
    };
    for bad in bad {
        assert!(bad["state"] != "live" && bad["state"] != "healthy", "{cell}: {told}");
        assert!(bad["error"].is_string() || bad["detail"].is_string(), "{cell}: {told}");
    }
    assert_eq!(status.code, Some(code), "{cell}: {told}");
    let stated = told["targets"][0]["reasons"].to_string();
    assert!(stated.contains(stands_for(peer)), "{cell}: {told}");

    let rollback = world.act("rollback", GOOD).arg("--verify=5s").run();
    let rolled_back = if peer == Peer::Haproxy {
        assert_eq!(rollback.code, Some(4), "{cell}: {rollback:?}");
        assert_eq!(sent(&world), 0, "{cell}: {rollback:?}");
        "4, 0 sent".to_owned()
    } else {
        assert_eq!(rollback.code, Some(0), "{cell}: {rollback:?}");
        assert_eq!(rollback.json()["outcome"], "seen", "{cell}");
        assert_eq!(sent(&world), 1, "{cell}: {rollback:?}");
        format!("0, 1 sent, {} ms", rollback.took.as_millis())
    };
    world.verify_journal();
    format!(
        "promote {refused} ({}); status {code}; rollback {rolled_back}",
        naming(feed(peer), &why)
    )
}

#[test]
fn a_rollback_needs_the_engine_alone() {
    for fault in Fault::ALL {
        let world = world();
        let others = Peer::ALL.into_iter().filter(|peer| *peer != Peer::Haproxy);
        world.all(others, fault.mood);
        let rollback = world.act("rollback", GOOD).run();
        assert_eq!(rollback.code, Some(0), "all others {fault}: {rollback:?}");
        assert_eq!(rollback.json()["outcome"], "seen", "all others {fault}: {rollback:?}");
        assert_eq!(sent(&world), 1, "all others {fault}");
        let routed = world.target(GOOD)["rollout"]["routed"].as_f64();
        assert!(routed.is_some_and(|routed| routed < 0.5), "all others {fault}: {routed:?}");
    }
}

#[test]
fn a_change_is_sent_once_whatever_the_engine_does_to_it() {
    let verbs = ["promote", "rollback"];
    let title =
        "The engine fails when the change is about to be sent: exit code, outcome, requests";
    let table = Mutex::new(Matrix::new(title, verbs, Fault::ALL));
    let cells = verbs.iter().flat_map(|verb| Fault::ALL.map(|fault| (*verb, fault))).collect();
    each(cells, 4, |(verb, fault)| {
        let text = change(verb, fault);
        table.lock().unwrap().fill(&verb, &fault, text);
    });
    table.into_inner().unwrap().write("fault-matrix-calls");
}

fn change(verb: &str, fault: Fault) -> String {
    let cell = format!("{verb}, engine {fault}");
    let world = world();
    let act = world.act(verb, GOOD).args(["--force", "--verify=500ms"]);
    let acting = Stopped::at("before-call", &world, act);
    world.faults().set(Peer::Haproxy, fault.mood);
    if fault.mood == Mood::Refuse {
        // the port closes a moment later
        world.wait_until_refused();
    }
    let done = acting.go_on();
    let report = done.json();
    let outcome = report["outcome"].as_str().unwrap().to_owned();
    let requests = sent(&world);
    let context = format!("{cell}: {done:?}");
    let (code, words, in_force): (_, &[&str], _) = match fault.mood {
        Mood::Refuse => (4, &["failed"], false),
        Mood::Garbage => (4, &["failed", "unknown"], false),
        // the slow one acts when nobody waits for it any more
        Mood::Cut | Mood::Slow(_) => (5, &["unknown"], true),
        _ => (5, &["unknown"], false),
    };
    assert!(words.contains(&outcome.as_str()), "{context}");
    assert_eq!(done.code, Some(if outcome == "unknown" { 5 } else { code }), "{context}");
    assert_eq!(requests, usize::from(fault.mood != Mood::Refuse), "{context}");
    let error = &report["steps"][0]["error"];
    assert!(error.is_string(), "{context}");

    // the server is well again: the next look finds the truth, and sends nothing
    world.faults().set(Peer::Haproxy, Mood::Ok);
    world.wait_until_readable();
    let weight = if verb == "promote" { 50.0 } else { 0.0 };
    let routed = || world.target(GOOD)["rollout"]["routed"].as_f64().unwrap();
    if in_force {
        crate::support::patience::until(&context, || {
            ((routed() - weight).abs() < 0.5).then_some(())
        });
    } else {
        assert!((routed() - 10.0).abs() < 0.5, "{context}");
    }
    let state = world.target(GOOD);
    let open = state["reasons"].to_string().contains("outcome unknown");
    assert_eq!(open, outcome == "unknown" && !in_force, "{context}\n{state}");
    assert_eq!(sent(&world), requests, "{context}: a look acted");
    if open {
        let next = world.act("promote", GOOD).arg("--force").run();
        assert_eq!(next.code, Some(3), "{context}\n{next:?}");
        assert!(reasons(&next).contains("open action"), "{context}\n{next:?}");
    }
    let rollback = world.act("rollback", GOOD).run();
    assert_eq!(rollback.code, Some(0), "{context}\n{rollback:?}");
    assert_eq!(sent(&world), requests + 1, "{context}");
    world.verify_journal();
    let found = match (open, in_force) {
        (true, _) => "stays open, promote refused, rollback not",
        (_, true) => "the next look sees it in force",
        _ => "nothing open",
    };
    format!("{} {outcome}, {requests} sent; {found}", done.code.unwrap_or(-1))
}
