//! The selected target's rollout: from what to what, how far by three numbers, and may it go on.

use crate::control::{Began, Gate, GateState, Standing, held_alarm, vigil};
use crate::model::{FeedId, FeedState, Phase, Time, Verb};
use crate::store::{Entry, Store};
use crate::tui::details::Detail;
use crate::tui::errands;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, number};

use super::awaited::{Awaited, of_rollback};
use super::freshness::{passed_once, stamp};
use super::row::{Row, middle, wrap};
use super::{Aside, Body, Glance, words};

mod go;
mod servers;
mod weights;

/// Columns of the label in front of a line.
const LABEL: usize = 8;

/// The rollout of the selected target.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    now: Time,
    (width, roomy): (usize, bool),
    style: &Look<'_>,
) -> Body {
    let feed: Option<FeedId> = look.state.spec.rollout.as_ref().map(|spec| spec.feed.clone());
    let view = feed.as_ref().map(|feed| store.feed_view(feed, now));
    let lost = view.as_ref().is_some_and(|view| view.state == FeedState::Lost);
    let awaited = view.is_some_and(|view| view.is_awaited());
    let title = title(look, width);
    let mut rows = vec![headline(store, look, awaited, now, width).select(cursor == Some(0))];
    let mut at = cursor.map(|_| 0);
    // the things of this pane, one after the other: the target, its gates, what is in flight or open
    let mut next = cursor.and_then(|i| i.checked_sub(1));
    if look.state.spec.rollout.is_some() {
        rows.extend(weights::rows(store, look, lost, now, width, style));
        rows.extend(by_itself(look, width));
        let gates = gates(look);
        let once = |gate: &Gate| passed_once(store, look, gate, now);
        let (lines, line) = go::rows(look, &gates, once, next, width);
        at = line.map(|line| rows.len() + line).or(at);
        rows.extend(lines);
        next = next.and_then(|i| i.checked_sub(gates.len()));
    }
    at = next.map(|i| rows.len() + i).or(at);
    let lines = actions(store, look, now, width).into_iter().enumerate();
    rows.extend(lines.map(|(i, row)| row.select(next == Some(i))));
    rows.extend(watched(look, now, width));
    rows.extend(reasons(look, lost, width));
    if roomy {
        rows.extend(servers::rows(look, lost, width));
    }
    rows.extend(links(look, width, roomy));
    let named = title.width();
    let body = Body { cursor: at, named, ..Body::new(title, rows) };
    let body = stamp(body, store, feed, now, width);
    if !look.state.spec.production {
        return body;
    }
    Body { badge: Aside::production(), ..body }
}

/// `checkout / production`: beside the badge both ends of a long name are kept.
fn title(look: &Glance<'_>, width: usize) -> Row {
    let target = look.target();
    let row = Row::new(width)
        .put(target.service(), Role::Title)
        .put(" / ", Role::Dim)
        .put(target.environment(), Role::Title);
    // the number, the badge, the age, and what stands between them
    let asides = if look.state.spec.production { 29 } else { 15 };
    if row.width() + asides <= width {
        return row;
    }
    let room = width.saturating_sub(if look.state.spec.production { 19 } else { 13 });
    Row::new(width).put(middle(target.as_str(), room), Role::Title)
}

fn revision(revision: Option<&crate::model::Revision>) -> &str {
    revision.map_or("unknown", crate::model::Revision::as_str)
}

/// `1.4.1 → 1.4.2   soaking, step 2 of 3, by haproxy        soak 06:12 of 15:00`
fn headline(store: &Store, look: &Glance<'_>, awaited: bool, now: Time, width: usize) -> Row {
    let seen = &look.seen;
    let evidence = &seen.evidence;
    let row = Row::new(width);
    let Some(phase) = seen.phase else {
        let sides = evidence.candidate.as_ref().or(evidence.stable.as_ref());
        let runs = sides.or(evidence.whole.as_ref());
        return row
            .put(revision(runs), Role::Stable)
            .gap(3)
            .put("only watched: no engine is configured", Role::Dim);
    };
    if awaited {
        return row.put("? nothing read yet", Role::Unknown);
    }
    let told = words::phase_of(seen);
    let (mut glyph, mut word, mut role) = told.unwrap_or(("?", "unknown".into(), Role::Unknown));
    if of_rollback(store, look.state, now).is_some() {
        (glyph, word) = ("▲", "rollback waits".into());
    }
    let mut first = "";
    if seen.standing == Standing::Critical && phase != Phase::Degraded {
        // what harms comes before how far it got, here as in the header
        (glyph, role) = words::standing(seen.standing);
        first = "critical, ";
    }
    let (stable, candidate) = (evidence.stable.as_ref(), evidence.candidate.as_ref());
    let mut row = row.put(revision(stable), Role::Stable);
    if stable.is_none() || stable != candidate {
        let back = matches!(phase, Phase::RolledBack | Phase::RollingBack);
        row = row
            .put(if back { " ← " } else { " → " }, Role::Dim)
            .put(revision(candidate), Role::Candidate);
    }
    row = row.gap(3).put(format!("{glyph} {first}{word}"), role);
    let step = format!(", step {} of {}", seen.step, seen.steps);
    // the bar beneath shows it too: rather none than half of it
    if seen.steps > 0 && phase != Phase::Idle && step.len() <= row.room() {
        row = row.put(step, Role::Text);
    }
    let engine = look.state.spec.rollout.as_ref().map_or("", |spec| spec.engine.as_str());
    let by = Row::new(width).put(format!(", by {engine}"), Role::Dim);
    let soak = soak(look, now);
    // who moves the traffic is known; how long it still takes is not
    if row.width() + by.width() + soak.width() + 2 <= width {
        row = row.join(by);
    }
    row.right(soak)
}

