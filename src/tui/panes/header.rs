//! The line on top: how everything stands, and how old each source's word is.

use crate::control::{Motion, Playing, Standing};
use crate::model::{Budget, FeedState, Time};
use crate::store::{Feed, FeedView, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::count;

use super::row::{Row, flow};
use super::{Glance, View, words};

/// The header in one line; what does not fit is left out, the least telling first.
pub fn row(view: &View<'_>, playing: Option<&Playing>, width: usize) -> Row {
    let View { store, looks, now, .. } = view;
    let now = *now;
    let name = if width >= 60 { " flightdeck " } else { " " };
    let mut left = Row::new(width).put(name, Role::Title);
    if let Some(playing) = playing {
        left = replay(left, playing, width);
    }
    for banner in banners(store) {
        left = left.put(format!(" {banner} "), Role::Banner).gap(1);
    }
    let room = left.room();
    let (long, short) = (standings(looks, true, room), standings(looks, false, room));
    let fits = long.width() < room.saturating_sub(if width >= 60 { 12 } else { 1 });
    left = left.gap(1).join(if fits { long } else { short });
    let day = match playing {
        Some(_) if width >= 80 => now.format("%Y-%m-%d ").to_string(),
        _ => String::new(),
    };
    let clock = Row::new(24).put(day + &words::time_of_day(now), Role::Header).gap(1);
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

/// That this is a replay, and where it is.
fn replay(row: Row, playing: &Playing, width: usize) -> Row {
    let Playing { event, of, speed, motion } = playing;
    let motion = match motion {
        Motion::Playing => "",
        Motion::Paused => " paused",
        Motion::Ended => " at the end",
    };
    let event =
        if width >= 100 { format!("event {event} of {of}") } else { format!("{event}/{of}") };
    let place = if width >= 60 { format!(" {event} ×{speed}{motion}") } else { motion.to_owned() };
    row.put(" REPLAY ", Role::Banner).put(place, Role::Header).gap(2)
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
    /// None when it was never heard.
    worst: Option<&'a Feed>,
    rank: (FeedState, f64),
    budget: Option<&'a Budget>,
    /// Seconds between the polls of the one that is asked least often, where that is more than usual.
    widened_s: Option<u64>,
}

/// Each source by its short name; its worst link speaks for it.
fn sources(store: &Store, now: Time) -> Vec<Source> {
    let mut links: Vec<Link<'_>> = Vec::new();
    let heard = store.feeds().map(|(id, feed)| (id, Some(feed)));
    for (id, feed) in heard.chain(store.silent_feeds().map(|id| (id, None))) {
        let (state, age_s) = feed.map_or((FeedState::Lost, None), |feed| feed.standing(now));
        let rank = (state, age_s.unwrap_or(f64::MAX));
        let budget = feed.and_then(|feed| feed.budget.as_ref());
        let widened_s = budget.and_then(|budget| budget.widened_s);
        // feeds come by the name of their source
        match links.iter_mut().rev().find(|link| link.source == id.source) {
            Some(link) => {
                let budgets = [link.budget, budget];
                link.budget = budgets.into_iter().flatten().min_by_key(|b| b.remaining);
                link.widened_s = link.widened_s.max(widened_s);
                if rank > link.rank {
                    (link.rank, link.worst) = (rank, feed);
                }
            }
            None => {
                links.push(Link { source: &id.source, worst: feed, rank, budget, widened_s });
            }
        }
    }
    let by_source: Vec<(&str, FeedView)> = links
        .into_iter()
        .map(|link| {
            let view = link.worst.map_or_else(FeedView::never, |feed| feed.view(now));
            let widened_s = link.widened_s;
            let budget = link.budget.map(|budget| Budget { widened_s, ..budget.clone() });
            (link.source, FeedView { budget, ..view })
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
    if view.age_s.is_none() && view.error.is_none() {
        return Row::new(60).put(format!("{name} no answer yet"), Role::Attention);
    }
    let role = words::feed(view.state);
    let mut row = Row::new(60).put(name, role);
    if view.state != FeedState::Live {
        row = row.put(format!(" {}", view.state.word()), role);
    }
    if let Some(budget) = view.budget.as_ref().filter(|_| view.state == FeedState::Live) {
        let role = if budget.remaining * 10 < budget.limit { Role::Attention } else { role };
        let (left, limit) = (count(budget.remaining), count(budget.limit));
        let row = row.put(format!(" {left}/{limit}"), role);
        return match budget.widened_s {
            Some(every) => {
                row.put(format!(" every {}", words::span_s(every as f64)), Role::Attention)
            }
            None => row,
        };
    }
    match view.age_s {
        Some(age) => row.put(format!(" {}", words::span_s(age)), role),
        None => row.put(" silent", role),
    }
}
