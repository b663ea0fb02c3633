//! The screen as a whole: input becomes intents, the store becomes a picture. Holds view state only.

mod act;
mod alarm;
mod draw;
mod edges;
mod form;
mod held;
mod inbox;
mod list;
mod modes;
mod mouse;
mod opened;
mod prompt;
mod questions;
mod reading;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::control::{Board, Desk, Intent};
use crate::model::Time;
use crate::store::Store;

use held::Held;

use super::dialogs::{self, Answering};
use super::keymap::{self, Action, Code, Key, KeyResult, Keymap};
use super::layout::Arrangement;
use super::panes::{Pane, View};
use super::session::{Mode, Session};
use super::terminal::Input;
use super::theme::{Shelf, Theme};

/// The cockpit's screen.
#[derive(Debug)]
pub struct Cockpit {
    session: Session,
    answering: Option<Answering>,
    keymap: Keymap,
    theme: Theme,
    shelf: Shelf,
    panes: Arrangement,
    ascii: bool,
    board: Board,
    held: Option<Box<Held>>,
    /// Whether what is looked at is the held picture.
    holding: bool,
}

impl Cockpit {
    /// A cockpit that looks at the first target. With `ascii` nothing else is drawn than ASCII.
    #[must_use]
    pub fn new(keymap: Keymap, theme: Theme, ascii: bool) -> Self {
        Self {
            session: Session::default(),
            answering: None,
            keymap,
            theme,
            shelf: Shelf::default(),
            panes: Arrangement::default(),
            ascii,
            board: Board::default(),
            held: None,
            holding: false,
        }
    }

    /// With themes to choose from while it runs.
    #[must_use]
    pub fn with_themes(mut self, shelf: Shelf) -> Self {
        self.shelf = shelf;
        self
    }

    /// With panes in an order of the operator's, by [`Cockpit::pane_names`]; one left out is hidden, and
    /// a name that is none is passed over. Empty: the program's own order.
    #[must_use]
    pub fn with_panes(mut self, names: &[String]) -> Self {
        if !names.is_empty() {
            self.panes = Arrangement::of(names.iter().filter_map(|name| Pane::named(name)));
        }
        self
    }

    /// The names of all panes, as the configuration writes them.
    pub fn pane_names() -> impl Iterator<Item = String> {
        Pane::ALL.into_iter().map(|pane| pane.name().to_lowercase())
    }

    /// Keys that mean something together with Alt.
    #[must_use]
    pub fn alts(&self) -> Vec<Key> {
        self.keymap.alts()
    }

    /// Turns one input into intents; changes only view state.
    pub fn input(&mut self, input: &Input, store: &Store, desk: &Desk, now: Time) -> Vec<Intent> {
        self.sync(desk, now);
        if let Some(intents) = self.input_held(input, store, desk, now) {
            return intents;
        }
        let mut intents = match input {
            Input::Key(key) => {
                self.with_view(store, now, |cockpit, view| cockpit.key(*key, view, desk))
            }
            Input::Mouse(mouse) => {
                self.with_picture(store, now, |cockpit, view| cockpit.mouse(*mouse, view, desk));
                Vec::new()
            }
            Input::Paste(text) => {
                self.paste(text, desk);
                Vec::new()
            }
            Input::Resize | Input::FocusGained | Input::FocusLost | Input::Ended => Vec::new(),
        };
        intents.extend(self.watch(store, now));
        intents
    }

    /// Draws everything into an area of the buffer.
    pub fn render(&mut self, store: &Store, desk: &Desk, now: Time, area: Rect, buf: &mut Buffer) {
        self.sync(desk, now);
        let area = area.intersection(buf.area);
        let area = self.held_banner(store, area, buf);
        self.with_picture(store, now, |cockpit, view| cockpit.draw(view, desk, area, buf));
    }

