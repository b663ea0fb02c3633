//! Does everything that is asked about a target answer?

use crate::model::{FeedId, FeedState, Time};
use crate::store::{Store, TargetState};

use super::{Gate, GateState, believed, is_doubtful};

/// A feed's name beside its target, which need not be said again.
pub(in crate::control) fn feed_name(state: &TargetState, feed: &FeedId) -> String {
    feed.to_string().replace(&format!(" {}", state.spec.target), "")
}

/// What is wrong with the feeds of a target that are at least so bad, a sentence each; those that have not
/// answered yet share one.
pub(in crate::control) fn troubles(
    store: &Store,
    state: &TargetState,
    worst: FeedState,
    now: Time,
) -> Vec<String> {
    let (mut bad, mut silent): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for feed in state.spec.feeds() {
        // names and views are made for the few that are not well
        if !is_doubtful(store, &feed, worst, now) || seen.contains(&feed) {
            continue;
        }
        let view = store.feed_view(&feed, now);
        let name = feed_name(state, &feed);
        seen.push(feed);
        if view.is_awaited() {
            silent.push(name);
        } else {
            bad.push(format!("{name} {}: {}", believed(&view), view.reason()));
        }
    }
    if !silent.is_empty() {
        bad.push(format!("no answer yet from {}", silent.join(", ")));
    }
    bad
}

pub(in crate::control) fn feeds(store: &Store, state: &TargetState, now: Time) -> Gate {
    let bad = troubles(store, state, FeedState::Stale, now);
    if bad.is_empty() {
        Gate::new("feeds", GateState::Pass, "all live")
    } else {
        Gate::new("feeds", GateState::Unknown, bad.join("; "))
    }
}
