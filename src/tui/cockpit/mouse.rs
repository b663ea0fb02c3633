//! What the mouse does: it looks and selects. It returns no intents, so it can neither ask nor answer.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::control::Desk;
use crate::tui::panes::{Pane, View};
use crate::tui::session::{Mode, moved};
use crate::tui::terminal::{Mouse, MouseKind};

use super::Cockpit;

/// Lines that one notch of the wheel scrolls.
const NOTCH: isize = 3;

/// Tries to bring the cursor to a line; each passes over the headings of the one before.
const TRIES: usize = 8;

impl Cockpit {
    pub(super) fn mouse(&mut self, mouse: Mouse, view: &View<'_>, desk: &Desk) {
        let down = mouse.kind == MouseKind::WheelDown;
        let wheel = mouse.kind != MouseKind::Click;
        if let Some(answering) = &mut self.answering {
            if wheel {
                answering.scroll = turned(answering.scroll, down);
            }
            return;
        }
        let offered = self.offer(view).len();
        let lines = self.menu_len(view);
        match &mut self.session.mode {
            Mode::Browse if !self.session.trail.is_empty() => self.on_page(mouse, view),
            Mode::Browse | Mode::Filter if wheel => self.wheel(mouse, view),
            Mode::Browse | Mode::Filter => self.click(mouse, view, desk),
            Mode::Inbox => self.on_inbox(mouse, view),
            _ if !wheel => {}
            Mode::Form(form) => form.go(if down { 1 } else { -1 }, false),
            Mode::Help(scroll) => *scroll = turned(*scroll, down),
            Mode::Command(prompt) => prompt.choose(down, offered),
            Mode::Actions(menu) => {
                menu.line = moved(menu.line, if down { 1 } else { -1 }, lines, false);
            }
            Mode::Themes(here) => {
                let last = self.shelf.offers().len();
                *here = moved(*here, if down { 1 } else { -1 }, last, false);
            }
            Mode::Announced(which) => which.go(if down { 1 } else { -1 }),
            Mode::Log(log) => {
                let last = log.found(view.store).count().saturating_sub(1);
                log.scroll(if down { NOTCH } else { -NOTCH }, last);
            }
            Mode::JobLog(reader) => reader.go(if down { NOTCH } else { -NOTCH }),
            Mode::Quit(_) => {}
        }
    }

    /// The pane under the pointer: by its lines, or else by its frame.
    fn under(&self, mouse: Mouse) -> Option<Pane> {
        let at = Position::new(mouse.column, mouse.row);
        let mut windows = self.session.windows.iter();
        let inside = windows.find(|(_, window)| window.area.contains(at)).map(|(pane, _)| *pane);
        let framed = self.session.placed.iter().filter(|(_, rect, _)| rect.contains(at));
        // on a border that two share stands the title of the one below
        let titled = framed.max_by_key(|(_, rect, _)| (rect.y, rect.x));
        inside.or_else(|| titled.map(|(pane, ..)| *pane))
    }

    fn wheel(&mut self, mouse: Mouse, view: &View<'_>) {
        let Some(pane) = self.under(mouse) else { return };
        let down = mouse.kind == MouseKind::WheelDown;
        if self.session.windows.get(&pane).is_some_and(|window| window.cursor.is_some()) {
            // what is in sight follows the cursor there
            let focus = std::mem::replace(&mut self.session.focus, pane);
            self.step(view, if down { 1 } else { -1 });
            self.session.focus = focus;
        } else {
            self.session.scroll_by(pane, if down { NOTCH } else { -NOTCH });
        }
    }

    /// Moves the cursor of the inbox.
    fn on_inbox(&mut self, mouse: Mouse, view: &View<'_>) {
        let items = view.inbox();
        let state = &mut self.session.inbox;
        match mouse.kind {
            MouseKind::WheelUp => state.go(-1, &items),
            MouseKind::WheelDown => state.go(1, &items),
            MouseKind::Click if state.lines.contains(Position::new(mouse.column, mouse.row)) => {
                let line = usize::from(mouse.row - state.lines.y);
                let clicked = state.scroll + line / state.each.max(1);
                if let Some(here) = state.place(&items).filter(|_| clicked < items.len()) {
                    state.go(clicked as isize - here as isize, &items);
                }
            }
            MouseKind::Click => {}
        }
    }

    /// Moves the cursor of the page that is open.
    fn on_page(&mut self, mouse: Mouse, view: &View<'_>) {
        let Some(stop) = self.session.trail.last() else { return };
        let (lines, first, line) =
            (self.session.trail.lines, stop.scroll, stop.line.unwrap_or(stop.scroll));
        match mouse.kind {
            MouseKind::WheelUp => self.go(view, -NOTCH),
            MouseKind::WheelDown => self.go(view, NOTCH),
            MouseKind::Click if lines.contains(Position::new(mouse.column, mouse.row)) => {
                let clicked = first + usize::from(mouse.row - lines.y);
                self.go(view, clicked as isize - line as isize);
            }
            MouseKind::Click => {}
        }
    }

    /// Gives the pane the keys, and its cursor the line, if it has one and something stands there.
    fn click(&mut self, mouse: Mouse, view: &View<'_>, desk: &Desk) {
        let Some(pane) = self.under(mouse) else { return };
        self.session.focus = pane;
        let Some(window) = self.session.windows.get(&pane).copied() else { return };
        if !window.area.contains(Position::new(mouse.column, mouse.row)) {
            return;
        }
        let line = window.first + usize::from(mouse.row - window.area.y);
        if pane == Pane::Targets {
            self.click_target(line, window.cursor, view);
            return;
        }
        let before = self.session.cursors.clone();
        for _ in 0..TRIES {
            // how many lines a step passes is known when it is drawn
            let area = self.session.area;
            self.draw(view, desk, area, &mut Buffer::empty(area));
            let cursor = self.session.windows.get(&pane).and_then(|window| window.cursor);
            let Some(cursor) = cursor.filter(|cursor| *cursor != line) else { return };
            self.step(view, line as isize - cursor as isize);
        }
        self.session.cursors = before;
    }

    /// Puts the cursor of the list on a line, or that of the matrix on a row.
    fn click_target(&mut self, line: usize, cursor: Option<usize>, view: &View<'_>) {
        // two clicks may come before the next frame, which is when the window learns of the first
        let held = self.session.cursor.map(|cursor| cursor.line);
        let from = if self.session.matrix { cursor } else { held };
        let Some(by) = from.map(|from| line as isize - from as isize) else { return };
        if self.session.matrix {
            self.session.step_matrix(view, by, 0);
        } else if line < self.session.overview.lines().len() {
            self.session.step(view, by);
        }
    }
}

fn turned(scroll: usize, down: bool) -> usize {
    scroll.saturating_add_signed(if down { NOTCH } else { -NOTCH })
}
