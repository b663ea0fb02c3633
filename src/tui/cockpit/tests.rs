//! Pictures of the whole screen, and what keys lead to.

mod alarm;
mod awaited;
mod command;
mod details;
mod edges;
mod form;
mod gates;
mod graph;
mod inbox;
mod joblog;
mod keys;
mod log;
mod mouse;
mod overview;
mod pictures;
mod questions;
mod quiet;
mod runs;
mod small;
mod states;
mod themes;
mod truth;
mod waves;
mod widened;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::control::{Desk, Intent};
use crate::tui::fixture::World;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::terminal::Input;
use crate::tui::theme::{Depth, Theme};

use super::Cockpit;

/// A cockpit at a desk in a world.
struct Stage {
    cockpit: Cockpit,
    desk: Desk,
    world: World,
}

impl Stage {
    fn new(world: World) -> Self {
        let cockpit = Cockpit::new(Keymap::default(), Theme::built_in(Depth::Mono), false);
        Self { cockpit, desk: Desk::new("ana"), world }
    }

    fn buffer(&mut self, width: u16, height: u16) -> Buffer {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        self.cockpit.render(&self.world.store, &self.desk, self.world.now, area, &mut buf);
        buf
    }

    /// The screen as lines of text.
    fn picture(&mut self, width: u16, height: u16) -> String {
        let buf = self.buffer(width, height);
        let symbol = |x, y| buf.cell((x, y)).map_or("", |cell| cell.symbol());
        let mut picture = String::new();
        for y in 0..height {
            let row: String = (0..width).map(|x| symbol(x, y)).collect();
            picture.push_str(row.trim_end());
            picture.push('\n');
        }
        picture
    }

    fn input(&mut self, input: &Input) -> Vec<Intent> {
        let intents = self.cockpit.input(input, &self.world.store, &self.desk, self.world.now);
        intents.into_iter().filter(|intent| !matches!(intent, Intent::Watch(..))).collect()
    }

    fn key(&mut self, key: &str) -> Vec<Intent> {
        self.input(&Input::Key(key.parse::<Key>().unwrap()))
    }

    fn keys(&mut self, keys: &str) -> Vec<Intent> {
        keys.split_whitespace().flat_map(|key| self.key(key)).collect()
    }

    fn type_text(&mut self, text: &str) -> Vec<Intent> {
        text.chars().flat_map(|c| self.input(&Input::Key(Key::char(c)))).collect()
    }
}
