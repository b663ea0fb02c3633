//! What folding, drawing and decoding cost, in instructions: the same on every machine and every day.
//! Needs valgrind and `gungraun-runner` of the same version; `just bench` installs the latter.
//!
//! A frame of 200×50 is compared with what ratatui itself needs to find out what changed between two of
//! them; it stays below five times that, which `benches/limit` holds. Measured are the list as it comes
//! (long ones with what is well folded away), and wholly unfolded with the cursor in its middle. More than
//! 3 % over the run before is a failure, too.

#![allow(
    clippy::unwrap_used,
    clippy::exit,
    missing_docs,
    reason = "benches; what cannot be built ends them"
)]

mod answers;
mod world;

use std::collections::BTreeMap;
use std::hint::black_box;

use chrono::TimeDelta;
use flightdeck::clients::github::{self, List};
use flightdeck::control::Desk;
use flightdeck::model::{Alert, Envelope, Point, Run, Severity};
use flightdeck::sources::{alertmanager, prometheus};
use flightdeck::store::Store;
use flightdeck::tui::keymap::{Code, Key, Keymap};
use flightdeck::tui::terminal::Input;
use flightdeck::tui::theme::{Depth, Theme};
use flightdeck::tui::widgets::Look;
use flightdeck::tui::{Cockpit, chart};
use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SCREEN: Rect = Rect::new(0, 0, 200, 50);

#[library_benchmark]
#[bench::mixed_10_000(args = (30, 10_000), setup = world::envelopes)]
fn fold(envelopes: Vec<Envelope>) -> (Store, Vec<Envelope>) {
    let mut store = Store::default();
    for envelope in &envelopes {
        store.apply(envelope);
    }
    // what is given back is not dropped within the count
    black_box((store, envelopes))
}

type Scene = (Store, Cockpit, Buffer);

/// The list as it comes.
fn listed(targets: usize) -> Scene {
    let mut store = Store::default();
    let told = world::told(targets);
    world::envelopes(targets, told).iter().for_each(|envelope| store.apply(envelope));
    let cockpit = Cockpit::new(Keymap::default(), Theme::built_in(Depth::True), false);
    settled(store, cockpit)
}

/// Every group unfolded, and the cursor on a target in the middle.
fn unfolded(targets: usize) -> Scene {
    let (store, mut cockpit, _) = listed(targets);
    let middle = store.targets().nth(targets / 2).unwrap().spec.target.clone();
    let now = store.at().unwrap();
    // all folded, all unfolded
    for key in format!("--:go {middle}\n").chars() {
        let code = if key == '\n' { Code::Enter } else { Code::Char(key) };
        cockpit.input(&Input::Key(Key::plain(code)), &store, &Desk::default(), now);
    }
    settled(store, cockpit)
}

/// Drawn before, so that nothing is looked at for the first time.
fn settled(store: Store, mut cockpit: Cockpit) -> Scene {
    let mut buffer = Buffer::empty(SCREEN);
    cockpit.render(&store, &Desk::default(), store.at().unwrap(), SCREEN, &mut buffer);
    buffer.reset();
    (store, cockpit, buffer)
}

fn told((mut store, cockpit, buffer): Scene) -> Scene {
    store.apply(&world::moved(&store));
    (store, cockpit, buffer)
}

fn listed_told(targets: usize) -> Scene {
    told(listed(targets))
}

fn unfolded_told(targets: usize) -> Scene {
    told(unfolded(targets))
}

/// A second later: ages moved on, nothing else did.
fn frames((store, mut cockpit, mut before): Scene) -> (Buffer, Buffer) {
    let mut after = before.clone();
    let now = store.at().unwrap();
    cockpit.render(&store, &Desk::default(), now, SCREEN, &mut before);
    let later = now + TimeDelta::seconds(1);
    cockpit.render(&store, &Desk::default(), later, SCREEN, &mut after);
    (before, after)
}

