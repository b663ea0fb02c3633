//! How old what a pane shows is, and why it is not newer.

use crate::model::{FeedId, FeedState, Time};
use crate::store::{FeedView, Store};
use crate::tui::theme::Role;

use super::Body;
use super::row::Row;
use super::words;

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
    let aside = Row::new(24).put(label(&view), words::feed(view.state));
    let old = view.state != FeedState::Live;
    let trouble = old.then(|| trouble(&feed, &view, width));
    Body { aside, trouble, old, ..body }
}

fn worse(view: &FeedView) -> (FeedState, f64) {
    (view.state, view.age_s.unwrap_or(f64::INFINITY))
}

/// State and age in the fewest words: `live 2 s`.
pub fn label(view: &FeedView) -> String {
    match view.age_s {
        Some(age) => format!("{} {}", view.state.word(), words::span_s(age)),
        None if view.error.is_some() => format!("{}, never answered", view.state.word()),
        None => "no answer yet".to_owned(),
    }
}

/// `✗ github 40 s old: 502 from api.github.com, retry in 8 s`; age and retry are never cut.
fn trouble(feed: &FeedId, view: &FeedView, width: usize) -> Row {
    let role = words::feed(view.state);
    let glyph = if view.state == FeedState::Lost { "✗" } else { "▲" };
    let (why, retry) = match (&view.error, view.retry_s) {
        (Some(error), Some(left)) if left >= 1.0 => {
            (error.as_str(), format!(", retry in {}", words::span_s(left.ceil())))
        }
        (Some(error), _) => (error.as_str(), ", trying again".to_owned()),
        (None, _) if view.age_s.is_none() => ("no answer yet", String::new()),
        (None, _) => ("no answer to the last poll yet", String::new()),
    };
    let room = width.saturating_sub(retry.len());
    let kind = feed.source.split('.').next().unwrap_or_default();
    let age = view.age_s.map_or(String::new(), |age| format!(" {} old", words::span_s(age)));
    let row = Row::new(room).put(format!("{glyph} {kind}{age}: "), role).put(why, role);
    row.fit(width).put(retry, role)
}

/// A pane for something that is not configured: said, not hidden.
pub fn not_watched(title: Row, what: &str, width: usize) -> Body {
    Body::new(title, vec![Row::new(width).put(what, Role::Dim)])
}
