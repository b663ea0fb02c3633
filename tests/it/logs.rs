//! `flightdeck logs` on the demo world: the real program, its output and exit codes.

use flightdeck::demo::{Mood, Peer};

use crate::support::{Done, Pty, World, patience};

fn logs(world: &World, line: &str) -> Done {
    world.program(["logs"].into_iter().chain(line.split(' '))).run()
}

#[test]
fn the_step_that_failed_is_shown_and_nothing_else() {
    let world = World::ready();
    let done = logs(&world, "search/staging --failed");
    assert_eq!(done.code, Some(0), "{done:?}");
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert!(lines[0].starts_with("== staging (failure) of deploy #"), "{done:?}");
    assert!(lines[1].starts_with("-- step 2: Smoke test (failed)"), "{done:?}");
    assert!(lines.last().is_some_and(|line| line.contains("error: Process completed")), "{done:?}");
    assert!(done.stdout.contains("no index named price_v2") && !done.stdout.contains("Deploy"));
    assert!(!done.stdout.contains('\u{1b}') && !done.stdout.contains("##["), "{done:?}");

    let done = logs(&world, "search/staging --failed -o json");
    let rows: Vec<serde_json::Value> =
        done.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let error = rows.iter().find(|row| row["kind"] == "error").unwrap();
    assert_eq!((&error["job"], &error["step"]), (&"staging".into(), &"Smoke test".into()));
}

#[test]
fn a_run_is_found_by_its_number_or_address_and_shown_whole() {
    let world = World::ready();
    let status = world.program(["status", "search/staging", "-o", "json"]).run().json();
    let run = status["targets"][0]["pipeline"]["run"].as_u64().unwrap();
    let by_number = logs(&world, &run.to_string());
    assert_eq!(by_number.code, Some(0), "{by_number:?}");
    for job in ["lint", "test", "build", "staging"] {
        assert!(by_number.stdout.contains(&format!("== {job} (")), "{job}: {by_number:?}");
    }
    assert!(
        by_number.stdout.contains("-- step 1: Deploy") && by_number.stdout.contains("#12 done")
    );
    let address = format!("https://github.com/acme/search/actions/runs/{run}/job/1");
    assert_eq!(logs(&world, &format!("{address} --follow")).stdout, by_number.stdout);
}

#[test]
fn what_there_is_not_is_said_and_counts() {
    let world = World::ready();
    for (line, code, says) in [
        ("17 --failed", 2, "run 17 is in no repository"),
        ("nobody/here", 2, "nobody/here is not in"),
        ("https://github.com/acme/search", 2, "not the address of a run"),
    ] {
        let done = logs(&world, line);
        assert_eq!((done.code, done.stdout.as_str()), (Some(code), ""), "{line}: {done:?}");
        assert!(done.stderr.contains(says), "{line}: {done:?}");
    }
    world.faults().set(Peer::Github, Mood::Status(502));
    let done = logs(&world, "search/staging");
    assert_eq!(done.code, Some(4), "{done:?}");
}

#[test]
fn the_cockpit_opens_it_at_the_failure_searches_and_saves() {
    let world = World::ready();
    let mut pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("checkout");
    pty.press("/search/staging\r");
    pty.wait_for("deploy #604");
    pty.press("5\r");
    pty.wait_for("staging");
    pty.wait_for("production");
    // the last of its jobs was skipped
    pty.press("GkL");
    pty.wait_for("Log of staging");
    pty.wait_for("error: Process completed with exit code 1.");
    pty.press("/price_v2\r");
    pty.wait_for("/price_v2  1 line");
    pty.press("s");
    pty.wait_for("saved to ");
    let saved = || {
        let mut files = std::fs::read_dir(world.folder()).ok()?.filter_map(Result::ok);
        files.find(|file| file.file_name().to_string_lossy().starts_with("flightdeck-job-"))
    };
    let file = patience::until("a saved log", saved);
    let log = std::fs::read_to_string(file.path()).unwrap();
    assert!(log.contains("##[error]Process completed") && log.contains('\u{1b}'));
    pty.press("\x1b\x1b");
    pty.wait_for_absence("Log of staging");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}
