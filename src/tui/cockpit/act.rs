//! What each key does: it moves the view, or becomes an intent.

use crate::control::{Intent, Play, is_announced};
use crate::model::{FeedId, Verb};
use crate::store::TargetState;
use crate::tui::details::Detail;
use crate::tui::errands;
use crate::tui::keymap::Action;
use crate::tui::palette;
use crate::tui::panes::items::Items;
use crate::tui::panes::{Glance, Pane, View};
use crate::tui::session::{Log, Menu, Mode, Prompt, Session, moved};

use super::Cockpit;

impl Cockpit {
    pub(super) fn act(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        if let Some(intents) = self.inside(action, view) {
            return intents;
        }
        let page = self.session.page(self.session.focus);
        let (half, page) = ((page / 2).max(1) as isize, page as isize);
        if let Some(play) = play(action) {
            if view.store.fleet().replay {
                return vec![Intent::Play(play)];
            }
            self.session.flash = Some("only in a replay".to_owned());
            return Vec::new();
        }
        if let Some(pane) = action.pane().and_then(|n| self.panes.at(n)) {
            self.session.focus = pane;
            return Vec::new();
        }
        if self.in_matrix(action, view) {
            return Vec::new();
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
            Action::Open if self.session.focus == Pane::Targets => self.unfold(view),
            Action::Open => self.enter(view),
            Action::GroupBy => self.session.arrangement.next_grouping(),
            Action::Sort => self.session.arrangement.turn_order(),
            Action::Fold => self.session.fold_all(view),
            Action::Matrix => self.matrix(!self.session.matrix, view),
            Action::Zoom => self.session.zoom = !self.session.zoom,
            Action::Back => self.back(view),
            Action::Filter => self.session.mode = Mode::Filter,
            Action::Command => self.session.mode = self.prompt(Prompt::line()),
            Action::Palette => self.session.mode = self.prompt(Prompt::palette()),
            Action::Theme => self.try_on(None),
            Action::Inbox => self.session.mode = Mode::Inbox,
            Action::Log => self.session.mode = Mode::Log(Log::default()),
            Action::Wrap | Action::Save => {
                self.session.flash = Some("only in the log of a job".to_owned());
            }
            Action::JobLog => return self.open_job_log(view, None),
            Action::ReadOnly | Action::Refresh | Action::RefreshAll
                if view.store.fleet().replay =>
            {
                self.session.flash = Some("a replay asks nobody and changes nothing".to_owned());
            }
            Action::ReadOnly => return vec![Intent::ToggleReadOnly],
            Action::HoldPicture => self.hold(view),
            Action::Help => self.session.mode = Mode::Help(0),
            Action::Actions | Action::Dispatch if !self.session.is_on_target() => {
                self.nothing_acts();
            }
            Action::Actions | Action::Dispatch if self.holding => self.refuse_held(),
            Action::Actions => {
                let here = self.run_here(view);
                self.session.mode = Mode::Actions(Menu { line: 0, here });
            }
            Action::Dispatch => self.open_form(view),
            Action::Refresh => return self.refresh(view),
            Action::RefreshAll => return self.refresh_all(),
            Action::OpenBrowser => return self.open(view),
            Action::CopyId | Action::CopyCommand => return self.copy(action, view),
            Action::KeepRelease | Action::RollBackNow => return self.answer_alarm(action, view),
            action if self.is_about_several(action) => return self.ask_several(action, view),
            action if action.mutates() && !self.session.is_on_target() => self.nothing_acts(),
            Action::Promote
            | Action::PromoteFull
            | Action::PauseResume
            | Action::Rollback
            | Action::HoldRelease
            | Action::Approve
            | Action::Reject => return self.ask(action, view),
            Action::Quit | Action::Interrupt => return self.quit(view),
            Action::Suspend => return vec![Intent::Suspend],
            Action::Redraw => return vec![Intent::Redraw],
            Action::Mark => self.mark(view),
            _ => {}
        }
        self.session.settle(view);
        Vec::new()
    }

    /// Moves the cursor of the pane that has the keys, or its lines.
    pub(super) fn step(&mut self, view: &View<'_>, by: isize) {
        match self.session.focus {
            Pane::Targets => self.session.step(view, by),
            pane => {
                let Some(look) = self.session.selected(view) else { return };
                let items = Items::of(pane, view.store, look);
                if items.len() == 0 {
                    self.session.scroll_by(pane, by);
                } else {
                    self.session.cursors.step(pane, &items, by);
                }
            }
        }
    }

