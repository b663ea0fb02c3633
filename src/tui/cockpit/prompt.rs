//! What keys do in the command line and the palette: type, complete, choose, do.

use crate::control::Intent;
use crate::tui::keymap::{Action, Code, Key};
use crate::tui::palette::{self, Entry};
use crate::tui::panes::View;
use crate::tui::session::{Command, Mode, Prompt};

use super::Cockpit;

impl Cockpit {
    pub(super) fn type_command(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let offer = self.offer(view);
        let Mode::Command(prompt) = &mut self.session.mode else { return Vec::new() };
        let chosen = prompt.chosen(offer.len()).and_then(|place| offer.get(place));
        match key.code {
            Code::Esc => self.session.mode = Mode::Browse,
            Code::Up | Code::Down => {
                let down = key.code == Code::Down;
                if prompt.remembers() && !(down && prompt.field.text().is_empty()) {
                    prompt.recall(&self.session.history, down);
                } else {
                    prompt.choose(down, offer.len());
                }
            }
            Code::Tab => {
                let line = match chosen {
                    Some(entry) if entry.line != prompt.field.text().trim() => entry.line.clone(),
                    _ => palette::complete(prompt.field.text(), &offer),
                };
                prompt.put(line);
            }
            Code::Enter if key.repeat => {}
            Code::Enter => {
                let line = chosen.map_or(prompt.field.text(), |entry| &entry.line).to_owned();
                return self.command(&line, view);
            }
            _ if self.keymap.action(key) == Some(Action::Interrupt) => {
                self.session.mode = Mode::Browse;
            }
            _ => {
                if prompt.field.key(key) {
                    prompt.typed();
                }
            }
        }
        Vec::new()
    }

    /// What the list beside the line shows.
    pub(super) fn offer(&self, view: &View<'_>) -> Vec<Entry> {
        let Mode::Command(prompt) = &self.session.mode else { return Vec::new() };
        palette::offer(prompt, view, self.session.selected(view), &self.keymap)
    }

    /// A command line that knows the themes.
    pub(super) fn prompt(&self, prompt: Prompt) -> Mode {
        Mode::Command(prompt.with_themes(self.shelf.names()))
    }

    /// Does what a line means, or says on the line why not.
    fn command(&mut self, line: &str, view: &View<'_>) -> Vec<Intent> {
        let command = match palette::read(line, view, self.session.selected(view)) {
            Ok(command) => command,
            Err(sentence) => {
                if let Mode::Command(prompt) = &mut self.session.mode {
                    prompt.error = Some(sentence);
                }
                return Vec::new();
            }
        };
        self.session.mode = Mode::Browse;
        let Some(command) = command else { return Vec::new() };
        self.session.history.keep(line);
        let mut intents = Vec::new();
        match command {
            Command::Ask(request) => {
                // the question is about what is on the screen
                self.session.select(request.target.clone());
                intents.push(Intent::Ask(request));
            }
            Command::Form(target) => {
                self.session.select(target);
                self.session.settle(view);
                intents = self.act(Action::Dispatch, view);
            }
            Command::Go(target) => {
                self.session.filter.clear();
                if let Some(look) = view.looks.iter().find(|look| *look.target() == target) {
                    self.session.open(look);
                }
            }
            Command::Do(action) => intents = self.act(action, view),
            Command::Theme(name) => self.try_on(Some(name)),
            Command::Group(grouping) => self.session.arrangement.group_by(grouping),
        }
        self.session.settle(view);
        intents
    }
}
