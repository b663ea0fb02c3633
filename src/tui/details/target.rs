//! A target: where it stands, whom to call, what is configured about it, and everything it has.

use std::borrow::Cow;
use std::time::Duration;

use crate::control::{
    Go, check_name, check_state, frozen, held_alarm, is_back, metric_idle, recovered, rehearsal,
};
use crate::model::spec::{AutoMode, AutoSpec};
use crate::model::{Alert, Revision, Time};
use crate::store::{Hold, WentBack};
use crate::tui::panes::freshness::passed_once;
use crate::tui::panes::row::Row;
use crate::tui::panes::{metrics as pane, words};
use crate::tui::theme::Role;
use crate::tui::widgets::number;

use super::{Detail, Page, Scene, action};

/// Alerts and actions named on a target's page, each.
const MOST: usize = 10;

/// Writes the target.
pub(super) fn write(scene: &Scene<'_>, page: &mut Page) {
    let (state, seen) = (scene.look.state, scene.look.seen);
    let spec = &state.spec;
    page.feeds.extend(spec.feeds().map(Cow::into_owned));
    let (glyph, role) = words::standing(seen.standing);
    page.fact("state", &format!("{glyph} {}", seen.standing.word()), role);
    for reason in &seen.reasons {
        page.fact("why", reason, Role::Text);
    }
    revisions(scene, page);
    for (label, hold) in [("held", &state.ledger.hold), ("paused", &state.ledger.paused)] {
        if let Some(hold) = hold {
            let (Hold { since, by, reason, .. }, scope) = (hold, scene.store.scope_of(hold));
            let text = format!("by {by} since {} ({scope}): {reason}", scene.moment(*since));
            page.fact(label, &text, Role::Attention);
        }
    }
    if let Some(held) = held_alarm(state, seen).and_then(|alarm| alarm.answered.as_ref()) {
        let since = scene.moment(held.at);
        let text = format!("automatic rollback held by {} since {since}: {}", held.by, held.why);
        page.fact("auto", &text, Role::Attention);
    }
    if let Some(frozen) = frozen(&spec.rules.freezes, scene.now) {
        let why = frozen.by.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
        let text = format!("by {} {}{why}", frozen.by.name, frozen.until_words(scene.now));
        page.fact("freeze", &text, Role::Attention);
    }
    if let Some(rehearsal) = rehearsal(scene.store, state, scene.now) {
        let late = rehearsal.last.and_then(WentBack::in_time) == Some(false);
        let role = if late { Role::Attention } else { Role::Text };
        page.fact("went back", &rehearsal.sentence(scene.now), role);
        if let Some(overdue) = &rehearsal.overdue {
            page.fact("rehearse", overdue, Role::Attention);
        }
    }
    let contacts = spec.contacts.join(", ");
    page.fact("call", if contacts.is_empty() { "nobody named" } else { &contacts }, Role::Text);
    for (name, url) in &spec.links {
        page.link(name, url);
    }
    proof(scene, page);
    configuration(scene, page);
    gates(scene, page);
    checks(scene, page);
    metrics(scene, page, |_| true);
    pipeline(scene, page);
    if spec.alerts.is_some() {
        alerts(scene, page, MOST, |_| true);
    }
    actions(scene, page);
}

fn revisions(scene: &Scene<'_>, page: &mut Page) {
    let evidence = &scene.look.seen.evidence;
    let name = |of: &Option<Revision>, old: Option<Time>| match (of, old) {
        (None, _) => "unknown".to_owned(),
        (Some(revision), None) => revision.0.clone(),
        (Some(revision), Some(at)) => {
            format!("{revision}, last named {} ago", words::span(scene.now - at))
        }
    };
    let has_sides = scene.look.state.spec.rollout.is_some()
        || evidence.stable.is_some()
        || evidence.candidate.is_some();
    if !has_sides || evidence.whole.is_some() {
        page.fact("runs", &name(&evidence.whole, evidence.whole_old), Role::Stable);
    }
    if has_sides {
        page.fact("stable", &name(&evidence.stable, evidence.stable_old), Role::Stable);
        page.fact("candidate", &name(&evidence.candidate, evidence.candidate_old), Role::Candidate);
    }
    let bad: Vec<&str> = scene.look.state.ledger.bad.iter().map(Revision::as_str).collect();
    if !bad.is_empty() {
        page.fact("bad", &format!("rolled back from {}", bad.join(", ")), Role::Attention);
    }
}

