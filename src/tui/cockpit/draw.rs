//! The picture: header, panes, keys, and the dialog on top. Reads the store; keeps nothing but where the
//! panes were and how far they are scrolled.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::control::{Desk, Dialog, Playing};
use crate::model::Time;
use crate::store::Store;
use crate::tui::dialogs::{self, Shown};
use crate::tui::keymap::Action;
use crate::tui::layout::{Chrome, Layout};
use crate::tui::panes::items::Items;
use crate::tui::panes::row::{Row, middle};
use crate::tui::panes::{
    Body, Glance, Pane, Sight, View, alarm, alerts, footer, header, health, inbox, joblog, log,
    matrix, metrics, pipeline, rollout, targets, timeline, words,
};
use crate::tui::session::{Mode, Window};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{Look, into_view, to_ascii};

use super::Cockpit;
use super::edges::{asides, edge, frame, heavy, of_target, room_in};
use super::inbox::keys as inbox_keys;
use super::reading;

impl Cockpit {
    pub(super) fn draw(&mut self, view: &View<'_>, desk: &Desk, area: Rect, buf: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        self.session.area = area;
        let theme = self.worn().clone();
        let look = Look { theme: &theme, ascii: self.ascii };
        buf.set_style(area, theme.style(Role::Background));
        let width = usize::from(area.width);
        let mut body = area;
        let mut take = |from_top: bool| {
            let row = if from_top { body.y } else { body.bottom() - 1 };
            body.y += u16::from(from_top);
            body.height -= 1;
            row
        };
        if area.height >= 3 {
            let y = take(true);
            let row = header::row(view, desk.playing.as_ref(), width);
            let ground = theme.style(Role::Background).patch(theme.style(Role::Header));
            buf.set_style(Rect { y, height: 1, ..area }, ground);
            row.draw_on(ground, (area.x, y), &theme, None, buf);
        }
        let banner = if area.height >= 4 {
            alarm::rows(view, self.on_target(view), &self.keymap, width, area.height)
        } else {
            Vec::new()
        };
        for row in banner {
            let y = take(true);
            buf.set_style(Rect { y, height: 1, ..area }, theme.style(Role::Critical));
            row.draw((area.x, y), &theme, None, buf);
        }
        if area.height >= 2 {
            let y = take(false);
            let keys = self.footer(view, desk.playing.as_ref(), width);
            // while a dialog has the keys, these do nothing
            let keys = if desk.dialog().is_some() { keys.all(Role::KeyDisabled) } else { keys };
            keys.draw((area.x, y), &theme, None, buf);
        }
        if area.height >= 6
            && let Some(row) = self.notice(view.store, view.now, width)
        {
            let y = take(false);
            row.draw((area.x, y), &theme, None, buf);
        }
        self.measure(body);
        match &mut self.session.mode {
            Mode::JobLog(reader) => joblog::draw(reader, body, buf, &look),
            Mode::Inbox => inbox::draw(&mut self.session.inbox, view, body, buf, &look),
            Mode::Log(log) => log::draw(view, log, body, buf, &look),
            _ if !self.session.trail.is_empty() => self.draw_open(view, body, buf, &look),
            _ => self.panes(view, body, buf, &look),
        }
        self.dialog(view, desk.dialog(), area, buf, &look);
        if self.ascii {
            to_ascii(area, buf);
        }
    }

    /// What the screen is drawn in: the theme that is tried on, else the one that is worn.
    fn worn(&self) -> &Theme {
        match self.session.mode {
            Mode::Themes(place) => self.shelf.theme(place).unwrap_or(&self.theme),
            _ => &self.theme,
        }
    }

    fn footer(&self, view: &View<'_>, playing: Option<&Playing>, width: usize) -> Row {
        let typed = |sign: &str, text: &str| {
            Row::new(width).gap(1).put(sign, Role::Key).put(text, Role::Text).put("▏", Role::Key)
        };
        match &self.session.mode {
            Mode::Filter => {
                let row = typed("/", self.session.filter.text());
                match self.session.overview.complaint() {
                    Some(complaint) => row.gap(3).put(complaint, Role::Error),
                    None => row.right(
                        Row::new(50).put("Tab complete   Enter keep   Esc clear ", Role::Dim),
                    ),
                }
            }
            Mode::Log(log) if log.typing => typed("/", log.search.text())
                .right(Row::new(40).put("Enter keep   Esc clear ", Role::Dim)),
            Mode::JobLog(reader) if reader.typing => typed("/", reader.search.text())
                .right(Row::new(40).put("Enter find   Esc clear ", Role::Dim)),
            Mode::Inbox => inbox_keys(&self.keymap, width),
            Mode::JobLog(_) => reading::keys(&self.keymap, width),
            Mode::Log(_) => {
                Row::new(width).gap(1).put("j k move   Enter read   / search   Esc", Role::Dim)
            }
            _ => {
                let acts = self.session.is_on_target() && !self.holding;
                let selected = self.session.selected(view).filter(|_| acts);
                let inbox = self.session.overview.inbox();
                let several = self.is_about_several(Action::Promote);
                let marks = if several { self.session.arrangement.marks() } else { 0 };
                footer::row(view, (selected, marks), playing, &self.keymap, (inbox, width))
            }
        }
    }

