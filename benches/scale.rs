//! What a large fleet costs: 1,000 targets, 10,000 runs and 5,000 alerts. Memory of the folded store, and
//! bytes to a terminal of 200×50 for a whole frame, for one changed service, and when nothing visible
//! changed. No timing: the figures are the same on every machine but for the allocator's rounding.
//! `cargo bench --profile dev --bench scale`; fails when a bound is broken.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    unused_imports,
    dead_code,
    missing_docs,
    reason = "a bench; it shares the others' world"
)]

#[path = "instructions/answers.rs"]
mod answers;
#[path = "instructions/world.rs"]
mod world;

use chrono::TimeDelta;
use flightdeck::control::Desk;
use flightdeck::model::{Envelope, Event, Time};
use flightdeck::store::{RepoState, Store};
use flightdeck::tui::Cockpit;
use flightdeck::tui::keymap::Keymap;
use flightdeck::tui::theme::{Depth, Theme};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const TARGETS: usize = 1_000;
const SCREEN: Rect = Rect::new(0, 0, 200, 50);

fn main() {
    let empty = resident_kib();
    let mut store = Store::default();
    // one at a time, as they come: what was folded in is gone
    let told = world::told(TARGETS);
    let all = world::envelopes(TARGETS, told);
    let envelopes = resident_kib();
    for envelope in &all {
        store.apply(envelope);
    }
    let folded = resident_kib();
    drop(all);
    let alerts: usize = store.targets().map(|state| state.alerts.list.len()).sum();
    println!("{TARGETS} targets, {} runs, {alerts} alerts, {told} events", runs(&store));
    println!("memory: process {empty} KiB before, store {} KiB", folded.saturating_sub(envelopes));

    let mut screen = Screen::new();
    let now = store.at().unwrap();
    let whole = screen.bytes(&store, now);
    println!("bytes: whole frame {whole}");
    // the beginning of a second, so that no age moves within it
    let now = now + TimeDelta::milliseconds(1_000 - i64::from(now.timestamp_subsec_millis()));
    println!("bytes: the ages of a second {}", screen.bytes(&store, now));
    let seq = store.seq() + 1;
    store.apply(&Envelope { seq, at: now, asked_at: now, event: heartbeat(&store) });
    let nothing = screen.bytes(&store, now);
    println!("bytes: nothing visible changed {nothing}");
    store.apply(&world::moved(&store));
    let one = screen.bytes(&store, now);
    let percent = one as f64 / whole as f64 * 100.0;
    println!("bytes: one service changed {one}, {percent:.2} % of a whole frame");
    assert_eq!(nothing, 0, "a frame without a visible change writes something");
    assert!(one > 0 && percent <= 1.0, "one changed service costs more than 1 %");
}

/// A service's environments share its repository.
fn runs(store: &Store) -> usize {
    let services = store.targets().filter(|state| state.spec.production);
    let repos = services.filter_map(|state| store.repo_of(&state.spec));
    repos.flat_map(RepoState::workflows).map(|(_, runs)| runs.len()).sum()
}

fn heartbeat(store: &Store) -> Event {
    let state = store.targets().nth(900).unwrap();
    let feed = state.spec.rollout.as_ref().unwrap().feed.clone();
    Event::Heartbeat { feed, budget: None, next_s: 2.0 }
}

/// A terminal that counts.
struct Screen {
    cockpit: Cockpit,
    shown: Buffer,
}

impl Screen {
    fn new() -> Self {
        let cockpit = Cockpit::new(Keymap::default(), Theme::built_in(Depth::True), false);
        Self { cockpit, shown: Buffer::empty(SCREEN) }
    }

    fn bytes(&mut self, store: &Store, now: Time) -> usize {
        let mut next = Buffer::empty(SCREEN);
        self.cockpit.render(store, &Desk::default(), now, SCREEN, &mut next);
        let changes = self.shown.diff(&next);
        let mut ink = Vec::new();
        if !changes.is_empty() {
            CrosstermBackend::new(&mut ink).draw(changes.into_iter()).unwrap();
        }
        self.shown = next;
        ink.len()
    }
}

/// Memory of this process that is in use, in KiB; 0 where the system does not tell.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
