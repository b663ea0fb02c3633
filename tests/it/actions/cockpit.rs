//! The same requests from the cockpit, each confirmed by a key that is pressed twice at once: GitHub gets
//! one request, and the screen says when it shows.

use std::thread::sleep;
use std::time::Duration;

use flightdeck::demo::{Hitch, Peer};
use serde_json::{Value, json};

use crate::openapi::asker::Asker;
use crate::support::{Pty, World, patience};

use super::origin::DISPATCH;
use super::{WAITS, newest, sent, world};

/// A dialog takes no key that may have been meant for what it covers.
pub(super) const DEAF: Duration = Duration::from_millis(400);

/// A cockpit whose cursor is on the release that waits.
fn cockpit(world: &World) -> Pty {
    let pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("storefront / production-50");
    pty.wait_until_offered("A approve");
    pty
}

/// Answers the question on the screen twice, and puts away what became of it.
fn confirm(pty: &Pty, question: &str) {
    pty.wait_for(question);
    sleep(DEAF);
    if pty.text().contains("type storefront") {
        pty.press(WAITS);
        pty.wait_for(&format!("{WAITS}▏"));
        pty.press("\r\r");
    } else {
        pty.press("yy");
    }
    pty.wait_for("SEEN");
    sleep(DEAF);
    pty.press("\x1b");
    pty.wait_for_absence("SEEN");
}

/// Asks for a line of the menu as soon as nothing refuses it.
fn choose(pty: &Pty, line: &str) {
    pty.press("a");
    pty.wait_until(&format!("{line} in the menu"), |screen| {
        let text = screen.contents();
        text.lines().any(|row| row.contains(line) && !row.contains("no:"))
    });
    sleep(DEAF);
    let chosen = |text: &str| text.lines().any(|row| row.contains(&format!("▸    {line}")));
    while !chosen(&pty.text()) {
        let before = pty.text();
        pty.press("j");
        pty.wait_until("the next line", |screen| screen.contents() != before);
    }
    pty.press("\r");
}

/// Fills in the form of the workflow that rolls back, up to the question.
fn fill(pty: &Pty) {
    pty.press("D");
    pty.wait_for("start a workflow");
    pty.press("\x1b[A\x1b[A");
    while !pty.text().contains("‹ rollback.yml ›") {
        let before = pty.text();
        pty.press("\x1b[C");
        pty.wait_until("the next workflow", |screen| screen.contents() != before);
    }
    pty.press("\x1b[B\x1b[B");
    pty.wait_for("version *");
    pty.press("5.2.0");
    pty.wait_for("5.2.0▏");
    pty.press("\r");
}

fn quit(mut pty: Pty) {
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
fn an_approval_confirmed_twice_is_given_once() {
    let world = world();
    let run = newest(&world, WAITS, "deploy.yml", "waiting");
    let pty = cockpit(&world);
    pty.press("A");
    confirm(&pty, "approve?");
    quit(pty);
    assert_eq!(sent(&world), [format!("runs/{run}/pending_deployments")]);
    world.verify_journal();
}

#[test]
fn each_request_about_a_run_is_sent_once_however_often_it_is_confirmed() {
    let world = world();
    let run = newest(&world, WAITS, "deploy.yml", "waiting");
    let pty = cockpit(&world);
    pty.press("X");
    confirm(&pty, "reject?");
    choose(&pty, "run all again");
    confirm(&pty, "again?");
    choose(&pty, "cancel");
    confirm(&pty, "cancel the run?");

    fill(&pty);
    confirm(&pty, "start?");
    quit(pty);

    let of_run = |what: &str| format!("runs/{run}/{what}");
    let dispatch = "workflows/rollback.yml/dispatches".to_owned();
    let told = [of_run("pending_deployments"), of_run("rerun"), of_run("cancel"), dispatch];
    assert_eq!(sent(&world), told);
    world.verify_journal();
}

#[test]
fn which_run_a_lost_request_started_is_said_by_its_digit() {
    let world = world();
    world.faults().once(Peer::Github, "POST", "/dispatches", Hitch::Hang);
    let pty = cockpit(&world);
    fill(&pty);
    pty.wait_for("start?");
    sleep(DEAF);
    pty.press(WAITS);
    pty.wait_for(&format!("{WAITS}▏"));
    pty.press("\r");
    // while nobody answers, somebody else starts the same from the same commit
    let first = patience::until("the request", || world.faults().received().pop());
    let first: Value = serde_json::from_str(&first.body).expect("JSON");
    let body = json!({"ref": first["ref"], "inputs": {"version": "5.1.0"}});
    assert_eq!(Asker::new(&world).post(DISPATCH, &body), 204);
    pty.wait_for("which run did it start?");
    let offered = pty.text();
    let of = |digit: &str| {
        let line = offered.lines().find_map(|line| line.split_once(&format!("{digit} run ")));
        let id = line.and_then(|(_, rest)| rest.split_whitespace().next());
        id.and_then(|id| id.parse::<u64>().ok())
    };
    let (Some(first), Some(second), None) = (of("1"), of("2"), of("3")) else {
        panic!("{offered}")
    };
    assert_ne!(first, second);
    pty.press("3");
    pty.press("2");
    pty.wait_for_absence("which run did it start?");
    pty.wait_for("SEEN");
    let last = patience::until("its outcome", || {
        let outcome = world.journal().into_iter().rfind(|line| line["kind"] == "outcome");
        outcome.filter(|line| line["report"]["outcome"] == "seen")
    });
    assert_eq!(last["report"]["steps"][0]["github_run"], second, "{last}");
    sleep(DEAF);
    pty.press("\x1b");
    quit(pty);
    assert_eq!(sent(&world).len(), 2, "nothing was sent again");
    world.verify_journal();
}
