//! The page of what is open, in place of the panes: its lines, the way to it, and what its keys do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::tui::cockpit::Cockpit;
use crate::tui::cockpit::edges::{asides, edge, frame, heavy, room_in};
use crate::tui::details::{Detail, Page};
use crate::tui::keymap::Action;
use crate::tui::layout::{Arrangement, Chrome, Layout};
use crate::tui::panes::freshness::stamp;
use crate::tui::panes::row::{Row, middle};
use crate::tui::panes::{Aside, Body, Pane, View};
use crate::tui::session::Stop;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, into_view};

impl Cockpit {
    /// Notes the room that a page has: keys that come before its first frame move in it, too.
    pub(in crate::tui::cockpit) fn measure(&mut self, area: Rect) {
        let (_, inner) = page_room(area);
        self.session.trail.size = (usize::from(inner.width), usize::from(inner.height));
    }

    /// The page in place of the panes.
    pub(in crate::tui::cockpit) fn draw_open(
        &mut self,
        view: &View<'_>,
        area: Rect,
        buf: &mut Buffer,
        look: &Look<'_>,
    ) {
        let (chrome, inner) = page_room(area);
        let columns = usize::from(inner.width);
        let Some((page, line)) = self.page(view, 0) else { return };
        let names = self.names(view);
        let spec = self.session.selected(view).map(|selected| &selected.state.spec);
        let production = spec.is_some_and(|spec| spec.production);
        let body = stamp(
            Body::new(Row::new(0), Vec::new()),
            view.store,
            page.feeds.clone(),
            view.now,
            columns,
        );
        frame(true, area, chrome, buf, look);
        if production && chrome != Chrome::Bare {
            heavy(area, buf, look);
        }
        let Some(stop) = self.session.trail.last_mut() else { return };
        let mut y = inner.y;
        let mut height = usize::from(inner.height);
        if let Some(trouble) = body.trouble.as_ref().filter(|_| height > 1) {
            trouble.draw((inner.x, y), look.theme, None, buf);
            (y, height) = (y + 1, height - 1);
        }
        let lines = Rect { y, height: height as u16, ..inner };
        stop.line = Some(line);
        stop.held = page.piece(line).and_then(|piece| piece.item.clone()).or(stop.held.take());
        stop.scroll = into_view(stop.scroll, line, height, page.len());
        let over = body.old.then_some(Role::Stale);
        for place in stop.scroll..page.len().min(stop.scroll + height) {
            if let Some(piece) = page.piece(place) {
                let row = piece.row.clone().fit(columns).select(place == line);
                row.draw((inner.x, y), look.theme, over, buf);
            }
            y += 1;
        }
        let scroll = stop.scroll;
        self.session.trail.lines = lines;
        if chrome == Chrome::Bare {
            return;
        }
        let (above, below) = (scroll, page.len().saturating_sub(scroll + height));
        let columns = columns.saturating_sub(usize::from(inner.x == area.x));
        let badge = if production { Aside::production() } else { Aside::none() };
        let body = Body { badge, ..body };
        // whatever the room: that it is production is said before the whole way to it
        let left = if production { columns.saturating_sub(17) } else { columns * 3 / 4 };
        let wanted = breadcrumb(&names, columns).width().min(left);
        let aside = asides(&body, (above, below), wanted, columns);
        let room = columns.saturating_sub(if aside.width() > 0 { aside.width() + 3 } else { 0 });
        edge(breadcrumb(&names, room), inner.x, area.y, look, buf);
        if aside.width() > 0 {
            let x = inner.right().saturating_sub(aside.width() as u16);
            edge(aside, x, area.y, look, buf);
        }
        if chrome == Chrome::Box {
            let hints = self.hints(view, &page, line, columns);
            edge(hints, inner.x, area.bottom() - 1, look, buf);
        }
    }

    /// The way to what is open, each by its name; what is gone keeps the name it had.
    fn names(&self, view: &View<'_>) -> Vec<String> {
        let trail = &self.session.trail;
        let now = self.with_scene(view, |_, scene| {
            trail.stops().iter().map(|stop| stop.detail.name(scene)).collect::<Vec<_>>()
        });
        let now = now.unwrap_or_else(|| vec![None; trail.stops().len()]);
        let own = trail.stops().iter().zip(now).filter(|(stop, _)| stop.detail != Detail::Target);
        let own = own.map(|(stop, name)| name.unwrap_or_else(|| stop.name.clone()));
        trail.target().map(ToString::to_string).into_iter().chain(own).collect()
    }

    /// What the keys do here, on the lower edge.
    fn hints(&self, view: &View<'_>, page: &Page, line: usize, width: usize) -> Row {
        let piece = page.piece(line);
        let opens = piece.is_some_and(|piece| piece.item.is_some());
        let folds = piece.is_some_and(|piece| matches!(piece.item, Some(Detail::Jobs(..))));
        let links = piece.is_some_and(|piece| piece.link.is_some());
        let page_of = |stop: &Stop| self.with_scene(view, |_, scene| stop.detail.link(scene));
        let linked = links || self.session.trail.last().and_then(page_of).flatten().is_some();
        let mut row = Row::new(width);
        for (action, what, wanted) in [
            (Action::Open, if folds { "unfold, fold" } else { "deeper" }, opens),
            (Action::JobLog, "log", self.job_here(view).is_some()),
            (Action::Back, "back", true),
            (Action::OpenBrowser, if links { "open this" } else { "browser" }, linked),
            (Action::CopyId, "copy", true),
            (Action::Next, "next", true),
            (Action::Previous, "previous", true),
        ] {
            let Some(key) = self.keymap.hint(action).filter(|_| wanted) else { continue };
            let piece = Row::new(width).put(key, Role::Key).put(format!(" {what}"), Role::Dim);
            let between = if row.width() > 0 { 2 } else { 0 };
            if piece.width() + between <= row.room() {
                row = row.gap(between).join(piece);
            }
        }
        row
    }
}

/// How a page is framed, and the room in its frame: a pane alone has the whole area, and so has a page.
fn page_room(area: Rect) -> (Chrome, Rect) {
    let chrome = Layout::new(area, &Arrangement::default(), Pane::Rollout, true).chrome();
    (chrome, room_in(area, chrome))
}

/// `checkout/production › deploy #482 › test`; what does not fit is left out in the middle.
fn breadcrumb(names: &[String], width: usize) -> Row {
    let row = |names: &[String], skipped: bool| {
        let mut row = Row::new(400);
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                row = row.put(if skipped && i == 1 { " › … › " } else { " › " }, Role::Dim);
            }
            row = row.put(crate::text::line(name, 60), Role::Title);
        }
        row
    };
    let mut kept = names.to_vec();
    let mut crumbs = row(&kept, false);
    while crumbs.width() > width && kept.len() > 2 {
        kept.remove(1);
        crumbs = row(&kept, true);
    }
    // where both do not fit, each keeps its ends: names differ there
    if crumbs.width() > width && kept.len() > 1 {
        for name in &mut kept {
            *name = crate::text::line(name, 60);
        }
        let (last, joint) = (kept[1].width(), if names.len() > 2 { 7 } else { 3 });
        let room = width.saturating_sub(joint);
        let whose = room.saturating_sub(last).max(room / 3).min(kept[0].width());
        kept[0] = middle(&kept[0], whose);
        kept[1] = middle(&kept[1], room.saturating_sub(kept[0].width()));
        crumbs = row(&kept, names.len() > 2);
    }
    crumbs.fit(width)
}
