//! The selected target's rollout: from what to what, how far by three numbers, and may it go on.

use crate::control::{Began, Gate, GateState, Standing};
use crate::model::{FeedId, Phase, Time, Verb};
use crate::store::Store;
use crate::tui::details::Detail;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, WeightBar, count, number};

use super::freshness::stamp;
use super::row::{Row, flow, wrap};
use super::{Body, Glance, words};

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
    let target = look.target();
    let title = Row::new(width)
        .put(target.service(), Role::Title)
        .put(" / ", Role::Dim)
        .put(target.environment(), Role::Title);
    let mut rows = vec![headline(look, now, width).select(cursor == Some(0))];
    let mut at = cursor.map(|_| 0);
    // the things of this pane, one after the other: the target, its gates, what is in flight or open
    let mut next = cursor.and_then(|i| i.checked_sub(1));
    if look.state.spec.rollout.is_some() {
        rows.extend(weights(look, width, style));
        let gates = gates(look);
        let (lines, line) = go(&gates, next, width);
        at = line.map(|line| rows.len() + line).or(at);
        rows.extend(lines);
        next = next.and_then(|i| i.checked_sub(gates.len()));
    }
    at = next.map(|i| rows.len() + i).or(at);
    let lines = actions(look, now, width).into_iter().enumerate();
    rows.extend(lines.map(|(i, row)| row.select(next == Some(i))));
    rows.extend(reasons(look, width));
    if roomy {
        rows.extend(servers(look, width));
    }
    rows.extend(links(look, width, roomy));
    let feed: Option<FeedId> = look.state.spec.rollout.as_ref().map(|spec| spec.feed.clone());
    let body = stamp(Body { cursor: at, ..Body::new(title, rows) }, store, feed, now, width);
    if !look.state.spec.production {
        return body;
    }
    Body { badge: Row::new(12).put(" PRODUCTION ", Role::Production), ..body }
}

fn revision(revision: Option<&crate::model::Revision>) -> &str {
    revision.map_or("unknown", crate::model::Revision::as_str)
}

