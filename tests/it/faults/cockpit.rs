//! In the cockpit: what the screen says, that it stays alive, and that it recovers.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use flightdeck::demo::{Mood, Options, Peer};

use crate::support::world::GOOD;
use crate::support::{Matrix, Pty, World, patience};

use super::{Fault, each};

/// Those that the screen is watched under; the shell is under all of them.
const FAULTS: [Fault; 3] = [Fault::ALL[0], Fault::ALL[1], Fault::ALL[3]];

/// A cockpit whose cursor is on a release that may go on. Slower than the shell's world: a long-lived look
/// asks Prometheus every other second, and `for` must not be over in between.
fn cockpit() -> (World, Pty) {
    let world = World::start(Options { speed: 8.0, ..Options::default() });
    world.impatient();
    let pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("checkout");
    pty.press("j");
    pty.wait_for("checkout / production");
    pty.wait_until_offered("P promote");
    (world, pty)
}

/// Whether a line of the screen says that this source is stale or lost, how old its word is, and why.
fn tells(text: &str, peer: Peer) -> Option<String> {
    let line = |wanted: &dyn Fn(&str) -> bool| text.lines().find(|line| wanted(line));
    match peer {
        // not a lost feed, but the very thing its feed is to tell
        Peer::Health => line(&|l| l.contains("health: candidate un")).map(str::to_owned),
        Peer::Haproxy => {
            line(&|l| l.contains("engine ") && l.contains(" old: ")).map(str::to_owned)
        }
        other => {
            let name = format!("{} ", other.name());
            line(&|l| l.contains(&name) && l.contains(" old: ")).map(str::to_owned)
        }
    }
}

fn header_is_well(text: &str) -> bool {
    let header = text.lines().next().unwrap_or_default();
    !header.contains("stale") && !header.contains("lost")
}

#[test]
fn the_screen_says_what_is_broken_stays_alive_and_recovers() {
    let cells = Peer::ALL.iter().flat_map(|peer| FAULTS.map(|fault| (*peer, fault))).collect();
    let peers = Peer::ALL.map(Peer::name);
    let title =
        "A source fails under the cockpit: what the screen says; a key's frame; P; recovery";
    let table = Mutex::new(Matrix::new(title, peers, FAULTS));
    each(cells, 3, |(peer, fault)| {
        let text = one(peer, fault);
        table.lock().unwrap().fill(&peer.name(), &fault, text);
    });
    table.into_inner().unwrap().write("fault-matrix-cockpit");
}

fn one(peer: Peer, fault: Fault) -> String {
    let (world, mut pty) = cockpit();
    world.faults().set(peer, fault.mood);
    pty.wait_until(&format!("{} {fault} on the screen", peer.name()), |screen| {
        tells(&screen.contents(), peer).is_some()
    });
    let told = tells(&pty.text(), peer).unwrap_or_default();

    // a key's frame while the server does not answer
    let pressed = Instant::now();
    pty.press("?");
    pty.wait_for("Esc close");
    let frame = pressed.elapsed();
    assert!(frame < patience::bound(1), "{} {fault}: a frame took {frame:?}", peer.name());
    pty.press("\x1b");
    pty.wait_for_absence("Esc close");

    pty.press("P");
    pty.wait_for("refused: ");
    let refused = pty.text();
    let feed = super::feed(peer);
    assert!(refused.contains(feed), "{} {fault}: {feed} is not named:\n{refused}", peer.name());
    pty.press("\x1b");
    pty.wait_for_absence("refused: promote");
    assert!(world.mutations().is_empty());

    world.faults().set(peer, Mood::Ok);
    let healed = Instant::now();
    pty.wait_until("the recovery", |screen| {
        let text = screen.contents();
        header_is_well(&text) && tells(&text, peer).is_none()
    });
    let recovered = healed.elapsed();
    // a few failures of a source that is asked every two seconds: its back-off is eight at most
    let bound = patience::bound(8) + Duration::from_secs(2);
    assert!(recovered < bound, "{} {fault}: back after {recovered:?}", peer.name());
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
    let told: Vec<&str> = told.trim_matches(['│', ' ']).split_whitespace().collect();
    format!(
        "“{}”; frame {} ms; P refused; back after {:.1} s",
        told.join(" "),
        frame.as_millis(),
        recovered.as_secs_f64()
    )
}

#[test]
fn a_rollback_from_the_cockpit_needs_the_engine_alone() {
    each(Fault::ALL.to_vec(), 3, |fault| {
        let (world, mut pty) = cockpit();
        let others = Peer::ALL.into_iter().filter(|peer| *peer != Peer::Haproxy);
        world.all(others, fault.mood);
        pty.wait_until("sources that are gone", |screen| !header_is_well(&screen.contents()));
        pty.press("B");
        pty.wait_for("to do it");
        // a dialog does not hear keys that were on their way before it stood
        thread::sleep(Duration::from_millis(400));
        pty.press(GOOD);
        pty.wait_for(&format!("{GOOD}▏"));
        pty.press("\r");
        pty.wait_for("SEEN");
        pty.press("\x1b");
        pty.wait_for_absence("SEEN");
        pty.wait_until("a held target", |screen| screen.contents().contains("held"));
        assert_eq!(world.mutations().len(), 2, "{fault}: sent twice");
        pty.press("q");
        assert_eq!(pty.exit_code(), 0, "{fault}");
        world.verify_journal();
    });
}
