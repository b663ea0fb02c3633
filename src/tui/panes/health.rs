//! Health checks: what each side says of itself, and the parts it is made of.

use unicode_width::UnicodeWidthStr;

use crate::control::{check_name, check_state};
use crate::model::{Component, HealthState, Probe, Time};
use crate::store::{Check, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::{millis, value};

use super::freshness::{is_lost, not_watched, stamp};
use super::row::{Row, flow, wrap};
use super::{Body, Glance, words};

/// The checks of the selected target.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    now: Time,
    width: usize,
) -> Body {
    let title = Row::new(width).put("Health", Role::Title);
    let checks = &look.state.checks;
    if checks.is_empty() {
        return not_watched(title, "not watched: no check is configured", width);
    }
    let labels: Vec<String> = checks.iter().map(|check| check_name(look.state, check)).collect();
    let parts = checks.iter().flat_map(components).map(|c| c.name.width() + 2);
    let widest = labels.iter().map(|label| label.width()).chain(parts).max().unwrap_or(0);
    let label_width = widest.clamp(6, (width / 3).max(13));
    let (mut rows, mut at) = (Vec::new(), None);
    for (i, (check, label)) in checks.iter().zip(&labels).enumerate() {
        let here = cursor == Some(i);
        if here {
            at = Some(rows.len());
        }
        let head = head(store, check, label, label_width, now, width);
        rows.extend(head.into_iter().map(|row| row.select(here)));
        rows.extend(troubles(check, now, width));
        let lost = is_lost(store, &check.spec.feed, now);
        let parts = components(check).iter();
        rows.extend(parts.flat_map(|part| component(part, lost, label_width, width)));
    }
    let feeds = checks.iter().map(|check| check.spec.feed.clone());
    stamp(Body { cursor: at, ..Body::new(title, rows) }, store, feeds, now, width)
}

fn components(check: &Check) -> &[Component] {
    check.last.as_ref().map_or(&[], |probe| probe.components.as_slice())
}

/// `● api candidate  healthy   12 m`, and what the newest probe measured: behind it, or beneath.
fn head(
    store: &Store,
    check: &Check,
    label: &str,
    label_width: usize,
    now: Time,
    width: usize,
) -> Vec<Row> {
    let state = check_state(store, check, now);
    let (glyph, role) = words::health(state);
    let failing = failing(check, now).filter(|_| !is_lost(store, &check.spec.feed, now));
    let (glyph, role) = if failing.is_some() { ("▲", Role::Attention) } else { (glyph, role) };
    let word = match &check.last {
        None => "not probed",
        Some(_) if check.flapping => "flapping",
        Some(_) => failing.as_deref().unwrap_or(state.word()),
    };
    let row = Row::new(width)
        .put(glyph, role)
        .gap(1)
        .cell(label, label_width, Role::Text)
        .gap(1)
        .cell(word, word.len().max(10), role);
    let Some(probe) = &check.last else {
        return vec![row];
    };
    let lost = is_lost(store, &check.spec.feed, now);
    // since when it is as it was last seen; since when nobody knows, the first line says
    let since = check.since.filter(|_| !lost).map(|since| words::span(now - since));
    let since = Row::new(12).put(since.unwrap_or_default(), Role::Dim);
    let facts = facts(probe, lost.then_some(check.state));
    let whole = facts.join(" · ");
    if row.width() + whole.width() + since.width() + 2 <= width {
        return vec![row.put(whole, Role::Dim).right(since)];
    }
    // what does not fit is left out whole: a revision without its end is another one
    let pieces = facts
        .into_iter()
        .map(|fact| Row::new(width.saturating_sub(2)).put(fact, Role::Dim))
        .collect();
    let lines = flow(pieces, " · ", 0, width.saturating_sub(2)).into_iter().take(1);
    std::iter::once(row.right(since))
        .chain(lines.map(|line| Row::new(width).gap(2).join(line)))
        .collect()
}

/// `failing, 1 of 3`: a check that is healthy still, though its newest probes were not.
pub fn failing(check: &Check, now: Time) -> Option<String> {
    let bad = check.beats.iter().rev().take_while(|beat| beat.state == HealthState::Unhealthy);
    let (bad, fall) = (bad.count(), check.spec.fall);
    let counts = check.state == HealthState::Healthy && !check.flapping && !check.in_grace(now);
    (counts && bad > 0).then(|| format!("failing, {bad} of {fall}"))
}

/// What the newest probe measured, most telling first; of a lost one, what it said before.
fn facts(probe: &Probe, was: Option<HealthState>) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(was.map(|state| format!("was {}", state.word())));
    facts.extend(probe.code.map(|code| code.to_string()));
    facts.extend(probe.revision.clone());
    facts.push(millis(probe.latency_ms));
    facts.extend(probe.uptime_s.map(|s| format!("up {}", words::span_s(s))));
    facts.extend(probe.error_rate.map(|r| format!("errors {}", value(Some(r), "ratio"))));
    facts.extend(probe.cert_days.filter(|d| *d >= 14).map(|d| format!("cert {d} d")));
    facts
}

/// What is said only when there is something to say.
fn troubles(check: &Check, now: Time, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut say = |text: String, role| {
        let lines = wrap(&text, role, width.saturating_sub(2), 2);
        rows.extend(lines.into_iter().map(|line| Row::new(width).gap(2).join(line)));
    };
    let fails = check.last.as_ref().is_some_and(|last| last.state == HealthState::Unhealthy);
    if check.in_grace(now) && fails && check.state != HealthState::Unhealthy {
        say("in its grace: failures do not count yet".to_owned(), Role::Progress);
    }
    let Some(probe) = &check.last else { return rows };
    if let Some(detail) = &probe.detail {
        let role = if probe.state == HealthState::Healthy { Role::Dim } else { Role::Error };
        say(detail.clone(), role);
    }
    if let Some(days) = probe.cert_days.filter(|days| *days < 14) {
        let text = if days < 0 {
            format!("its certificate ended {} days ago", -days)
        } else {
            format!("its certificate ends in {days} days")
        };
        say(text, Role::Attention);
    }
    rows
}

fn component(part: &Component, lost: bool, label_width: usize, width: usize) -> Vec<Row> {
    let (glyph, role) = words::health(part.state);
    let (glyph, role) = if lost { ("?", Role::Unknown) } else { (glyph, role) };
    let word =
        if lost { format!("was {}", part.state.word()) } else { part.state.word().to_owned() };
    let row = Row::new(width)
        .put(glyph, role)
        .gap(1)
        .cell(format!("  {}", part.name), label_width, Role::Dim)
        .gap(1)
        .cell(&word, word.len().max(10), role);
    let detail = part.detail.as_deref().unwrap_or_default();
    if crate::text::clean(detail).width() <= row.room() {
        return vec![row.put(detail, Role::Text)];
    }
    let lines = wrap(detail, Role::Text, width.saturating_sub(4), 2);
    std::iter::once(row)
        .chain(lines.into_iter().map(|line| Row::new(width).gap(4).join(line)))
        .collect()
}