/// The soak's clock, while there is one.
fn soak(look: &Glance<'_>, now: Time) -> Row {
    let row = Row::new(60);
    let Some(spec) = look.state.spec.rollout.as_ref().filter(|spec| !spec.soak.is_zero()) else {
        return row;
    };
    let Some(gate) = look.seen.gates.iter().find(|gate| gate.name == "soak") else {
        return row;
    };
    let total = chrono::TimeDelta::from_std(spec.soak).unwrap_or_default();
    match (gate.state, gate.left_s) {
        (GateState::Wait, Some(left)) => {
            let done = total - chrono::TimeDelta::seconds(left.ceil() as i64);
            row.put(
                format!("soak {} of {}", words::clock(done), words::clock(total)),
                Role::Progress,
            )
        }
        (GateState::Unknown, _) => row.put("soak unknown", Role::Unknown),
        (GateState::Pass, _) => match look.seen.evidence.step {
            Began::Unknown => row,
            began => {
                let step = began.counted().map(|at| words::span(now - at)).unwrap_or_default();
                row.put(format!("at this step for {step}"), Role::Dim)
            }
        },
        _ => row,
    }
}

/// The things of this pane: the target, its gates, what is in flight and what is open.
pub fn items(look: &Glance<'_>) -> Vec<Detail> {
    let gates = gates(look).into_iter().map(|gate| Detail::Gate(gate.name.clone()));
    let ledger = &look.state.ledger;
    let entries = ledger.in_flight().chain(ledger.open().map(|(entry, _)| entry));
    let actions = entries.map(|entry| Detail::Action(entry.plan.action.clone()));
    std::iter::once(Detail::Target).chain(gates).chain(actions).collect()
}

/// The gates in the order they are read: what stands in the way first, what only takes time next.
pub fn gates<'a>(look: &Glance<'a>) -> Vec<&'a Gate> {
    if look.state.spec.rollout.is_none() {
        return Vec::new();
    }
    let mut gates: Vec<&Gate> = look.seen.gates.iter().collect();
    gates.sort_by_key(|gate| match gate.state {
        GateState::Pass => 2,
        _ if gate.left_s.is_some() => 1,
        _ => 0,
    });
    gates
}

/// The same behind what refuses a promotion besides them.
pub fn answers(look: &Glance<'_>) -> Vec<Gate> {
    let gates = gates(look).into_iter().cloned();
    look.seen.barriers().into_iter().chain(gates).collect()
}

/// What is in flight and what is still open, loud.
fn actions(store: &Store, look: &Glance<'_>, now: Time, width: usize) -> Vec<Row> {
    let ledger = &look.state.ledger;
    let held = |entry: &Entry| {
        let run = errands::followed(store, &entry.plan)?;
        let awaited = Awaited::of(store.repo_of(&look.state.spec), run, now)?;
        let rollback = entry.plan.verb == Verb::Rollback;
        rollback.then(|| format!("{} {}", entry.plan.verb, awaited.sentence(now)))
    };
    let flying = ledger.in_flight().map(|entry| {
        let (by, left) = (&entry.operator, countdown(entry, now));
        if let Some(held) = held(entry) {
            let left = left.map_or(String::new(), |(left, _)| format!("{left}: "));
            let row = Row::new(width).cell("▲ now", LABEL, Role::Attention);
            return row.put(format!("{left}{held}; by {by}"), Role::Attention);
        }
        let progress = entry.progress.as_deref().unwrap_or("on its way");
        let to = entry.plan.to_weight.map_or(String::new(), |w| format!(" to {} %", number(w)));
        let what = format!("{}{to} by {by}", entry.plan.verb);
        let (text, role) = match left {
            Some((left, role)) => (format!("{what}, {left}: {progress}"), role),
            None => {
                (format!("{what}: {progress}, {}", words::span(now - entry.at)), Role::Progress)
            }
        };
        Row::new(width).cell("◐ now", LABEL, Role::Progress).put(text, role)
    });
    let open = ledger.open().map(|(entry, open)| {
        let age = words::span(now - entry.at);
        let (by, open) = (&entry.operator, open.word());
        let text = match held(entry) {
            Some(held) => format!("{held}; by {by} {age} ago: {open}"),
            None => format!("{} by {by} {age} ago: {open}", entry.plan.verb),
        };
        let left = countdown(entry, now).filter(|_| entry.report.is_some());
        let left = left.map_or(String::new(), |(left, _)| format!("; {left}"));
        let row = Row::new(width).cell("? open", LABEL, Role::Unknown);
        row.put(text + &left, Role::Unknown)
    });
    flying.chain(open).collect()
}

