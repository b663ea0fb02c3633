//! The keys, from the live key map.

use crate::tui::keymap::{Action, Group, Keymap};
use crate::tui::panes::Pane;
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

use super::Sheet;

/// Every key, by group; those of a replay only in one.
pub fn sheet(keymap: &Keymap, replay: bool, width: usize) -> Sheet {
    let mut rows = Vec::new();
    // only what does something on this screen
    let idle = |action: Action| action.pane().is_some_and(|n| n > Pane::ALL.len());
    let mut entries = keymap.entries();
    entries.retain(|entry| !idle(entry.action));
    let columns = if width >= 76 { 2 } else { 1 };
    for group in Group::ALL.into_iter().filter(|group| replay || *group != Group::Replay) {
        rows.push(Row::new(width).put(group.title(), Role::Title));
        let of: Vec<_> =
            entries.iter().filter(|e| e.action.group() == group && !e.keys.is_empty()).collect();
        let lines = of.len().div_ceil(columns);
        for line in 0..lines {
            let mut row = Row::new(width);
            for entry in of.iter().skip(line).step_by(lines.max(1)) {
                let cell = Row::new(width / columns)
                    .gap(1)
                    .cell(entry.keys.join(" "), 14, Role::Key)
                    .gap(1)
                    .put(entry.action.what(), Role::Text);
                let pad = (width / columns).saturating_sub(cell.width());
                row = row.join(cell).gap(pad);
            }
            rows.push(row);
        }
    }
    rows.push(Row::new(width).put("Signs", Role::Title));
    for (signs, role) in [
        ("● ok   ◐ rolling out   ▲ attention   ? unknown   ✗ critical", Role::Text),
        ("gates: ✓ pass   … wait   ✗ fail   ? unknown, which blocks like a fail", Role::Text),
        (
            "weights: asked = last asked for, routed = in force, traffic = what metrics see",
            Role::Text,
        ),
    ] {
        rows.push(Row::new(width).gap(1).put(signs, role));
    }
    Sheet {
        title: "keys".to_owned(),
        rows,
        foot: Vec::new(),
        keys: "Esc close   j k scroll".to_owned(),
        role: Role::BorderFocus,
        cursor: None,
    }
}
