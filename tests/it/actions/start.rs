//! A workflow that is started by hand: what it may be started for is known beforehand, what its run would meet
//! is said, and what GitHub refuses comes back as it was typed.

use std::thread::sleep;

use crate::support::Pty;

use super::cockpit::DEAF;
use super::{BUSY, act, newest, run_list, sent, world};

fn line(environment: &str) -> String {
    format!(
        "run dispatch {BUSY} deploy.yml --ref main --input version=9.9.9 \
         --input environment={environment}"
    )
}

#[test]
fn environments_are_known_and_queues_inferred_before_anything_is_sent() {
    let world = world();
    let running = newest(&world, BUSY, "deploy.yml", "in_progress");
    let pending = newest(&world, BUSY, "deploy.yml", "pending");
    let done = act(&world, &line("moon"));
    assert_eq!(done.code, Some(3), "{done:?}");
    let says = "input `environment` is an environment of the repository (production), not `moon`";
    assert!(done.stdout.contains(says), "{done:?}");

    let planned = world.program(line("production").split_whitespace()).arg("--dry-run").run();
    assert_eq!(planned.code, Some(0), "{planned:?}");
    for (run, says) in [
        (running, "is in_progress: ours waits for it"),
        (pending, "is pending: ours takes its place, and it is cancelled"),
    ] {
        let said = |line: &str| line.contains(&format!("run {run} (")) && line.ends_with(says);
        assert!(planned.stdout.lines().any(said), "{run} {says}: {planned:?}");
    }
    let head = "in the queue Production, inferred from files and runs:";
    assert!(planned.stdout.contains(head), "{planned:?}");
    assert_eq!(sent(&world), Vec::<String>::new());

    let done = act(&world, &line("production"));
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(sent(&world), ["workflows/deploy.yml/dispatches"]);
    let runs = run_list(&world, BUSY);
    let of = |id: u64| runs.iter().find(|run| run["run"] == id).expect("a run");
    assert_eq!(of(pending)["conclusion"], "cancelled", "as it was said");
    assert_ne!(of(running)["conclusion"], "cancelled", "as it was said");
}

#[test]
fn what_github_refuses_stands_in_the_form_again_with_its_reason() {
    let world = world();
    let pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("notifier");
    pty.press("/notifier\r");
    pty.wait_for("2 notifier / production");
    pty.press("D");
    pty.wait_for("start a workflow");
    pty.wait_for("environment *");
    pty.press("9.9.9");
    pty.wait_for("9.9.9▏");
    pty.press("\x1b[A");
    pty.press("\x15nowhere");
    pty.wait_for("nowhere▏");
    pty.press("\x1b[B\x1b[B");
    pty.wait_for("(an environment, required)");
    pty.press("x\x1b[C");
    pty.wait_for("‹ production ›");
    pty.press("\r");
    pty.wait_for("start?");
    pty.wait_for("in the queue Production");
    pty.wait_for("is pending: ours takes its place");
    sleep(DEAF);
    pty.press(BUSY);
    pty.wait_for(&format!("{BUSY}▏"));
    pty.press("\r");
    pty.wait_for("FAILED");
    sleep(DEAF);
    pty.press("\x1b");
    pty.wait_for("✗ starting deploy.yml in acme/notifier: ");
    pty.wait_for("refuses it (422: No ref found");
    let text = pty.text();
    for kept in ["9.9.9", "nowhere", "‹ production ›"] {
        assert!(text.contains(kept), "{kept}:\n{text}");
    }
    assert_eq!(sent(&world), ["workflows/deploy.yml/dispatches"]);
    world.verify_journal();
}
