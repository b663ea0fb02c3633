//! What can be done to the selected target and to its workflow runs, and why not when not.

use unicode_width::UnicodeWidthStr;

use crate::control::{INCIDENT, Request, guard};
use crate::model::{Time, Verb};
use crate::store::Store;
use crate::tui::details::Detail;
use crate::tui::errands;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::panes::Glance;
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::session::Menu;
use crate::tui::theme::Role;

use super::{Sheet, headline};

/// Columns of a line's mark and key.
const HEAD: usize = 5;
/// Columns between a name and why not.
const APART: usize = 2;

const VERBS: [(Verb, bool, Action); 7] = [
    (Verb::Promote, false, Action::Promote),
    (Verb::Promote, true, Action::PromoteFull),
    (Verb::Pause, false, Action::PauseResume),
    (Verb::Resume, false, Action::PauseResume),
    (Verb::Rollback, false, Action::Rollback),
    (Verb::Hold, false, Action::HoldRelease),
    (Verb::Release, false, Action::HoldRelease),
];

/// What a line of the menu leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// A question.
    Ask(Request),
    /// The form of a workflow to start.
    Form,
}

/// A line of the menu.
struct Entry {
    choice: Choice,
    key: Option<Action>,
    what: String,
}

/// Every line of the menu: the verbs with their keys, what can be done about its runs, then the target's
/// named actions.
fn lines(store: &Store, look: &Glance<'_>, here: Option<&Detail>) -> Vec<Entry> {
    let target = look.target();
    let verbs = VERBS.into_iter().map(|(verb, full, action)| Entry {
        choice: Choice::Ask(Request { full, ..Request::new(target.clone(), verb) }),
        key: Some(action),
        what: title(verb, full, None),
    });
    let runs = errands::all(store, look, here).into_iter().map(|request| Entry {
        key: match request.verb {
            Verb::Approve => Some(Action::Approve),
            Verb::Reject => Some(Action::Reject),
            _ => None,
        },
        what: errands::label(&request).to_owned(),
        choice: Choice::Ask(request),
    });
    let form = look.state.spec.repo.as_ref().map(|_| Entry {
        choice: Choice::Form,
        key: Some(Action::Dispatch),
        what: "start a workflow…".to_owned(),
    });
    let named = look.state.spec.actions.iter().map(|action| Entry {
        choice: Choice::Ask(Request::action(target.clone(), &action.name)),
        key: None,
        what: title(Verb::Do, false, Some(&action.name)),
    });
    let issue = look.state.spec.rules.incident.iter().map(|_| Entry {
        choice: Choice::Ask(Request::action(target.clone(), INCIDENT)),
        key: None,
        what: title(Verb::Do, false, Some(INCIDENT)),
    });
    verbs.chain(runs).chain(form).chain(named).chain(issue).collect()
}

/// How many lines the cursor can be on.
pub fn len(store: &Store, look: &Glance<'_>, here: Option<&Detail>) -> usize {
    lines(store, look, here).len()
}

/// What the line under the cursor leads to.
pub fn chosen(store: &Store, look: &Glance<'_>, menu: &Menu) -> Option<Choice> {
    let lines = lines(store, look, menu.here.as_ref());
    lines.into_iter().nth(menu.line).map(|entry| entry.choice)
}

/// The menu.
pub fn sheet(
    store: &Store,
    look: &Glance<'_>,
    keymap: &Keymap,
    menu: &Menu,
    now: Time,
    width: usize,
) -> Sheet {
    let here = menu.here.as_ref();
    let mut rows = vec![headline(store, look.target(), width)];
    rows.extend(errands::run(store, look, here).map(|run| {
        let text = format!("run {}: {} #{}, {}", run.id, run.name, run.number, run.title);
        Row::new(width).put(text, Role::Dim)
    }));
    rows.push(Row::new(width));
    let mut line = None;
    let entries = lines(store, look, here);
    let longest = entries.iter().map(|entry| entry.what.width()).max().unwrap_or_default();
    // why not needs room too
    let names = longest.min((width / 2).saturating_sub(APART));
    for (i, entry) in entries.into_iter().enumerate() {
        let refusals = match &entry.choice {
            Choice::Ask(request) => guard(store, request, now),
            Choice::Form => Vec::new(),
        };
        let key = entry.key.and_then(|action| keymap.hint(action)).unwrap_or_default();
        let (key_role, role) = if refusals.is_empty() {
            (Role::Key, Role::Text)
        } else {
            (Role::KeyDisabled, Role::KeyDisabled)
        };
        let chosen = i == menu.line;
        if chosen {
            line = Some(rows.len());
        }
        let mark = if chosen { "▸ " } else { "  " };
        let row = Row::new(width)
            .put(mark, Role::Key)
            .cell(key, HEAD - 2, key_role)
            .cell(entry.what, names, role)
            .gap(APART);
        let why = match refusals.first() {
            None => String::new(),
            Some(first) if refusals.len() > 1 => format!("no: {first} (+{})", refusals.len() - 1),
            Some(first) => format!("no: {first}"),
        };
        let mut lines = wrap(&why, Role::Dim, row.room(), 2).into_iter();
        rows.push(row.join(lines.next().unwrap_or_else(|| Row::new(0))).select(chosen));
        rows.extend(lines.map(|line| Row::new(width).gap(HEAD + names + APART).join(line)));
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
