//! The held picture: what is shown stands still while the world goes on. Nothing can be asked for from it,
//! for what is shown may no longer be true.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::control::{Desk, Intent};
use crate::model::Time;
use crate::store::Store;
use crate::tui::keymap::Action;
use crate::tui::panes::row::Row;
use crate::tui::panes::{View, words};
use crate::tui::terminal::Input;
use crate::tui::theme::Role;

use super::Cockpit;

/// What was known when the picture was held, and when that was.
#[derive(Debug)]
pub(super) struct Held {
    store: Store,
    at: Time,
}

impl Cockpit {
    /// Takes every key while the picture is held.
    pub(super) fn input_held(
        &mut self,
        input: &Input,
        store: &Store,
        desk: &Desk,
        now: Time,
    ) -> Option<Vec<Intent>> {
        let Input::Key(key) = input else { return None };
        self.held.as_ref()?;
        let key = *key;
        let mut intents =
            self.with_picture(store, now, |cockpit, view| cockpit.key(key, view, desk));
        let asked = intents.len();
        // nobody switches what he cannot see
        intents.retain(|intent| {
            !matches!(intent, Intent::Ask(_) | Intent::AskAll(_) | Intent::ToggleReadOnly)
        });
        if intents.len() < asked {
            self.refuse_held();
        }
        Some(intents)
    }

    /// Says why nothing can be asked for.
    pub(super) fn refuse_held(&mut self) {
        let hold = self.keymap.hint(Action::HoldPicture).unwrap_or_default();
        let text = format!("refused: the picture is held; {hold} shows the world as it is now");
        self.session.flash = Some(text);
    }

    /// Holds the picture that is shown; one that was held already is let go.
    pub(super) fn hold(&mut self, view: &View<'_>) {
        self.held = Some(Box::new(Held { store: view.store.clone(), at: view.now }));
    }

    /// Lends out what the picture shows: the world, or what was held of it.
    pub(super) fn with_picture<T>(
        &mut self,
        store: &Store,
        now: Time,
        look: impl FnOnce(&mut Self, &View<'_>) -> T,
    ) -> T {
        match self.held.take() {
            None => self.with_view(store, now, look),
            Some(held) => {
                self.holding = true;
                let seen = self.with_view(&held.store, held.at, look);
                self.holding = false;
                // what held it anew meant to let it go
                self.held = if self.held.is_some() { None } else { Some(held) };
                seen
            }
        }
    }

    /// Says loudly that the picture is held; what is left of the area.
    pub(super) fn held_banner(&self, store: &Store, area: Rect, buf: &mut Buffer) -> Rect {
        let Some(held) = &self.held else { return area };
        if area.is_empty() {
            return area;
        }
        let hold = self.keymap.hint(Action::HoldPicture).unwrap_or_default();
        let changes = store.changes().saturating_sub(held.store.changes());
        let changes =
            if changes == 1 { "1 change".to_owned() } else { format!("{changes} changes") };
        let at = words::time_of_day(held.at);
        // the most that can be said whole: that it is held, since when, and what ends it
        let width = usize::from(area.width);
        let texts = [
            format!(
                " PICTURE HELD at {at}: {changes} since; {hold} goes on, nothing can be done meanwhile "
            ),
            format!(" PICTURE HELD at {at}: {changes} since; {hold} goes on "),
            format!(" PICTURE HELD at {at}; {hold} goes on "),
            format!(" HELD {at}; {hold} goes on "),
            " PICTURE HELD".to_owned(),
        ];
        let text = texts.iter().find(|text| text.width() <= width).unwrap_or(&texts[4]);
        let style = self.theme.style(Role::Background).patch(self.theme.style(Role::Banner));
        buf.set_style(Rect { height: 1, ..area }, style);
        Row::new(width).put(text, Role::Banner).draw((area.x, area.y), &self.theme, None, buf);
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    }
}
