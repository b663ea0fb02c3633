//! How old what a pane shows is, and why it is not newer.

use chrono::TimeDelta;

use crate::control::{Gate, GateState};
use crate::model::{FeedId, FeedState, Time};
use crate::store::{FeedView, Store};
use crate::tui::theme::Role;

use super::row::Row;
use super::words;
use super::{Aside, Body, Glance};

/// Gives a body the state and age of the feeds it stands on; the worst of them counts.
pub fn stamp(
    body: Body,
    store: &Store,
    feeds: impl IntoIterator<Item = FeedId>,
    now: Time,
    width: usize,
) -> Body {
    let worst = feeds.into_iter().map(|feed| (store.feed_view(&feed, now), feed)).max_by(
        |(a, _), (b, _)| worse(a).partial_cmp(&worse(b)).unwrap_or(std::cmp::Ordering::Equal),
    );
    let Some((view, feed)) = worst else {
        return body;
    };
    let row = |text| Row::new(40).put(text, role_of(&view));
    let aside = Aside { full: row(label(&view)), brief: row(brief(&view)) };
    let old = view.state != FeedState::Live;
    let trouble = old.then(|| trouble(&feed, &view, width));
    Body { aside, trouble, old, ..body }
}

/// Not to have answered yet is no fault.
fn role_of(view: &FeedView) -> Role {
    if view.is_awaited() { Role::Attention } else { words::feed(view.state) }
}

/// Whether what a feed said last proves nothing any more.
pub fn is_lost(store: &Store, feed: &FeedId, now: Time) -> bool {
    store.feed_view(feed, now).state == FeedState::Lost
}

/// Whether a gate passes on the word of a feed that is lost. The gate of the feeds blocks then; that this
/// one passed once is not drawn as good.
pub fn passed_once(store: &Store, look: &Glance<'_>, gate: &Gate, now: Time) -> bool {
    let spec = &look.state.spec;
    let lost = |feed: &FeedId| is_lost(store, feed, now);
    gate.state == GateState::Pass
        && match gate.name.as_str() {
            "health" => spec.health.iter().any(|check| lost(&check.feed)),
            "alerts" => spec.alerts.as_ref().is_some_and(|alerts| lost(&alerts.feed)),
            _ => false,
        }
}

/// The moment that what a feed said stands for: of old word, when it was given, so that no clock runs on
/// for what may be over.
pub fn as_of(store: &Store, feed: &FeedId, now: Time) -> Time {
    let view = store.feed_view(feed, now);
    match view.age_s.filter(|_| view.state != FeedState::Live) {
        Some(age) => now - TimeDelta::milliseconds((age * 1000.0) as i64),
        None => now,
    }
}

fn worse(view: &FeedView) -> (FeedState, f64) {
    (view.state, view.age_s.unwrap_or(f64::INFINITY))
}

/// State and age in the fewest words: `live 2 s`; where it is asked less often than usual, when next.
pub fn label(view: &FeedView) -> String {
    let widened = view.budget.as_ref().is_some_and(|budget| budget.widened_s.is_some());
    match view.age_s {
        Some(age) => {
            let next = view.next_s.filter(|_| widened && view.error.is_none());
            let next =
                next.map_or(String::new(), |next| format!(", next in {}", words::span_s(next)));
            format!("{} {}{next}", view.state.word(), words::span_s(age))
        }
        None if view.error.is_some() => format!("{}, {}", view.state.word(), view.never_good()),
        None => "no answer yet".to_owned(),
    }
}

/// The age of what is fresh, for nothing else is worth saying; of all else, what it is.
fn brief(view: &FeedView) -> String {
    match view.age_s {
        Some(age) if view.state == FeedState::Live => words::span_s(age),
        None if view.error.is_none() => "no answer".to_owned(),
        _ => view.state.word().to_owned(),
    }
}

/// `✗ github 40 s old: 502 from api.github.com, retry in 8 s`; age and retry are never cut.
fn trouble(feed: &FeedId, view: &FeedView, width: usize) -> Row {
    let role = role_of(view);
    if view.is_awaited() {
        let kind = feed.source.split('.').next().unwrap_or_default();
        return Row::new(width).put(format!("◌ {kind}: asked, no answer yet"), role);
    }
    let glyph = if view.state == FeedState::Lost { "✗" } else { "▲" };
    let (why, retry) = match (&view.error, view.retry_s) {
        (Some(error), Some(left)) if left >= 1.0 => {
            (error.as_str(), format!(", retry in {}", words::span_s(left.ceil())))
        }
        (Some(error), _) => (error.as_str(), ", trying again".to_owned()),
        (None, _) => ("no answer to the last poll yet", String::new()),
    };
    let room = width.saturating_sub(retry.len());
    // whose it is stands in front already
    let own = why.strip_prefix(feed.source.as_str()).map(|why| why.trim_start_matches([':', ' ']));
    let why = own.filter(|why| !why.is_empty()).unwrap_or(why);
    let kind = feed.source.split('.').next().unwrap_or_default();
    let age = view.age_s.map_or(String::new(), |age| format!(" {} old", words::span_s(age)));
    let row = Row::new(room).put(format!("{glyph} {kind}{age}: "), role).put(why, role);
    row.fit(width).put(retry, role)
}

/// A pane for something that is not configured: said, not hidden.
pub fn not_watched(title: Row, what: &str, width: usize) -> Body {
    Body::new(title, vec![Row::new(width).put(what, Role::Dim)])
}
