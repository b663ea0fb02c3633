//! Everything that waits for a person: what, where, for how long, and who may. The evidence of the one
//! under the cursor stands beneath it.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget};

use crate::control::{GateState, Go, Item, Need, tally};
use crate::model::FeedId;
use crate::store::RepoState;
use crate::tui::session::Inbox;
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, into_view};

use super::freshness::stamp;
use super::rollout::answers;
use super::row::{Row, flow, middle, wrap};
use super::{Body, Glance, View, words};

/// Lines of the evidence, its rule included.
const EVIDENCE: usize = 9;

/// Draws the inbox into an area, and notes where its items stand.
pub fn draw(state: &mut Inbox, view: &View<'_>, area: Rect, buf: &mut Buffer, look: &Look<'_>) {
    let items = view.inbox();
    state.hold(&items);
    let framed = area.width >= 16 && area.height >= 4;
    let columns = usize::from(area.width).saturating_sub(4);
    let age = freshness(view, columns);
    let inner = if framed {
        let style = look.style(Role::Background).patch(look.style(Role::BorderFocus));
        let block = Block::bordered().border_type(BorderType::Plain).border_style(style);
        let inner = block.inner(area);
        block.render(area, buf);
        let inner = Rect { x: inner.x + 1, width: inner.width - 2, ..inner };
        let row = title(state, &items, columns).gap(1);
        let (left, right) = (row.width(), age.aside.full.width() + 2);
        row.draw((inner.x, area.y), look.theme, None, buf);
        if right > 2 && left + right < columns {
            let x = inner.right().saturating_sub(u16::try_from(right).unwrap_or(u16::MAX));
            Row::new(right).gap(1).join(age.aside.full.clone()).gap(1).draw(
                (x, area.y),
                look.theme,
                None,
                buf,
            );
        }
        inner
    } else {
        area
    };
    let width = usize::from(inner.width);
    let put = |row: &Row, y: u16, buf: &mut Buffer| {
        row.clone().fit(width).draw((inner.x, y), look.theme, None, buf);
    };
    let inner = match &age.trouble {
        Some(trouble) if inner.height > 1 => {
            put(trouble, inner.y, buf);
            Rect { y: inner.y + 1, height: inner.height - 1, ..inner }
        }
        _ => inner,
    };
    let Some(here) = state.place(&items) else {
        state.lines = Rect { height: 0, ..inner };
        let rows = wrap("nothing waits for you, as far as is known", Role::Dim, width, 3);
        rows.iter().zip(inner.y..inner.bottom()).for_each(|(row, y)| put(row, y, buf));
        return;
    };
    let height = usize::from(inner.height);
    let evidence = evidence(view, &items[here], width);
    // as much of the evidence as leaves the list most of the room
    let each = if width < 70 { 2 } else { 1 };
    let wanted = (items.len() * each).min(height);
    let room = height.saturating_sub(wanted.min((height * 2).div_ceil(3)));
    let below = if room >= 3 { (evidence.len() + 1).min(room).min(EVIDENCE) } else { 0 };
    let listed = (height - below) / each;
    state.each = each;
    state.scroll = into_view(state.scroll, here, listed, items.len());
    state.lines = Rect { height: u16::try_from(listed * each).unwrap_or(u16::MAX), ..inner };
    let mut y = inner.y;
    for (place, item) in items.iter().enumerate().skip(state.scroll).take(listed) {
        for row in lines(view, state, item, place == here, each, width) {
            put(&row, y, buf);
            y += 1;
        }
    }
    let mut y = inner.bottom() - u16::try_from(below).unwrap_or(u16::MAX);
    if below > 0 {
        put(&Row::new(width).put("─".repeat(width), Role::Border), y, buf);
        y += 1;
    }
    for row in evidence.iter().take(below.saturating_sub(1)) {
        put(row, y, buf);
        y += 1;
    }
}

/// How old it is: what waits is told by the repositories.
fn freshness(view: &View<'_>, width: usize) -> Body {
    let spec = |look: &Glance<'_>| look.state.spec.host.clone().zip(look.state.spec.repo.clone());
    let repos: BTreeSet<(String, String)> = view.looks.iter().filter_map(spec).collect();
    let feeds = repos.iter().map(|(host, repo)| FeedId::part(host, repo));
    stamp(Body::new(Row::new(0), Vec::new()), view.store, feeds, view.now, width)
}

fn title(state: &Inbox, items: &[Item], width: usize) -> Row {
    let possible = items.iter().filter(|item| item.is_possible()).count();
    let marked = match state.marked(items) {
        0 => String::new(),
        marked => format!("  *{marked} marked"),
    };
    let row = Row::new(width).gap(1).put("Inbox", Role::Title);
    let long = format!(", {}", tally(items));
    // the row has a gap behind it, too
    let fits = long.len() + marked.len() < row.room();
    let told = if fits { long } else { format!(", {possible}/{}", items.len()) };
    row.put(told, Role::Dim).put(marked, Role::Attention)
}

