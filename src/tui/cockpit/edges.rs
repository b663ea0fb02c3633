//! What stands on the edges of a pane or a page: its frame, its title, how old it is and how much of it is
//! out of sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::widgets::{Block, BorderType, Borders, Widget};

use crate::tui::layout::Chrome;
use crate::tui::panes::Body;
use crate::tui::panes::row::Row;
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

/// What stands on the right of an upper edge, as far as it fits behind a title of so many columns: what
/// is loud, how much is out of sight, how old it is.
pub(super) fn asides(
    body: &Body,
    (above, below): (usize, usize),
    title: usize,
    columns: usize,
) -> Row {
    let mut asides = vec![body.badge.clone()];
    let more = match (above, below) {
        (0, 0) => Row::new(0),
        (0, below) => Row::new(24).put(format!("↓ {below} more"), Role::Attention),
        (above, 0) => Row::new(24).put(format!("↑ {above} more"), Role::Attention),
        (above, below) => Row::new(24).put(format!("↑ {above} ↓ {below}"), Role::Attention),
    };
    // when it is old, that is said before anything else
    let stamp = body.aside.clone();
    asides.extend(if body.old { [stamp, more] } else { [more, stamp] });
    let mut aside = Row::new(columns);
    for piece in asides.into_iter().filter(|piece| piece.width() > 0) {
        let between = if aside.width() > 0 { 2 } else { 0 };
        if title + aside.width() + between + piece.width() + 4 <= columns {
            aside = aside.gap(between).join(piece);
        }
    }
    aside
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
