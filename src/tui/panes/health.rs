//! Health checks: what each side says of itself, and the parts it is made of.

use crate::control::check_name;
use crate::control::check_state;
use crate::model::{Component, HealthState, Probe, Time};
use crate::store::{Check, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::{millis, value};

use super::freshness::{not_watched, stamp};
use super::row::{Row, wrap};
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
    let parts = checks.iter().flat_map(components).map(|c| c.name.len() + 2);
    let widest = labels.iter().map(String::len).chain(parts).max().unwrap_or(0);
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
        rows.extend(components(check).iter().map(|part| component(part, label_width, width)));
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
    let word = match &check.last {
        None => "not probed",
        Some(_) if check.flapping => "flapping",
        Some(_) => state.word(),
    };
    let row = Row::new(width)
        .put(glyph, role)
        .gap(1)
        .cell(label, label_width, Role::Text)
        .gap(1)
        .cell(word, 10, role);
    let Some(probe) = &check.last else {
        return vec![row];
    };
    let since = check.since.map_or(String::new(), |since| words::span(now - since));
    let since = Row::new(12).put(since, Role::Dim);
    let facts = facts(probe);
    if row.width() + facts.len() + since.width() + 2 <= width {
        return vec![row.put(facts, Role::Dim).right(since)];
    }
    vec![row.right(since), Row::new(width).gap(2).put(facts, Role::Dim)]
}

/// What the newest probe measured, most telling first.
fn facts(probe: &Probe) -> String {
    let mut facts = Vec::new();
    facts.extend(probe.code.map(|code| code.to_string()));
    facts.push(millis(probe.latency_ms));
    facts.extend(probe.revision.clone());
    facts.extend(probe.uptime_s.map(|s| format!("up {}", words::span_s(s))));
    facts.extend(probe.error_rate.map(|r| format!("errors {}", value(Some(r), "ratio"))));
    facts.extend(probe.cert_days.filter(|d| *d >= 14).map(|d| format!("cert {d} d")));
    facts.join(" · ")
}

/// What is said only when there is something to say.
fn troubles(check: &Check, now: Time, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut say = |text: String, role| {
        let lines = wrap(&text, role, width.saturating_sub(2), 2);
        rows.extend(lines.into_iter().map(|line| Row::new(width).gap(2).join(line)));
    };
    if check.in_grace(now) {
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

fn component(part: &Component, label_width: usize, width: usize) -> Row {
    let (glyph, role) = words::health(part.state);
    Row::new(width)
        .put(glyph, role)
        .gap(1)
        .cell(format!("  {}", part.name), label_width, Role::Dim)
        .gap(1)
        .cell(part.state.word(), 10, role)
        .put(part.detail.as_deref().unwrap_or_default(), Role::Text)
}
