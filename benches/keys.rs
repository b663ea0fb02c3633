//! From a key to the picture that answers it, on the real program in a terminal of 200×50: with a world
//! that is well, and while every source but the engine hangs, cuts or talks garbage. Both in one run, so
//! the ratio means something on a noisy machine. `cargo bench --bench keys`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unused_imports,
    dead_code,
    missing_docs,
    reason = "a bench; it shares the tests' support"
)]

#[path = "../tests/it/support"]
mod support {
    pub mod patience;
    pub mod program;
    pub mod pty;
    pub mod world;
    pub use pty::Pty;
    pub use world::World;
}

mod openapi {
    //! What the tests hold a world against; a bench only measures.
    use flightdeck::demo::Faults;

    pub fn record(_: &Faults) {}
    pub fn hold(_: &Faults, _: &str) {}
}

use std::time::{Duration, Instant};

use flightdeck::demo::{Mood, Options, Peer};
use support::{Pty, World};

/// Keys in each round.
const KEYS: usize = 250;
/// Rounds of each kind, in turn.
const ROUNDS: usize = 3;

fn main() {
    let world = World::start(Options::default());
    let pty = Pty::run(&world.program::<&str>([]), 200, 50);
    pty.wait_for("github 4,");
    let (mut idle, mut fault) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        world.all(Peer::ALL, Mood::Ok);
        pty.wait_until("all live", |screen| !screen.contents().contains("lost"));
        idle.extend(round(&pty));
        world.all([Peer::Prometheus], Mood::Hang);
        world.all([Peer::Github], Mood::Garbage);
        world.all([Peer::Alertmanager], Mood::Cut);
        world.all([Peer::Health], Mood::Hang);
        pty.wait_until("the faults show", |screen| {
            let text = screen.contents();
            text.contains("stale") || text.contains("lost")
        });
        fault.extend(round(&pty));
    }
    let (idle, fault) = (Figures::of(idle), Figures::of(fault));
    println!("key to frame at 200x50, {} keys each", KEYS * ROUNDS);
    println!("all well        p50 {:>8.3} ms   p95 {:>8.3} ms", idle.p50, idle.p95);
    println!("under faults    p50 {:>8.3} ms   p95 {:>8.3} ms", fault.p50, fault.p95);
    println!("ratio of p95    {:.2}", fault.p95 / idle.p95);
    pty.press("q");
}

/// Moves the selection to and fro, and times each move.
fn round(pty: &Pty) -> Vec<Duration> {
    let selected = |screen: &vt100::Screen| {
        screen.rows(0, 40).position(|row| row.contains('▸')).unwrap_or_default()
    };
    let step = |key: &str| {
        let from = pty.screen(selected);
        let began = Instant::now();
        pty.press(key);
        pty.wait_until("the selection moves", |screen| selected(screen) != from);
        let took = began.elapsed();
        // a person is slower than the frame cap; keys must not queue behind it
        std::thread::sleep(Duration::from_millis(20));
        took
    };
    (0..KEYS).map(|i| step(if i % 2 == 0 { "j" } else { "k" })).collect()
}

/// Milliseconds.
struct Figures {
    p50: f64,
    p95: f64,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize].as_secs_f64() * 1000.0;
        Self { p50: at(0.5), p95: at(0.95) }
    }
}
