//! A health check: its rule, what it answered last, and its history.

use crate::control::{check_gate, check_name, check_state};
use crate::model::{FeedState, HealthState, Probe, Track};
use crate::store::Check;
use crate::tui::chart;
use crate::tui::panes::health::failing;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::{millis, value};

use super::{Page, Scene};

fn find<'a>(scene: &Scene<'a>, name: &str, track: Track) -> Option<&'a Check> {
    let checks = &scene.look.state.checks;
    checks.iter().find(|check| check.spec.name == name && check.spec.track == track)
}

/// Its name with its side.
pub(super) fn name(scene: &Scene<'_>, name: &str, track: Track) -> Option<String> {
    find(scene, name, track).map(|check| check_name(scene.look.state, check))
}

/// Writes a check; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, name: &str, track: Track, page: &mut Page) -> Option<()> {
    let check = find(scene, name, track)?;
    page.feeds.push(check.spec.feed.clone());
    let state = check_state(scene.store, check, scene.now);
    let (glyph, role) = words::health(state);
    let lost = scene.store.feed_view(&check.spec.feed, scene.now).state == FeedState::Lost;
    let failing = failing(check, scene.now);
    let word = match &check.last {
        None => "not probed".to_owned(),
        Some(_) if lost => format!("unknown, was {}", check.state.word()),
        Some(_) => failing.clone().unwrap_or_else(|| state.word().to_owned()),
    };
    let (glyph, role) = match failing {
        Some(_) if !lost => ("▲", Role::Attention),
        _ => (glyph, role),
    };
    page.fact("state", &format!("{glyph} {word}"), role);
    if lost && check.last.is_some() {
        page.fact("gate", "? no answer comes: what it said last proves nothing", Role::Unknown);
    } else {
        let gate = check_gate(scene.look.state, check, scene.now);
        let (glyph, role) = words::gate(gate.state);
        page.fact("gate", &format!("{glyph} {}", gate.reason), role);
    }
    if check.flapping {
        let text = "it changes so often that its state is frozen and proves nothing";
        page.fact("flapping", text, Role::Attention);
    }
    if check.in_grace(scene.now) {
        page.fact("grace", "failures do not count until the first success", Role::Progress);
    }
    page.maybe("since", check.since.map(|at| scene.moment(at)));
    let spec = &check.spec;
    let rule = format!(
        "every {} s, grace {} s; {} good in a row make it healthy, {} bad ones unhealthy",
        spec.every.as_secs_f64(),
        spec.grace.as_secs_f64(),
        spec.rise,
        spec.fall
    );
    page.fact("rule", &rule, Role::Text);
    page.fact("side", scene.look.state.side(spec.track).word(), Role::Text);
    if let Some(probe) = &check.last {
        answer(scene, check, probe, page);
    }
    history(scene, check, page);
    Some(())
}

fn answer(scene: &Scene<'_>, check: &Check, probe: &Probe, page: &mut Page) {
    page.head("last answer");
    page.maybe("asked", check.last_at.map(|at| scene.moment(at)));
    let (glyph, role) = words::health(probe.state);
    page.fact("said", &format!("{glyph} {}", probe.state.word()), role);
    page.maybe("code", probe.code.map(|code| code.to_string()));
    page.fact("latency", &millis(probe.latency_ms), Role::Text);
    if let Some(detail) = &probe.detail {
        let role = if probe.state == HealthState::Healthy { Role::Text } else { Role::Error };
        page.fact("detail", detail, role);
    }
    page.maybe("revision", probe.revision.as_ref());
    page.maybe("errors", probe.error_rate.map(|rate| value(Some(rate), "ratio")));
    page.maybe("up for", probe.uptime_s.map(words::span_s));
    if let Some(days) = probe.cert_days {
        let text = if days < 0 {
            format!("ended {} days ago", -days)
        } else {
            format!("ends in {days} days")
        };
        page.fact("certificate", &text, if days < 14 { Role::Attention } else { Role::Text });
    }
    for part in &probe.components {
        let (glyph, role) = words::health(part.state);
        let detail = part.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
        page.fact(&part.name, &format!("{glyph} {}{detail}", part.state.word()), role);
    }
}

fn history(scene: &Scene<'_>, check: &Check, page: &mut Page) {
    if check.beats.is_empty() {
        page.head("latency");
        page.say("none yet", Role::Dim);
        return;
    }
    page.head(&format!("latency of the last {} probes", check.beats.len()));
    let rows = chart::latency(check, scene.now, page.chart(), scene.style);
    page.rows(rows);
    page.head("probes, newest first");
    for beat in check.beats.iter().rev() {
        page.line(None, |width| {
            let (glyph, role) = words::health(beat.state);
            Row::new(width)
                .put(beat.at.format("%H:%M:%SZ  ").to_string(), Role::Dim)
                .put(format!("{glyph} "), role)
                .cell(beat.state.word(), 10, role)
                .number(millis(beat.latency_ms), 9, Role::Text)
        });
    }
}
