//! The banner of an automatic rollback that is announced: of what, when, why, and the keys that hold it or do
//! it now. Above everything else, whatever is open.

use chrono::TimeDelta;

use crate::control::alarm;
use crate::model::{Target, Time};
use crate::store::Alarm;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::theme::Role;

use super::row::Row;
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

/// Its line; none where nothing is announced.
pub fn row(view: &View<'_>, keymap: &Keymap, width: usize) -> Option<Row> {
    let (target, alarm, others) = next(view)?;
    let more = if others > 0 { format!(" +{others}") } else { String::new() };
    let when =
        left(alarm, view.now).map_or("now".to_owned(), |left| format!("in {}", words::clock(left)));
    let head = format!(" ROLLING BACK {target} {when}{more} ");
    let key = |action: Action| keymap.hint(action).unwrap_or_default();
    let keys = Row::new(width / 2)
        .put(format!(" {} ", key(Action::KeepRelease)), Role::Key)
        .put("hold it ", Role::Text)
        .put(format!(" {} ", key(Action::RollBackNow)), Role::Key)
        .put("now ", Role::Text);
    // the keys are said whatever the reason takes
    let room = width.saturating_sub(keys.width() + 1);
    let told = Row::new(room).put(head, Role::Critical).gap(1).put(&alarm.why, Role::Critical);
    Some(Row::new(width).join(told).right_tight(keys))
}

/// The time until it acts; none when that is over.
fn left(alarm: &Alarm, now: Time) -> Option<TimeDelta> {
    let left = alarm.acts_at - now;
    (left > TimeDelta::zero()).then_some(left)
}
