//! What each key does: it moves the view, or becomes an intent.

use crate::control::{Intent, Request};
use crate::model::{FeedId, Verb};
use crate::store::Store;
use crate::tui::keymap::Action;
use crate::tui::panes::rollout::{hold_verb, pause_verb};
use crate::tui::panes::{Glance, Pane, View};
use crate::tui::session::{Field, Mode, moved};

use super::Cockpit;

impl Cockpit {
    pub(super) fn act(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let page = self.session.page(self.session.focus);
        let (half, page) = ((page / 2).max(1) as isize, page as isize);
        if let Some(pane) = action.pane().and_then(|n| Pane::ALL.get(n - 1)) {
            self.session.focus = *pane;
            return Vec::new();
        }
        if self.session.matrix && self.session.focus == Pane::Targets {
            let by = match action {
                Action::PaneLeft => Some((0, -1)),
                Action::PaneRight => Some((0, 1)),
                Action::Down | Action::Next => Some((1, 0)),
                Action::Up | Action::Previous => Some((-1, 0)),
                Action::First => Some((isize::MIN / 2, 0)),
                Action::Last => Some((isize::MAX / 2, 0)),
                Action::HalfPageDown => Some((half, 0)),
                Action::HalfPageUp => Some((-half, 0)),
                Action::PageDown => Some((page, 0)),
                Action::PageUp => Some((-page, 0)),
                _ => None,
            };
            if let Some((rows, columns)) = by {
                self.session.step_matrix(view, rows, columns);
                return Vec::new();
            }
        }
        match action {
            Action::Down => self.step(view, 1),
            Action::Up => self.step(view, -1),
            Action::First => self.step(view, isize::MIN / 2),
            Action::Last => self.step(view, isize::MAX / 2),
            Action::HalfPageDown => self.step(view, half),
            Action::HalfPageUp => self.step(view, -half),
            Action::PageDown => self.step(view, page),
            Action::PageUp => self.step(view, -page),
            Action::Next => self.session.next(view, 1),
            Action::Previous => self.session.next(view, -1),
            Action::NextPane => self.turn(1),
            Action::PrevPane => self.turn(-1),
            Action::PaneLeft => self.aside(false),
            Action::PaneRight => self.aside(true),
            Action::Open if self.session.focus == Pane::Targets => self.enter(view),
            Action::GroupBy => self.session.arrangement.next_grouping(),
            Action::Sort => self.session.arrangement.turn_order(),
            Action::Fold => self.session.fold_all(view),
            Action::Matrix => self.matrix(!self.session.matrix, view),
            Action::Open | Action::Zoom => self.session.zoom = !self.session.zoom,
            Action::Back => self.back(view),
            Action::Filter => self.session.mode = Mode::Filter,
            Action::Command => {
                self.session.mode = Mode::Command { field: Field::default(), error: None };
            }
            Action::Help => self.session.mode = Mode::Help(0),
            Action::Actions if !self.session.is_on_target() => self.nothing_acts(),
            Action::Actions => self.session.mode = Mode::Actions(0),
            Action::Refresh => return self.refresh(view),
            Action::RefreshAll => return vec![Intent::Refresh(None)],
            Action::OpenBrowser => return self.open(view),
            Action::CopyId | Action::CopyCommand => return self.copy(action, view),
            action if action.mutates() && !self.session.is_on_target() => self.nothing_acts(),
            Action::Promote
            | Action::PromoteFull
            | Action::PauseResume
            | Action::Rollback
            | Action::HoldRelease => return self.ask(action, view),
            Action::Quit | Action::Interrupt => return self.quit(view.store),
            Action::Suspend => return vec![Intent::Suspend],
            Action::Redraw => return vec![Intent::Redraw],
            Action::Mark => self.mark(view),
            _ => {}
        }
        self.session.settle(view);
        Vec::new()
    }