    /// What the last key did, else the newest sentence not put away.
    fn notice(&self, store: &Store, now: Time, width: usize) -> Option<Row> {
        if let Some(flash) = &self.session.flash {
            return Some(Row::new(width).gap(1).put(flash, Role::Text));
        }
        let unread = self.session.unread(store);
        if let Some((text, since)) = self.came_of_answer(store, now)
            && unread.last().is_none_or(|newest| newest.at < since)
        {
            return Some(Row::new(width).gap(1).put(text, Role::Text));
        }
        let Some(newest) = unread.last() else {
            let inert = store.fleet().inert.as_ref()?;
            return Some(
                Row::new(width)
                    .gap(1)
                    .put(middle(&format!("! {inert}"), width.saturating_sub(1)), Role::Attention),
            );
        };
        let more =
            if unread.len() > 1 { format!("{} more, ", unread.len() - 1) } else { String::new() };
        let aside = format!("{more}{} ago, Esc seen ", words::span(now - newest.at));
        let aside = Row::new(40).put(aside, Role::Dim);
        let room = width.saturating_sub(aside.width() + 2);
        let row = Row::new(room).put(" ! ", Role::Attention).put(&newest.text, Role::Attention);
        Some(row.fit(width).right(aside))
    }

    fn panes(&mut self, view: &View<'_>, area: Rect, buf: &mut Buffer, look: &Look<'_>) {
        let layout = Layout::new(area, &self.panes, self.session.focus, self.session.zoom);
        self.hold_cursor(view);
        let panes = self.panes.panes().iter().copied().filter(|pane| *pane != Pane::Targets);
        let mut bodies: BTreeMap<Pane, Body> =
            panes.map(|pane| (pane, self.body(pane, view, &layout, look))).collect();
        let mut needs: BTreeMap<Pane, usize> =
            bodies.iter().map(|(pane, body)| (*pane, body.need())).collect();
        let listed = self.session.overview.lines().len();
        needs.insert(Pane::Targets, if listed == 0 { targets::NONE } else { listed });
        let mut placed = layout.place(&needs);
        let production =
            self.session.selected(view).is_some_and(|selected| selected.state.spec.production);
        // the frame of the pane with the keys is drawn last, over those it shares
        placed.sort_by_key(|(pane, _)| *pane == self.session.focus);
        for (pane, rect) in &placed {
            frame(*pane == self.session.focus, *rect, layout.chrome(), buf, look);
        }
        self.session.placed.clear();
        self.session.windows.clear();
        let alone = placed.len() == 1;
        for (pane, rect) in &placed {
            let its = *pane == Pane::Rollout || (alone && *pane != Pane::Targets);
            if production && its && layout.chrome() != Chrome::Bare {
                heavy(*rect, buf, look);
            }
        }
        for (pane, rect) in placed {
            if pane == Pane::Targets {
                let height = usize::from(room_in(rect, layout.chrome()).height);
                bodies.insert(pane, self.targets(view, layout.inner_width(pane), height));
            }
            let Some(mut body) = bodies.remove(&pane) else { continue };
            if let Some(selected) = self.session.selected(view).filter(|_| alone) {
                body = of_target(pane, body, selected, layout.inner_width(pane));
            }
            self.session.placed.push((pane, rect, body.need()));
            self.fill(pane, body, rect, layout.chrome(), buf, look);
        }
    }

    fn body(&self, pane: Pane, view: &View<'_>, layout: &Layout, look: &Look<'_>) -> Body {
        let (store, now, width) = (view.store, view.now, layout.inner_width(pane));
        let selected = self.session.selected(view);
        let target = selected.map(Glance::target);
        let sight = self.sight(pane, layout);
        let cursor = selected.filter(|_| pane == self.session.focus).and_then(|selected| {
            self.session.cursors.place(pane, &Items::of(pane, store, selected))
        });
        if pane == Pane::Timeline {
            return timeline::body(store, target, cursor, now, width, sight);
        }
        let Some(selected) = selected else {
            let title = Row::new(width).put(pane.name(), Role::Title);
            return Body::new(title, vec![Row::new(width).put("no target", Role::Dim)]);
        };
        match pane {
            Pane::Metrics => metrics::body(store, selected, cursor, now, width, look),
            Pane::Health => health::body(store, selected, cursor, now, width),
            Pane::Pipeline => pipeline::body(store, selected, cursor, now, width),
            Pane::Alerts => {
                let key = self.keymap.hint(Action::OpenBrowser).unwrap_or_default();
                alerts::body(store, selected, cursor, &key, now, (width, sight))
            }
            Pane::Rollout | Pane::Targets | Pane::Timeline => {
                rollout::body(store, selected, cursor, now, (width, layout.is_roomy()), look)
            }
        }
    }

