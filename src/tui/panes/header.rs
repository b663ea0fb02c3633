//! The line on top: how everything stands, and how old each source's word is.

use crate::control::{Motion, Playing, Standing, frozen};
use crate::model::{Budget, FeedState, Time};
use crate::store::{Feed, FeedView, Store};
use crate::tui::theme::Role;
use crate::tui::widgets::count;
use unicode_width::UnicodeWidthStr as _;

use super::row::{Row, flow};
use super::{Glance, View, words};

/// What goes for the clock and the counts, in this order, while there is too little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Date,
    Name,
    Words,
    Freeze,
    Banner,
    Place,
    Blanks,
}

/// Live, that it is a made-up world is said before what the counts mean.
const LIVE: [Part; 5] = [Part::Name, Part::Freeze, Part::Words, Part::Banner, Part::Blanks];
/// That it is a replay says so much already.
const REPLAY: [Part; 7] =
    [Part::Freeze, Part::Date, Part::Name, Part::Banner, Part::Words, Part::Blanks, Part::Place];

/// The header in one line; what does not fit is left out, the least telling first. The clock always
/// stays, and of the counts the worst.
pub fn row(view: &View<'_>, playing: Option<&Playing>, width: usize) -> Row {
    let goes: &[Part] = if playing.is_some() { &REPLAY } else { &LIVE };
    // on a small screen the name is never worth its room
    let least = goes.iter().position(|part| *part == Part::Name && width < 60);
    let mut dressed = None;
    for gone in least.map_or(0, |at| at + 1)..=goes.len() {
        let (left, clock, whole) = dress(view, playing, width, &goes[..gone]);
        dressed = Some((left, clock));
        if whole {
            break;
        }
    }
    let Some((left, clock)) = dressed else { return Row::new(width) };
    // from everything down to the clock alone: what fits
    let mut sources = sources(view.store, view.now);
    while !sources.is_empty() {
        let mut pieces: Vec<Row> = sources.iter().map(|source| source.row.clone()).collect();
        pieces.push(clock.clone());
        let right = flow(pieces, " · ", 0, width.max(200)).into_iter().next();
        if let Some(right) = right.filter(|right| right.width() + 2 <= left.room()) {
            return left.right(right);
        }
        // the healthiest of the least told goes first
        let calmest = (0..sources.len())
            .min_by_key(|&i| (sources[i].state, std::cmp::Reverse(sources[i].weight())));
        calmest.map(|i| sources.remove(i));
    }
    left.right_tight(clock)
}

/// What stands on the left without what is gone, the clock, and whether all of it fits.
fn dress(
    view: &View<'_>,
    playing: Option<&Playing>,
    width: usize,
    gone: &[Part],
) -> (Row, Row, bool) {
    let has = |part| !gone.contains(&part);
    let tight = !has(Part::Blanks);
    let day = match playing {
        Some(_) if has(Part::Date) => view.now.format("%Y-%m-%d ").to_string(),
        _ => String::new(),
    };
    let clock = Row::new(24).put(day + &words::time_of_day(view.now), Role::Header);
    let clock = clock.gap(usize::from(!tight));
    // nothing is cut before it is known to be too long
    let mut left = Row::new(width.max(400));
    left = left.put(if has(Part::Name) { " flightdeck " } else { " " }, Role::Title);
    if let Some(playing) = playing {
        left = replay(left, playing, width, has(Part::Place)).gap(usize::from(!tight) + 1);
    }
    for banner in banners(view.store, has(Part::Banner)) {
        left = left.put(format!(" {banner} "), Role::Banner).gap(1);
    }
    let blanks = if tight { 1 } else { 2 };
    left = left.gap(usize::from(!tight));
    let room = width.saturating_sub(left.width() + clock.width() + blanks);
    let (mut counts, mut whole) = standings(&view.looks, has(Part::Words), room);
    if let Some(freeze) = freeze(view).filter(|_| has(Part::Freeze)) {
        whole &= counts.room() >= 2 + freeze.width();
        counts = counts.gap(2).put(freeze, Role::Attention);
    }
    (left.join(counts).fit(width), clock, whole)
}