    /// Moves the cursor of the pane that has the keys, or its lines.
    fn step(&mut self, view: &View<'_>, by: isize) {
        match self.session.focus {
            Pane::Targets => self.session.step(view, by),
            Pane::Alerts => {
                let Some(look) = self.session.selected(view) else { return };
                let list = &look.state.alerts.list;
                let held = self.session.alert.as_deref();
                let place = list.iter().position(|alert| Some(alert.fingerprint.as_str()) == held);
                let next = moved(place.unwrap_or(0), by, list.len(), false);
                self.session.alert = list.get(next).map(|alert| alert.fingerprint.clone());
            }
            pane => self.session.scroll_by(pane, by),
        }
    }

    /// To the rollout of the target under the cursor; a group is folded or unfolded.
    fn enter(&mut self, view: &View<'_>) {
        if self.session.matrix {
            self.matrix(false, view);
            self.session.focus = Pane::Rollout;
            return;
        }
        match self.session.toggle_fold(view) {
            Ok(true) => {}
            Ok(false) => self.session.focus = Pane::Rollout,
            Err(why) => self.session.flash = Some(why.to_owned()),
        }
    }

    /// The matrix in place of the list, alone on the screen; or the list again.
    pub(super) fn matrix(&mut self, shown: bool, view: &View<'_>) {
        // the target that was behind a heading, or in a folded group, is the one under the cursor now
        if let Some(look) = self.session.selected(view).copied() {
            self.session.open(&look);
        }
        self.session.matrix = shown;
        self.session.zoom = shown;
        self.session.focus = Pane::Targets;
    }

    fn mark(&mut self, view: &View<'_>) {
        let look = self.session.selected(view).copied();
        let Some(look) = look.filter(|_| self.session.is_on_target()) else {
            self.session.flash = Some("nothing to mark: this is no target".to_owned());
            return;
        };
        self.session.arrangement.mark(look.target());
    }

    /// Keys that act need one target under the cursor, so that nobody acts on one he does not see.
    fn nothing_acts(&mut self) {
        let text = "the cursor is on a group: Enter unfolds it; go to a target first";
        self.session.flash = Some(text.to_owned());
    }

    fn turn(&mut self, by: isize) {
        let next = moved(self.session.focus.number() - 1, by, Pane::ALL.len(), true);
        self.session.focus = Pane::ALL[next];
    }

    /// To the pane beside, by where they stand on the screen.
    fn aside(&mut self, right: bool) {
        let here = self.session.placed.iter().find(|(pane, ..)| *pane == self.session.focus);
        let Some((_, here, _)) = here.copied() else {
            return self.turn(if right { 1 } else { -1 });
        };
        let beside = self.session.placed.iter().filter(|(pane, rect, _)| {
            let level = rect.y < here.bottom() && rect.bottom() > here.y;
            let past = if right { rect.x > here.x } else { rect.x < here.x };
            *pane != self.session.focus && level && past
        });
        let nearest =
            beside.min_by_key(|(_, rect, _)| (rect.x.abs_diff(here.x), rect.y.abs_diff(here.y)));
        match nearest {
            Some((pane, ..)) => self.session.focus = *pane,
            None if self.session.placed.len() < 2 => self.turn(if right { 1 } else { -1 }),
            None => {}
        }
    }

    /// One step back: what covers most goes first. Never acts.
    fn back(&mut self, view: &View<'_>) {
        if self.session.read_all(view.store) {
            return;
        }
        if self.session.matrix && self.session.focus == Pane::Targets {
            self.matrix(false, view);
        } else if self.session.zoom {
            self.session.zoom = false;
        } else if self.session.focus != Pane::Targets {
            self.session.focus = Pane::Targets;
        } else {
            self.session.filter.clear();
        }
    }

    fn refresh(&mut self, view: &View<'_>) -> Vec<Intent> {
        let Some(look) = self.session.selected(view) else { return Vec::new() };
        let spec = &look.state.spec;
        let mut feeds: Vec<FeedId> = match self.session.focus {
            Pane::Targets | Pane::Timeline => return vec![Intent::Refresh(None)],
            Pane::Rollout => spec.rollout.iter().map(|rollout| rollout.feed.clone()).collect(),
            Pane::Metrics => spec.prometheus.iter().cloned().collect(),
            Pane::Health => spec.health.iter().map(|check| check.feed.clone()).collect(),
            Pane::Alerts => spec.alerts.iter().map(|alerts| alerts.feed.clone()).collect(),
            Pane::Pipeline => match (&spec.host, &spec.repo) {
                (Some(host), Some(repo)) => vec![FeedId::part(host, repo)],
                _ => Vec::new(),
            },
        };
        feeds.dedup();
        feeds.into_iter().map(|feed| Intent::Refresh(Some(feed))).collect()
    }

