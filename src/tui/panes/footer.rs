//! The line of keys: what can be done here now. A key that would be refused is dim, with the gate that
//! refuses it.

use crate::control::{INCIDENT, Motion, Playing, Request, guard, waiting};
use crate::model::{Refusal, Verb};
use crate::store::Store;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::theme::Role;

use super::rollout::{hold_verb, pause_verb};
use super::row::Row;
use super::{Glance, View};

/// The acting keys and what they mean now, most needed first.
fn verbs(store: &Store, look: &Glance<'_>) -> Vec<(Action, Verb, bool)> {
    let waits = waiting(store, look.state).is_some();
    let decisions =
        [(Action::Approve, Verb::Approve, false), (Action::Reject, Verb::Reject, false)];
    let own = [
        (Action::Promote, Verb::Promote, false),
        (Action::PauseResume, pause_verb(look), false),
        (Action::Rollback, Verb::Rollback, false),
        (Action::HoldRelease, hold_verb(look), false),
    ];
    let decisions = decisions.into_iter().filter(|_| waits);
    own.into_iter().take(1).chain(decisions).chain(own.into_iter().skip(1)).collect()
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
        Verb::Do => "run",
        Verb::Approve => "approve",
        Verb::Reject => "reject",
        Verb::Rerun => "run again",
        Verb::Cancel => "cancel the run",
        Verb::ForceCancel => "force-cancel the run",
        Verb::Dispatch => "start",
    }
}

/// What a verb is called as a title, with the name of a configured action.
pub fn title(verb: Verb, full: bool, name: Option<&str>) -> String {
    let label = label(verb, full);
    if (verb, name) == (Verb::Do, Some(INCIDENT)) {
        return "open an incident issue".to_owned();
    }
    name.map_or_else(|| label.to_owned(), |name| format!("{label} {name}"))
}

/// How much is said of the acting keys, from most to least.
const LEVELS: [Level; 4] = [Level::Reason, Level::Gate, Level::Sign, Level::Keys];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Reason,
    Gate,
    Sign,
    Keys,
}

/// The footer, where the keys that move traffic are about so many marked targets. The acting keys are always there, in as many words as fit; the quiet ones follow while
/// there is room.
pub fn row(
    view: &View<'_>,
    (look, marks): (Option<&Glance<'_>>, usize),
    playing: Option<&Playing>,
    keymap: &Keymap,
    ((possible, inbox), width): ((usize, usize), usize),
) -> Row {
    let (store, now) = (view.store, view.now);
    let replay = store.fleet().replay;
    let stands = playing.is_some_and(|playing| playing.motion != Motion::Playing);
    let asked: Vec<(String, String, Vec<Refusal>)> = look
        .filter(|_| !replay)
        .map(|look| {
            verbs(store, look)
                .into_iter()
                .filter_map(|(action, verb, full)| {
                    let moves = matches!(verb, Verb::Promote | Verb::Rollback);
                    if marks > 0 && (moves || action == Action::HoldRelease) {
                        let verb = if moves { label(verb, full) } else { "hold or release" };
                        let what = format!("{verb} {marks} marked");
                        // each has its own answer, in the dialog
                        return Some((keymap.hint(action)?, what, Vec::new()));
                    }
                    let request = Request { full, ..Request::new(look.target().clone(), verb) };
                    let refusals = guard(store, &request, now);
                    Some((keymap.hint(action)?, label(verb, full).to_owned(), refusals))
                })
                .collect()
        })
        .unwrap_or_default();
    for level in LEVELS {
        let tail = quiet(keymap, &[(Action::Help, "help"), (Action::Quit, "quit")], level);
        let room = width.saturating_sub(tail.width() + 3);
        let acting = asked.iter().fold(Row::new(400).gap(1), |row, (key, what, no)| {
            let between = if row.width() > 1 { 2 } else { 0 };
            row.gap(between).join(acting(key, what, no, level))
        });
        if acting.width() > room && level != Level::Keys {
            continue;
        }
        let mut row = acting.fit(room);
        let others: &[(Action, &str)] = if replay { &REPLAY } else { &QUIET };
        let of = if possible == inbox { String::new() } else { format!("/{inbox}") };
        let waits = format!("inbox {possible}{of}");
        let waits = (inbox > 0).then_some((Action::Inbox, waits.as_str()));
        for (action, what) in waits.into_iter().chain(others.iter().copied()) {
            let goes_on = stands && action == Action::ReplayPause;
            let piece = quiet(keymap, &[(action, if goes_on { "go on" } else { what })], level);
            if piece.width() + 2 <= row.room() {
                row = row.gap(2).join(piece);
            }
        }
        return row.fit(width).right(tail);
    }
    Row::new(width)
}

const QUIET: [(Action, &str); 5] = [
    (Action::Actions, "actions"),
    (Action::Filter, "filter"),
    (Action::Command, "command"),
    (Action::Zoom, "zoom"),
    (Action::RefreshAll, "refresh"),
];

/// In a replay nothing can be done to a target, but to the replay.
const REPLAY: [(Action, &str); 8] = [
    (Action::ReplayPause, "pause"),
    (Action::ReplayForward, "step"),
    (Action::ReplayBack, "back"),
    (Action::ReplayNextChange, "next change"),
    (Action::ReplayNextAlert, "next alert"),
    (Action::ReplayFaster, "faster"),
    (Action::ReplaySlower, "slower"),
    (Action::ReplayEnd, "end"),
];

fn quiet(keymap: &Keymap, keys: &[(Action, &str)], level: Level) -> Row {
    let mut row = Row::new(80);
    for (action, what) in keys {
        let Some(key) = keymap.hint(*action) else { continue };
        let between = if row.width() > 0 { 2 } else { 0 };
        row = row.gap(between).put(key, Role::Key);
        if level != Level::Keys {
            row = row.put(format!(" {what}"), Role::Text);
        }
    }
    row
}

fn acting(key: &str, what: &str, refusals: &[Refusal], level: Level) -> Row {
    let row = Row::new(60);
    let Some(first) = refusals.first() else {
        let row = row.put(key, Role::Key);
        return if level == Level::Keys { row } else { row.put(format!(" {what}"), Role::Text) };
    };
    let more = match refusals.len() {
        1 => String::new(),
        n => format!(" +{}", n - 1),
    };
    let text = match level {
        Level::Reason => format!("{key} {what} (refused: {}{more})", first.gate),
        Level::Gate => format!("{key} {what} (✗ {}{more})", first.gate),
        Level::Sign => format!("{key} {what} ✗"),
        Level::Keys => format!("{key}✗"),
    };
    row.put(text, Role::KeyDisabled)
}