    /// Lends the board out, brought up to the store, for as long as something looks at it.
    fn with_view<T>(
        &mut self,
        store: &Store,
        now: Time,
        look: impl FnOnce(&mut Self, &View<'_>) -> T,
    ) -> T {
        let mut board = std::mem::take(&mut self.board);
        board.refresh(store, now);
        let view = View::new(store, &board, now);
        self.session.settle(&view);
        self.follow_banner(&view);
        let seen = look(self, &view);
        self.board = board;
        seen
    }

    /// When the picture changes by itself: with the next full second, for the ages and the clock.
    #[must_use]
    pub fn next_tick(&self, now: Time) -> Option<Duration> {
        if self.held.is_some() {
            return None;
        }
        Some(Duration::from_millis(1000 - u64::from(now.timestamp_subsec_millis()).min(999)))
    }

    /// The run whose jobs are on the screen and should be read, once for each run. Called after events
    /// too, so that the jobs are there before the first key.
    pub fn watch(&mut self, store: &Store, now: Time) -> Option<Intent> {
        let pinned = self.session.pinned().and_then(|target| store.target(target));
        let state = if let Some(state) = pinned {
            state
        } else {
            let shown = self.with_view(store, now, |cockpit, view| {
                Some(cockpit.session.selected(view)?.target().clone())
            });
            store.target(&shown?)?
        };
        let spec = &state.spec;
        let (host, repo) = spec.host.clone().zip(spec.repo.clone())?;
        // a form wants the file that its workflow's newest run was made from
        let form = match &self.session.mode {
            Mode::Form(form) => store.repo_of(spec).and_then(|repo| {
                let mut all = repo.workflows();
                let (_, runs) = all.find(|(file, _)| *file == form.file)?;
                Some(runs.first()?.id)
            }),
            _ => None,
        };
        let open = form.or_else(|| self.session.trail.run());
        let run = match open {
            Some(run) => run,
            None => store.pipeline(spec)?.run.id,
        };
        let run = (host, repo, run);
        let (host, repo, id) = run.clone();
        self.session.watch(&run).then_some(Intent::Watch(host, repo, id))
    }

    /// Notes which dialog lies on the desk; the panes behind it show the target it is about.
    fn sync(&mut self, desk: &Desk, now: Time) {
        Answering::sync(&mut self.answering, desk.dialog(), now);
        if let Some(target) = desk.target() {
            self.session.select(target.clone());
        }
        // what is open is always the selected target's: no key may mean another one than is shown
        if self.session.trail.target().is_some_and(|of| Some(of) != self.session.remembered()) {
            self.session.trail.clear();
        }
    }

    fn key(&mut self, key: Key, view: &View<'_>, desk: &Desk) -> Vec<Intent> {
        match self.keymap.action(key).filter(|_| self.session.pending.is_empty()) {
            Some(Action::Suspend) => return vec![Intent::Suspend],
            Some(Action::Redraw) => return vec![Intent::Redraw],
            _ => {}
        }
        if let (Some(dialog), Some(answering)) = (desk.dialog(), self.answering.as_mut()) {
            self.session.pending.clear();
            let mut answering = std::mem::take(answering);
            if let Some(intents) = self.at_question(key, dialog, &answering, view) {
                self.answering = Some(answering);
                return intents;
            }
            let intents = dialogs::answer(&mut answering, dialog, key, &self.keymap, view.now);
            self.answering = Some(answering);
            self.unmark_answered(&intents, dialog);
            return self.led_back(intents, dialog, view.store);
        }
        self.session.first = None;
        self.session.flash = None;
        self.session.answered = None;
        match self.session.mode {
            Mode::Browse => self.browse(key, view),
            Mode::Filter => self.type_filter(key, view),
            Mode::Command(_) => self.type_command(key, view),
            Mode::Help(_) => self.read_help(key),
            Mode::Actions(_) => self.choose_action(key, view),
            Mode::Themes(_) => self.choose_theme(key),
            Mode::Form(_) => self.fill_form(key, view),
            Mode::Announced(_) => self.choose_announced(key, view),
            Mode::Inbox => self.read_inbox(key, view),
            Mode::Log(_) => self.read_log(key, view),
            Mode::JobLog(_) => self.read_job_log(key),
            Mode::Quit(_) => self.quit_question(key),
        }
    }

    fn browse(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        self.session.pending.push(key.pressed());
        match self.keymap.lookup(&self.session.pending) {
            KeyResult::Pending(_) => Vec::new(),
            KeyResult::Matched(action) => {
                self.session.pending.clear();
                if key.repeat && action.mutates() {
                    return Vec::new();
                }
                self.act(action, view)
            }
            KeyResult::NotFound => {
                let pressed = std::mem::take(&mut self.session.pending);
                if pressed.len() > 1 && key.code != Code::Esc {
                    let text = format!("{} is bound to nothing", keymap::text(&pressed));
                    self.session.flash = Some(text);
                }
                Vec::new()
            }
        }
    }

    fn paste(&mut self, text: &str, desk: &Desk) {
        if desk.dialog().is_some() {
            if let Some(answering) = &mut self.answering {
                if answering.on_reason {
                    answering.reason.paste(text);
                } else {
                    answering.hint = Some("a paste answers nothing; type it".to_owned());
                }
            }
            return;
        }
        match &mut self.session.mode {
            Mode::Filter => self.session.filter.paste(text),
            Mode::Command(prompt) => {
                prompt.typed();
                prompt.field.paste(text);
            }
            Mode::Form(form) => {
                if let Some(field) = form.field() {
                    field.paste(text);
                }
            }
            Mode::Log(log) if log.typing => log.search.paste(text),
            Mode::JobLog(reader) if reader.typing => reader.search.paste(text),
            Mode::Browse
            | Mode::Help(_)
            | Mode::Actions(_)
            | Mode::Inbox
            | Mode::Log(_)
            | Mode::JobLog(_)
            | Mode::Themes(_)
            | Mode::Announced(_)
            | Mode::Quit(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
