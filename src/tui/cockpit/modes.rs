//! What keys do while something else than the panes takes them: the filter, the command line, the help,
//! the menu of actions, the question before leaving.

use crate::control::Intent;
use crate::model::Target;
use crate::tui::dialogs;
use crate::tui::keymap::{Action, Code, Key};
use crate::tui::overview::complete as complete_term;
use crate::tui::panes::{Glance, View};
use crate::tui::session::{Command, Field, Mode, complete, moved, parse};

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

    pub(super) fn type_command(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let Mode::Command { field, error } = &mut self.session.mode else { return Vec::new() };
        *error = None;
        let known: Vec<&Target> = view.store.targets().map(|state| &state.spec.target).collect();
        match key.code {
            Code::Esc => self.session.mode = Mode::Browse,
            Code::Tab => *field = Field::with(complete(field.text(), &known)),
            Code::Enter if !key.repeat => {
                let line = field.text().to_owned();
                let selected = self.session.selected(view).map(Glance::target);
                let parsed = parse(&line, selected, &known);
                match parsed {
                    Ok(command) => {
                        self.session.mode = Mode::Browse;
                        return command.map_or(Vec::new(), |command| self.command(command, view));
                    }
                    Err(sentence) => {
                        let error = Some(sentence);
                        self.session.mode = Mode::Command { field: Field::with(line), error };
                    }
                }
            }
            _ if self.keymap.action(key) == Some(Action::Interrupt) => {
                self.session.mode = Mode::Browse;
            }
            _ => {
                field.key(key);
            }
        }
        Vec::new()
    }

    fn command(&mut self, command: Command, view: &View<'_>) -> Vec<Intent> {
        match command {
            Command::Ask(request) => {
                // the question is about what is on the screen
                self.session.select(request.target.clone());
                return vec![Intent::Ask(request)];
            }
            Command::Go(target) => {
                self.session.filter.clear();
                if let Some(look) = view.looks.iter().find(|look| *look.target() == target) {
                    self.session.open(look);
                }
            }
            Command::Group(grouping) => self.session.arrangement.group_by(grouping),
            Command::Matrix => self.matrix(true, view),
            Command::Refresh => return vec![Intent::Refresh(None)],
            Command::Help => self.session.mode = Mode::Help(0),
            Command::Quit => return self.quit(view.store),
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

    pub(super) fn choose_action(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let Mode::Actions(here) = self.session.mode else { return Vec::new() };
        let request = self.session.selected(view).and_then(|l| dialogs::chosen(l, here));
        let to = |by| Mode::Actions(moved(here, by, dialogs::actions_len(), false));
        match self.keymap.action(key) {
            Some(Action::Down) => self.session.mode = to(1),
            Some(Action::Up) => self.session.mode = to(-1),
            Some(Action::Open) if !key.repeat => {
                self.session.mode = Mode::Browse;
                return request.map(Intent::Ask).into_iter().collect();
            }
            Some(Action::CopyCommand) => {
                return request.map(|r| Intent::Copy(r.command())).into_iter().collect();
            }
            Some(action) if action.mutates() && !key.repeat => {
                self.session.mode = Mode::Browse;
                return self.act(action, view);
            }
            Some(Action::Back | Action::Actions | Action::Interrupt | Action::Quit) => {
                self.session.mode = Mode::Browse;
            }
            _ => {}
        }
        Vec::new()
    }
}