/// Whether the rollback that it is held for did what it is for.
fn proof(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    let parts = if is_back(state) { recovered(scene.store, state, scene.now) } else { Vec::new() };
    if !parts.is_empty() {
        page.head("since the rollback");
    }
    for part in parts {
        page.say(&part.sentence(), words::proven(part.is_well));
    }
}

/// When it is rolled back by itself, and what sets that off.
fn by_itself(auto: &AutoSpec) -> String {
    let on: Vec<&str> = auto.on.iter().map(|trigger| trigger.word()).collect();
    let watched = match auto.watch_after {
        Duration::ZERO => String::new(),
        after => format!("; {} under watch afterwards", words::span_s(after.as_secs_f64())),
    };
    let after = words::span_s(auto.after.as_secs_f64());
    let on = on.join(", ");
    match auto.mode {
        AutoMode::Off => format!("off: nothing is rolled back by itself{watched}"),
        AutoMode::Ask => {
            format!("ask: announced for {after}, then done unless held; by {on}{watched}")
        }
        AutoMode::On => format!("on: done at once, by {on}{watched}"),
    }
}

/// What the operator wrote down about it; no address is among it.
fn configuration(scene: &Scene<'_>, page: &mut Page) {
    let spec = &scene.look.state.spec;
    page.head("configuration");
    let kind = if spec.production { "production" } else { "not production" };
    let group = spec.group.as_ref().map_or(String::new(), |group| match spec.wave {
        Some(wave) => format!(", wave {wave} of {group}"),
        None => format!(", of {group}"),
    });
    page.fact("kind", &format!("{kind}{group}"), Role::Text);
    match &spec.rollout {
        None => page.fact("engine", "none: only watched", Role::Dim),
        Some(rollout) => {
            page.fact("engine", &rollout.engine, Role::Text);
            let steps: Vec<String> = rollout.steps.iter().map(|step| number(*step)).collect();
            page.fact("steps", &format!("{} %", steps.join(", ")), Role::Text);
            page.fact("soak", &words::span_s(rollout.soak.as_secs_f64()), Role::Text);
            let within = words::span_s(rollout.rollback_within.as_secs_f64());
            page.fact("rollback", &format!("within {within}"), Role::Text);
            if let Some(auto) = &rollout.auto {
                page.fact("auto", &by_itself(auto), Role::Text);
            }
            if rollout.rotate {
                page.fact("sides", "change places after a completed release", Role::Text);
            }
        }
    }
    for (key, hook) in spec.hooks.all() {
        page.fact(key, &hook.argv.join(" "), Role::Text);
    }
    for action in &spec.actions {
        page.fact("action", &format!("{}: {}", action.name, action.program.line()), Role::Text);
    }
    let workflow = spec.workflow.as_deref().unwrap_or("any workflow");
    let branch = spec.workflow_ref.as_ref().map_or(String::new(), |of| format!(" of {of}"));
    page.maybe("pipeline", spec.repo.as_ref().map(|repo| format!("{workflow}{branch} in {repo}")));
    if let Some(alerts) = &spec.alerts {
        let matchers = alerts.matchers.join(", ");
        page.fact("alerts", if matchers.is_empty() { "all" } else { &matchers }, Role::Text);
        page.fact("block", &format!("{} and worse", spec.alert_block), Role::Text);
    }
    if let Some(burn) = &spec.rules.burn {
        let text = format!("{} of requests; {} × and faster block", burn.objective, burn.block);
        page.fact("objective", &text, Role::Text);
    }
    if let Some(backup) = &spec.rules.backup {
        let most = words::span_s(backup.max_age.as_secs_f64());
        page.fact("backup", &format!("at most {most} old"), Role::Text);
    }
}

fn gates(scene: &Scene<'_>, page: &mut Page) {
    if scene.look.seen.gates.is_empty() {
        return;
    }
    page.head("may it go on?");
    if scene.look.seen.go() == Go::Nothing {
        page.say(words::NOTHING, Role::Dim);
    }
    for barrier in scene.look.seen.barriers() {
        let (glyph, role) = words::gate(barrier.state);
        page.say(&format!("{glyph} {}: {}", barrier.name, barrier.reason), role);
    }
    for gate in &scene.look.seen.gates {
        let once = passed_once(scene.store, scene.look, gate, scene.now);
        page.item(Detail::Gate(gate.name.clone()), |width| {
            let (glyph, role) = if once { ("?", Role::Unknown) } else { words::gate(gate.state) };
            let reason = if once { "not heard any more" } else { &gate.reason };
            Row::new(width)
                .put(format!("{glyph} "), role)
                .cell(&gate.name, 16.min(width / 3), Role::Text)
                .gap(1)
                .put(reason, Role::Text)
        });
    }
}

