//! Would an alert reach anybody? What is found of each link of the way of a target's alerts.

use crate::model::{FeedId, LinkKind, LinkState, Time};
use crate::store::{Store, TargetState};

use super::silence;

/// A link of the way, as it may be believed now.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Which.
    pub kind: LinkKind,
    /// Whether it holds.
    pub state: LinkState,
    /// What that was seen by, or why nobody knows.
    pub detail: String,
    /// When it was asked for; none: never heard.
    pub asked_at: Option<Time>,
}

/// Every link of the way of a target's alerts, in its order; empty where it is not watched.
#[must_use]
pub fn alert_path(store: &Store, state: &TargetState, now: Time) -> Vec<Found> {
    let Some(spec) = &state.spec.rules.alert_path else { return Vec::new() };
    let own = |kind| link(store, state, kind, now);
    spec.links().into_iter().map(own).collect()
}

fn link(store: &Store, state: &TargetState, kind: LinkKind, now: Time) -> Found {
    let unknown = |detail, asked_at| Found { kind, state: LinkState::Unknown, detail, asked_at };
    let Some(heard) = state.assurances.path.get(&kind) else {
        return unknown("not read yet".to_owned(), None);
    };
    if let Some(why) = silence(store, feed(state, kind), now) {
        return unknown(why, Some(heard.asked_at));
    }
    let (state, detail) = (heard.said.state, heard.said.detail.clone());
    Found { kind, state, detail, asked_at: Some(heard.asked_at) }
}

/// Who tells of a link.
fn feed(state: &TargetState, kind: LinkKind) -> Option<&FeedId> {
    match kind {
        LinkKind::Watchdog => state.spec.alerts.as_ref().map(|alerts| &alerts.feed),
        _ => state.spec.prometheus.as_ref(),
    }
}

/// Why an alert might not be heard; none where every link holds, or none is watched.
pub(super) fn trouble(store: &Store, state: &TargetState, now: Time) -> Option<String> {
    state.spec.rules.alert_path.as_ref()?;
    // a way that ends at an Alertmanager which does not answer ends nowhere
    let alertmanager = state.spec.alerts.as_ref().map(|alerts| &alerts.feed);
    if let Some(why) = silence(store, alertmanager, now) {
        return Some(why);
    }
    let found = alert_path(store, state, now);
    let bad = |found: &&Found| found.state != LinkState::Holds;
    let worst = found.iter().filter(bad).map(|one| {
        let doubt = if one.state == LinkState::Unknown { "unknown: " } else { "" };
        format!("{}: {doubt}{}", one.kind.word(), one.detail)
    });
    let sentence = worst.collect::<Vec<_>>().join("; ");
    (!sentence.is_empty()).then_some(sentence)
}
