//! What can be done to the selected target, and why not when not.

use crate::control::{Request, guard};
use crate::model::{Time, Verb};
use crate::store::Store;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::panes::Glance;
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::theme::Role;

use super::{Sheet, headline};

const VERBS: [(Verb, bool, Action); 7] = [
    (Verb::Promote, false, Action::Promote),
    (Verb::Promote, true, Action::PromoteFull),
    (Verb::Pause, false, Action::PauseResume),
    (Verb::Resume, false, Action::PauseResume),
    (Verb::Rollback, false, Action::Rollback),
    (Verb::Hold, false, Action::HoldRelease),
    (Verb::Release, false, Action::HoldRelease),
];

/// Every line of the menu: the verbs with their keys, then the target's named actions.
fn lines(look: &Glance<'_>) -> Vec<(Request, Option<Action>)> {
    let target = look.target();
    let verbs = VERBS.into_iter().map(|(verb, full, action)| {
        (Request { full, ..Request::new(target.clone(), verb) }, Some(action))
    });
    let named = look.state.spec.actions.iter();
    let named = named.map(|action| (Request::action(target.clone(), &action.name), None));
    verbs.chain(named).collect()
}

/// How many lines the cursor can be on.
pub fn len(look: &Glance<'_>) -> usize {
    VERBS.len() + look.state.spec.actions.len()
}

/// The request under the cursor.
pub fn chosen(look: &Glance<'_>, cursor: usize) -> Option<Request> {
    lines(look).into_iter().nth(cursor).map(|(request, _)| request)
}

/// The menu.
pub fn sheet(
    store: &Store,
    look: &Glance<'_>,
    keymap: &Keymap,
    cursor: usize,
    now: Time,
    width: usize,
) -> Sheet {
    let mut rows = vec![headline(store, look.target(), width), Row::new(width)];
    let mut line = None;
    for (i, (request, action)) in lines(look).into_iter().enumerate() {
        let refusals = guard(store, &request, now);
        let key = action.and_then(|action| keymap.hint(action)).unwrap_or_default();
        let (key_role, role) = if refusals.is_empty() {
            (Role::Key, Role::Text)
        } else {
            (Role::KeyDisabled, Role::KeyDisabled)
        };
        let here = i == cursor;
        if here {
            line = Some(rows.len());
        }
        let mark = if here { "▸ " } else { "  " };
        let what = title(request.verb, request.full, request.name.as_deref());
        let row = Row::new(width).put(mark, Role::Key).cell(key, 3, key_role).cell(what, 17, role);
        let why = match refusals.first() {
            None => String::new(),
            Some(first) if refusals.len() > 1 => format!("no: {first} (+{})", refusals.len() - 1),
            Some(first) => format!("no: {first}"),
        };
        let mut lines = wrap(&why, Role::Dim, row.room(), 2).into_iter();
        rows.push(row.join(lines.next().unwrap_or_else(|| Row::new(0))).select(here));
        rows.extend(lines.map(|line| Row::new(width).gap(22).join(line)));
    }
    Sheet {
        title: "actions".to_owned(),
        rows,
        foot: Vec::new(),
        keys: "Enter ask   Y copy command   Esc close".to_owned(),
        role: Role::BorderFocus,
        cursor: line,
    }
}