/// What is left of the time that a rollback should take.
fn countdown(entry: &Entry, now: Time) -> Option<(String, Role)> {
    let within = entry.plan.within_ms? as f64 / 1000.0;
    let spent = (now - entry.at).as_seconds_f64().max(0.0);
    let role = if spent > within { Role::Critical } else { Role::Progress };
    Some((words::left_of(within, spent), role))
}

/// Who said that nothing is rolled back by itself any more.
fn by_itself(look: &Glance<'_>, width: usize) -> Option<Row> {
    let held = held_alarm(look.state, look.seen)?.answered.as_ref()?;
    let since = words::time_of_day(held.at);
    let text = format!("held by {} since {since} for this release: {}", held.by, held.why);
    Some(Row::new(width).cell("auto", LABEL, Role::Attention).put(text, Role::Attention))
}

/// Until when it stays under watch, where its release is over.
fn watched(look: &Glance<'_>, now: Time, width: usize) -> Option<Row> {
    let vigil = vigil(look.state, look.seen, now)?;
    let until = vigil.until.format("%Y-%m-%d %H:%M UTC");
    let what = if vigil.way_back {
        "harm is announced, and rolled back unless it is held"
    } else {
        "harm is a warning"
    };
    let text = format!("until {until}: {what}");
    Some(Row::new(width).cell("watched", LABEL, Role::Dim).put(text, Role::Text))
}

/// Why it is not well, or why it is in its phase.
fn reasons(look: &Glance<'_>, lost: bool, width: usize) -> Vec<Row> {
    let seen = &look.seen;
    let (glyph, role) = words::standing(seen.standing);
    let fresh = |reason: &&String| {
        // not what the gates or the lines of actions say already
        let by_gate = seen.gates.iter().filter(|gate| gate.state != GateState::Pass).any(|gate| {
            gate.reason.contains(reason.as_str())
                || reason.contains(gate.reason.as_str())
                || (gate.name == "hold" && reason.starts_with("held by"))
        });
        let by_action = look.state.ledger.open().any(|(entry, open)| {
            **reason == format!("{} by {}: {}", entry.plan.verb, entry.operator, open.word())
        });
        !by_gate && !by_action
    };
    let mut rows: Vec<Row> = Vec::new();
    // what made it so may stand with the gates; then this is only the rest
    let leads = seen.reasons.first().is_none_or(|first| fresh(&first));
    let (why, role) =
        if leads { (format!("{glyph} why"), role) } else { ("also".into(), Role::Dim) };
    for (i, reason) in seen.reasons.iter().filter(fresh).enumerate() {
        let head = if i == 0 { why.clone() } else { String::new() };
        let room = width.saturating_sub(LABEL);
        for (j, line) in wrap(reason, Role::Text, room, 2).into_iter().enumerate() {
            let head = if j == 0 { head.as_str() } else { "" };
            rows.push(Row::new(width).cell(head, LABEL, role).join(line));
        }
    }
    // of a lost engine the first line says why
    let told = lost
        || match seen.phase {
            Some(Phase::Degraded | Phase::RolledBack) => true,
            // an engine of its own mind has a reason of its own
            Some(Phase::Soaking) => seen.gates.iter().any(|gate| {
                seen.phase_reason.as_ref().is_some_and(|reason| *reason == gate.reason)
            }),
            _ => false,
        };
    if let Some(reason) =
        seen.phase_reason.as_ref().filter(|r| !told && !r.is_empty() && !seen.reasons.contains(r))
    {
        for (i, line) in
            wrap(reason, Role::Text, width.saturating_sub(LABEL), 2).into_iter().enumerate()
        {
            let head = if i == 0 { "because" } else { "" };
            rows.push(Row::new(width).cell(head, LABEL, Role::Dim).join(line));
        }
    }
    rows
}

fn links(look: &Glance<'_>, width: usize, roomy: bool) -> Vec<Row> {
    let spec = &look.state.spec;
    let mut rows = Vec::new();
    if !spec.contacts.is_empty() {
        let contacts = spec.contacts.join(", ");
        rows.push(Row::new(width).cell("call", LABEL, Role::Dim).put(contacts, Role::Text));
    }
    if roomy {
        rows.extend(spec.links.iter().map(|(name, url)| {
            Row::new(width).cell(name, LABEL - 1, Role::Dim).gap(1).put(url, Role::Text)
        }));
    }
    rows
}

/// The verb that the pause key means now.
pub fn pause_verb(look: &Glance<'_>) -> Verb {
    if look.state.is_paused() { Verb::Resume } else { Verb::Pause }
}

/// The verb that the hold key means now.
pub fn hold_verb(look: &Glance<'_>) -> Verb {
    let ledger = &look.state.ledger;
    if ledger.hold.is_some() || ledger.open().next().is_some() { Verb::Release } else { Verb::Hold }
}
