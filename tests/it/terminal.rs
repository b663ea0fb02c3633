//! Whatever ends the cockpit, the terminal is left as it was found.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use flightdeck::demo::{Mood, Options, Peer, Scenario};
use rustix::process::{Pid, Signal};

use crate::support::world::GOOD;
use crate::support::{Pty, World, patience};

const SIZES: [(u16, u16); 5] = [(200, 60), (120, 40), (80, 24), (40, 12), (1, 1)];

fn world() -> World {
    World::start(Options { scenario: Scenario::Quiet, ..Options::default() })
}

/// A cockpit that has shown something, and the modes of the terminal before it began.
fn cockpit(world: &World, columns: u16, rows: u16) -> (Pty, String) {
    let program = world.program([] as [&str; 0]);
    // a terminal of its own, never used, tells how one is found
    let fresh = Pty::run(&program.beside("cat"), columns, rows);
    let found = fresh.modes();
    let pty = Pty::run(&program, columns, rows);
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.wait_until("a picture", |screen| !screen.contents().trim().is_empty());
    (pty, found)
}

#[test]
fn it_starts_at_every_size_and_leaves_the_terminal_as_found() {
    let world = world();
    for (columns, rows) in SIZES {
        let (mut pty, found) = cockpit(&world, columns, rows);
        if columns >= 80 {
            pty.wait_for("checkout");
        }
        assert_ne!(pty.modes(), found, "the cockpit sets modes");
        pty.press("q");
        assert_eq!(pty.exit_code(), 0, "{columns}×{rows}");
        assert_eq!(pty.modes(), found, "{columns}×{rows}");
    }
}

#[test]
fn a_panic_leaves_the_terminal_first_and_then_reports() {
    let world = world();
    for (part, place) in [("loop", "the loop"), ("task", "a task")] {
        let program = world.program([] as [&str; 0]).env("FLIGHTDECK_PANIC", part);
        let found = Pty::run(&program.beside("cat"), 120, 40).modes();
        let mut pty = Pty::run(&program, 120, 40);
        assert_eq!(pty.exit_code(), 101, "{part}:\n{}", pty.text());
        assert_eq!(pty.modes(), found, "{part}");
        let text = pty.text();
        let message = format!("a test asked for a panic in {place}");
        assert!(text.contains(&message), "{text}");
        assert!(text.contains("this is a bug in flightdeck"), "{text}");
        let log = String::from_utf8_lossy(&pty.log()).into_owned();
        let left = log.rfind("\x1b[?1049l").expect("the alternate screen is left");
        let told = log.find("a test asked").expect("the report");
        assert!(left < told, "{part}: the report went to the alternate screen");
    }
}

#[test]
fn signals_end_it_and_leave_the_terminal_as_found() {
    let world = world();
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP] {
        let (mut pty, found) = cockpit(&world, 120, 40);
        let sent = Instant::now();
        pty.signal(signal);
        assert_eq!(pty.exit_code(), 130, "{signal:?}");
        assert!(sent.elapsed() < patience::bound(2), "{signal:?}: {:?}", sent.elapsed());
        assert_eq!(pty.modes(), found, "{signal:?}");
    }
}

#[test]
fn ctrl_c_asks_for_the_end_like_q() {
    let world = world();
    let (mut pty, found) = cockpit(&world, 80, 24);
    pty.press("\x03");
    assert!([0, 130].contains(&pty.exit_code()));
    assert_eq!(pty.modes(), found);
}

#[test]
fn it_ends_when_its_terminal_is_gone() {
    let world = world();
    let program = world.program([] as [&str; 0]);
    // a terminal between ours and the program, which dies with the process that holds it
    let held = program.beside("script").args(["-q", "-c", &program.line(), "/dev/null"]);
    let pty = Pty::run(&held.env("TERM", "xterm-256color"), 120, 40);
    pty.wait_for("checkout");
    let child = |pid: Pid| {
        let pid = pid.as_raw_nonzero();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok().and_then(Pid::from_raw)
    };
    // script, a shell perhaps, flightdeck
    let mut inner = pty.pid();
    while let Some(next) = child(inner) {
        inner = next;
    }
    let alive = || fs::read_to_string(format!("/proc/{}/cmdline", inner.as_raw_nonzero()));
    assert!(alive().unwrap().contains("flightdeck"), "{:?}", alive());
    pty.signal(Signal::KILL);
    let gone = Instant::now();
    // a process whose line is empty has ended and waits to be counted
    patience::until("its end", || alive().map_or(true, |line| line.is_empty()).then_some(()));
    assert!(gone.elapsed() < patience::bound(11), "{:?}", gone.elapsed());
}

