//! The picture: header, panes, keys, and the dialog on top. Reads the store; keeps nothing but where the
//! panes were and how far they are scrolled.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::widgets::{Block, BorderType, Borders, Widget};

use crate::control::{Desk, Dialog};
use crate::model::Time;
use crate::store::Store;
use crate::tui::dialogs;
use crate::tui::keymap::Action;
use crate::tui::layout::{Chrome, Layout};
use crate::tui::panes::row::Row;
use crate::tui::panes::{
    Body, Glance, Pane, View, alerts, footer, header, health, matrix, metrics, pipeline, rollout,
    targets, timeline, words,
};
use crate::tui::session::Mode;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, into_view};

use super::Cockpit;

impl Cockpit {
    pub(super) fn draw(&mut self, view: &View<'_>, desk: &Desk, area: Rect, buf: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        let theme = self.theme.clone();
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
            let row = header::row(view.store, &view.looks, view.now, width);
            let ground = theme.style(Role::Background).patch(theme.style(Role::Header));
            buf.set_style(Rect { y, height: 1, ..area }, ground);
            row.draw_on(ground, (area.x, y), &theme, None, buf);
        }
        if area.height >= 2 {
            let y = take(false);
            self.footer(view, width).draw((area.x, y), &theme, None, buf);
        }
        if area.height >= 6
            && let Some(row) = self.notice(view.store, view.now, width)
        {
            let y = take(false);
            row.draw((area.x, y), &theme, None, buf);
        }
        self.panes(view, body, buf, &look);
        self.dialog(view, desk.dialog(), area, buf, &look);
        if self.ascii {
            to_ascii(area, buf);
        }
    }

    fn footer(&self, view: &View<'_>, width: usize) -> Row {
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
            Mode::Command { field, error } => {
                let row = typed(":", field.text());
                match error {
                    Some(error) => row.gap(3).put(error, Role::Error),
                    None => row.right(
                        Row::new(50).put("Tab complete   Enter do   Esc cancel ", Role::Dim),
                    ),
                }
            }
            _ => {
                let acts = self.session.is_on_target();
                let selected = self.session.selected(view).filter(|_| acts);
                footer::row(view.store, selected, &self.keymap, view.now, width)
            }
        }
    }

    /// What the last key did, else the newest sentence not put away.
    fn notice(&self, store: &Store, now: Time, width: usize) -> Option<Row> {
        if let Some(flash) = &self.session.flash {
            return Some(Row::new(width).gap(1).put(flash, Role::Text));
        }
        let unread = self.session.unread(store);
        let Some(newest) = unread.last() else {
            let inert = store.fleet().inert.as_ref()?;
            return Some(Row::new(width).gap(1).put(format!("! {inert}"), Role::Attention));
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
        let layout = Layout::new(area, self.session.focus, self.session.zoom);
        let mut bodies: BTreeMap<Pane, Body> = Pane::ALL
            .into_iter()
            .filter(|pane| *pane != Pane::Targets)
            .map(|pane| (pane, self.body(pane, view, &layout, look)))
            .collect();
        let mut needs: BTreeMap<Pane, usize> =
            bodies.iter().map(|(pane, body)| (*pane, body.need())).collect();
        needs.insert(Pane::Targets, self.session.overview.lines().len());
        let mut placed = layout.place(&needs);
        let production =
            self.session.selected(view).is_some_and(|selected| selected.state.spec.production);
        // the frame of the pane with the keys is drawn last, over those it shares
        placed.sort_by_key(|(pane, _)| *pane == self.session.focus);
        for (pane, rect) in &placed {
            self.frame(*pane, *rect, layout.chrome(), buf, look);
        }
        self.session.placed.clear();
        for (pane, rect) in &placed {
            if production && *pane == Pane::Rollout && layout.chrome() != Chrome::Bare {
                heavy(*rect, buf, look);
            }
        }
        for (pane, rect) in placed {
            if pane == Pane::Targets {
                let height = usize::from(inside(rect, layout.chrome()).height);
                bodies.insert(pane, self.targets(view, layout.inner_width(pane), height));
            }
            let Some(body) = bodies.get(&pane) else { continue };
            self.fill(pane, body, rect, layout.chrome(), buf, look);
            self.session.placed.push((pane, rect, body.need()));
        }
    }

    fn body(&self, pane: Pane, view: &View<'_>, layout: &Layout, look: &Look<'_>) -> Body {
        let (store, now, width) = (view.store, view.now, layout.inner_width(pane));
        let selected = self.session.selected(view);
        let target = selected.map(Glance::target);
        if pane == Pane::Timeline {
            return timeline::body(store, target, now, width);
        }
        let Some(selected) = selected else {
            let title = Row::new(width).put(pane.name(), Role::Title);
            return Body::new(title, vec![Row::new(width).put("no target", Role::Dim)]);
        };
        match pane {
            Pane::Metrics => metrics::body(store, selected, now, width, look),
            Pane::Health => health::body(store, selected, now, width),
            Pane::Pipeline => pipeline::body(store, selected, now, width),
            Pane::Alerts => {
                let alert = self.session.alert.as_deref();
                let focused = self.session.focus == Pane::Alerts;
                let first = selected.state.alerts.list.first().map(|a| a.fingerprint.as_str());
                let alert = if focused { alert.or(first) } else { None };
                let key = self.keymap.hint(Action::OpenBrowser).unwrap_or_default();
                alerts::body(store, selected, alert, &key, now, (width, self.session.zoom))
            }
            Pane::Rollout | Pane::Targets | Pane::Timeline => {
                rollout::body(store, selected, now, (width, layout.is_roomy()), look)
            }
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

    fn frame(&self, pane: Pane, rect: Rect, chrome: Chrome, buf: &mut Buffer, look: &Look<'_>) {
        let role = if pane == self.session.focus { Role::BorderFocus } else { Role::Border };
        let style = look.style(Role::Background).patch(look.style(role));
        let borders = match chrome {
            Chrome::Box => Borders::ALL,
            Chrome::Rule => Borders::TOP,
            Chrome::Bare => return,
        };
        let block = Block::new()
            .borders(borders)
            .border_type(BorderType::Plain)
            .border_style(style)
            .merge_borders(MergeStrategy::Exact);
        block.render(rect, buf);
    }

    /// Title, age and lines.
    fn fill(
        &mut self,
        pane: Pane,
        body: &Body,
        rect: Rect,
        chrome: Chrome,
        buf: &mut Buffer,
        look: &Look<'_>,
    ) {
        let focused = pane == self.session.focus;
        let inner = inside(rect, chrome);
        let columns = usize::from(inner.width);
        let mut height = usize::from(inner.height);
        let mut y = inner.y;
        if let Some(trouble) = body.trouble.as_ref().filter(|_| height > 1) {
            trouble.draw((inner.x, y), look.theme, None, buf);
            y += 1;
            height -= 1;
        }
        let scroll = self.session.scroll.entry(pane).or_default();
        let first = match body.cursor {
            Some(cursor) => into_view(*scroll, cursor, height, body.lines()),
            None => (*scroll).min(body.lines().saturating_sub(height)),
        };
        *scroll = first;
        let over = body.old.then_some(Role::Stale);
        for row in body.rows.iter().skip(first.saturating_sub(body.above)).take(height) {
            row.clone().fit(columns).draw((inner.x, y), look.theme, over, buf);
            y += 1;
        }
        if chrome == Chrome::Bare {
            return;
        }
        let number = Row::new(columns).put(format!("{} ", pane.number()), Role::Dim);
        let mut asides = vec![body.badge.clone()];
        let below = body.lines().saturating_sub(first + height);
        let more = match (first, below) {
            (0, 0) => Row::new(0),
            (0, below) => Row::new(24).put(format!("↓ {below} more"), Role::Attention),
            (above, 0) => Row::new(24).put(format!("↑ {above} more"), Role::Attention),
            (above, below) => Row::new(24).put(format!("↑ {above} ↓ {below}"), Role::Attention),
        };
        // when it is old, that is said before anything else
        let stamp = body.aside.clone();
        asides.extend(if body.old { [stamp, more] } else { [more, stamp] });
        let mut aside = Row::new(columns);
        let title = number.join(body.title.clone());
        for piece in asides.into_iter().filter(|piece| piece.width() > 0) {
            let between = if aside.width() > 0 { 2 } else { 0 };
            if title.width().min(columns * 3 / 4) + aside.width() + between + piece.width() + 4
                <= columns
            {
                aside = aside.gap(between).join(piece);
            }
        }
        let room = columns.saturating_sub(if aside.width() > 0 { aside.width() + 3 } else { 0 });
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
        let answering = self.answering.as_ref();
        let sheet = dialogs::sheet(view, dialog, &self.session, answering, &self.keymap, width);
        let Some(sheet) = sheet else {
            return;
        };
        let scroll = match (&self.session.mode, answering) {
            (_, Some(answering)) => answering.scroll,
            (Mode::Help(scroll), None) => *scroll,
            _ => 0,
        };
        let most = dialogs::draw(&sheet, scroll, area, buf, look);
        match (&mut self.session.mode, self.answering.as_mut()) {
            (_, Some(answering)) => answering.scroll = scroll.min(most),
            (Mode::Help(held), None) => *held = scroll.min(most),
            _ => {}
        }
    }
}

/// Where the lines of a pane go.
fn inside(rect: Rect, chrome: Chrome) -> Rect {
    let (side, top) = match chrome {
        Chrome::Box => (2, 1),
        Chrome::Rule => (0, 1),
        Chrome::Bare => (0, 0),
    };
    Rect {
        x: rect.x + side.min(rect.width),
        y: rect.y + top.min(rect.height),
        width: rect.width.saturating_sub(side * 2),
        height: rect.height.saturating_sub(if chrome == Chrome::Box { 2 } else { top }),
    }
}

/// A title or an age on a border line, with a blank on each side.
fn edge(row: Row, x: u16, y: u16, look: &Look<'_>, buf: &mut Buffer) {
    let width = row.width();
    let x = x.saturating_sub(1).max(buf.area.x);
    Row::new(width + 2).gap(1).join(row).gap(1).draw((x, y), look.theme, None, buf);
}

/// Makes the upper border of production's pane heavy, in production's colours.
fn heavy(rect: Rect, buf: &mut Buffer, look: &Look<'_>) {
    for x in rect.left()..rect.right() {
        if let Some(cell) = buf.cell_mut((x, rect.y))
            && cell.symbol() == "─"
        {
            cell.set_symbol("━");
            cell.set_style(look.style(Role::Production));
        }
    }
}

/// Replaces everything that is not ASCII.
fn to_ascii(area: Rect, buf: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buf.cell_mut((x, y)) else { continue };
            if cell.symbol().is_ascii() {
                continue;
            }
            let plain = match cell.symbol().chars().next().unwrap_or(' ') {
                '●' => "o",
                '◐' | '≈' => "~",
                '▲' | '△' | '‖' => "!",
                '✗' => "x",
                '→' | '▸' | '›' => ">",
                '←' | '◂' => "<",
                '↑' => "^",
                '↓' => "v",
                '–' | '─' | '━' => "-",
                '│' | '┃' | '▏' => "|",
                '…' | '·' | '◌' | '░' => ".",
                '○' | '◆' => "*",
                '█' | '▓' | '≠' => "#",
                '✓' | '\u{2500}'..='\u{257f}' => "+",
                _ => "?",
            };
            cell.set_symbol(plain);
        }
    }
}