fn listed_frames(targets: usize) -> (Buffer, Buffer) {
    frames(listed(targets))
}

fn unfolded_frames(targets: usize) -> (Buffer, Buffer) {
    frames(unfolded(targets))
}

#[library_benchmark]
#[bench::listed_30(args = (30), setup = listed_frames)]
#[bench::listed_1_000(args = (1_000), setup = listed_frames)]
#[bench::unfolded_1_000(args = (1_000), setup = unfolded_frames)]
fn diff((before, after): (Buffer, Buffer)) -> (usize, Buffer, Buffer) {
    let changes = before.diff(&after).len();
    black_box((changes, before, after))
}

// Nothing new is known: a key was pressed.
#[library_benchmark]
#[bench::listed_30(args = (30), setup = listed)]
#[bench::listed_1_000(args = (1_000), setup = listed)]
#[bench::unfolded_1_000(args = (1_000), setup = unfolded)]
fn frame((store, mut cockpit, mut buffer): Scene) -> Scene {
    cockpit.render(&store, &Desk::default(), store.at().unwrap(), SCREEN, &mut buffer);
    black_box((store, cockpit, buffer))
}

// One service moved on.
#[library_benchmark]
#[bench::listed_30(args = (30), setup = listed_told)]
#[bench::listed_1_000(args = (1_000), setup = listed_told)]
#[bench::unfolded_1_000(args = (1_000), setup = unfolded_told)]
fn event((store, mut cockpit, mut buffer): Scene) -> Scene {
    cockpit.render(&store, &Desk::default(), store.at().unwrap(), SCREEN, &mut buffer);
    black_box((store, cockpit, buffer))
}

// The first frame of a new second: every target is looked at again.
#[library_benchmark]
#[bench::listed_30(args = (30), setup = listed)]
#[bench::listed_1_000(args = (1_000), setup = listed)]
#[bench::unfolded_1_000(args = (1_000), setup = unfolded)]
fn second((store, mut cockpit, mut buffer): Scene) -> Scene {
    let later = store.at().unwrap() + TimeDelta::seconds(1);
    cockpit.render(&store, &Desk::default(), later, SCREEN, &mut buffer);
    black_box((store, cockpit, buffer))
}

#[library_benchmark]
#[bench::points_240_at_100x20(setup = world::with_history)]
fn plot(store: Store) -> (usize, Store) {
    let theme = Theme::built_in(Depth::True);
    let look = Look { theme: &theme, ascii: false };
    let size = chart::Size { columns: 100, lines: 20 };
    let rows = chart::metric(store.targets().next().unwrap(), 0, store.at().unwrap(), size, &look);
    black_box((rows.len(), store))
}

#[library_benchmark]
#[bench::github_runs_100(args = (100), setup = answers::runs)]
fn runs(body: String) -> List<Run> {
    black_box(github::runs(body.as_bytes()).unwrap())
}

#[library_benchmark]
#[bench::prometheus_matrix_240(args = (240), setup = answers::matrix)]
fn history(body: String) -> Vec<Point> {
    black_box(prometheus::history(body.as_bytes()).unwrap())
}

#[library_benchmark]
#[bench::alertmanager_alerts_5_000(args = (5_000, "active"), setup = answers::alerts)]
fn alerts(body: String) -> Vec<Alert> {
    let severity = BTreeMap::from([("critical".to_owned(), Severity::P0)]);
    black_box(alertmanager::alerts(body.as_bytes(), &severity).unwrap())
}

library_benchmark_group!(name = folding, benchmarks = fold);
library_benchmark_group!(
    name = drawing,
    compare_by_id = true,
    benchmarks = [diff, frame, event, second]
);
library_benchmark_group!(name = charts, benchmarks = plot);
library_benchmark_group!(name = decoding, benchmarks = [runs, history, alerts]);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::default().soft_limits([(EventKind::Ir, 3.0)])),
    library_benchmark_groups = [folding, drawing, charts, decoding]
);
