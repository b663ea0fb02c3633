//! The three numbers of a rollout: what was asked for, what is routed, and what the traffic does.

use crate::model::Time;
use crate::store::Store;
use crate::tui::panes::freshness::is_lost;
use crate::tui::panes::row::Row;
use crate::tui::panes::{Glance, words};
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, WeightBar, number};

use super::LABEL;

/// The bar of what was asked for and what is routed, with the steps, then what is routed and what the traffic does.
pub(super) fn rows(
    store: &Store,
    look: &Glance<'_>,
    lost: bool,
    now: Time,
    width: usize,
    style: &Look<'_>,
) -> Vec<Row> {
    let seen = &look.seen;
    let steps = look.state.spec.rollout.as_ref().map_or(&[][..], |spec| spec.steps.as_slice());
    let long = steps_row(steps, seen.step, true);
    let track = if long.width() <= width / 2 && width >= 44 {
        long
    } else {
        steps_row(steps, seen.step, false)
    };
    let room = width.saturating_sub(LABEL + track.width() + 12);
    let bar_width = room.min(width / 3).clamp(6, 60);
    let mut asked = Row::new(width).cell("asked", LABEL, Role::Dim);
    let bar = WeightBar { asked: seen.weight, routed: seen.routed };
    asked = asked.line(bar.line(bar_width, style)).gap(1);
    asked = match seen.weight {
        Some(weight) => asked.number(number(weight), 5, Role::Text).put(" %", Role::Dim),
        None => asked.put("unknown", Role::Unknown),
    };
    // steps of which the last is missing would be other steps
    if track.width() + 3 <= asked.room() {
        asked = asked.gap(3).join(track);
    }
    let mut routed = Row::new(width).cell("routed", LABEL, Role::Dim);
    routed = match seen.routed {
        Some(routed_now) => {
            routed.put(was(lost), Role::Unknown).put(format!("{routed_now:.1} %"), Role::Text)
        }
        None => routed.put("unknown", Role::Unknown),
    };
    routed = routed.gap(3).put("traffic ", Role::Dim);
    let watched = look.state.spec.rollout.as_ref().is_some_and(|spec| spec.has_share);
    routed = match (watched, &look.state.share.fault, seen.share) {
        (false, ..) => routed.put("not watched", Role::Dim),
        (_, Some(fault), _) => routed.put(format!("unknown: {fault}"), Role::Unknown),
        (_, None, Some(share)) => {
            let feed = look.state.spec.prometheus.as_ref();
            let lost = feed.is_some_and(|feed| is_lost(store, feed, now));
            routed.put(was(lost), Role::Unknown).put(format!("{share:.1} %"), Role::Text)
        }
        (_, None, None) if look.state.share.asked_at.is_none() => {
            routed.put("not read yet", Role::Unknown)
        }
        (_, None, None) => {
            routed.put(words::reading(look.state.share.latest(), "%"), Role::Unknown)
        }
    };
    vec![asked, routed]
}

/// In front of a number that may have changed since.
fn was(lost: bool) -> &'static str {
    if lost { "was " } else { "" }
}

/// `10 ━━ [50] ── 100`: heavy up to the step in force, which stands in brackets.
fn steps_row(steps: &[f64], step: usize, long: bool) -> Row {
    let mut row = Row::new(200);
    for (i, percent) in steps.iter().enumerate() {
        let reached = i < step;
        if i > 0 {
            let joint = match (long, reached) {
                (true, true) => " ━━ ",
                (true, false) => " ── ",
                (false, _) => " ",
            };
            row = row.put(joint, Role::Dim);
        }
        let text = number(*percent);
        row = if i + 1 == step {
            row.put(format!("[{text}]"), Role::Candidate)
        } else {
            row.put(text, if reached { Role::Text } else { Role::Dim })
        };
    }
    row
}
