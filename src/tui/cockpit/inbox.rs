//! The keys in the list of what waits: go to it, mark, decide.

use crate::control::{Intent, Item, Need, Request};
use crate::model::{Subject, Target, Verb};
use crate::tui::details::Detail;
use crate::tui::keymap::{Action, Key, Keymap};
use crate::tui::panes::row::Row;
use crate::tui::panes::{Glance, View};
use crate::tui::session::{Menu, Mode};
use crate::tui::theme::Role;

use super::Cockpit;

impl Cockpit {
    /// A key while the inbox has them.
    pub(super) fn read_inbox(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let items = view.inbox();
        let state = &mut self.session.inbox;
        state.hold(&items);
        let page = (usize::from(state.lines.height) / state.each.max(1)).max(1) as isize;
        let Some(action) = self.keymap.action(key) else { return Vec::new() };
        match action {
            Action::Down | Action::Next => state.go(1, &items),
            Action::Up | Action::Previous => state.go(-1, &items),
            Action::First => state.go(isize::MIN / 2, &items),
            Action::Last => state.go(isize::MAX / 2, &items),
            Action::HalfPageDown => state.go((page / 2).max(1), &items),
            Action::HalfPageUp => state.go(-(page / 2).max(1), &items),
            Action::PageDown => state.go(page, &items),
            Action::PageUp => state.go(-page, &items),
            Action::Mark => state.mark(&items),
            Action::Back if state.unmark(&items) => {}
            Action::Back | Action::Inbox | Action::Interrupt | Action::Quit => {
                self.session.mode = Mode::Browse;
            }
            Action::Help => self.session.mode = Mode::Help(0),
            Action::RefreshAll | Action::Refresh | Action::ReadOnly | Action::HoldPicture => {
                return self.act(action, view);
            }
            action if action.mutates() && key.repeat => {}
            // they are about the banner, not about what is under the cursor
            Action::KeepRelease | Action::RollBackNow => return self.act(action, view),
            Action::Approve => return self.decide(Verb::Approve, &items),
            Action::Reject => return self.decide(Verb::Reject, &items),
            Action::HoldRelease if state.marked(&items) > 0 => return self.release(&items),
            action => {
                let here = state.place(&items).and_then(|place| items.get(place));
                let Some(item) = here else { return Vec::new() };
                return self.on_item(action, item, view);
            }
        }
        Vec::new()
    }

