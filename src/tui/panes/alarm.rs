//! The banner of an automatic rollback that is announced: of what, when, why, and the keys that hold it or do
//! it now. Above everything else, whatever is open.

use chrono::TimeDelta;

use crate::control::alarm;
use crate::model::{Target, Time};
use crate::store::Alarm;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::theme::Role;

use super::row::{Row, middle};
use super::{View, words};

/// What is announced, the soonest first.
pub fn announced<'v>(view: &'v View<'_>) -> Vec<(&'v Target, &'v Alarm)> {
    let alarms = view
        .looks
        .iter()
        .filter_map(|look| Some((&look.state.spec.target, alarm(look.state, look.seen)?)));
    let mut alarms: Vec<_> = alarms.collect();
    alarms.sort_by_key(|(target, alarm)| (alarm.acts_at, (*target).clone()));
    alarms
}

/// The target that the keys act on: the selected one where it is announced, else the only one.
pub fn meant<'v>(all: &[(&'v Target, &'v Alarm)], selected: Option<&Target>) -> Option<&'v Target> {
    let mut targets = all.iter().map(|(target, _)| *target);
    match all {
        [(only, _)] => Some(only),
        _ => targets.find(|target| Some(*target) == selected),
    }
}

/// Why this cockpit does nothing of what is announced; none where it does.
pub fn idle(view: &View<'_>) -> Option<&'static str> {
    let fleet = view.store.fleet();
    match (fleet.replay, fleet.read_only) {
        (true, _) => Some("a replay does nothing"),
        (_, true) => Some("read-only: this cockpit will not do it"),
        _ => None,
    }
}

/// Lines of the screen below which it has one line and no more.
const ROOMY: u16 = 8;

/// Columns from which on the keys stand beside the target that they act on.
const WIDE: usize = 70;

/// As many targets are named, each on a line of its own.
const NAMED: usize = 3;

/// Its lines; none where nothing is announced. The time left and the keys are said whatever else takes.
pub fn rows(
    view: &View<'_>,
    selected: Option<&Target>,
    keymap: &Keymap,
    width: usize,
    height: u16,
) -> Vec<Row> {
    let all = announced(view);
    let meant = meant(&all, selected);
    let answers = answers(view, keymap, (width, height), meant.is_some());
    match all.as_slice() {
        [] => Vec::new(),
        [one] if height >= ROOMY => roomy(*one, view.now, answers, width),
        several if height >= ROOMY => {
            // the one that the keys act on is among those that are named
            let (mut named, rest) = several.split_at(several.len().min(NAMED));
            let mut lines = Vec::new();
            let hidden = rest.iter().find(|(target, _)| Some(*target) == meant);
            if hidden.is_some() {
                named = &named[..NAMED - 1];
            }
            // on a narrow screen the keys stand below, for whose they are must be read
            let beside = width >= WIDE;
            for (i, (target, alarm)) in named.iter().chain(hidden).enumerate() {
                let acts = beside && meant.map_or(i == 0, |meant| meant == *target);
                let keys = if acts { answers.clone() } else { Row::new(0) };
                let mark = if meant == Some(*target) { "▸" } else { " " };
                let row = head(mark, (target, alarm), view.now, width - keys.width().min(width));
                let why = row.gap(1).put(&alarm.why, Role::Critical);
                lines.push(Row::new(width).join(why).right_tight(keys));
            }
            let more = format!("  and {} more", rest.len());
            let more = Row::new(width).put(more, Role::Critical);
            match (rest.is_empty(), beside) {
                (true, true) => {}
                (false, true) => lines.push(more),
                (true, false) => lines.push(answers),
                (false, false) => lines.push(more.right_tight(answers)),
            }
            lines
        }
        [first, rest @ ..] => {
            let here = all.iter().find(|(target, _)| Some(*target) == meant).unwrap_or(first);
            let room = width.saturating_sub(answers.width());
            let whole = head(" ", *here, view.now, room);
            let when = when(here.1, view.now);
            let told = if whole.width() >= 24 + when.len() {
                whole
            } else {
                let when = when.strip_prefix("in ").unwrap_or(&when).to_owned();
                Row::new(room).put(format!(" {when} "), Role::Critical)
            };
            let more = format!("and {} more ", rest.len());
            let fits = !rest.is_empty() && more.len() <= told.room();
            let told = if fits { told.put(more, Role::Critical) } else { told };
            vec![Row::new(width).join(told).right_tight(answers)]
        }
    }
}

/// The lines of the only one: the reason stands where there is room for it.
fn roomy(one: (&Target, &Alarm), now: Time, keys: Row, width: usize) -> Vec<Row> {
    let why = |row: Row| row.gap(1).put(&one.1.why, Role::Critical);
    let whole = why(head(" ", one, now, 400));
    if whole.width() + 1 + keys.width() <= width {
        return vec![Row::new(width).join(whole).right_tight(keys)];
    }
    let head = head(" ", one, now, width);
    if head.width() < keys.width() { vec![why(head), keys] } else { vec![head, why(keys)] }
}

fn head(mark: &str, (target, alarm): (&Target, &Alarm), now: Time, room: usize) -> Row {
    let when = when(alarm, now);
    let around = " ROLLING BACK  ".len() + when.len() + 1;
    let name = middle(target.as_str(), room.saturating_sub(around));
    Row::new(room).put(format!("{mark}ROLLING BACK {name} {when} "), Role::Critical)
}

/// `in 00:23`, or `now`.
pub fn when(alarm: &Alarm, now: Time) -> String {
    left(alarm, now).map_or("now".to_owned(), |left| format!("in {}", words::clock(left)))
}

/// What answers it, or that nothing does here.
fn answers(view: &View<'_>, keymap: &Keymap, (width, height): (usize, u16), one: bool) -> Row {
    if let Some(idle) = idle(view) {
        let short = if height < ROOMY { idle.split(':').next().unwrap_or(idle) } else { idle };
        return Row::new(width).put(format!(" {short} "), Role::Text);
    }
    let key = |action: Action| format!(" {} ", keymap.hint(action).unwrap_or_default());
    // without one that is meant, a key asks which
    let (hold, now) = if one { ("hold it ", "now ") } else { ("hold … ", "now … ") };
    Row::new(width)
        .put(key(Action::KeepRelease), Role::Key)
        .put(hold, Role::Text)
        .put(key(Action::RollBackNow), Role::Key)
        .put(now, Role::Text)
}

/// The time until it acts; none when that is over.
fn left(alarm: &Alarm, now: Time) -> Option<TimeDelta> {
    let left = alarm.acts_at - now;
    (left > TimeDelta::zero()).then_some(left)
}
