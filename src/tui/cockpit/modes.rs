//! What keys do while something else than the panes takes them: the filter, the help, the menu of actions,
//! the question before leaving.

use crate::control::Intent;
use crate::tui::dialogs::{self, Choice};
use crate::tui::keymap::{Action, Code, Key};
use crate::tui::overview::complete as complete_term;
use crate::tui::panes::View;
use crate::tui::session::{Field, Menu, Mode, moved};

use super::Cockpit;

impl Cockpit {
    pub(super) fn quit_question(&mut self, key: Key) -> Vec<Intent> {
        match key.typed() {
            Some('y') if !key.repeat => return vec![Intent::Quit],
            _ => self.session.mode = Mode::Browse,
        }
        Vec::new()
    }

    pub(super) fn type_filter(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        match key.code {
            Code::Enter => self.session.mode = Mode::Browse,
            Code::Esc => {
                self.session.filter.clear();
                self.session.mode = Mode::Browse;
            }
            Code::Tab => {
                let (text, choices) = complete_term(self.session.filter.text(), &view.looks);
                self.session.filter = Field::with(text);
                if choices.len() > 1 {
                    self.session.flash = Some(choices.join("  "));
                }
            }
            Code::Down | Code::Up => {
                let by = if key.code == Code::Down { 1 } else { -1 };
                self.session.next(view, by);
            }
            _ if self.keymap.action(key) == Some(Action::Interrupt) => {
                self.session.mode = Mode::Browse;
            }
            _ => {
                self.session.filter.key(key);
            }
        }
        self.session.settle(view);
        Vec::new()
    }

    pub(super) fn read_help(&mut self, key: Key) -> Vec<Intent> {
        let Mode::Help(scroll) = &mut self.session.mode else { return Vec::new() };
        match self.keymap.action(key) {
            Some(Action::Down) => *scroll += 1,
            Some(Action::Up) => *scroll = scroll.saturating_sub(1),
            Some(Action::HalfPageDown | Action::PageDown) => *scroll += 10,
            Some(Action::HalfPageUp | Action::PageUp) => *scroll = scroll.saturating_sub(10),
            _ => self.session.mode = Mode::Browse,
        }
        Vec::new()
    }

    pub(super) fn read_log(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let Mode::Log(log) = &mut self.session.mode else { return Vec::new() };
        let action = self.keymap.action(key);
        if log.typing {
            match key.code {
                Code::Enter => log.typing = false,
                Code::Esc => log.stop_searching(),
                _ if action == Some(Action::Interrupt) => log.stop_searching(),
                _ => log.type_key(key),
            }
            return Vec::new();
        }
        let last = log.found(view.store).count().saturating_sub(1);
        match action {
            Some(Action::Down) => log.scroll(1, last),
            Some(Action::Up) => log.scroll(-1, last),
            Some(Action::HalfPageDown | Action::PageDown) => log.scroll(10, last),
            Some(Action::HalfPageUp | Action::PageUp) => log.scroll(-10, last),
            Some(Action::First) => log.scroll(isize::MIN / 2, last),
            Some(Action::Last) => log.scroll(isize::MAX / 2, last),
            Some(Action::Filter) => (log.typing, log.open) = (true, None),
            Some(Action::Open) => log.read_whole(view.store),
            Some(Action::Back) if log.open.is_some() => log.open = None,
            Some(Action::Back) if !log.search.text().is_empty() => log.stop_searching(),
            Some(Action::Back | Action::Log | Action::Interrupt | Action::Quit) => {
                self.session.read_all(view.store);
                self.session.mode = Mode::Browse;
            }
            _ => {}
        }
        let moves = !matches!(action, Some(Action::Open) | None);
        if let Mode::Log(log) = &mut self.session.mode
            && log.open.is_some()
            && moves
        {
            log.read_whole(view.store);
        }
        Vec::new()
    }