/// Every check, to be opened.
pub(super) fn checks(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    if state.checks.is_empty() {
        return;
    }
    page.head("health");
    for check in &state.checks {
        let item = Detail::Check(check.spec.name.clone(), check.spec.track);
        page.item(item, |width| {
            let now = check_state(scene.store, check, scene.now);
            let (glyph, role) = words::health(now);
            let word = if check.last.is_none() { "not probed" } else { now.word() };
            Row::new(width)
                .put(format!("{glyph} "), role)
                .cell(check_name(state, check), 24.min(width / 3), Role::Text)
                .gap(1)
                .put(word, role)
        });
    }
}

/// The metrics of these names, to be opened.
pub(super) fn metrics(scene: &Scene<'_>, page: &mut Page, wanted: impl Fn(&str) -> bool) {
    let state = scene.look.state;
    let mut first = true;
    for item in pane::items(state) {
        let Detail::Metric(index, _) = item else { continue };
        let Some((spec, series)) = state.spec.metrics.get(index).zip(state.metrics.get(index))
        else {
            continue;
        };
        if !wanted(&spec.name) {
            continue;
        }
        if std::mem::take(&mut first) {
            page.head("metrics");
        }
        page.item(item, |width| {
            let mark = pane::mark(scene.look, index, scene.now);
            let idle = metric_idle(state, index, scene.look.seen.routed);
            let limit = if idle { "not judged".to_owned() } else { pane::limit(spec) };
            Row::new(width)
                .put(format!("{} ", mark.0), mark.1)
                .cell(&spec.name, 24.min(width / 3), Role::Text)
                .gap(1)
                .put(pane::told(spec, series), Role::Text)
                .put(format!(", {limit}"), Role::Dim)
        });
    }
}

/// The run that is its pipeline.
pub(super) fn pipeline(scene: &Scene<'_>, page: &mut Page) {
    let Some(pipeline) = scene.store.pipeline(&scene.look.state.spec) else { return };
    let run = pipeline.run;
    page.head("pipeline");
    page.item(Detail::Run(run.id), |width| {
        let (glyph, word, role) = words::job(&run.status, run.conclusion.as_ref());
        let word = if word.is_empty() { "succeeded" } else { word };
        Row::new(width)
            .put(format!("{glyph} "), role)
            .put(format!("{} #{} ", run.name, run.number), Role::Text)
            .put(word, role)
            .put(format!(" ({})", run.title), Role::Dim)
    });
}

/// The first alerts of a kind, to be opened.
pub(super) fn alerts(
    scene: &Scene<'_>,
    page: &mut Page,
    most: usize,
    wanted: impl Fn(&Alert) -> bool,
) {
    let alerts = &scene.look.state.alerts;
    let all = alerts.list.iter().filter(|alert| wanted(alert));
    let count = all.clone().count();
    page.head(&format!("alerts ({count})"));
    if alerts.asked_at.is_none() {
        page.say("? not heard yet", Role::Unknown);
    }
    for alert in all.take(most) {
        page.item(Detail::Alert(alert.fingerprint.clone()), |width| {
            Row::new(width)
                .put(format!("{} ", alert.severity), words::severity(alert.severity))
                .cell(&alert.name, 24.min(width / 3), Role::Text)
                .gap(1)
                .put(format!("{} ", alert.state.word()), Role::Dim)
                .put(alert.summary.as_deref().unwrap_or("no summary"), Role::Text)
        });
    }
    if count > most {
        page.say(&format!("and {} more in the pane of the alerts", count - most), Role::Dim);
    }
}

fn actions(scene: &Scene<'_>, page: &mut Page) {
    let entries = &scene.look.state.ledger.entries;
    page.head("last actions");
    if entries.is_empty() {
        page.say("none that the journal knows of", Role::Dim);
    }
    // what is in flight or open is never left out
    let (mut pressing, mut past): (Vec<_>, Vec<_>) =
        entries.iter().rev().partition(|entry| entry.in_flight() || entry.open().is_some());
    past.truncate(MOST);
    pressing.append(&mut past);
    for entry in pressing {
        let item = Detail::Action(entry.plan.action.clone());
        page.item(item, |width| action::line(entry, scene.now, width));
    }
}
