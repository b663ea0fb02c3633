//! Every pane, list and page alone on the screen, at every size, in every state that data can be in. A
//! picture file holds all sizes of one of them; lines that are all alike are written once.

use std::fmt::Write;

use super::details::{WAYS, at, deep};
use super::*;
use crate::tui::panes::Pane;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 40), (80, 24), (40, 12)];

/// What data can be: not there, not yet there, well, bad, old, and older.
fn states() -> [(&'static str, World); 6] {
    [
        ("empty", World::empty()),
        ("loading", World::loading()),
        ("good", deep(World::good())),
        ("bad", deep(World::bad())),
        ("stale", World::stale()),
        ("lost", World::lost()),
    ]
}

/// What keys lead to from the start, at every size, one under the other.
fn sizes(world: &World, keys: &str) -> String {
    let mut all = String::new();
    for (width, height) in SIZES {
        let picture = at(world, keys).picture(width, height);
        assert_eq!(picture.lines().count(), usize::from(height));
        writeln!(all, "== {width}x{height}\n{}", shortened(&picture)).unwrap();
    }
    all
}

/// A picture without its blank end, and of lines that are all alike only the first.
fn shortened(picture: &str) -> String {
    let lines: Vec<&str> = picture.trim_end().lines().collect();
    let mut out = String::new();
    for alike in lines.chunk_by(|a, b| a == b) {
        writeln!(out, "{}", alike[0]).unwrap();
        match alike.len() - 1 {
            0 => {}
            1 => writeln!(out, "{}", alike[0]).unwrap(),
            more => writeln!(out, "({more} more like this)").unwrap(),
        }
    }
    out
}

#[test]
fn every_pane_in_every_state() {
    for (number, pane) in (1..).zip(Pane::ALL) {
        for (state, world) in states() {
            let name = format!("{}-{state}", pane.name().to_lowercase());
            insta::assert_snapshot!(name, sizes(&world, &format!("{number} z")));
        }
    }
}

#[test]
fn the_log_and_the_table_in_every_state() {
    for (name, keys) in [("log", "e"), ("table", "t")] {
        for (state, world) in states() {
            insta::assert_snapshot!(format!("{name}-{state}"), sizes(&world, keys));
        }
    }
}

#[test]
fn every_page_that_opens_in_every_state() {
    for (state, world) in states() {
        let mut all = String::new();
        for (kind, keys) in WAYS {
            let opened = at(&world, keys).picture(120, 40).contains("y copy");
            let pages = if opened { sizes(&world, keys) } else { "does not open\n".to_owned() };
            writeln!(all, "==== {kind}: {keys}\n{pages}").unwrap();
        }
        insta::assert_snapshot!(format!("pages-{state}"), all);
    }
}