    /// What `o` opens and `y` copies in the pane that has the keys.
    fn address(&self, store: &Store, look: &Glance<'_>) -> Option<String> {
        match self.session.focus {
            Pane::Alerts => {
                let list = &look.state.alerts.list;
                let held = self.session.alert.as_deref();
                let alert = list.iter().find(|a| Some(a.fingerprint.as_str()) == held);
                let alert = alert.or(list.first())?;
                alert.runbook.clone().or_else(|| alert.generator.clone())
            }
            Pane::Pipeline => Some(store.pipeline(&look.state.spec)?.run.url.clone()),
            _ => look.state.spec.links.values().next().cloned(),
        }
    }

    fn open(&mut self, view: &View<'_>) -> Vec<Intent> {
        let look = self.session.selected(view);
        let Some(address) = look.and_then(|look| self.address(view.store, look)) else {
            self.session.flash = Some("nothing to open here: no link, run or runbook".to_owned());
            return Vec::new();
        };
        if is_openable(&address) {
            self.session.flash = Some(format!("opening {address}"));
            vec![Intent::Open(address)]
        } else {
            self.session.flash = Some(format!("not opened, it is not https: {address}"));
            Vec::new()
        }
    }

    fn copy(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let Some(look) = self.session.selected(view) else { return Vec::new() };
        let text = match (action, self.session.focus) {
            (Action::CopyCommand, _) => format!("flightdeck status {}", look.target()),
            (_, Pane::Alerts | Pane::Pipeline) => {
                self.address(view.store, look).unwrap_or_else(|| look.target().to_string())
            }
            _ => look.target().to_string(),
        };
        self.session.flash = Some(format!("copied {text}"));
        vec![Intent::Copy(text)]
    }

    fn ask(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let Some(look) = self.session.selected(view) else {
            self.session.flash = Some("no target is selected".to_owned());
            return Vec::new();
        };
        let verb = match action {
            Action::Promote | Action::PromoteFull => Verb::Promote,
            Action::PauseResume => pause_verb(look),
            Action::Rollback => Verb::Rollback,
            _ => hold_verb(look),
        };
        let full = action == Action::PromoteFull;
        let request = Request { full, ..Request::new(look.target().clone(), verb) };
        vec![Intent::Ask(request)]
    }

    pub(super) fn quit(&mut self, store: &Store) -> Vec<Intent> {
        if store.targets().any(|state| state.ledger.in_flight().next().is_some()) {
            self.session.mode = Mode::Quit;
            return Vec::new();
        }
        vec![Intent::Quit]
    }
}

/// Whether an address may be handed to a browser: https, or http to this machine.
fn is_openable(address: &str) -> bool {
    let Ok(parsed) = url::Url::parse(address) else { return false };
    if address.chars().any(|c| crate::text::is_hostile(c) || c.is_whitespace()) {
        return false;
    }
    match (parsed.scheme(), parsed.host()) {
        ("https", Some(_)) => true,
        ("http", Some(url::Host::Domain(name))) => name == "localhost",
        ("http", Some(url::Host::Ipv4(ip))) => ip.is_loopback(),
        ("http", Some(url::Host::Ipv6(ip))) => ip.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_openable;

    #[test]
    fn only_safe_addresses_are_opened() {
        for good in [
            "https://example.org/x?y=1",
            "http://localhost:3000/",
            "http://127.0.0.1/",
            "http://[::1]:8/",
        ] {
            assert!(is_openable(good), "{good}");
        }
        for bad in [
            "http://example.org/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://a b/",
            "https://a/\u{202e}",
            "-x",
            "http://localhost.evil.example/",
        ] {
            assert!(!is_openable(bad), "{bad}");
        }
    }
}