/// One item: on one line where there is room, else its place above what it is.
fn lines(
    view: &View<'_>,
    state: &Inbox,
    item: &Item,
    here: bool,
    each: usize,
    width: usize,
) -> Vec<Row> {
    let marked = state.is_marked(item);
    let age = item.age(view.now).unwrap_or_else(|| "?".to_owned());
    let age = Row::new(12).put(format!(" {age}"), Role::Attention);
    let signs = Row::new(width)
        .put(if here { "▸" } else { " " }, Role::Key)
        .put(if marked { "*" } else { " " }, Role::Attention);
    let (who, role) = who(item);
    let what = Row::new(width).cell(item.need.word(), 14, Role::Text);
    if each > 1 {
        let place = middle(item.place(), width.saturating_sub(age.width() + 2));
        let row = signs.put(place, Role::Title);
        let detail = Row::new(width).gap(3).put(item.need.word(), Role::Text).put(": ", Role::Dim);
        let detail = detail.put(&item.detail, Role::Dim);
        return vec![row.right_tight(age).select(here), detail.select(here)];
    }
    let columns = (width / 3).clamp(20, 40);
    let place = middle(item.place(), columns);
    let row = signs.cell(place, columns, Role::Title).gap(1).join(what).gap(1);
    let who = Row::new(24.min(width / 4)).put(who, role);
    let room = row.room().saturating_sub(age.width() + who.width() + 2);
    let row = row.cell(&item.detail, room, Role::Dim).gap(1).join(who);
    vec![row.right_tight(age).select(here)]
}

/// Whether you may decide it, and now.
fn who(item: &Item) -> (&'static str, Role) {
    match (item.need, item.may_decide, &item.answer) {
        (_, None | Some(true), Some(_)) if !item.is_possible() => ("not now", Role::Attention),
        (Need::Approval, Some(true), _) => ("you may", Role::Ok),
        (Need::Approval, Some(false), _) => ("not you", Role::Attention),
        (Need::Approval, None, None) => ("on its page", Role::Dim),
        (Need::Approval, None, Some(_)) => ("? not told", Role::Unknown),
        _ => ("", Role::Dim),
    }
}

/// What one would want to know before answering: who may, what is deployed, and what the gates say.
fn evidence(view: &View<'_>, item: &Item, width: usize) -> Vec<Row> {
    let fact = |label: &str, text: &str, role| -> Vec<Row> {
        let lines = wrap(text, role, width.saturating_sub(11).max(1), 2).into_iter();
        let labels = std::iter::once(label).chain(std::iter::repeat(""));
        let row = |(line, label)| Row::new(width).cell(label, 10, Role::Dim).gap(1).join(line);
        lines.zip(labels).map(row).collect()
    };
    let head = format!("{}: {}", item.place(), item.detail);
    let mut rows = wrap(&head, Role::Title, width, 2);
    if let Some(why) = &item.why_not {
        rows.extend(fact("not you", why, Role::Attention));
    }
    if !item.reviewers.is_empty() {
        rows.extend(fact("may", &item.reviewers.join(", "), Role::Text));
    }
    let target = item.target.as_ref();
    let look = view.looks.iter().find(|look| Some(look.target()) == target);
    if let Some(look) = look {
        let run = run(view, look, item);
        rows.extend(run.into_iter().flat_map(|text| fact("run", &text, Role::Text)));
        rows.extend(gates(look, width));
    } else {
        let text = format!("this environment is no target of {}: no gates", item.service);
        rows.extend(fact("gates", &text, Role::Dim));
    }
    rows
}

fn run(view: &View<'_>, look: &Glance<'_>, item: &Item) -> Option<String> {
    let repo: &RepoState = view.store.repo_of(&look.state.spec)?;
    let run = repo.run(item.run?)?;
    let sha: String = run.sha.chars().take(8).collect();
    let by = run.actor.as_deref().unwrap_or("somebody");
    let branch = run.branch.as_deref().unwrap_or("no branch");
    Some(format!("{}, {sha} of {branch} by {by}, {}", run.id, run.event))
}

/// What a target's promotion is told, one after the other: what refuses it first.
pub fn gates(look: &Glance<'_>, width: usize) -> Vec<Row> {
    let room = width.saturating_sub(11);
    let nothing = match look.seen.go() {
        Go::Watched => Some("none"),
        Go::Nothing => Some(words::NOTHING),
        Go::Yes | Go::No => None,
    };
    let nothing = nothing.map(|text| Row::new(width).put(text, Role::Dim));
    let gates = answers(look).into_iter().map(|gate| {
        let (glyph, role) = words::gate(gate.state);
        let row = Row::new(width).put(format!("{glyph} {}", gate.name), role);
        if gate.state == GateState::Pass {
            return row;
        }
        row.put(format!(": {}", gate.reason), Role::Dim)
    });
    let rows = flow(nothing.into_iter().chain(gates).collect(), "  ", 0, room);
    let (label, role) = words::go(look.seen);
    let labels = std::iter::once((label, role)).chain(std::iter::repeat(("", Role::Dim)));
    rows.into_iter()
        .zip(labels)
        .map(|(row, (label, role))| Row::new(width).cell(label, 10, role).gap(1).join(row))
        .collect()
}
