//! Every target: what waits for a person on top, then groups; where each stands, in a glyph and a word.
//! Only lines in sight become rows.

use std::borrow::Cow;

use crate::control::{Need, Standing, waiting as runs_waiting};
use crate::model::{Conclusion, Phase, Time};
use crate::store::Store;
use crate::tui::overview::{Counts, Group, Grouping, Heading, Line, WAITERS, runs};
use crate::tui::session::Session;
use crate::tui::theme::Role;
use crate::tui::widgets::number;

use super::awaited::of_rollback;
use super::freshness::stamp;
use super::row::{Row, ends, wrap};
use super::words;
use super::{Aside, Body, Glance, View};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that a part of a word takes to be understood.
const TELLING: usize = 4;

/// Columns of the signs before and behind a name.
const SIGNS: usize = 6;

/// Lines that say why there is no target, and what to do.
pub const NONE: usize = 5;

/// The lines from `above` on, as many as are `height`.
pub fn body(
    view: &View<'_>,
    session: &mut Session,
    above: usize,
    height: usize,
    width: usize,
) -> Body {
    let title = title(session, width);
    let total = session.overview.lines().len();
    let lines: Vec<Line> =
        session.overview.lines().iter().skip(above).take(height).copied().collect();
    let here = session.cursor.map(|cursor| cursor.line);
    let mut rows: Vec<Row> = Vec::with_capacity(lines.len());
    for (place, line) in (above..).zip(lines) {
        rows.push(row(view, session, line, here == Some(place), width));
    }
    if total == 0 {
        rows.push(none(view, width));
        if view.looks.is_empty() {
            let how = "`config.example.toml` shows what a flightdeck.toml may hold, `flightdeck demo` a made-up world";
            rows.extend(wrap(how, Role::Dim, width, NONE - 1));
        }
    }
    Body { aside: age(view, session), cursor: here, above, total, ..Body::new(title, rows) }
}

/// The oldest word of any engine; which one it is, its own pane says.
pub fn age(view: &View<'_>, session: &Session) -> Aside {
    let oldest = session.overview.oldest().cloned();
    stamp(Body::new(Row::new(0), Vec::new()), view.store, oldest, view.now, 0).aside
}

/// Why there is no target to show.
pub fn none(view: &View<'_>, width: usize) -> Row {
    let why = if view.looks.is_empty() { "nothing is configured" } else { "no target matches" };
    Row::new(width).put(why, Role::Dim)
}

/// What the list is: its order, its filter, how many are marked.
pub fn title(session: &Session, width: usize) -> Row {
    let (overview, wanted) = (&session.overview, &session.arrangement);
    let mut title = Row::new(width).put("Targets", Role::Title);
    if wanted.grouping() != Grouping::Service {
        title = title.put(format!(" by {}", wanted.grouping().word()), Role::Dim);
    }
    if wanted.is_worst_first() && wanted.grouping() != Grouping::State {
        title = title.put(", worst first", Role::Dim);
    }
    let filter = session.filter.text();
    if !filter.is_empty() {
        let (shown, total) = (overview.shown().len(), overview.total());
        title = title.put(format!("  /{filter}  {shown} of {total}"), Role::Match);
    }
    if wanted.marks() > 0 {
        title = title.put(format!("  *{} marked", wanted.marks()), Role::Attention);
    }
    title
}

fn row(view: &View<'_>, session: &mut Session, line: Line, here: bool, width: usize) -> Row {
    match line {
        Line::Waiting => waiting(session, here, width),
        Line::Waiter(index) => match view.looks.get(index) {
            Some(look) => waiter(view, session, look, here, width),
            None => Row::new(width),
        },
        Line::Group(place) => {
            let Some(group) = session.overview.group_at(place).cloned() else {
                return Row::new(width);
            };
            // letters that were found in the service stand here, not in each of its lines
            let of_service = session.arrangement.grouping() == Grouping::Service;
            let lead = view.looks.get(group.lead).filter(|_| of_service);
            let found = lead.map(|look| session.overview.found(look.target().as_str()));
            heading(&group, &found.unwrap_or_default(), here, of_service, width)
        }
        Line::Target(index) => match view.looks.get(index) {
            Some(look) => target(view, session, look, here, width),
            None => Row::new(width),
        },
    }
}

