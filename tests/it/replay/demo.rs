//! Recordings made by the real program on its demo world; one of them is the repository's.

use std::path::Path;

use flightdeck::journal::recording;
use flightdeck::model::{Event, Outcome, RecordKind, Verb};
use rustix::process::Signal;

use crate::support::{Program, Pty, patience};

/// A dialog takes no key that may have been meant for what it covers.
const DEAF: std::time::Duration = std::time::Duration::from_millis(400);

/// The cockpit of a demo that is recorded, 120×40; its world lives in a folder of `temporary`.
fn cockpit(folder: &Path, temporary: &Path, speed: &str, file: &Path) -> Pty {
    let program = Program::new(folder).env("FLIGHTDECK_USER", "ana").env("TMPDIR", temporary);
    let program = program.args(["demo", "--scenario", "release", "--seed", "1"]);
    let pty = Pty::run(&program.args(["--speed", speed]).arg("--record").arg(file), 120, 40);
    pty.wait_for("DEMO");
    pty.wait_for("search");
    pty
}

#[test]
fn a_session_that_is_killed_leaves_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.flight");
    let mut pty = cockpit(folder.path(), folder.path(), "1", &file);
    patience::until("events in the file", || {
        let read = recording::read(&file).ok()?;
        (read.envelopes.len() > 10).then_some(())
    });
    pty.signal(Signal::KILL);
    assert_eq!(pty.exit_code(), 128);
    let read = recording::read(&file).unwrap();
    assert!(read.envelopes.len() > 10);
    assert!(read.lost.unwrap().contains("cut off"));
    let beats = |event: &Event| matches!(event, Event::Heartbeat { .. } | Event::Observed { .. });
    assert!(read.envelopes.iter().any(|envelope| beats(&envelope.event)));

    let again = Program::new(folder.path()).args(["demo", "--record"]).arg(&file);
    let mut pty = Pty::run(&again, 120, 40);
    pty.wait_for("is there already");
    assert_eq!(pty.exit_code(), 2);
}

/// Selects a target and asks; the question is on the screen and listens.
fn ask(pty: &Pty, target: &str, key: &str, question: &str) {
    pty.press(format!(":go {target}\r"));
    pty.wait_until(target, |screen| {
        screen.contents().contains(&format!("2 {}", target.replace('/', " / ")))
    });
    pty.press(key);
    pty.wait_for(question);
    std::thread::sleep(DEAF);
}

fn seen(pty: &Pty) {
    pty.wait_for("SEEN");
    pty.press("\x1b");
    pty.wait_for_absence("SEEN");
}

/// Selects a target, and waits until it may go on.
fn may_go_on(pty: &Pty, target: &str) {
    pty.press(format!(":go {target}\r"));
    pty.wait_until(&format!("{target} may go on"), |screen| {
        let text = screen.contents();
        text.contains(&format!("2 {}", target.replace('/', " / "))) && text.contains("Go ✓")
    });
}

#[test]
#[ignore = "no test: `just recordings` makes the demo's recording with it"]
fn record() {
    let Some(into) = std::env::var_os("FLIGHTDECK_RECORDINGS") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(&into).join("demo.flight");
    // its name is in the recording, and tells nothing of the machine
    let mut pty = cockpit(folder.path(), Path::new("/dev/shm"), "8", &file);
    let (good, bad) = ("checkout/production", "payments/production");
    for weight in ["50.0 %", "100.0 %"] {
        may_go_on(&pty, good);
        ask(&pty, good, "P", "y promote");
        pty.press("y");
        seen(&pty);
        pty.wait_for(weight);
    }
    ask(&pty, bad, "P", "refused: promote");
    pty.press("\x1b");
    pty.wait_for_absence("refused: promote");
    ask(&pty, bad, "B", &format!("type {bad}"));
    pty.press(bad);
    pty.wait_for(&format!("{bad}▏"));
    pty.press("\r");
    seen(&pty);
    pty.wait_for("rolled back");
    pty.press(format!(":go {good}\r"));
    pty.wait_for("completed");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);

    let events = recording::read(&file).unwrap().envelopes;
    let seen = |verb: Verb| {
        let outcomes = events.iter().filter_map(|envelope| match &envelope.event {
            Event::Journaled { record } => match &record.kind {
                RecordKind::Outcome { report, .. } => Some(report),
                _ => None,
            },
            _ => None,
        });
        outcomes.filter(|report| report.verb == verb && report.outcome == Outcome::Seen).count()
    };
    assert_eq!((seen(Verb::Promote), seen(Verb::Rollback)), (2, 1));
}

#[test]
#[ignore = "no test: `just recordings` makes the recording with it that docs/safety.md is drawn from"]
fn record_tour() {
    let Some(into) = std::env::var_os("FLIGHTDECK_RECORDINGS") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(&into).join("tour.flight");
    let program =
        Program::new(folder.path()).env("FLIGHTDECK_USER", "ana").env("TMPDIR", "/dev/shm");
    let program =
        program.args(["demo", "--scenario", "tour", "--speed", "8", "--record"]).arg(&file);
    let mut pty = Pty::run(&program, 120, 40);
    let (subtle, bad, good) = ("pricing/production", "payments/production", "checkout/production");
    pty.wait_for("basket");
    // nobody holds it
    pty.press(format!(":go {subtle}\r"));
    pty.wait_for(&format!("ROLLING BACK {subtle}"));
    pty.wait_for("held by ana");
    ask(&pty, bad, "B", &format!("type {bad}"));
    pty.press(bad);
    pty.wait_for(&format!("{bad}▏"));
    pty.press("\r");
    seen(&pty);
    may_go_on(&pty, good);
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
#[ignore = "no test: `just recordings` makes the recording with it that docs/safety.md is drawn from"]
fn record_staged() {
    let Some(into) = std::env::var_os("FLIGHTDECK_RECORDINGS") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(&into).join("staged.flight");
    let mut pty = cockpit(folder.path(), Path::new("/dev/shm"), "8", &file);
    let (good, staged, reason) =
        ("checkout/production", "storefront/production", "sale until Monday");
    may_go_on(&pty, good);
    ask(&pty, good, "H", "y hold");
    pty.press("r");
    pty.wait_for("▏");
    pty.press(format!("{reason}\r"));
    pty.wait_for_absence("▏");
    pty.wait_for("y hold");
    std::thread::sleep(DEAF);
    pty.press("y");
    seen(&pty);
    pty.wait_for(reason);
    // a workflow does it, which takes its time and wants an approval first
    ask(&pty, staged, "B", &format!("type {staged}"));
    pty.press(staged);
    pty.wait_for(&format!("{staged}▏"));
    pty.press("\r");
    pty.wait_for("you may give it");
    pty.press("A");
    pty.wait_for("y approve");
    std::thread::sleep(DEAF);
    pty.press("y");
    seen(&pty);
    pty.wait_for("rolled back");
    pty.wait_for_absence("◐ now");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}
