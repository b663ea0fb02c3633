//! What keys do in the list of the targets: fold, mark, compare, ask for several; and that none acts on a
//! heading, unless it is a group's.

use crate::control::{Dialog, Intent, Request};
use crate::model::Verb;
use crate::tui::keymap::Action;
use crate::tui::palette;
use crate::tui::panes::{Glance, Pane, View};
use crate::tui::session::Mode;

use super::Cockpit;

impl Cockpit {
    /// Opens the target under the cursor; a group is folded or unfolded.
    pub(super) fn unfold(&mut self, view: &View<'_>) {
        if self.session.matrix {
            self.enter(view);
            return;
        }
        match self.session.toggle_fold(view) {
            Ok(true) => {}
            Ok(false) => self.enter(view),
            Err(why) => self.session.flash = Some(why.to_owned()),
        }
    }

    /// The matrix in place of the list, alone on the screen; or the list again.
    pub(super) fn matrix(&mut self, shown: bool, view: &View<'_>) {
        // the target that was behind a heading, or in a folded group, is the one under the cursor now
        if let Some(look) = self.session.selected(view).copied() {
            self.session.select(look.target().clone());
        }
        self.session.matrix = shown;
        self.session.zoom = shown;
        self.session.focus = Pane::Targets;
    }

    /// Moves about the matrix; false when it is not there, or the key does not move.
    pub(super) fn in_matrix(&mut self, action: Action, view: &View<'_>) -> bool {
        if !self.session.matrix || self.session.focus != Pane::Targets {
            return false;
        }
        let page = self.session.page(Pane::Targets) as isize;
        let half = (page / 2).max(1);
        let (rows, columns) = match action {
            Action::PaneLeft => (0, -1),
            Action::PaneRight => (0, 1),
            Action::Down | Action::Next => (1, 0),
            Action::Up | Action::Previous => (-1, 0),
            Action::First => (isize::MIN / 2, 0),
            Action::Last => (isize::MAX / 2, 0),
            Action::HalfPageDown => (half, 0),
            Action::HalfPageUp => (-half, 0),
            Action::PageDown => (page, 0),
            Action::PageUp => (-page, 0),
            _ => return false,
        };
        self.session.step_matrix(view, rows, columns);
        true
    }

    /// Marks are made and used in the list of the targets alone; a target's own panes are about that one.
    pub(super) fn mark(&mut self, view: &View<'_>) {
        if self.session.focus != Pane::Targets || !self.session.trail.is_empty() {
            let text = "marks are made in the list of the targets, and used there";
            self.session.flash = Some(text.to_owned());
            return;
        }
        let look = self.session.selected(view).copied();
        let Some(look) = look.filter(|_| self.session.is_on_target()) else {
            self.session.flash = Some("nothing to mark: this is no target".to_owned());
            return;
        };
        self.session.arrangement.mark(look.target());
    }

    /// Whether a key is about several targets: those that are marked, or the group whose heading the cursor is
    /// on. Only traffic is moved so, and what was held let go, and only from the list itself, where the marks are
    /// in sight: not from the menu, the page or the inbox of one target.
    pub(super) fn is_about_several(&self, action: Action) -> bool {
        let moves = matches!(
            action,
            Action::Promote | Action::PromoteFull | Action::Rollback | Action::HoldRelease
        );
        let listed = self.session.mode == Mode::Browse
            && self.session.trail.is_empty()
            && self.session.focus == Pane::Targets;
        let some = self.session.arrangement.marks() > 0 || !self.session.is_on_target();
        moves && listed && some
    }

    /// Asks for what is marked, else for the whole group under the cursor. Of one target it is one question.
    pub(super) fn ask_several(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let marked = self.session.arrangement.marks() > 0;
        let group = if marked { None } else { self.session.group_here(view) };
        if !marked && group.is_none() {
            self.nothing_acts();
            return Vec::new();
        }
        let is_meant = |look: &&Glance<'_>| match &group {
            Some(group) => look.state.spec.group.as_ref() == Some(group),
            None => self.session.arrangement.is_marked(look.target()),
        };
        let meant = view.looks.iter().filter(is_meant);
        let mut requests: Vec<_> =
            meant.filter_map(|look| palette::request(action, look)).collect();
        if requests.iter().any(|request| request.verb != requests[0].verb) {
            let text = "some of these are held and some are not: mark those of one kind alone";
            self.session.flash = Some(text.to_owned());
            return Vec::new();
        }
        match requests.len() {
            0 => Vec::new(),
            1 => requests.pop().map(Intent::Ask).into_iter().collect(),
            _ => vec![Intent::AskAll(requests)],
        }
    }

    /// A yes was given: what it was about is marked no more.
    pub(super) fn unmark_answered(&mut self, intents: &[Intent], dialog: &Dialog) {
        if !intents.iter().any(|intent| matches!(intent, Intent::Answer(_))) {
            return;
        }
        let done: Vec<&Request> = match dialog {
            Dialog::Several(asked) => asked.requests().collect(),
            Dialog::Confirm { confirmation, .. } => vec![&confirmation.request],
            _ => Vec::new(),
        };
        let moves = |request: &&&Request| matches!(request.verb, Verb::Promote | Verb::Rollback);
        for request in done.iter().filter(moves) {
            self.session.arrangement.done(&request.target);
        }
    }

    /// Keys that act need one target under the cursor, so that nobody acts on one he does not see.
    pub(super) fn nothing_acts(&mut self) {
        let text = "the cursor is on no target: go to one, mark some with space, or group by waves";
        self.session.flash = Some(text.to_owned());
    }
}