/// `Waiting for you  3`: as many as the inbox has. Where these are not one for each line, it is said.
fn waiting(session: &Session, here: bool, width: usize) -> Row {
    let (targets, (_, count)) = (session.overview.waiting(), session.overview.inbox());
    let folded = session.arrangement.fold(&Heading::Waiting) == Some(true);
    let sign = if folded { "  +" } else { "  " };
    let row = Row::new(width).put("Waiting for you", Role::Attention);
    let row = row.put(format!("{sign}{count}"), Role::Attention);
    let elsewhere = session.overview.elsewhere();
    let at = if targets == 1 { "1 target".to_owned() } else { format!("{targets} targets") };
    let more = match (targets, elsewhere) {
        (0, _) => Some("in the inbox".to_owned()),
        (_, 1..) => Some(format!("{at}, {elsewhere} other")),
        _ if targets != count => Some(format!("at {at}")),
        _ => (count > WAITERS).then(|| "all: /is:waiting".to_owned()),
    };
    let more = more.filter(|_| !here).map(|more| Row::new(width).put(more, Role::Dim));
    under(more.map_or_else(|| row.clone(), |more| row.clone().right(more)), here, width)
}

/// `▸ checkout/production  to promote, waits 12 m`; the age is never cut.
fn waiter(view: &View<'_>, session: &Session, look: &Glance<'_>, here: bool, width: usize) -> Row {
    let Some(wait) = look.seen.wait else { return Row::new(width) };
    let age = wait.since.map(|since| words::span(view.now - since));
    let environment = runs_waiting(view.store, look.state)
        .filter(|_| wait.need == Need::Approval)
        .and_then(|(_, here, _)| Some(here.first()?.environment.clone()));
    let approval = environment.zip(age.clone());
    let approval = approval.map(|(name, age)| format!("to approve {name}, waits {age}"));
    let said = match &age {
        Some(age) => {
            [format!("{}, waits {age}", wait.need.word()), format!("waits {age}"), age.clone()]
        }
        None => [format!("{}, waits", wait.need.word()), "waits".to_owned(), "?".to_owned()],
    };
    let name = look.target().as_str();
    let room = width.saturating_sub(name.len() + 4);
    let said = approval.iter().chain(&said).find(|said| said.len() <= room).unwrap_or(&said[2]);
    let role = if look.state.spec.production { Role::Text } else { Role::Dim };
    let left = width.saturating_sub(said.len() + 1);
    let row = signs(session, look, here, left);
    let room = row.room();
    let row = lit(row, name, &[], room, role);
    row.fit(width).right_tight(Row::new(said.len()).put(said, Role::Attention)).select(here)
}

fn heading(group: &Group, found: &[u32], here: bool, of_service: bool, width: usize) -> Row {
    let mut row = Row::new(width);
    if let Heading::Group(Grouping::State, _) = group.heading {
        let moving = group.counts.moving > 0;
        let (glyph, role) =
            if moving { ("◐", Role::Progress) } else { words::standing(group.worst) };
        row = row.put(format!("{glyph} "), role);
    }
    let name = group.name();
    row = lit(row, name, found, name.len(), Role::Title);
    if group.folded {
        row = row.put(format!("  +{}", group.members.len()), Role::Dim);
        let (long, short) = (counts(&group.counts, true), counts(&group.counts, false));
        let room = row.room().saturating_sub(4);
        row = row.gap(2).join(if long.width() <= room { long } else { short });
    } else if !of_service {
        row = row.put(format!("  {}", group.members.len()), Role::Dim);
    }
    under(row, here, width)
}

/// How many stand how, the worst first.
fn counts(counts: &Counts, words: bool) -> Row {
    let of = [
        (counts.critical, words::standing(Standing::Critical), "critical"),
        (counts.unknown, words::standing(Standing::Unknown), "unknown"),
        (counts.attention, words::standing(Standing::Attention), "attention"),
        (counts.moving, ("◐", Role::Progress), "rolling out"),
        (counts.ok, words::standing(Standing::Ok), "ok"),
    ];
    let mut row = Row::new(80);
    for (n, (glyph, role), word) in of.into_iter().filter(|(n, ..)| *n > 0) {
        let between = if row.width() > 0 { 2 } else { 0 };
        row = row.gap(between).put(format!("{glyph} {n}"), role);
        if words {
            row = row.put(format!(" {word}"), role);
        }
    }
    row
}

