//! Services × environments: what runs where, and where it is not the same. Takes the place of the list;
//! the cursor is the list's, on the selected target.

use unicode_width::UnicodeWidthStr;

use crate::tui::overview::{Grid, runs};
use crate::tui::session::Session;
use crate::tui::theme::Role;
use crate::tui::widgets::{into_view, number};

use super::row::Row;
use super::{Aside, Body, Glance, View, targets, words};

/// The widest that a revision and a service are shown; more is cut.
const WIDEST: usize = 24;

/// Blanks between two columns.
const GAP: usize = 2;

/// As many rows and columns as fit, round the selected target.
pub fn body(view: &View<'_>, session: &Session, height: usize, width: usize) -> Body {
    let grid = Grid::new(&view.looks, session.overview.shown());
    let mut title = targets::title(session, width);
    if width >= 60 {
        title = title.put("  environments side by side", Role::Dim);
    }
    let Some((row, column)) = session.cursor.and_then(|cursor| grid.place(cursor.index)) else {
        return Body::new(title, vec![targets::none(view, width)]);
    };
    let services = grid.services.iter().map(|name| name.len()).max().unwrap_or(0);
    let services = services.clamp(4, WIDEST).min((width / 3).max(4));
    let cell = cell_width(view, session, &grid).min(width.saturating_sub(services + GAP)).max(1);
    let room = width.saturating_sub(services);
    let columns = (room / (cell + GAP)).clamp(1, grid.environments.len());
    let first = (column + 1).saturating_sub(columns);
    let shown = first..first + columns;

    let mut head = Row::new(width).gap(services);
    for name in &grid.environments[shown.clone()] {
        head = head.gap(GAP).cell(name, cell, Role::Title);
    }
    let mut rows = vec![head];
    let legend = height >= 8;
    let lines = height.saturating_sub(1 + usize::from(legend)).max(1);
    let top = into_view(row.saturating_sub(lines / 2), row, lines, grid.services.len());
    for (at, service) in grid.services.iter().enumerate().skip(top).take(lines) {
        let mut line = Row::new(width).cell(service, services, Role::Text);
        for of in shown.clone() {
            line = line.gap(GAP - 1).join(cell_of(view, &grid, (at, of), (row, column), cell));
        }
        rows.push(line);
    }
    if legend {
        let text = match width {
            0..50 => "≠ not as in the first column",
            _ => "≠ another revision than in the first column of its row   Enter goes there",
        };
        rows.push(Row::new(width).put(text, Role::Dim));
    }
    let badge = hidden(&[
        ("←", first),
        ("→", grid.environments.len() - shown.end),
        ("↑", top),
        ("↓", grid.services.len().saturating_sub(top + lines)),
    ]);
    Body { badge: Aside::only(badge), aside: targets::age(view, session), ..Body::new(title, rows) }
}

/// What is not in sight, and on which side.
fn hidden(sides: &[(&str, usize)]) -> Row {
    let said: Vec<String> =
        sides.iter().filter(|(_, n)| *n > 0).map(|(sign, n)| format!("{sign} {n}")).collect();
    if said.is_empty() {
        return Row::new(0);
    }
    Row::new(40).put(format!("{} more", said.join(" ")), Role::Attention)
}

/// Columns of the widest name, revision and percentage.
fn cell_width(view: &View<'_>, session: &Session, grid: &Grid<'_>) -> usize {
    let looks = session.overview.shown().iter().filter_map(|index| view.looks.get(*index));
    let texts = looks.map(|look| {
        let revision = runs(look).map_or(1, |revision| revision.as_str().width());
        3 + revision + if is_moving(look) { 6 } else { 0 }
    });
    let names = grid.environments.iter().map(|name| name.len());
    texts.chain(names).max().unwrap_or(1).min(WIDEST)
}

/// One blank or the cursor, then glyph, sign of another revision, revision, and how far.
fn cell_of(
    view: &View<'_>,
    grid: &Grid<'_>,
    (row, column): (usize, usize),
    cursor: (usize, usize),
    width: usize,
) -> Row {
    let here = (row, column) == cursor;
    let cell = Row::new(width + 1).put(if here { "▸" } else { " " }, Role::Key);
    let Some(look) = grid.at(row, column).and_then(|index| view.looks.get(index)) else {
        let pad = cell.put("·", Role::Dim);
        let room = pad.room();
        return pad.gap(room);
    };
    let (glyph, role) = targets::glyph(look);
    let differs = grid.differs(&view.looks, row, column);
    let mut cell = cell.put(glyph, role).put(if differs { "≠" } else { " " }, Role::Attention);
    let text = if look.state.spec.production { Role::Text } else { Role::Dim };
    let far = look.seen.routed.filter(|_| is_moving(look));
    let far = far.map_or(String::new(), |routed| format!(" {} %", number(routed)));
    let revision = runs(look).map_or("–", |revision| revision.as_str());
    let revision_room = cell.room().saturating_sub(far.len());
    cell = cell.join(Row::new(revision_room).put(revision, text)).put(far, Role::Progress);
    let room = cell.room();
    let cell = cell.gap(room);
    if here { cell.all(Role::Selection) } else { cell }
}

fn is_moving(look: &Glance<'_>) -> bool {
    look.seen.phase.is_some_and(words::is_moving)
}
