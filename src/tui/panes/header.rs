//! The line on top: how everything stands, and how old each source's word is.

use crate::control::Standing;
use crate::model::{Budget, FeedState, Time};
use crate::store::{Feed, FeedView, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::count;

use super::Glance;
use super::row::{Row, flow};
use super::words;

/// The header in one line; what does not fit is left out, the least telling first.
pub fn row(store: &Store, looks: &[Glance<'_>], now: Time, width: usize) -> Row {
    let name = if width >= 60 { " flightdeck " } else { " " };
    let mut left = Row::new(width).put(name, Role::Title);
    for banner in banners(store) {
        left = left.put(format!(" {banner} "), Role::Banner).gap(1);
    }
    let room = left.room();
    let (long, short) = (standings(looks, true, room), standings(looks, false, room));
    let fits = long.width() < room.saturating_sub(if width >= 60 { 12 } else { 1 });
    left = left.gap(1).join(if fits { long } else { short });
    let clock = Row::new(12).put(words::time_of_day(now), Role::Header).gap(1);
    // from everything down to the clock alone: what fits
    let mut sources = sources(store, now);
    loop {
        let mut pieces: Vec<Row> = sources.iter().map(|source| source.row.clone()).collect();
        pieces.push(clock.clone());
        let right = flow(pieces, " · ", 0, width.max(200)).into_iter().next();
        let right = right.unwrap_or_else(|| clock.clone());
        if right.width() + 2 <= left.room() || sources.is_empty() {
            return left.right(right);
        }
        // the healthiest of the least told goes first
        let calmest = (0..sources.len())
            .min_by_key(|&i| (sources[i].state, std::cmp::Reverse(sources[i].rank)));
        calmest.map(|i| sources.remove(i));
    }
}

/// A source's words and how much they matter.
struct Source {
    rank: usize,
    state: FeedState,
    row: Row,
}

fn banners(store: &Store) -> Vec<String> {
    let fleet = store.fleet();
    let mut banners: Vec<String> = fleet.banner.clone().into_iter().collect();
    if fleet.read_only {
        banners.push("READ-ONLY".to_owned());
    }
    if fleet.inert.is_some() {
        banners.push("NOT TRUSTED".to_owned());
    }
    banners
}

/// Counts that add up to the number of targets. They are the key to the glyphs, too. Without words,
/// the worst comes first.
fn standings(looks: &[Glance<'_>], words: bool, room: usize) -> Row {
    let moving = |look: &&Glance<'_>| look.seen.phase.is_some_and(words::is_moving);
    let of = |standing| looks.iter().filter(|look| look.seen.standing == standing).count();
    let under_way = looks.iter().filter(|l| l.seen.standing == Standing::Ok).filter(moving).count();
    let mut counts = [
        ("●", "ok", Role::Ok, of(Standing::Ok) - under_way),
        ("◐", "rolling out", Role::Progress, under_way),
        ("▲", "needs you", Role::Attention, of(Standing::Attention)),
        ("?", "unknown", Role::Unknown, of(Standing::Unknown)),
        ("✗", "critical", Role::Critical, of(Standing::Critical)),
    ];
    let mut row = Row::new(room);
    if looks.is_empty() {
        return row.put("no targets", Role::Dim);
    }
    if !words {
        counts.reverse();
    }
    for (glyph, word, role, n) in counts.into_iter().filter(|(.., n)| *n > 0) {
        let between = if row.width() > 0 { 2 } else { 0 };
        row = row.gap(between).put(format!("{glyph} {n}"), role);
        if words {
            row = row.put(format!(" {word}"), role);
        }
    }
    row
}

/// The links of a source: the worst of them, and the least that may still be asked.
struct Link<'a> {
    source: &'a str,
    worst: &'a Feed,
    rank: (FeedState, f64),
    budget: Option<&'a Budget>,
}

/// Each source by its short name; its worst link speaks for it.
fn sources(store: &Store, now: Time) -> Vec<Source> {
    // feeds come by the name of their source
    let mut links: Vec<Link<'_>> = Vec::new();
    for (id, feed) in store.feeds() {
        let (state, age_s) = feed.standing(now);
        let rank = (state, age_s.unwrap_or(f64::MAX));
        let budget = feed.budget.as_ref();
        match links.last_mut().filter(|link| link.source == id.source) {
            Some(link) => {
                let budgets = [link.budget, budget];
                link.budget = budgets.into_iter().flatten().min_by_key(|b| b.remaining);
                if rank > link.rank {
                    (link.rank, link.worst) = (rank, feed);
                }
            }
            None => links.push(Link { source: &id.source, worst: feed, rank, budget }),
        }
    }
    let by_source: Vec<(&str, FeedView)> = links
        .into_iter()
        .map(|link| {
            let view = link.worst.view(now);
            (link.source, FeedView { budget: link.budget.cloned(), ..view })
        })
        .collect();
    let lone =
        |kind: &str| by_source.iter().filter(|(source, _)| source.starts_with(kind)).count() == 1;
    let short = |source: &str| match source.split_once('.') {
        Some(("prometheus", _)) if lone("prometheus.") => "prom".to_owned(),
        Some(("alertmanager", _)) if lone("alertmanager.") => "am".to_owned(),
        Some((_, name)) => name.to_owned(),
        None => source.to_owned(),
    };
    let mut sources: Vec<Source> = by_source
        .iter()
        .map(|(source, view)| Source {
            rank: ["github", "prometheus", "alertmanager", "engine"]
                .iter()
                .position(|kind| source.starts_with(kind))
                .unwrap_or(usize::MAX),
            state: view.state,
            row: words_of(&short(source), view),
        })
        .collect();
    sources.sort_by_key(|source| source.rank);
    sources
}

fn words_of(name: &str, view: &FeedView) -> Row {
    let role = words::feed(view.state);
    let mut row = Row::new(60).put(name, role);
    if view.state != FeedState::Live {
        row = row.put(format!(" {}", view.state.word()), role);
    }
    if let Some(budget) = view.budget.as_ref().filter(|_| view.state == FeedState::Live) {
        let role = if budget.remaining * 10 < budget.limit { Role::Attention } else { role };
        let (left, limit) = (count(budget.remaining), count(budget.limit));
        return row.put(format!(" {left}/{limit}"), role);
    }
    match view.age_s {
        Some(age) => row.put(format!(" {}", words::span_s(age)), role),
        None => row.put(" silent", role),
    }
}