/// `1.4.1 → 1.4.2   soaking, step 2 of 3, by haproxy        soak 06:12 of 15:00`
fn headline(look: &Glance<'_>, now: Time, width: usize) -> Row {
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
    let (mut glyph, word, mut role) = words::phase(phase);
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
            let done = total - chrono::TimeDelta::milliseconds((left * 1000.0) as i64);
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

/// The bar of what was asked for and what is routed, with the steps, then what is routed and what the traffic does.
fn weights(look: &Glance<'_>, width: usize, style: &Look<'_>) -> Vec<Row> {
    let seen = &look.seen;
    let steps = look.state.spec.rollout.as_ref().map_or(&[][..], |spec| spec.steps.as_slice());
    let track = steps_row(steps, seen.step, width / 2);
    let room = width.saturating_sub(LABEL + track.width() + 12);
    let bar_width = room.min(width / 3).clamp(6, 60);
    let mut asked = Row::new(width).cell("asked", LABEL, Role::Dim);
    let bar = WeightBar { asked: seen.weight, routed: seen.routed };
    asked = asked.line(bar.line(bar_width, style)).gap(1);
    asked = match seen.weight {
        Some(weight) => asked.number(number(weight), 5, Role::Text).put(" %", Role::Dim),
        None => asked.put("unknown", Role::Unknown),
    };
    asked = asked.gap(3).join(track);
    let mut routed = Row::new(width).cell("routed", LABEL, Role::Dim);
    routed = match seen.routed {
        Some(routed_now) => routed.put(format!("{routed_now:.1} %"), Role::Text),
        None => routed.put("unknown", Role::Unknown),
    };
    routed = routed.gap(3).put("traffic ", Role::Dim);
    let watched = look.state.spec.rollout.as_ref().is_some_and(|spec| spec.has_share);
    routed = match (watched, &look.state.share.fault, seen.share) {
        (false, ..) => routed.put("not watched", Role::Dim),
        (_, Some(fault), _) => routed.put(format!("unknown: {fault}"), Role::Unknown),
        (_, None, Some(share)) => routed.put(format!("{share:.1} %"), Role::Text),
        (_, None, None) => {
            routed.put(words::reading(look.state.share.latest(), "%"), Role::Unknown)
        }
    };
    vec![asked, routed]
}

/// `10 ━━ [50] ── 100`: heavy up to the step in force, which stands in brackets.
fn steps_row(steps: &[f64], step: usize, max: usize) -> Row {
    let mut row = Row::new(max);
    for (i, percent) in steps.iter().enumerate() {
        let reached = i < step;
        if i > 0 {
            row = row.put(if reached { " ━━ " } else { " ── " }, Role::Dim);
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

/// Every gate: a glyph, its name, and a word when it does not simply pass; and the line of the one under
/// the cursor.
fn go(gates: &[&Gate], cursor: Option<usize>, width: usize) -> (Vec<Row>, Option<usize>) {
    let all = gates.iter().all(|gate| gate.state == GateState::Pass);
    let room = width.saturating_sub(LABEL);
    let mut line = None;
    let (mut lines, mut pieces): (Vec<Row>, Vec<Row>) = (Vec::new(), Vec::new());
    for (i, gate) in gates.iter().enumerate() {
        let here = cursor == Some(i);
        let own = piece(gate, room);
        let own = own.into_iter().map(|row| if here { row.all(Role::Selection) } else { row });
        let told = gate.state != GateState::Pass && gate.left_s.is_none();
        if told {
            line = line.or(here.then_some(lines.len()));
            lines.extend(own);
        } else {
            pieces.extend(own);
            if here {
                line = Some(lines.len() + flow(pieces.clone(), "  ", 0, room).len() - 1);
            }
        }
    }
    let label = if all { ("Go ✓", Role::Ok) } else { ("Go?", Role::Attention) };
    lines.extend(flow(pieces, "  ", 0, room));
    let rows = lines.into_iter().enumerate().map(|(i, line)| {
        let head = Row::new(width);
        let head = if i == 0 { head.cell(label.0, LABEL, label.1) } else { head.gap(LABEL) };
        head.join(line)
    });
    (rows.collect(), line)
}

/// A gate on one line, or on more when what it says is long.
fn piece(gate: &Gate, room: usize) -> Vec<Row> {
    let (glyph, role) = words::gate(gate.state);
    let row = Row::new(room).put(format!("{glyph} {}", gate.name), role);
    match (gate.state, gate.left_s) {
        (GateState::Pass, _) => vec![row],
        (_, Some(left)) => {
            let left = words::clock(chrono::TimeDelta::milliseconds((left * 1000.0) as i64));
            vec![row.put(format!(" {left} left"), role)]
        }
        _ => {
            let row = row.put(": ", role);
            let most = if room < 60 { 2 } else { 3 };
            let mut lines = wrap(&gate.reason, Role::Text, row.room(), most).into_iter();
            let indent = row.width().min(room / 3);
            let first = row.join(lines.next().unwrap_or_else(|| Row::new(0)));
            std::iter::once(first)
                .chain(lines.map(|l| Row::new(room).gap(indent).join(l)))
                .collect()
        }
    }
}

/// What is in flight and what is still open, loud.
fn actions(look: &Glance<'_>, now: Time, width: usize) -> Vec<Row> {
    let ledger = &look.state.ledger;
    let flying = ledger.in_flight().map(|entry| {
        let progress = entry.progress.as_deref().unwrap_or("on its way");
        let to = entry.plan.to_weight.map_or(String::new(), |w| format!(" to {} %", number(w)));
        let age = words::span(now - entry.at);
        let text = format!("{}{to} by {}: {progress}, {age}", entry.plan.verb, entry.operator);
        Row::new(width).cell("◐ now", LABEL, Role::Progress).put(text, Role::Progress)
    });
    let open = ledger.open().map(|(entry, open)| {
        let age = words::span(now - entry.at);
        let text = format!("{} by {} {age} ago: {}", entry.plan.verb, entry.operator, open.word());
        Row::new(width).cell("? open", LABEL, Role::Unknown).put(text, Role::Unknown)
    });
    flying.chain(open).collect()
}

/// Why it is not well, or why it is in its phase.
fn reasons(look: &Glance<'_>, width: usize) -> Vec<Row> {
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
    for (i, reason) in seen.reasons.iter().filter(fresh).enumerate() {
        let head = if i == 0 { format!("{glyph} why") } else { String::new() };
        let room = width.saturating_sub(LABEL);
        for (j, line) in wrap(reason, Role::Text, room, 2).into_iter().enumerate() {
            let head = if j == 0 { head.as_str() } else { "" };
            rows.push(Row::new(width).cell(head, LABEL, role).join(line));
        }
    }
    let told = matches!(seen.phase, Some(Phase::Soaking | Phase::Degraded | Phase::RolledBack));
    if let Some(reason) =
        seen.phase_reason.as_ref().filter(|r| !told && !r.is_empty() && !seen.reasons.contains(r))
    {
        rows.push(Row::new(width).cell("because", LABEL, Role::Dim).put(reason, Role::Text));
    }
    rows
}

/// What carries the traffic.
fn servers(look: &Glance<'_>, width: usize) -> Vec<Row> {
    let servers = look.state.reading.iter().flat_map(|reading| &reading.rollout.servers);
    servers
        .enumerate()
        .map(|(i, server)| {
            let role = match server.side.as_str() {
                "candidate" => Role::Candidate,
                "stable" => Role::Stable,
                _ => Role::Attention,
            };
            let (glyph, state) =
                if server.eligible { ("●", Role::Ok) } else { ("✗", Role::Attention) };
            let requests = server.requests.map_or("not counted".to_owned(), count);
            Row::new(width)
                .cell(if i == 0 { "servers" } else { "" }, LABEL, Role::Dim)
                .cell(&server.name, 16, Role::Text)
                .gap(1)
                .cell(&server.side, 11, role)
                .put("weight ", Role::Dim)
                .number(server.weight.to_string(), 4, Role::Text)
                .gap(3)
                .put(format!("{glyph} "), state)
                .cell(&server.state, 8, state)
                .put("requests ", Role::Dim)
                .put(requests, Role::Text)
        })
        .collect()
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