/// The freeze that production is under and that is over first.
fn freeze(view: &View<'_>) -> Option<String> {
    let under =
        view.looks.iter().filter(|look| look.state.spec.production && look.seen.is_frozen());
    let on = under.filter_map(|look| {
        Some((look.target().service(), frozen(&look.state.spec.rules.freezes, view.now)?))
    });
    let on: Vec<_> = on.collect();
    // one without an end in sight is over last
    let (service, first) =
        on.iter().min_by_key(|(_, frozen)| (frozen.until.is_none(), frozen.until))?;
    let whose = match on.len() {
        1 => (*service).to_owned(),
        n => format!("of {n}"),
    };
    Some(format!("freeze {whose} {}", first.until_words(view.now)))
}

/// A source's words and how much they matter.
struct Source {
    rank: usize,
    state: FeedState,
    row: Row,
}

impl Source {
    /// How late it goes among those that stand as it does. Without the engine nothing can be done, so
    /// that it is not heard is said last of all.
    fn weight(&self) -> usize {
        match self.state {
            FeedState::Live => self.rank,
            _ if self.rank == ENGINE => 0,
            _ => self.rank.saturating_add(1),
        }
    }
}

/// Sources in the order in which they stand.
const KINDS: [&str; 4] = ["github", "prometheus", "alertmanager", "engine"];
const ENGINE: usize = 3;

/// That this is a replay, and where it is.
fn replay(row: Row, playing: &Playing, width: usize, placed: bool) -> Row {
    let Playing { event, of, speed, motion } = playing;
    let motion = match motion {
        Motion::Playing => "",
        Motion::Paused => " paused",
        Motion::Ended => " at the end",
    };
    let event =
        if width >= 100 { format!("event {event} of {of}") } else { format!("{event}/{of}") };
    let place = match width {
        _ if !placed => String::new(),
        60.. => format!(" {event} ×{speed}{motion}"),
        _ => motion.to_owned(),
    };
    row.put(" REPLAY ", Role::Banner).put(place, Role::Header)
}

fn banners(store: &Store, own: bool) -> Vec<String> {
    let fleet = store.fleet();
    let mut banners: Vec<String> = fleet.banner.clone().filter(|_| own).into_iter().collect();
    if fleet.read_only {
        banners.push("READ-ONLY".to_owned());
    }
    if fleet.inert.is_some() {
        banners.push("NOT TRUSTED".to_owned());
    }
    banners
}

/// Counts that add up to the number of targets, and whether all of them fit. They are the key to the
/// glyphs, too. Without words, the worst comes first; what does not fit is left out whole.
fn standings(looks: &[Glance<'_>], words: bool, room: usize) -> (Row, bool) {
    let moving = |look: &&Glance<'_>| look.seen.phase.is_some_and(words::is_moving);
    let of = |standing| looks.iter().filter(|look| look.seen.standing == standing).count();
    let under_way = looks.iter().filter(|l| l.seen.standing == Standing::Ok).filter(moving).count();
    let mut counts = [
        ("●", "ok", Role::Ok, of(Standing::Ok) - under_way),
        ("◐", "rolling out", Role::Progress, under_way),
        ("▲", "attention", Role::Attention, of(Standing::Attention)),
        ("?", "unknown", Role::Unknown, of(Standing::Unknown)),
        ("✗", "critical", Role::Critical, of(Standing::Critical)),
    ];
    let mut row = Row::new(room);
    if looks.is_empty() {
        let none = "no targets";
        return (row.put(none, Role::Dim), none.len() <= room);
    }
    if !words {
        counts.reverse();
    }
    let mut whole = true;
    for (glyph, word, role, n) in counts.into_iter().filter(|(.., n)| *n > 0) {
        let mut count = Row::new(60).put(format!("{glyph} {n}"), role);
        if words {
            count = count.put(format!(" {word}"), role);
        }
        let between = if row.width() > 0 { 2 } else { 0 };
        whole &= between + count.width() <= row.room();
        if whole {
            row = row.gap(between).join(count);
        }
    }
    (row, whole)
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
            rank: KINDS.iter().position(|kind| source.starts_with(kind)).unwrap_or(usize::MAX),
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