    pub(super) fn choose_action(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let len = self.menu_len(view);
        let Mode::Actions(menu) = &mut self.session.mode else { return Vec::new() };
        let menu_now = menu.clone();
        let mut to = |by| menu.line = moved(menu.line, by, len, false);
        match self.keymap.action(key) {
            Some(Action::Down) => to(1),
            Some(Action::Up) => to(-1),
            Some(Action::First) => to(isize::MIN / 2),
            Some(Action::Last) => to(isize::MAX / 2),
            Some(Action::Open) if !key.repeat => {
                let chosen = self.chosen(&menu_now, view);
                self.session.mode = Mode::Browse;
                return match chosen {
                    Some(Choice::Ask(request)) => vec![Intent::Ask(request)],
                    Some(Choice::Form) => self.act(Action::Dispatch, view),
                    None => Vec::new(),
                };
            }
            Some(Action::CopyCommand) => {
                let Some(Choice::Ask(request)) = self.chosen(&menu_now, view) else {
                    return Vec::new();
                };
                return vec![Intent::Copy(request.command())];
            }
            Some(Action::Dispatch) if !key.repeat => {
                self.session.mode = Mode::Browse;
                return self.act(Action::Dispatch, view);
            }
            Some(action) if action.mutates() && !key.repeat => {
                let intents = self.act(action, view);
                if matches!(self.session.mode, Mode::Actions(_)) {
                    self.session.mode = Mode::Browse;
                }
                return intents;
            }
            Some(Action::Back | Action::Actions | Action::Interrupt | Action::Quit) => {
                self.session.mode = Mode::Browse;
            }
            _ => {}
        }
        Vec::new()
    }

    /// How many lines the menu of actions has.
    pub(super) fn menu_len(&self, view: &View<'_>) -> usize {
        let Mode::Actions(menu) = &self.session.mode else { return 0 };
        let look = self.session.selected(view);
        look.map_or(0, |look| dialogs::actions_len(view.store, look, menu.here.as_ref()))
    }

    fn chosen(&self, menu: &Menu, view: &View<'_>) -> Option<Choice> {
        dialogs::chosen(view.store, self.session.selected(view)?, menu)
    }

    /// Opens the list of themes, or wears the one of that name.
    pub(super) fn try_on(&mut self, name: Option<String>) {
        let Some(name) = name else {
            let here = self.shelf.place(self.theme.name()).unwrap_or(0);
            self.session.mode = Mode::Themes(here);
            return;
        };
        if let Some(place) = self.shelf.place(&name) {
            self.wear(place);
        } else {
            let known = self.shelf.names().join(", ");
            self.session.flash = Some(format!("there is no theme `{name}`; there are {known}"));
        }
    }

    /// Wears a theme until the program ends.
    fn wear(&mut self, place: usize) {
        let Some(offer) = self.shelf.offers().get(place) else { return };
        self.session.flash = Some(match &offer.theme {
            Ok(theme) => {
                self.theme = theme.clone();
                let name = theme.name();
                format!(
                    "theme {name} until you leave; `theme = \"{name}\"` under [screen] keeps it"
                )
            }
            Err(error) => format!("not worn: {error}"),
        });
    }

    /// Moving tries on at once: what is drawn follows the cursor, and only Enter keeps it.
    pub(super) fn choose_theme(&mut self, key: Key) -> Vec<Intent> {
        let Mode::Themes(here) = self.session.mode else { return Vec::new() };
        let to = |by| Mode::Themes(moved(here, by, self.shelf.offers().len(), false));
        match self.keymap.action(key) {
            Some(Action::Down) => self.session.mode = to(1),
            Some(Action::Up) => self.session.mode = to(-1),
            Some(Action::First) => self.session.mode = to(isize::MIN / 2),
            Some(Action::Last) => self.session.mode = to(isize::MAX / 2),
            Some(Action::Open) if !key.repeat => {
                self.session.mode = Mode::Browse;
                self.wear(here);
            }
            Some(Action::Back | Action::Interrupt | Action::Quit) => {
                self.session.mode = Mode::Browse;
            }
            _ => {}
        }
        Vec::new()
    }
}
