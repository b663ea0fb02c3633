//! Alerts: those since this release apart from older ones, silenced and inhibited ones counted apart.

use crate::control::Began;
use crate::model::{Alert, AlertState, FeedState, Time};
use crate::store::Store;
use crate::tui::theme::Role;

use super::freshness::{not_watched, stamp};
use super::row::{Row, middle};
use super::{Body, Glance, Sight, words};

/// The alerts of the selected target; only lines that may be in sight are built.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    runbook_key: &str,
    now: Time,
    (width, sight): (usize, Sight),
) -> Body {
    let title = Row::new(width).put("Alerts", Role::Title);
    let Some(spec) = &look.state.spec.alerts else {
        return not_watched(title, "not watched: no alertmanager is configured", width);
    };
    let alerts = &look.state.alerts;
    let release = look.seen.evidence.release.known();
    let counts = counts(look, release, width);
    let title = if counts.width() > 0 { title.gap(2).join(counts) } else { title };
    let range = sight.range(cursor, alerts.list.len());
    let rows: Vec<Row> = range
        .clone()
        .zip(&alerts.list[range.clone()])
        .map(|(i, alert)| row(alert, release, cursor == Some(i), runbook_key, now, width))
        .collect();
    let rows = match (alerts.list.is_empty(), alerts.asked_at) {
        (true, Some(_)) if store.feed_view(&spec.feed, now).state != FeedState::Live => {
            vec![Row::new(width).put("? none when last heard", Role::Unknown)]
        }
        (true, Some(_)) if alerts.unread > 0 => {
            vec![Row::new(width).put("? what there is could not be read", Role::Unknown)]
        }
        (true, Some(_)) => vec![Row::new(width).put("✓ none", Role::Ok)],
        (true, None) => vec![Row::new(width).put("? not heard yet", Role::Unknown)],
        _ => rows,
    };
    let (above, total) = (range.start, alerts.list.len());
    let body = Body { above, total, cursor, ..Body::new(title, rows) };
    stamp(body, store, Some(spec.feed.clone()), now, width)
}

/// `1 since this release, 4 older, 2 silenced`
fn counts(look: &Glance<'_>, release: Option<Time>, width: usize) -> Row {
    let alerts = &look.state.alerts;
    if alerts.asked_at.is_none() {
        return Row::new(width);
    }
    let firing = alerts.firing().count();
    let since = look.seen.alerts_since;
    let of = |state| alerts.list.iter().filter(|alert| alert.state == state).count();
    let mut row = Row::new(width);
    let role = if since > 0 { Role::Critical } else { Role::Dim };
    row = match look.seen.evidence.release {
        _ if release.is_some() && width < 60 => row.put(format!("{since} new"), role),
        _ if release.is_some() => row.put(format!("{since} since this release"), role),
        Began::SeenSince(_) | Began::Unknown if width < 60 => {
            row.put(format!("{since} firing"), role)
        }
        Began::SeenSince(_) | Began::Unknown => {
            row.put(format!("{since} firing, the release's beginning is unknown"), role)
        }
        _ => row,
    };
    let older = firing.saturating_sub(since);
    let mut others = vec![
        (older, "older"),
        (of(AlertState::Silenced), "silenced"),
        (of(AlertState::Inhibited), "inhibited"),
        (alerts.unread, "unreadable"),
    ];
    if width < 50 {
        // each line says it
        others.truncate(1);
    }
    for (n, word) in others {
        if n > 0 {
            row = row.put(format!(", {n} {word}"), Role::Dim);
        }
    }
    row
}

fn row(
    alert: &Alert,
    release: Option<Time>,
    here: bool,
    runbook_key: &str,
    now: Time,
    width: usize,
) -> Row {
    let new =
        alert.state == AlertState::Firing && release.is_none_or(|began| alert.may_be_since(began));
    let (glyph, role) = match alert.state {
        AlertState::Firing if new => ("▲", words::severity(alert.severity)),
        AlertState::Firing => ("△", Role::Text),
        AlertState::Silenced | AlertState::Inhibited => ("○", Role::Dim),
    };
    let text = if alert.state == AlertState::Firing { Role::Text } else { Role::Dim };
    let state = match (alert.state, release) {
        (AlertState::Firing, Some(_)) if !new => "older",
        (AlertState::Firing, _) => "",
        (AlertState::Silenced, _) => "silenced",
        (AlertState::Inhibited, _) => "inhibited",
    };
    let narrow = width < 70;
    let row = Row::new(width).put(format!("{glyph} {} ", alert.severity), role);
    let age = alert.since.map_or("?".to_owned(), |since| words::span(now - since));
    if width < 50 {
        // which one, how it stands and since when; the rest is a key away
        let state = if alert.unmapped.is_some() && state.is_empty() { "unmapped" } else { state };
        let tail = Row::new(width).put(state, Role::Dim).gap(1).number(&age, 8, Role::Dim);
        let room = row.room().saturating_sub(tail.width() + 1);
        return row.cell(middle(&alert.name, room), room, text).gap(1).join(tail).select(here);
    }
    let mut row = row.cell(&alert.name, if narrow { 18 } else { 24 }, text).gap(1);
    if width >= 90 {
        row = row.cell(labels(alert), (width / 5).min(40), Role::Dim).gap(1);
    }
    row = row.number(&age, 8, Role::Dim).gap(2);
    let state = if state.is_empty() { String::new() } else { format!("{state}: ") };
    let runbook = match &alert.runbook {
        Some(_) if !narrow => Row::new(30).put(format!("runbook: {runbook_key}"), Role::Key),
        _ => Row::new(0),
    };
    let room = row.room().saturating_sub(runbook.width() + 2);
    let unmapped = alert
        .unmapped
        .as_ref()
        .map_or(String::new(), |label| format!("(severity \"{label}\" is not mapped) "));
    let summary = alert.summary.as_deref().unwrap_or("no summary");
    let tail =
        Row::new(room).put(state, Role::Dim).put(unmapped, Role::Attention).put(summary, text);
    row.join(tail).right(runbook).select(here)
}

/// The labels that tell one alert from another of its name.
fn labels(alert: &Alert) -> String {
    let dull =
        |key: &str| matches!(key, "alertname" | "severity" | "service" | "env" | "environment");
    let told: Vec<&str> = alert
        .labels
        .iter()
        .filter(|(key, _)| !dull(key))
        .map(|(_, value)| value.as_str())
        .collect();
    told.join(" ")
}
