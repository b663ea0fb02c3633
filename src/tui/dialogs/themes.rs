//! The list of themes. The one under the cursor is what the whole screen is drawn in meanwhile; nothing
//! is kept until Enter.

use crate::tui::panes::row::{Row, wrap};
use crate::tui::theme::{Role, Shelf};

use super::Sheet;

/// The list, with the theme that is worn now.
pub fn sheet(shelf: &Shelf, worn: &str, cursor: usize, width: usize) -> Sheet {
    let mut rows = Vec::new();
    let mut line = None;
    for (i, offer) in shelf.offers().iter().enumerate() {
        let here = i == cursor;
        if here {
            line = Some(rows.len());
        }
        let mark = if here { "▸ " } else { "  " };
        let row = Row::new(width).put(mark, Role::Key).cell(&offer.name, 24, Role::Text).gap(1);
        let (note, role) = match &offer.theme {
            Err(_) => ("✗ broken", Role::Error),
            Ok(_) if offer.name == worn => ("● in use", Role::Ok),
            Ok(_) if offer.own => ("your own", Role::Dim),
            Ok(_) => ("", Role::Dim),
        };
        rows.push(row.put(note, role).select(here));
    }
    let mut foot = vec![Row::new(width)];
    match shelf.offers().get(cursor).map(|offer| &offer.theme) {
        Some(Err(error)) => foot.extend(wrap(&error.to_string(), Role::Error, width, 3)),
        _ => foot.push(sample(width)),
    }
    Sheet {
        title: "themes".to_owned(),
        rows,
        foot,
        keys: "Enter keep for now   j k try on   Esc as it was".to_owned(),
        role: Role::BorderFocus,
        cursor: line,
    }
}

/// The roles that must be told apart, side by side.
fn sample(width: usize) -> Row {
    let states = [
        ("● ok", Role::Ok),
        ("▲ attention", Role::Attention),
        ("✗ critical", Role::Critical),
        ("? unknown", Role::Unknown),
        ("candidate", Role::Candidate),
        ("stable", Role::Stable),
        ("PRODUCTION", Role::Production),
    ];
    states.into_iter().fold(Row::new(width), |row, (word, role)| {
        let between = if row.width() > 0 { 2 } else { 0 };
        row.gap(between).put(word, role)
    })
}