/// A heading under the cursor, which is seen without colours, too.
fn under(row: Row, here: bool, width: usize) -> Row {
    if !here {
        return row;
    }
    row.fit(width).right_tight(Row::new(2).put(" ◂", Role::Key)).select(true)
}

/// Whether the cursor is on it, and whether it is marked.
fn signs(session: &Session, look: &Glance<'_>, here: bool, width: usize) -> Row {
    let marked = session.arrangement.is_marked(look.target());
    Row::new(width)
        .put(if here { "▸" } else { " " }, Role::Key)
        .put(if marked { "*" } else { " " }, Role::Attention)
}

/// A text in `width` columns with what the filter found in it made visible.
fn lit(row: Row, name: &str, found: &[u32], width: usize, role: Role) -> Row {
    let width = width.min(row.room());
    let before = row.width();
    let mut row = row;
    let mut run = String::new();
    let mut hit = false;
    for (place, letter) in middle(name, width) {
        let now = found.binary_search(&place).is_ok();
        if now != hit {
            row = row.put(std::mem::take(&mut run), if hit { Role::Match } else { role });
            hit = now;
        }
        run.push_str(letter);
    }
    row = row.put(run, if hit { Role::Match } else { role });
    let used = row.width() - before;
    row.gap(width.saturating_sub(used))
}

/// A name's letters with their places, cut in the middle: names differ at their ends.
fn middle(name: &str, width: usize) -> Vec<(u32, &str)> {
    let letters: Vec<&str> = name.graphemes(true).collect();
    let (head, tail) = ends(&letters, width);
    let cut = name.width() > width;
    let mut placed: Vec<(u32, &str)> = (0..).zip(letters).collect();
    if cut {
        let tail = placed.len() - tail;
        placed.splice(head..tail, [(u32::MAX, "…")].into_iter().take(width));
    }
    placed
}

fn target(
    view: &View<'_>,
    session: &mut Session,
    look: &Glance<'_>,
    here: bool,
    width: usize,
) -> Row {
    let (service, whole) = (look.target().service().len(), look.target().as_str());
    let by_service = session.arrangement.grouping() == Grouping::Service;
    let mut found = session.overview.found(whole);
    let name = if by_service && !session.overview.is_ranked() {
        let begin = service as u32 + 1;
        found = found.into_iter().filter_map(|place| place.checked_sub(begin)).collect();
        look.target().environment()
    } else {
        whole
    };
    // who it is comes before how it is: of a long name nothing is cut that has room
    let column = session.overview.longest().clamp(6, (width * 3 / 5).max(6));
    let name_width = name.width().min(width.saturating_sub(SIGNS)).max(column);
    let name_role = if look.state.spec.production { Role::Text } else { Role::Dim };
    let (glyph, role) = glyph(look);
    let flag = Row::new(2).put(flag(look, glyph), words::standing(look.seen.standing).1);
    let room = width.saturating_sub(flag.width() + usize::from(flag.width() > 0));
    let mut row = lit(signs(session, look, here, room), name, &found, name_width, name_role);
    row = row.gap(if width < 28 { 1 } else { 2 }).put(glyph, role).gap(1);
    let mut told = says(view.store, look, view.now);
    if let [first, .., matter] = told.as_slice()
        && first.0.len() + 1 + matter.0.len() > row.room()
    {
        told.remove(0);
    }
    if let [only] = told.as_mut_slice() {
        only.0 = short(&only.0, row.room()).to_owned();
    }
    for (i, (word, role)) in told.into_iter().enumerate() {
        row = row.gap(usize::from(i > 0)).put(word, role);
    }
    row.fit(width).right_tight(flag).select(here)
}

/// As many whole words as have room, `waits` of `waits for you`; a part of one only where it still tells.
fn short(words: &str, room: usize) -> &str {
    if words.width() <= room {
        return words;
    }
    let ends = words.match_indices(' ').map(|(at, _)| words[..at].trim_end_matches(':'));
    let ends = ends.filter(|start| !start.ends_with(" for"));
    let whole = ends.rev().find(|start| start.width() <= room);
    whole.unwrap_or(if room < TELLING { "" } else { words })
}

