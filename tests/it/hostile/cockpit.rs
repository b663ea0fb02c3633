//! The cockpit: every cell, and the bytes that a terminal would get.

use flightdeck::control::{Desk, Effect, Intent};
use flightdeck::model::{ActionId, Time};
use flightdeck::store::Store;
use flightdeck::tui::Cockpit;
use flightdeck::tui::keymap::{Code, Key, Keymap};
use flightdeck::tui::terminal::Input;
use flightdeck::tui::theme::{Depth, Theme};
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::poison::{NOW, store};
use super::{attack, bytes};
use crate::support::build::at;

/// The cockpit at work on a store, without a terminal.
struct Stage {
    store: Store,
    desk: Desk,
    cockpit: Cockpit,
    now: Time,
    ids: u32,
}

impl Stage {
    fn new(text: &str, calm: bool, ascii: bool) -> Self {
        let theme = Theme::built_in(Depth::True);
        Self {
            store: store(text, calm).0,
            desk: Desk::new(text),
            cockpit: Cockpit::new(Keymap::default(), theme, ascii),
            now: at(NOW),
            ids: 0,
        }
    }

    fn input(&mut self, input: &Input) {
        // a key that comes too soon after a dialog opened answers nothing
        self.now += chrono::TimeDelta::seconds(1);
        for intent in self.cockpit.input(input, &self.store, &self.desk, self.now) {
            self.ids += 1;
            let id = ActionId(format!("id{}", self.ids));
            match intent {
                Intent::Ask(request) => self.desk.ask(&self.store, request, id, self.now),
                Intent::AskAll(requests) => {
                    let ids = || ActionId("one of several".into());
                    self.desk.ask_all(&self.store, requests, ids, self.now);
                }
                Intent::Dismiss => self.desk.dismiss(),
                Intent::Answer(answer) => {
                    for effect in self.desk.answer(&answer, self.now) {
                        if let Effect::Reread { action, .. } = effect {
                            self.desk.reread(&self.store, &action, None, id.clone(), self.now);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn examine(&mut self, width: u16, height: u16) {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        self.cockpit.render(&self.store, &self.desk, self.now, area, &mut buffer);
        for cell in &buffer.content {
            bytes::characters("a cell", cell.symbol());
        }
        let mut written = Vec::new();
        let blank = Buffer::empty(area);
        let changed = blank.diff(&buffer);
        CrosstermBackend::new(&mut written).draw(changed.into_iter()).expect("memory");
        bytes::drawn("a frame", &written);
    }
}

/// Keys that open panes, dialogs, the menu, help and text fields, and leave them.
const KEYS: &str = "jkgGhlz?:/nNPFSBOay1234567RrcoY ";

fn input(text: String) -> impl Strategy<Value = Input> {
    let keys: Vec<Key> = KEYS
        .chars()
        .map(Key::char)
        .chain([Code::Enter, Code::Esc, Code::Tab, Code::Down, Code::Up].map(Key::plain))
        .collect();
    prop_oneof![
        9 => select(keys).prop_map(Input::Key),
        1 => Just(Input::Paste(text)),
    ]
}

fn case() -> impl Strategy<Value = (String, Vec<Input>)> {
    attack::text().prop_flat_map(|text| {
        let inputs = prop::collection::vec(input(text.clone()), 0..25);
        (Just(text), inputs)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_pane_and_dialog(
        (text, inputs) in case(), calm: bool, ascii: bool, (width, height) in (1..140u16, 1..50u16),
    ) {
        let mut stage = Stage::new(&text, calm, ascii);
        stage.examine(120, 40);
        for input in &inputs {
            stage.input(input);
            stage.examine(width, height);
        }
    }
}

#[test]
fn the_known_attacks_in_every_pane() {
    let wild = ["", "?", "a", "P", "B", "z", "/x", ":x", "1z", "2z", "3z", "4z", "5z", "6z", "7z"];
    for (_, text) in attack::known() {
        for (calm, walks) in [(false, &wild[..]), (true, &["P", "B", "S"])] {
            for walk in walks {
                let mut stage = Stage::new(&text, calm, false);
                for key in walk.chars() {
                    stage.input(&Input::Key(Key::char(key)));
                }
                for (width, height) in [(120, 40), (40, 12)] {
                    stage.examine(width, height);
                }
            }
        }
    }
}