    /// The lines of a pane that may be in sight.
    fn sight(&self, pane: Pane, layout: &Layout) -> Sight {
        let first = self.session.scroll.get(&pane).copied().unwrap_or(0);
        Sight { first, lines: layout.height() }
    }

    /// From the first look on the cursor stays with what it stands on.
    fn hold_cursor(&mut self, view: &View<'_>) {
        let pane = self.session.focus;
        let items = self.session.selected(view).map(|look| Items::of(pane, view.store, look));
        if let Some(items) = items {
            self.session.cursors.hold(pane, &items);
        }
    }

    /// The lines of the overview that will be in sight, or the matrix.
    fn targets(&mut self, view: &View<'_>, width: usize, height: usize) -> Body {
        if self.session.matrix {
            return matrix::body(view, &self.session, height, width);
        }
        let scroll = self.session.scroll.get(&Pane::Targets).copied().unwrap_or(0);
        let cursor = self.session.cursor.map_or(0, |cursor| cursor.line);
        let above = into_view(scroll, cursor, height, self.session.overview.lines().len());
        targets::body(view, &mut self.session, above, height, width)
    }

    /// Title, age and lines.
    fn fill(
        &mut self,
        pane: Pane,
        mut body: Body,
        rect: Rect,
        chrome: Chrome,
        buf: &mut Buffer,
        look: &Look<'_>,
    ) {
        let focused = pane == self.session.focus;
        let inner = room_in(rect, chrome);
        let columns = usize::from(inner.width);
        let mut height = usize::from(inner.height);
        let mut y = inner.y;
        if let Some(trouble) = body.trouble.as_ref().filter(|_| height > 1) {
            trouble.draw((inner.x, y), look.theme, None, buf);
            y += 1;
            height -= 1;
        }
        let total = body.len();
        let scroll = self.session.scroll.entry(pane).or_default();
        let first = match body.cursor {
            Some(cursor) => into_view(*scroll, cursor, height, total),
            None => (*scroll).min(total.saturating_sub(height)),
        };
        *scroll = first;
        let lines = Rect { y, height: u16::try_from(height).unwrap_or(u16::MAX), ..inner };
        let window = Window { area: lines, first, cursor: body.cursor };
        self.session.windows.insert(pane, window);
        let over = body.old.then_some(Role::Stale);
        let rows = std::mem::take(&mut body.rows).into_iter();
        for row in rows.skip(first.saturating_sub(body.above)).take(height) {
            row.fit(columns).draw((inner.x, y), look.theme, over, buf);
            y += 1;
        }
        if chrome == Chrome::Bare {
            return;
        }
        // without a frame at its sides the title begins a column later
        let columns = columns.saturating_sub(usize::from(inner.x == rect.x));
        let number = self.panes.number(pane).map_or(String::new(), |number| format!("{number} "));
        let number = Row::new(columns).put(number, Role::Dim);
        let named = number.width() + body.named;
        let below = total.saturating_sub(first + height);
        let title = number.join(std::mem::replace(&mut body.title, Row::new(0)));
        // how old a pane is goes before the end of its title, but not before whose it is
        let kept = if pane == Pane::Targets { columns * 3 / 4 } else { columns / 2 };
        let kept = kept.max(named);
        let aside = asides(&body, (first, below), title.width().min(kept), columns);
        let room = columns.saturating_sub(aside.width() + 3);
        let title = title.fit(room);
        edge(if focused { title.all(Role::Selection) } else { title }, inner.x, rect.y, look, buf);
        if aside.width() > 0 {
            let x = inner.right().saturating_sub(aside.width() as u16);
            edge(aside, x, rect.y, look, buf);
        }
    }

    fn dialog(
        &mut self,
        view: &View<'_>,
        dialog: Option<&Dialog>,
        area: Rect,
        buf: &mut Buffer,
        look: &Look<'_>,
    ) {
        let width = dialogs::width(area);
        let known = self.form_known(view);
        let answering = self.answering.as_ref();
        let sheet = match (dialog, &self.session.mode) {
            (None, Mode::Themes(cursor)) => {
                Some(dialogs::themes(&self.shelf, self.theme.name(), *cursor, width))
            }
            _ => {
                dialogs::sheet(view, dialog, &self.session, answering, &known, &self.keymap, width)
            }
        };
        let Some(sheet) = sheet else { return };
        let scroll = match (&self.session.mode, answering) {
            (_, Some(answering)) => answering.scroll,
            (Mode::Help(scroll), None) => *scroll,
            _ => 0,
        };
        // what is typed stays where it is while the list above it changes
        let at_the_foot =
            answering.is_none() && matches!(self.session.mode, Mode::Command(_) | Mode::Browse);
        let area = if at_the_foot { dialogs::at_the_foot(&sheet, area) } else { area };
        let Shown { most, readable } = dialogs::draw(&sheet, scroll, area, buf, look);
        match (&mut self.session.mode, self.answering.as_mut()) {
            (_, Some(answering)) => {
                answering.scroll = scroll.min(most);
                answering.readable = readable;
            }
            (Mode::Help(held), None) => *held = scroll.min(most),
            _ => {}
        }
    }
}
