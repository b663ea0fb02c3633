//! Accessible and quiet: nothing beyond ASCII where that is asked for, nothing that blinks, nothing that
//! moves by itself but ages, and not a byte for a picture that is the same.

use std::time::Duration;

use chrono::TimeDelta;
use ratatui::Terminal;
use ratatui::layout::Size;
use ratatui::style::Modifier;

use super::*;
use crate::control::Request;
use crate::model::{Severity, Verb};
use crate::tui::fixture::{alert, target};
use crate::tui::terminal::screen::Screen;

const WORLDS: [fn() -> World; 6] =
    [World::empty, World::good, World::bad, World::stale, World::lost, foreign];

const SIZES: [(u16, u16); 7] = [(200, 60), (120, 40), (80, 24), (40, 12), (20, 5), (9, 3), (1, 1)];

/// Keys to each screen and each dialog of its own.
const WAYS: [&str; 12] = [
    "j",
    "2 z",
    "3 z",
    "4 z",
    "5 z",
    "6 z",
    "7 z",
    "a",
    "? j",
    "/ x",
    ": t h e m e enter",
    ": x enter",
];

/// What others write in their own scripts.
fn foreign() -> World {
    let mut world = World::good();
    world.alerts(vec![alert("wide", "支払い 🚀 é — “ü”", Severity::P1, 60)]);
    world
}

/// Every screen there is, at every size.
fn everywhere(mut look: impl FnMut(&str, &mut Stage, (u16, u16))) {
    for (n, world) in WORLDS.into_iter().enumerate() {
        for keys in WAYS {
            let mut stage = Stage::new(world());
            stage.keys(keys);
            for size in SIZES {
                look(&format!("{n} {keys} {size:?}"), &mut stage, size);
            }
        }
        for verb in [Verb::Promote, Verb::Rollback, Verb::Pause] {
            let mut stage = Stage::new(world());
            stage.world.ask(&mut stage.desk, Request::new(target("checkout/production"), verb));
            for size in SIZES {
                look(&format!("{n} {verb} {size:?}"), &mut stage, size);
            }
        }
    }
}

#[test]
fn ascii_is_ascii_and_nothing_blinks() {
    everywhere(|what, stage, (width, height)| {
        stage.cockpit.ascii = true;
        for cell in stage.buffer(width, height).content() {
            assert!(cell.symbol().is_ascii(), "{what}: {:?}", cell.symbol());
            let blinks = Modifier::SLOW_BLINK | Modifier::RAPID_BLINK;
            assert!(!cell.modifier.intersects(blinks), "{what}");
        }
    });
}

#[test]
fn nothing_turns_or_wanders_within_a_second() {
    let still = |picture: String| picture.replace(|c: char| c.is_ascii_digit(), "0");
    everywhere(|what, stage, (width, height)| {
        let now = stage.world.now;
        let mut at = |ms| {
            stage.world.now = now + TimeDelta::milliseconds(ms);
            still(stage.picture(width, height))
        };
        let first = at(1_000);
        for ms in [1_100, 1_500, 1_900] {
            assert_eq!(at(ms), first, "{what}: numbers may change, nothing else");
        }
        stage.world.now = now;
    });
}

/// The bytes that one more frame sends to a terminal.
fn sent(terminal: &mut Terminal<Screen>, stage: &mut Stage) -> usize {
    let (store, desk, now) = (&stage.world.store, &stage.desk, stage.world.now);
    let cockpit = &mut stage.cockpit;
    terminal
        .draw(|frame| {
            let area = frame.area();
            cockpit.render(store, desk, now, area, frame.buffer_mut());
        })
        .unwrap();
    let mut bytes = 0;
    terminal
        .backend_mut()
        .commit(|written| {
            bytes = written.len();
            Ok(())
        })
        .unwrap();
    bytes
}

#[test]
fn a_tick_that_changes_nothing_writes_nothing() {
    for world in WORLDS {
        let mut stage = Stage::new(world());
        // not just when a feed turns stale
        stage.world.now += TimeDelta::seconds(2);
        let mut terminal = Terminal::new(Screen::new(|| Ok(Size::new(120, 40)))).unwrap();
        let whole = sent(&mut terminal, &mut stage);
        assert!(whole > 0);
        assert_eq!(sent(&mut terminal, &mut stage), 0, "the same picture");
        stage.world.now += TimeDelta::seconds(1);
        let tick = sent(&mut terminal, &mut stage);
        assert!(tick > 0 && tick * 5 < whole, "the clock and some ages: {tick} of {whole}");
    }
    // no clock and no age in sight: seconds pass for nobody
    let mut stage = Stage::new(World::good());
    stage.world.now += TimeDelta::seconds(2);
    let mut terminal = Terminal::new(Screen::new(|| Ok(Size::new(40, 2)))).unwrap();
    assert!(sent(&mut terminal, &mut stage) > 0);
    for _ in 0..5 {
        stage.world.now += TimeDelta::seconds(1);
        assert_eq!(sent(&mut terminal, &mut stage), 0);
    }
}

#[test]
fn the_next_tick_is_the_next_full_second() {
    let stage = Stage::new(World::good());
    for (ms, wait) in [(0, 1_000), (1, 999), (250, 750), (999, 1)] {
        let now = stage.world.now + TimeDelta::milliseconds(ms);
        assert_eq!(stage.cockpit.next_tick(now), Some(Duration::from_millis(wait)), "{ms}");
    }
}
