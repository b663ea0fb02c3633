//! What stands on the edges of a pane or a page: its frame, its title, how old it is and how much of it is
//! out of sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::widgets::{Block, BorderType, Borders, Widget};

use crate::tui::layout::Chrome;
use crate::tui::panes::row::{Row, middle};
use crate::tui::panes::{Aside, Body, Glance, Pane};
use crate::tui::theme::Role;
use crate::tui::widgets::Look;

/// The lines around a pane.
pub(super) fn frame(focused: bool, rect: Rect, chrome: Chrome, buf: &mut Buffer, look: &Look<'_>) {
    let role = if focused { Role::BorderFocus } else { Role::Border };
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

/// The room inside a frame.
pub(super) fn room_in(rect: Rect, chrome: Chrome) -> Rect {
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

/// A pane that is alone on the screen says whose it is: keys act on a target that stands nowhere else.
pub(super) fn of_target(pane: Pane, body: Body, selected: &Glance<'_>, columns: usize) -> Body {
    if matches!(pane, Pane::Targets | Pane::Rollout) {
        return body;
    }
    let what = pane.name().len() + 1;
    // the number, the age, and what stands between them
    let name = middle(selected.target().as_str(), columns.saturating_sub(what + 11));
    let title = Row::new(columns).put(name, Role::Title);
    let named = title.width() + what;
    let title = title.gap(1).join(body.title.lowered());
    let badge = if selected.state.spec.production { Aside::production() } else { body.badge };
    Body { title, named, badge, ..body }
}

/// What stands on the right of an upper edge, in as many words as fit behind a title of so many columns:
/// what is loud, how much is out of sight, how old it is. The age stays to the end, at the title's cost.
pub(super) fn asides(
    body: &Body,
    (above, below): (usize, usize),
    title: usize,
    columns: usize,
) -> Row {
    let more = more(above, below);
    let none = Aside::none();
    let Body { badge, aside: age, .. } = body;
    let row = |badge: &Row, more: &Row, age: &Row| {
        // when it is old, that is said before anything else
        let rest = if body.old { [age, more] } else { [more, age] };
        let mut row = Row::new(columns);
        for piece in [badge].into_iter().chain(rest).filter(|piece| piece.width() > 0) {
            let between = if row.width() > 0 { 2 } else { 0 };
            row = row.gap(between).join(piece.clone());
        }
        row
    };
    let tries = [
        (&badge.full, &more.full, &age.full),
        (&badge.full, &more.brief, &age.full),
        (&badge.full, &more.brief, &age.brief),
        (&badge.full, &none.full, &age.full),
        (&badge.full, &none.full, &age.brief),
        (&badge.brief, &more.brief, &age.brief),
        (&badge.brief, &none.full, &age.full),
        (&badge.brief, &none.full, &age.brief),
        (&none.full, &none.full, &age.full),
        (&none.full, &none.full, &age.brief),
    ];
    let rows = tries.map(|(badge, more, age)| row(badge, more, age));
    let fits = |row: &&Row| title + row.width() + 4 <= columns;
    let [.., last] = &rows;
    rows.iter().find(fits).unwrap_or(last).clone().fit(columns)
}

/// How much is out of sight.
fn more(above: usize, below: usize) -> Aside {
    let row = |text| Row::new(24).put(text, Role::Attention);
    match (above, below) {
        (0, 0) => Aside::none(),
        (0, n) => Aside { full: row(format!("↓ {n} more")), brief: row(format!("↓{n}")) },
        (n, 0) => Aside { full: row(format!("↑ {n} more")), brief: row(format!("↑{n}")) },
        (above, below) => Aside {
            full: row(format!("↑ {above} ↓ {below}")),
            brief: row(format!("↑{above} ↓{below}")),
        },
    }
}

/// A title or an age on a border line, with a blank on each side.
pub(super) fn edge(row: Row, x: u16, y: u16, look: &Look<'_>, buf: &mut Buffer) {
    let width = row.width();
    let x = x.saturating_sub(1).max(buf.area.x);
    Row::new(width + 2).gap(1).join(row).gap(1).draw((x, y), look.theme, None, buf);
}

/// Makes the upper border of production's pane heavy, in production's colours.
pub(super) fn heavy(rect: Rect, buf: &mut Buffer, look: &Look<'_>) {
    for x in rect.left()..rect.right() {
        if let Some(cell) = buf.cell_mut((x, rect.y))
            && cell.symbol() == "─"
        {
            cell.set_symbol("━");
            cell.set_style(look.style(Role::Production));
        }
    }
}