    fn turn(&mut self, by: isize) {
        let panes = self.panes.panes();
        let here = panes.iter().position(|pane| *pane == self.session.focus).unwrap_or(0);
        let next = moved(here, by, panes.len(), true);
        self.session.focus = panes.get(next).copied().unwrap_or(Pane::Targets);
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
    pub(super) fn back(&mut self, view: &View<'_>) {
        if self.session.read_all(view.store) || self.session.trail.pop() {
            return;
        }
        if self.session.matrix && self.session.focus == Pane::Targets {
            self.matrix(false, view);
        } else if self.session.zoom {
            self.session.zoom = false;
        } else if self.session.focus != Pane::Targets {
            self.session.focus = Pane::Targets;
        } else if !self.session.arrangement.unmark() {
            self.session.filter.clear();
        }
    }

    fn refresh(&mut self, view: &View<'_>) -> Vec<Intent> {
        let Some(look) = self.session.selected(view) else { return Vec::new() };
        let spec = &look.state.spec;
        let mut feeds: Vec<FeedId> = match self.session.focus {
            Pane::Targets | Pane::Timeline => return self.refresh_all(),
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
        let names: Vec<String> = feeds.iter().map(ToString::to_string).collect();
        self.session.flash = Some(match names.as_slice() {
            [] => "nothing to ask: this is not watched".to_owned(),
            names => format!("asking {} again", names.join(", ")),
        });
        feeds.into_iter().map(|feed| Intent::Refresh(Some(feed))).collect()
    }

    fn refresh_all(&mut self) -> Vec<Intent> {
        self.session.flash = Some("asking every source again".to_owned());
        vec![Intent::Refresh(None)]
    }

    /// What `o` opens: the page of what is under the cursor.
    fn open(&mut self, view: &View<'_>) -> Vec<Intent> {
        let address = self.with_scene(view, |session, scene| {
            let item = under_cursor(session, view, scene.look)?;
            item.link(scene)
        });
        self.browse_to(address.flatten())
    }

    pub(super) fn browse_to(&mut self, address: Option<String>) -> Vec<Intent> {
        let Some(address) = address else {
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
        let text = self.with_scene(view, |session, scene| {
            let item = under_cursor(session, view, scene.look).unwrap_or(Detail::Target);
            if action == Action::CopyCommand { item.command(scene) } else { item.id(scene) }
        });
        text.map_or(Vec::new(), |text| self.put_away(&text))
    }

    /// Copies a text, as one clean line: what is pasted into a shell must not end a line by itself.
    pub(super) fn put_away(&mut self, text: &str) -> Vec<Intent> {
        let text = crate::text::clean(text);
        self.session.flash = Some(format!("copied {text}"));
        vec![Intent::Copy(text)]
    }

    fn ask(&mut self, action: Action, view: &View<'_>) -> Vec<Intent> {
        let Some(look) = self.session.selected(view) else {
            self.session.flash = Some("no target is selected".to_owned());
            return Vec::new();
        };
        let here = self.run_here(view);
        let request = palette::request(action, look).map(|request| match request.verb {
            Verb::Approve | Verb::Reject => {
                errands::decision(view.store, &look.state.spec, here.as_ref(), request.verb)
            }
            _ => request,
        });
        let marks = self.session.arrangement.marks();
        if marks > 0
            && request.as_ref().is_some_and(|r| matches!(r.verb, Verb::Promote | Verb::Rollback))
        {
            let text = format!("about {} alone: marks ({marks}) count in the list", look.target());
            self.session.flash = Some(text);
        }
        request.map(Intent::Ask).into_iter().collect()
    }

    pub(super) fn quit(&mut self, view: &View<'_>) -> Vec<Intent> {
        let open = |state: &TargetState| {
            let ledger = &state.ledger;
            ledger.in_flight().next().is_some()
                || ledger.is_held_here_alone()
                || is_announced(state)
        };
        if !view.store.fleet().replay && view.store.targets().any(open) {
            self.session.mode = Mode::Quit(view.now);
            return Vec::new();
        }
        vec![Intent::Quit]
    }
}

/// How an action moves a replay; none for all others.
fn play(action: Action) -> Option<Play> {
    Some(match action {
        Action::ReplayPause => Play::Toggle,
        Action::ReplayForward => Play::Forward,
        Action::ReplayBack => Play::Back,
        Action::ReplayFaster => Play::Faster,
        Action::ReplaySlower => Play::Slower,
        Action::ReplayNextChange => Play::NextChange,
        Action::ReplayPreviousChange => Play::PreviousChange,
        Action::ReplayNextAlert => Play::NextAlert,
        Action::ReplayStart => Play::Begin,
        Action::ReplayEnd => Play::End,
        _ => return None,
    })
}

/// What is under the cursor of the pane that has the keys; in the list of targets, the target.
pub(super) fn under_cursor(
    session: &Session,
    view: &View<'_>,
    look: &Glance<'_>,
) -> Option<Detail> {
    if session.focus == Pane::Targets {
        return Some(Detail::Target);
    }
    let items = Items::of(session.focus, view.store, look);
    session.cursors.item(session.focus, &items)
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
