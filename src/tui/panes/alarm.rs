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

/// The alarm that acts soonest, with its target, and how many others there are.
pub fn next<'v>(view: &'v View<'_>) -> Option<(&'v Target, &'v Alarm, usize)> {
    let alarms = view
        .looks
        .iter()
        .filter_map(|look| Some((&look.state.spec.target, alarm(look.state, look.seen)?)));
    let mut alarms: Vec<_> = alarms.collect();
    alarms.sort_by_key(|(target, alarm)| (alarm.acts_at, (*target).clone()));
    let others = alarms.len().saturating_sub(1);
    alarms.first().map(|(target, alarm)| (*target, *alarm, others))
}

/// Lines of the screen below which it has one line and no more.
const ROOMY: u16 = 8;

/// Its lines; none where nothing is announced. The time left and the keys are said whatever else takes.
pub fn rows(view: &View<'_>, keymap: &Keymap, width: usize, height: u16) -> Vec<Row> {
    let Some((target, alarm, others)) = next(view) else { return Vec::new() };
    let more = if others > 0 { format!(" +{others}") } else { String::new() };
    let when =
        left(alarm, view.now).map_or("now".to_owned(), |left| format!("in {}", words::clock(left)));
    let keys = keys(keymap, width);
    let head = |room: usize| {
        let around = " ROLLING BACK  ".len() + when.len() + more.len() + 1;
        let name = middle(target.as_str(), room.saturating_sub(around));
        Row::new(room).put(format!(" ROLLING BACK {name} {when}{more} "), Role::Critical)
    };
    let why = |row: Row| row.gap(1).put(&alarm.why, Role::Critical);
    let whole = why(head(400));
    if whole.width() + 1 + keys.width() <= width {
        return vec![Row::new(width).join(whole).right_tight(keys)];
    }
    if height >= ROOMY {
        // the reason stands where there is more room for it
        let head = head(width);
        return if head.width() < keys.width() {
            vec![why(head), keys]
        } else {
            vec![head, why(keys)]
        };
    }
    let room = width.saturating_sub(keys.width());
    let short = left(alarm, view.now).map_or("now".to_owned(), words::clock);
    let short = Row::new(room).put(format!(" {short}{more}"), Role::Critical);
    let told = if head(room).width() >= 24 + when.len() { head(room) } else { short };
    vec![Row::new(width).join(told).right_tight(keys)]
}

/// What answers it.
fn keys(keymap: &Keymap, width: usize) -> Row {
    let key = |action: Action| format!(" {} ", keymap.hint(action).unwrap_or_default());
    Row::new(width)
        .put(key(Action::KeepRelease), Role::Key)
        .put("hold it ", Role::Text)
        .put(key(Action::RollBackNow), Role::Key)
        .put("now ", Role::Text)
}

/// The time until it acts; none when that is over.
fn left(alarm: &Alarm, now: Time) -> Option<TimeDelta> {
    let left = alarm.acts_at - now;
    (left > TimeDelta::zero()).then_some(left)
}