/// The phase's glyph while something moves, else the standing's.
pub fn glyph(look: &Glance<'_>) -> (&'static str, Role) {
    let moving = look.seen.phase.is_some_and(words::is_moving);
    match (look.seen.standing, words::phase_of(look.seen)) {
        (Standing::Ok | Standing::Attention, Some((glyph, _, role))) if moving => (glyph, role),
        (standing, _) => words::standing(standing),
    }
}

/// The standing's own glyph behind, when the one in front tells of the phase.
fn flag(look: &Glance<'_>, glyph: &str) -> &'static str {
    let (own, _) = words::standing(look.seen.standing);
    if own == glyph || look.seen.standing == Standing::Ok { "" } else { own }
}

/// The few words that say most: how far, which revision, and what is the matter.
fn says(store: &Store, look: &Glance<'_>, now: Time) -> Vec<(String, Role)> {
    let seen = look.seen;
    let mut out = Vec::new();
    let moving = seen.phase.filter(|phase| words::is_moving(*phase));
    if let (Some(_), Some(routed)) = (moving, seen.routed) {
        out.push((format!("{} %", number(routed)), Role::Text));
    } else if let Some(revision) = runs(look) {
        out.push((revision.as_str().to_owned(), Role::Text));
    }
    if let Some((word, role)) = matter(store, look, now) {
        out.push((word.into_owned(), role));
    }
    out
}

fn matter(store: &Store, look: &Glance<'_>, now: Time) -> Option<(Cow<'static, str>, Role)> {
    let seen = look.seen;
    let (_, role) = words::standing(seen.standing);
    if seen.standing == Standing::Unknown {
        let feed = look.state.spec.rollout.as_ref().map(|spec| &spec.feed);
        let awaited = feed.is_some_and(|feed| store.feed_view(feed, now).is_awaited());
        return Some((if awaited { "not read" } else { "unknown" }.into(), role));
    }
    if seen.phase.is_some_and(|p| words::is_moving(p) || p == Phase::RolledBack) {
        let held = of_rollback(store, look.state, now).is_some();
        let (_, word, role) = words::phase_of(seen)?;
        return Some((if held { "rollback waits".into() } else { word }, role));
    }
    if look.state.ledger.hold.is_some() {
        return Some(("held".into(), Role::Attention));
    }
    let run = store.pipeline(&look.state.spec).filter(|p| p.run.has_failed() && !p.advisory);
    let cancelled = run.as_ref().is_some_and(|p| p.run.conclusion == Some(Conclusion::Cancelled));
    let word = match seen.standing {
        Standing::Critical => "critical",
        Standing::Attention if cancelled => "run cancelled",
        Standing::Attention if run.is_some() => "run failed",
        Standing::Attention => "attention",
        Standing::Ok if seen.is_frozen() => return Some(("frozen".into(), Role::Dim)),
        Standing::Ok | Standing::Unknown => return None,
    };
    Some((word.into(), role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_matter_is_cut_between_words() {
        assert_eq!(short("waits for you", 13), "waits for you");
        assert_eq!(short("waits for you", 11), "waits");
        assert_eq!(short("waits: judge +1", 9), "waits");
        assert_eq!((short("degraded", 5), short("degraded", 3)), ("degraded", ""));
    }

    #[test]
    fn names_are_cut_by_the_columns_they_take() {
        let cut = |name, width| -> String {
            middle(name, width).iter().map(|(_, letter)| *letter).collect()
        };
        assert_eq!(cut("production-eu", 13), "production-eu");
        assert_eq!(cut("production-eu", 9), "prod…n-eu");
        assert_eq!(cut("漢字漢字", 8), "漢字漢字");
        assert_eq!(cut("漢字漢字", 6), "漢…字");
        assert_eq!(cut("🚀api🚀prod", 7), "🚀a…rod");
        assert_eq!(cut("api-👩‍🚀", 5), "ap…👩‍🚀", "nobody is split");
        assert_eq!((cut("abc", 1).as_str(), cut("abc", 0).as_str()), ("…", ""));
    }
}
