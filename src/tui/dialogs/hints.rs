//! What may follow the keys of an unfinished sequence.

use crate::tui::keymap::{self, Key, KeyResult, Keymap};
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

use super::Sheet;

/// Every way on from the keys pressed so far; nothing when there are none.
pub fn sheet(keymap: &Keymap, pressed: &[Key], width: usize) -> Option<Sheet> {
    if pressed.is_empty() {
        return None;
    }
    let KeyResult::Pending(hints) = keymap.lookup(pressed) else { return None };
    let row = |hint: &keymap::Hint| {
        let row = Row::new(width).cell(hint.key.to_string(), 9, Role::Key).gap(1);
        row.put(&hint.what, Role::Text)
    };
    Some(Sheet {
        title: format!("{} …", keymap::text(pressed)),
        rows: hints.iter().map(row).collect(),
        foot: Vec::new(),
        keys: "Esc cancel".to_owned(),
        role: Role::BorderFocus,
        cursor: None,
    })
}
