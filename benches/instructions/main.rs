//! What folding, drawing and decoding cost, in instructions: the same on every machine and every day.
//! Needs valgrind and `gungraun-runner` of the same version; `just bench` installs the latter.
//!
//! A frame is compared with what ratatui itself needs to find out what changed between two frames of its
//! size; it should stay below five times that. More than 3 % over the run before is a failure.

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

use flightdeck::clients::github::{self, List};
use flightdeck::control::Desk;
use flightdeck::model::{Alert, Envelope, Point, Run, Severity};
use flightdeck::sources::{alertmanager, prometheus};
use flightdeck::store::Store;
use flightdeck::tui::keymap::Keymap;
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

fn on_screen(targets: usize) -> Scene {
    let mut store = Store::default();
    let count = (targets * world::KINDS + 1).max(2_000);
    world::envelopes(targets, count).iter().for_each(|envelope| store.apply(envelope));
    let mut cockpit = Cockpit::new(Keymap::default(), Theme::built_in(Depth::True), false);
    let mut before = Buffer::empty(SCREEN);
    cockpit.render(&store, &Desk::default(), store.at().unwrap(), SCREEN, &mut before);
    before.reset();
    (store, cockpit, before)
}

/// A second later: ages moved on, nothing else did.
fn frames(targets: usize) -> (Buffer, Buffer) {
    let (store, mut cockpit, mut before) = on_screen(targets);
    let mut after = before.clone();
    let now = store.at().unwrap();
    cockpit.render(&store, &Desk::default(), now, SCREEN, &mut before);
    let later = now + chrono::TimeDelta::seconds(1);
    cockpit.render(&store, &Desk::default(), later, SCREEN, &mut after);
    (before, after)
}

#[library_benchmark]
#[bench::targets_30(args = (30), setup = on_screen)]
#[bench::targets_1_000(args = (1_000), setup = on_screen)]
fn frame((store, mut cockpit, mut buffer): Scene) -> Scene {
    cockpit.render(&store, &Desk::default(), store.at().unwrap(), SCREEN, &mut buffer);
    black_box((store, cockpit, buffer))
}

#[library_benchmark]
#[bench::targets_30(args = (30), setup = frames)]
#[bench::targets_1_000(args = (1_000), setup = frames)]
fn diff((before, after): (Buffer, Buffer)) -> (usize, Buffer, Buffer) {
    let changes = before.diff(&after).len();
    black_box((changes, before, after))
}

// The first frame of a new second: every target is looked at again.
#[library_benchmark]
#[bench::targets_1_000(args = (1_000), setup = on_screen)]
fn second((store, mut cockpit, mut buffer): Scene) -> Scene {
    let later = store.at().unwrap() + chrono::TimeDelta::seconds(1);
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
#[bench::alertmanager_alerts_5_000(args = (5_000), setup = answers::alerts)]
fn alerts(body: String) -> Vec<Alert> {
    let severity = BTreeMap::from([("critical".to_owned(), Severity::P0)]);
    black_box(alertmanager::alerts(body.as_bytes(), &severity).unwrap())
}

library_benchmark_group!(name = folding, benchmarks = fold);
library_benchmark_group!(name = drawing, compare_by_id = true, benchmarks = [diff, frame, second]);
library_benchmark_group!(name = charts, benchmarks = plot);
library_benchmark_group!(name = decoding, benchmarks = [runs, history, alerts]);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::default().soft_limits([(EventKind::Ir, 3.0)])),
    library_benchmark_groups = [folding, drawing, charts, decoding]
);
