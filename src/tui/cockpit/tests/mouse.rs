//! The mouse looks and selects, and does nothing else.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::control::Request;
use crate::model::Verb;
use crate::tui::fixture::target;
use crate::tui::panes::Pane;
use crate::tui::session::{Menu, Mode};
use crate::tui::terminal::{Mouse, MouseKind};

impl Stage {
    fn mouse(&mut self, kind: MouseKind, column: usize, row: usize) {
        let (column, row) = (column as u16, row as u16);
        assert_eq!(self.input(&Input::Mouse(Mouse { kind, column, row })), []);
    }

    /// Where a text is on a screen of 120×40.
    fn find(&mut self, text: &str) -> (usize, usize) {
        let picture = self.picture(120, 40);
        let at = |(row, line): (usize, &str)| {
            line.find(text).map(|byte| (line[..byte].chars().count(), row))
        };
        picture.lines().enumerate().find_map(at).unwrap_or_else(|| panic!("{text}:\n{picture}"))
    }

    fn click(&mut self, text: &str) {
        let (column, row) = self.find(text);
        self.mouse(MouseKind::Click, column, row);
    }

    fn selected(&self) -> String {
        self.cockpit.session.remembered().map(ToString::to_string).unwrap_or_default()
    }
}

#[test]
fn a_click_selects_pane_and_row() {
    let mut stage = Stage::new(World::bad());
    stage.picture(120, 40);
    // the last target, over all the headings, and back
    for (row, name) in [(10, "search/production"), (3, "checkout/staging"), (6, "payments/staging")]
    {
        stage.mouse(MouseKind::Click, 6, row);
        assert_eq!(stage.selected(), name);
        assert!(stage.picture(120, 40).contains(&format!("2 {}", name.replace('/', " / "))));
    }
    stage.mouse(MouseKind::Click, 6, 8);
    assert_eq!(stage.selected(), "payments/staging", "a heading is no target");
    stage.mouse(MouseKind::Click, 6, 16);
    assert_eq!(stage.selected(), "payments/staging", "nothing stands there");
    stage.mouse(MouseKind::Click, 6, 4);
    stage.click("P3 DiskFilling");
    assert_eq!(stage.cockpit.session.focus, Pane::Alerts);
    stage.keys("enter");
    assert!(stage.picture(120, 40).contains(" › DiskFilling"), "the cursor is on it");
    let (column, row) = stage.find("labels (");
    stage.mouse(MouseKind::Click, column, row);
    stage.picture(120, 40);
    let line = stage.cockpit.session.trail.last().and_then(|stop| stop.line);
    assert!(line.is_some_and(|line| line > 0), "{line:?}");
    stage.mouse(MouseKind::WheelUp, column, row);
    assert!(stage.cockpit.session.trail.last().and_then(|stop| stop.line) < line);
    // the first puts the notice away
    stage.keys("esc esc");
    stage.click("4 Health");
    assert_eq!(stage.cockpit.session.focus, Pane::Health);
    assert_eq!(stage.selected(), "checkout/production");
    for (column, row) in [(0, 0), (119, 39), (500, 500)] {
        stage.mouse(MouseKind::Click, column, row);
    }
    assert_eq!(stage.cockpit.session.focus, Pane::Health);
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut stage = Stage::new(World::bad());
    stage.keys("j");
    stage.picture(80, 24);
    let (pane, rect, total) = stage
        .cockpit
        .session
        .placed
        .iter()
        .copied()
        .find(|(pane, rect, total)| *pane == Pane::Health && *total > usize::from(rect.height))
        .expect("a pane with more lines than room");
    let (column, row) = (usize::from(rect.x) + 3, usize::from(rect.y) + 1);
    stage.mouse(MouseKind::WheelDown, column, row);
    stage.picture(80, 24);
    let scrolled = stage.cockpit.session.scroll[&pane];
    assert!((1..=3).contains(&scrolled), "{scrolled} of {total}");
    assert_eq!(stage.cockpit.session.focus, Pane::Targets, "the keys stay where they are");
    stage.mouse(MouseKind::WheelUp, column, row);
    assert_eq!(stage.cockpit.session.scroll[&pane], 0);
    for _ in 0..2 {
        stage.mouse(MouseKind::WheelDown, 3, 5);
    }
    assert_eq!(stage.selected(), "payments/staging", "over a heading");
    for _ in 0..2 {
        stage.mouse(MouseKind::WheelUp, 3, 5);
    }
    assert_eq!(stage.selected(), "checkout/production");
}

#[test]
fn in_dialogs_only_the_wheel_does_something() {
    let mut stage = Stage::new(World::bad());
    stage.picture(80, 12);
    stage.keys("?");
    stage.picture(80, 12);
    stage.mouse(MouseKind::WheelDown, 20, 5);
    assert_eq!(stage.cockpit.session.mode, Mode::Help(3));
    stage.mouse(MouseKind::Click, 20, 5);
    assert_eq!(stage.cockpit.session.mode, Mode::Help(3));
    stage.keys("esc a");
    stage.mouse(MouseKind::WheelDown, 20, 5);
    stage.mouse(MouseKind::Click, 20, 5);
    assert_eq!(stage.cockpit.session.mode, Mode::Actions(Menu { line: 1, here: None }));
    stage.keys("esc ctrl-p");
    stage.mouse(MouseKind::WheelDown, 20, 5);
    stage.mouse(MouseKind::Click, 20, 5);
    let full = Request { full: true, ..Request::new(target("checkout/staging"), Verb::Promote) };
    assert_eq!(stage.key("enter"), [Intent::Ask(full)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_never_acts_nor_answers(
        turns in prop::collection::vec((0..3usize, 0usize..150, 0usize..60), 1..16),
        size in (1u16..140, 1u16..50),
        before in 0..7usize,
        verb in 0..4usize,
    ) {
        let mut stage = Stage::new(World::bad());
        stage.picture(size.0, size.1);
        stage.keys(["", "a", "?", ":", "ctrl-p", "/", "6 z"][before]);
        if let Some(verb) = [Verb::Rollback, Verb::Promote, Verb::Pause].get(verb) {
            let request = Request::new(target("checkout/production"), *verb);
            stage.world.ask(&mut stage.desk, request);
            stage.picture(size.0, size.1);
            stage.world.now += TimeDelta::seconds(2);
        }
        for (kind, column, row) in turns {
            let kind = [MouseKind::Click, MouseKind::WheelUp, MouseKind::WheelDown][kind];
            stage.mouse(kind, column, row);
            stage.picture(size.0, size.1);
        }
    }
}
