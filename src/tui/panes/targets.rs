//! Every target, under its service: where it stands, in a glyph and a word.

use crate::control::Standing;
use crate::model::{Phase, Target, Time};
use crate::store::Store;
use crate::tui::theme::Role;
use crate::tui::widgets::number;

use super::freshness::stamp;
use super::row::Row;
use super::words;
use super::{Body, Glance};

/// Every target that the filter shows.
pub fn body(
    store: &Store,
    looks: &[Glance<'_>],
    selected: Option<&Target>,
    filter: &str,
    now: Time,
    width: usize,
) -> Body {
    let shown: Vec<&Glance<'_>> =
        looks.iter().filter(|look| matches(store, look, filter)).collect();
    let name_width = shown.iter().map(|look| look.target().environment().len()).max().unwrap_or(0);
    let name_width = name_width.clamp(6, (width / 2).max(6));
    let mut rows = Vec::new();
    let mut cursor = None;
    let mut service = "";
    for look in &shown {
        if look.target().service() != service {
            service = look.target().service();
            rows.push(Row::new(width).put(service, Role::Title));
        }
        let here = selected == Some(look.target());
        if here {
            cursor = Some(rows.len());
        }
        rows.push(row(store, look, here, name_width, width));
    }
    if rows.is_empty() {
        let why = if looks.is_empty() { "nothing is configured" } else { "no target matches" };
        rows.push(Row::new(width).put(why, Role::Dim));
    }
    let mut title = Row::new(width).put("Targets", Role::Title);
    if !filter.is_empty() {
        title = title.put(format!("  /{filter}  {} of {}", shown.len(), looks.len()), Role::Match);
    }
    // the oldest word of any engine; which one it is, its own pane says
    let engines =
        looks.iter().filter_map(|look| Some(look.state.spec.rollout.as_ref()?.feed.clone()));
    let aside = stamp(Body::new(Row::new(0), Vec::new()), store, engines, now, 0).aside;
    Body { aside, cursor, ..Body::new(title, rows) }
}

fn row(store: &Store, look: &Glance<'_>, here: bool, name_width: usize, width: usize) -> Row {
    let target = look.target();
    let mark = if here { "▸ " } else { "  " };
    let name_role = if look.state.spec.production { Role::Text } else { Role::Dim };
    let (glyph, role) = glyph(look);
    let flag = Row::new(2).put(flag(look, glyph), words::standing(look.seen.standing).1);
    let room = width.saturating_sub(flag.width() + usize::from(flag.width() > 0));
    let mut row =
        Row::new(room).put(mark, Role::Key).cell(target.environment(), name_width, name_role);
    row = row.gap(if width < 28 { 1 } else { 2 }).put(glyph, role).gap(1);
    let mut told = words(store, look);
    if let [first, .., matter] = told.as_slice()
        && first.0.len() + 1 + matter.0.len() > row.room()
    {
        told.remove(0);
    }
    for (i, (word, role)) in told.into_iter().enumerate() {
        row = row.gap(usize::from(i > 0)).put(word, role);
    }
    row.fit(width).right_tight(flag).select(here)
}

/// The phase's glyph while something moves, else the standing's.
fn glyph(look: &Glance<'_>) -> (&'static str, Role) {
    match (look.seen.standing, look.seen.phase) {
        (Standing::Ok | Standing::Attention, Some(phase)) if words::is_moving(phase) => {
            let (glyph, _, role) = words::phase(phase);
            (glyph, role)
        }
        (standing, _) => words::standing(standing),
    }
}

/// The standing's own glyph behind, when the one in front tells of the phase.
fn flag(look: &Glance<'_>, glyph: &str) -> &'static str {
    let (own, _) = words::standing(look.seen.standing);
    if own == glyph || look.seen.standing == Standing::Ok { "" } else { own }
}

/// The few words that say most: how far, which revision, and what is the matter.
fn words(store: &Store, look: &Glance<'_>) -> Vec<(String, Role)> {
    let seen = &look.seen;
    let mut out = Vec::new();
    let moving = seen.phase.filter(|phase| words::is_moving(*phase));
    if let (Some(_), Some(routed)) = (moving, seen.routed) {
        out.push((format!("{} %", number(routed)), Role::Text));
    } else {
        let new = seen.phase == Some(Phase::Completed);
        let (first, second) = (&seen.evidence.candidate, &seen.evidence.stable);
        let runs = if new {
            first.as_ref().or(second.as_ref())
        } else {
            second.as_ref().or(first.as_ref())
        };
        if let Some(revision) = runs {
            out.push((revision.as_str().to_owned(), Role::Text));
        }
    }
    if let Some((word, role)) = matter(store, look) {
        out.push((word.to_owned(), role));
    }
    out
}

fn matter(store: &Store, look: &Glance<'_>) -> Option<(&'static str, Role)> {
    let seen = &look.seen;
    let (_, role) = words::standing(seen.standing);
    if seen.standing == Standing::Unknown {
        return Some(("unknown", role));
    }
    if let Some(phase) = seen.phase.filter(|p| words::is_moving(*p) || *p == Phase::RolledBack) {
        let (_, word, role) = words::phase(phase);
        return Some((word, role));
    }
    if look.state.ledger.hold.is_some() {
        return Some(("held", Role::Attention));
    }
    let failed =
        store.pipeline(&look.state.spec).is_some_and(|p| p.run.has_failed() && !p.advisory);
    match seen.standing {
        Standing::Critical => Some(("critical", role)),
        Standing::Attention if failed => Some(("run failed", role)),
        Standing::Attention => Some(("needs you", role)),
        Standing::Ok | Standing::Unknown => None,
    }
}

/// Whether every word of the filter is in the target's name, state, phase or revisions.
pub fn matches(store: &Store, look: &Glance<'_>, filter: &str) -> bool {
    if filter.trim().is_empty() {
        return true;
    }
    let mut text = format!("{} {}", look.target(), look.seen.standing.word());
    if look.state.spec.production {
        text.push_str(" production");
    }
    for (word, _) in words(store, look) {
        text.push(' ');
        text.push_str(&word);
    }
    if let Some(phase) = look.seen.phase {
        text.push(' ');
        text.push_str(phase.word());
    }
    let text = text.to_lowercase();
    filter.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