    /// What a key does to the item under the cursor.
    fn on_item(&mut self, action: Action, item: &Item, view: &View<'_>) -> Vec<Intent> {
        match action {
            Action::Open => self.go_to(item, view),
            Action::OpenBrowser => return self.browse_to(item.url.clone()),
            Action::CopyId => return self.put_away(item.url.as_deref().unwrap_or(item.place())),
            Action::CopyCommand => {
                let Some(command) = item.command() else {
                    self.session.flash = Some("no command answers it: see its page".to_owned());
                    return Vec::new();
                };
                return self.put_away(&command);
            }
            Action::Actions if self.select_for(item, view) => {
                let here = item.run.map(Detail::Run);
                self.session.mode = Mode::Actions(Menu { line: 0, here });
            }
            action if action.mutates() && self.select_for(item, view) => {
                return self.act(action, view);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Selects the target of an item; false where it has none.
    fn select_for(&mut self, item: &Item, view: &View<'_>) -> bool {
        let Some(target) = &item.target else {
            let text = format!("it is no target of {}: A and X decide it here", item.service);
            self.session.flash = Some(text);
            return false;
        };
        self.show(target, view);
        true
    }

    fn show(&mut self, target: &Target, view: &View<'_>) {
        self.session.trail.clear();
        self.session.filter.clear();
        if let Some(look) = view.looks.iter().find(|look| look.target() == target) {
            self.session.open(look);
        }
        self.session.settle(view);
    }

    /// Goes to where an item waits: its run, else its target.
    fn go_to(&mut self, item: &Item, view: &View<'_>) {
        let of = item.target.as_ref().or(item.answer.as_ref().map(|request| &request.target));
        let of_service =
            || view.looks.iter().map(Glance::target).find(|t| t.service() == item.service);
        let Some(target) = of.or_else(of_service).cloned() else { return };
        self.show(&target, view);
        self.session.mode = Mode::Browse;
        let run = item.run.map(Detail::Run);
        let run = run.and_then(|run| {
            let name = self.with_scene(view, |_, scene| run.name(scene)).flatten()?;
            Some((run, name))
        });
        let (detail, name) = run.unwrap_or((Detail::Target, target.to_string()));
        self.session.remember(&target);
        self.session.trail.push(&target, detail, name);
    }

    /// Asks to release what is marked and on hold.
    fn release(&mut self, items: &[Item]) -> Vec<Intent> {
        let meant = self.session.inbox.meant(items);
        let count = meant.len();
        let mut requests = releases(&meant);
        let others = count - requests.len();
        self.session.flash = match (requests.len(), others) {
            (0, _) => Some("nothing that is marked is on hold".to_owned()),
            (_, 0) => None,
            _ => Some(format!("{others} of what is marked is not on hold: left out")),
        };
        match requests.len() {
            0 | 1 => requests.pop().map(Intent::Ask).into_iter().collect(),
            _ => vec![Intent::AskAll(requests)],
        }
    }

    /// Asks to approve or to reject what is marked, else what the cursor is on.
    fn decide(&mut self, verb: Verb, items: &[Item]) -> Vec<Intent> {
        let meant = self.session.inbox.meant(items);
        let count = meant.len();
        let mut requests = decisions(&meant, verb);
        let asked = meant.iter().filter(|item| item.need == Need::Approval).count();
        if asked == 0 {
            self.session.flash = Some("nothing to approve or reject: Enter goes to it".to_owned());
            return Vec::new();
        }
        if asked < count {
            let others = count - asked;
            self.session.flash =
                Some(format!("{others} of what is marked is no deployment that waits: left out"));
        }
        match requests.len() {
            0 => {
                let text = "GitHub wants it approved on its page: o opens it";
                self.session.flash = Some(text.to_owned());
                Vec::new()
            }
            1 => vec![Intent::Ask(requests.remove(0))],
            _ => vec![Intent::AskAll(requests)],
        }
    }
}

/// The targets of items that are on hold, each let go once.
fn releases(items: &[&Item]) -> Vec<Request> {
    let held = items.iter().filter(|item| item.need == Need::Release);
    held.filter_map(|item| item.answer.clone()).collect()
}

/// The requests that decide on items. What waits in one run is decided with one call.
fn decisions(items: &[&Item], verb: Verb) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let approvals = items.iter().filter(|item| item.need == Need::Approval);
    for answer in approvals.filter_map(|item| item.answer.as_ref()) {
        let same = requests.iter_mut().find(|known| {
            let run = |request: &Request| request.subject.as_ref().and_then(Subject::run);
            known.target == answer.target && run(known).is_some() && run(known) == run(answer)
        });
        match (same.map(|known| &mut known.subject), &answer.subject) {
            (
                Some(Some(Subject::Waiting { environments, .. })),
                Some(Subject::Waiting { environments: more, .. }),
            ) => environments.extend(more.iter().cloned()),
            _ => requests.push(Request { verb, ..answer.clone() }),
        }
    }
    requests
}

/// The line of keys inside.
pub(super) fn keys(keymap: &Keymap, width: usize) -> Row {
    let keys = [
        (Action::Open, "go to it"),
        (Action::Mark, "mark"),
        (Action::Approve, "approve"),
        (Action::Reject, "reject"),
        (Action::Actions, "actions"),
        (Action::OpenBrowser, "browser"),
        (Action::CopyCommand, "command"),
        (Action::Back, "back"),
    ];
    let mut row = Row::new(width).gap(1);
    for (action, what) in keys {
        let Some(key) = keymap.hint(action) else { continue };
        let piece = Row::new(width).put(key, Role::Key).put(format!(" {what}"), Role::Text);
        if piece.width() + 2 <= row.room() || action == Action::Back {
            row = row.join(piece).gap(2);
        }
    }
    row
}