#[test]
fn it_stops_and_comes_back_like_any_job() {
    let world = world();
    let program = world.program([] as [&str; 0]);
    let pty = Pty::shell(&program, 120, 40);
    pty.wait_for("$ ");
    let found = pty.modes();
    pty.press(format!("{}\r", program.line()));
    pty.wait_for("Targets");
    pty.wait_for("q quit");
    let running = pty.modes();
    let stop_by_key = || pty.press("\x1a");
    for _ in 0..2 {
        stop_by_key();
        pty.wait_until("the shell", |screen| {
            !screen.alternate_screen() && screen.contents().contains("Stopped")
        });
        pty.wait_until("its prompt", |screen| screen.contents().trim_end().ends_with('$'));
        settle(&pty, &found);
        pty.press("clear; fg\r");
        pty.wait_until("the cockpit again", |screen| {
            screen.alternate_screen() && screen.contents().contains("Targets")
        });
        settle(&pty, &running);
    }
    // alive, and the keyboard is its own again
    pty.press("?");
    pty.wait_for("Esc close");
    pty.press("\x1b");
    pty.wait_for_absence("Esc close");
    pty.press("q");
    pty.wait_until("the shell", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with('$')
    });
    settle(&pty, &found);
}

/// Waits for the modes that escape sequences set: a picture may be half drawn.
fn settle(pty: &Pty, wanted: &str) {
    let wanted = sequences(wanted);
    patience::until(&wanted, || (sequences(&pty.modes()) == wanted).then_some(()));
}

/// Those modes without whether a picture is half drawn, and without the line discipline's: a shell has its
/// own while it edits.
fn sequences(modes: &str) -> String {
    modes.split(" synchronized").next().unwrap_or_default().to_owned()
}

#[test]
fn nobody_can_stop_it_where_nothing_would_take_over() {
    let world = world();
    let (mut pty, _) = cockpit(&world, 120, 40);
    pty.press("\x1a");
    pty.wait_for("nothing would take over");
    pty.signal(Signal::TSTP);
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}

#[test]
fn a_storm_of_sizes_ends_in_the_right_picture() {
    let world = world();
    let (mut pty, found) = cockpit(&world, 120, 40);
    pty.wait_for("checkout");
    let mut random = 7_u32;
    for _ in 0..150 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (columns, rows) = (random >> 16 & 0x1ff, random >> 25 & 0x7f);
        pty.resize(columns.clamp(1, 500) as u16, rows.clamp(1, 200) as u16);
    }
    for (columns, rows) in [(1, 1), (500, 200), (120, 40)] {
        pty.resize(columns, rows);
    }
    pty.press("?");
    pty.wait_for("Esc close");
    pty.press("\x1b");
    pty.wait_until("the whole picture", |screen| {
        let text = screen.contents();
        let lines: Vec<&str> = text.lines().collect();
        !text.contains("Esc close")
            && lines.len() == 40
            && lines[0].contains("flightdeck")
            && lines[39].contains("q quit")
    });
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(pty.modes(), found);
}

#[test]
fn without_a_terminal_it_names_the_command_to_use() {
    let world = world();
    let done = world.program([] as [&str; 0]).run();
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.stderr.contains("flightdeck status"), "{done:?}");
    assert!(!done.said().contains('\x1b'), "{done:?}");

    // a terminal to write to, nothing to read from
    let program = world.program([] as [&str; 0]);
    let line = format!("{} </dev/null", program.line());
    let mut pty = Pty::run(&program.beside("sh").args(["-c", &line]), 80, 24);
    assert_eq!(pty.exit_code(), 3);
    assert!(pty.text().contains("flightdeck status"), "{}", pty.text());
}

#[test]
fn told_to_end_it_ends_its_action_first() {
    let world = World::start(Options::default());
    let (mut pty, found) = cockpit(&world, 120, 40);
    pty.press("j");
    pty.wait_for("checkout / production");
    pty.wait_for("routed  10.0 %");
    pty.press("B");
    pty.wait_for("to do it");
    // a dialog does not hear keys that were on their way before it stood
    thread::sleep(Duration::from_millis(400));
    pty.press(GOOD);
    pty.wait_for(&format!("{GOOD}▏"));
    // it carries the change out, later than it is waited for
    world.faults().set(Peer::Haproxy, Mood::Slow(Duration::from_millis(300)));
    pty.press("\r");
    patience::until("the call", || (!world.mutations().is_empty()).then_some(()));
    pty.signal(Signal::TERM);
    assert_eq!(pty.exit_code(), 130);
    assert_eq!(pty.modes(), found);
    let journal = world.journal();
    let outcome = journal.iter().find(|line| line["kind"] == "outcome");
    let outcome = outcome.unwrap_or_else(|| panic!("no outcome: {journal:?}"));
    assert_eq!(outcome["report"]["outcome"], "seen", "{outcome}");
    assert_eq!(world.mutations().len(), 2);
    world.verify_journal();
}
