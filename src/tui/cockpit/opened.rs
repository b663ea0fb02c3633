//! What is opened for itself: the keys inside of it. How its page is drawn stands beneath.

mod draw;

use std::ops::Range;

use crate::control::Intent;
use crate::tui::details::{Detail, Page, Scene, siblings};
use crate::tui::keymap::Action;
use crate::tui::panes::View;
use crate::tui::session::Session;
use crate::tui::widgets::Look;

use super::Cockpit;
use super::act::under_cursor;

impl Cockpit {
    /// Lends the session and all that a page is made from; none without a target.
    pub(super) fn with_scene<T>(
        &self,
        view: &View<'_>,
        look: impl FnOnce(&Session, &Scene<'_>) -> T,
    ) -> Option<T> {
        let style = Look { theme: &self.theme, ascii: self.ascii };
        let selected = self.session.selected(view)?;
        let scene = Scene { store: view.store, look: selected, now: view.now, style: &style };
        Some(look(&self.session, &scene))
    }

    /// Opens what is under the cursor of the pane that has the keys.
    pub(super) fn enter(&mut self, view: &View<'_>) {
        let found = self.with_scene(view, |session, scene| {
            let item = under_cursor(session, view, scene.look)?.opened();
            Some((scene.look.target().clone(), item.name(scene)?, item))
        });
        match found.flatten() {
            Some((target, name, item)) => {
                self.session.remember(&target);
                self.session.trail.push(&target, item, name);
            }
            None => self.session.flash = Some("nothing to open here".to_owned()),
        }
    }

    /// What a key does while something is open; none when it means what it always means.
    pub(super) fn inside(&mut self, action: Action, view: &View<'_>) -> Option<Vec<Intent>> {
        if self.session.trail.is_empty() {
            return None;
        }
        let lines = self.session.trail.size.1.max(1) as isize;
        match action {
            Action::Down => self.go(view, 1),
            Action::Up => self.go(view, -1),
            Action::First => self.go(view, isize::MIN / 2),
            Action::Last => self.go(view, isize::MAX / 2),
            Action::HalfPageDown => self.go(view, (lines / 2).max(1)),
            Action::HalfPageUp => self.go(view, -(lines / 2).max(1)),
            Action::PageDown => self.go(view, lines),
            Action::PageUp => self.go(view, -lines),
            Action::Next => self.beside(view, 1),
            Action::Previous => self.beside(view, -1),
            Action::Open => return Some(self.deeper(view)),
            Action::Zoom => {}
            Action::OpenBrowser | Action::CopyId | Action::CopyCommand => {
                return Some(self.hand_out(action, view));
            }
            // what belongs to the panes leads back to them
            Action::NextPane
            | Action::PrevPane
            | Action::PaneLeft
            | Action::PaneRight
            | Action::Filter => {
                self.session.trail.clear();
                return None;
            }
            action if action.pane().is_some() => {
                self.session.trail.clear();
                return None;
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// The page of what is open, with the lines round its cursor, and the cursor's line; `by` lines from
    /// where it stands.
    pub(super) fn page(&self, view: &View<'_>, by: isize) -> Option<(Page, usize)> {
        let stop = self.session.trail.last()?;
        let size = self.session.trail.size;
        let made = self.with_scene(view, |_, scene| {
            let write = |window: Range<usize>| {
                let mut page = Page::new(size, window, stop.held.clone());
                page.unfolded.clone_from(&stop.unfolded);
                stop.detail.write(scene, page)
            };
            let around = |line: usize| line.saturating_sub(size.1)..line + size.1 + 1;
            let guess = stop.line.unwrap_or(0).saturating_add_signed(by);
            let page = write(around(guess));
            let last = page.len().saturating_sub(1);
            let line = stop.line_of(&page).saturating_add_signed(by).min(last);
            if line == guess {
                return (page, line);
            }
            (write(around(line)), line)
        });
        let gone = || {
            let mut page = Page::new(size, 0..4, None);
            page.gone("this target is not configured any more");
            (page, 0)
        };
        Some(made.unwrap_or_else(gone))
    }

    /// Moves the cursor of the page.
    pub(super) fn go(&mut self, view: &View<'_>, by: isize) {
        let Some((page, line)) = self.page(view, by) else { return };
        if let Some(stop) = self.session.trail.last_mut() {
            stop.line = Some(line);
            stop.held = page.piece(line).and_then(|piece| piece.item.clone());
        }
    }

    /// Opens what is under the cursor of the page.
    fn deeper(&mut self, view: &View<'_>) -> Vec<Intent> {
        let here = self.page(view, 0);
        let piece = here.as_ref().and_then(|(page, line)| page.piece(*line));
        let item = piece.and_then(|piece| piece.item.clone());
        let open = self.session.trail.last().map(|stop| &stop.detail);
        // behind a step of a job is what it wrote
        if item.is_none() && matches!(open, Some(Detail::Job(..))) {
            let step = piece.and_then(|piece| piece.text.clone());
            return self.open_job_log(view, step);
        }
        let Some(item) = item.map(Detail::opened) else {
            self.session.flash = Some("nothing deeper behind this line".to_owned());
            return Vec::new();
        };
        if let Detail::Jobs(_, node) = &item
            && let Some(stop) = self.session.trail.last_mut()
        {
            if !stop.unfolded.remove(node) {
                stop.unfolded.insert(node.clone());
            }
            stop.held = Some(item);
            return Vec::new();
        }
        let name = self.with_scene(view, |_, scene| item.name(scene)).flatten();
        if let (Some(target), Some(name)) = (self.session.trail.target().cloned(), name) {
            // from here on the cursor stays with the thing
            if let Some(stop) = self.session.trail.last_mut() {
                stop.held = Some(item.clone());
            }
            self.session.trail.push(&target, item, name);
        }
        Vec::new()
    }

    /// Goes to the thing beside: the next alert, the next job; of a target, the next target.
    fn beside(&mut self, view: &View<'_>, by: isize) {
        let Some(stop) = self.session.trail.last() else { return };
        let detail = stop.detail.clone();
        if detail == Detail::Target {
            let stops = self.session.trail.stops().len();
            self.session.trail.clear();
            self.session.next(view, by);
            if stops > 0 {
                self.open_target(view);
            }
            return;
        }
        let next = self.with_scene(view, |_, scene| {
            let all = siblings(&detail, scene);
            let place = all.iter().position(|item| *item == detail)? as isize + by;
            let item = all.get(place.rem_euclid(all.len() as isize) as usize)?.clone();
            Some((item.name(scene)?, item))
        });
        let Some((name, item)) = next.flatten() else {
            self.session.flash = Some("nothing beside it".to_owned());
            return;
        };
        self.session.trail.pop();
        if let Some(above) = self.session.trail.last_mut() {
            above.held = Some(item.clone());
        }
        if let Some(target) = self.session.remembered().cloned() {
            self.session.trail.push(&target, item, name);
        }
    }

    fn open_target(&mut self, view: &View<'_>) {
        let target = self.session.selected(view).map(|look| look.target().clone());
        if let Some(target) = target {
            self.session.remember(&target);
            self.session.trail.push(&target, Detail::Target, target.to_string());
        }
    }

    /// What `o` opens and the copying keys copy: of the line under the cursor, else of what is open.
    fn hand_out(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let Some((page, line)) = self.page(view, 0) else { return Vec::new() };
        let piece = page.piece(line).cloned();
        let item = piece.as_ref().and_then(|piece| piece.item.clone());
        let Some(open) = self.session.trail.last().map(|stop| stop.detail.clone()) else {
            return Vec::new();
        };
        let item = item.unwrap_or(open);
        let of_item = self.with_scene(view, |_, scene| match action {
            Action::OpenBrowser => item.link(scene),
            Action::CopyCommand => Some(item.command(scene)),
            _ => Some(item.id(scene)),
        });
        let of_item = of_item.flatten();
        match action {
            Action::OpenBrowser => {
                let own = piece.and_then(|piece| piece.link);
                self.browse_to(own.or(of_item))
            }
            Action::CopyId => {
                let own = piece.and_then(|piece| piece.text);
                own.or(of_item).map_or(Vec::new(), |text| self.put_away(&text))
            }
            _ => of_item.map_or(Vec::new(), |text| self.put_away(&text)),
        }
    }
}
