//! The line of keys: what can be done here now. A key that would be refused is dim, with the gate that
//! refuses it.

use crate::control::{Request, guard};
use crate::model::{Time, Verb};
use crate::store::Store;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::theme::Role;

use super::Glance;
use super::rollout::{hold_verb, pause_verb};
use super::row::Row;

/// Acting keys with what refuses them, most needed first.
pub fn verbs(look: &Glance<'_>) -> [(Action, Verb, bool); 5] {
    [
        (Action::Promote, Verb::Promote, false),
        (Action::PauseResume, pause_verb(look), false),
        (Action::Rollback, Verb::Rollback, false),
        (Action::HoldRelease, hold_verb(look), false),
        (Action::PromoteFull, Verb::Promote, true),
    ]
}

/// A verb as a key's label.
pub fn label(verb: Verb, full: bool) -> &'static str {
    match verb {
        Verb::Promote if full => "promote to 100 %",
        Verb::Promote => "promote",
        Verb::Pause => "pause",
        Verb::Resume => "resume",
        Verb::Rollback => "roll back",
        Verb::Hold => "hold",
        Verb::Release => "release",
    }
}

/// The footer; keys that do not fit are left out from the end, help and quit stay.
pub fn row(
    store: &Store,
    look: Option<&Glance<'_>>,
    keymap: &Keymap,
    now: Time,
    width: usize,
) -> Row {
    let mut pieces = Vec::new();
    if let Some(look) = look {
        for (action, verb, full) in verbs(look).into_iter().take(4) {
            let Some(key) = keymap.hint(action) else { continue };
            let request = Request { full, ..Request::new(look.target().clone(), verb) };
            pieces.push(acting(&key, label(verb, full), &guard(store, &request, now)));
        }
    }
    let quiet = [
        (Action::Actions, "actions"),
        (Action::Filter, "filter"),
        (Action::Command, "command"),
        (Action::Zoom, "zoom"),
        (Action::RefreshAll, "refresh"),
    ];
    let plain = |action, what: &str| {
        let key = keymap.hint(action)?;
        Some(Row::new(40).put(key, Role::Key).put(format!(" {what}"), Role::Text))
    };
    pieces.extend(quiet.into_iter().filter_map(|(action, what)| plain(action, what)));
    let mut tail = Row::new(width);
    for (action, what) in [(Action::Help, "help"), (Action::Quit, "quit")] {
        if let Some(piece) = plain(action, what) {
            tail = tail.join(piece).gap(2);
        }
    }
    let room = width.saturating_sub(tail.width() + 1);
    let mut row = Row::new(room).gap(1);
    for piece in pieces {
        if piece.width() + 2 > row.room() {
            break;
        }
        row = row.join(piece).gap(2);
    }
    row.fit(width).right_tight(tail)
}

fn acting(key: &str, what: &str, refusals: &[crate::model::Refusal]) -> Row {
    let row = Row::new(60);
    match refusals.first() {
        None => row.put(key, Role::Key).put(format!(" {what}"), Role::Text),
        Some(first) => {
            let more = if refusals.len() > 1 {
                format!(" +{}", refusals.len() - 1)
            } else {
                String::new()
            };
            row.put(format!("{key} {what} (refused: {}{more})", first.gate), Role::KeyDisabled)
        }
    }
}
