//! One answer each to "may I go on?". Pure functions of the store; unknown is never pass.

use serde::{Deserialize, Serialize};

use crate::model::{FeedId, FeedState, LinkState, Time};
use crate::store::{FeedView, RepoState, Store, TargetState};

mod after;
mod alerts;
mod backup;
mod burn;
mod checks;
mod feeds;
mod freeze;
mod health;
mod hold;
mod metric;
mod path;
mod pipeline;
mod queue;
mod security;
mod soak;

pub(super) use alerts::{sentence as alert_sentence, since_release, unread as unread_alerts};
pub use backup::made as backup_made;
pub use burn::{Burning, burning, times};
pub(super) use feeds::troubles;
pub use health::{check_gate, check_name};
pub(super) use health::{check_sentence, contradiction, lasting};
pub(super) use hold::hold_unknown;
pub(super) use metric::{is_idle, limit, metric, reading, without_traffic};
pub use path::{Found, alert_path};
pub use security::{is_new, new_since};

use super::evidence::Evidence;

/// A gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// Go.
    Pass,
    /// Not yet.
    Wait,
    /// No.
    Fail,
    /// Cannot say; blocks like a no.
    Unknown,
}

impl GateState {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Wait => "wait",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// A gate and why it says what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// Its answer.
    pub state: GateState,
    /// One sentence: rule, value, limit, since when.
    pub reason: String,
    /// Seconds left, when it waits for time.
    pub left_s: Option<f64>,
    /// What was asked of Prometheus for it.
    #[serde(default)]
    pub queries: Vec<String>,
}

impl Gate {
    pub(super) fn new(name: &str, state: GateState, reason: impl Into<String>) -> Self {
        let queries = Vec::new();
        Self { name: name.to_owned(), state, reason: reason.into(), left_s: None, queries }
    }

    /// The same with what was asked for it.
    fn asking<'q>(self, queries: impl IntoIterator<Item = &'q String>) -> Self {
        Self { queries: queries.into_iter().cloned().collect(), ..self }
    }

    /// The same, but unknown instead of pass where what it stands on is silent.
    fn unless(self, silence: Option<String>) -> Self {
        match silence.filter(|_| self.state == GateState::Pass) {
            Some(why) => {
                let reason = format!("{}, but {why}", self.reason);
                Self { state: GateState::Unknown, reason, ..self }
            }
            None => self,
        }
    }

    /// Whether time alone may let it pass: nobody is asked for anything until then.
    pub(super) fn takes_time(&self) -> bool {
        self.state == GateState::Wait
    }
}

/// Why what a feed said proves nothing now; none while it is live.
fn silence(store: &Store, feed: Option<&FeedId>, now: Time) -> Option<String> {
    let Some(feed) = feed else { return Some("nobody is asked".to_owned()) };
    if !is_doubtful(store, feed, FeedState::Stale, now) {
        return None;
    }
    let view = store.feed_view(feed, now);
    Some(format!("{feed} {}: {}", believed(&view), view.reason()))
}

/// That what is missing of a repository's lists may say otherwise.
fn odd(store: &Store, state: &TargetState) -> Option<String> {
    let skipped = store.repo_of(&state.spec).map_or(0, RepoState::skipped);
    (skipped > 0).then(|| format!("{skipped} of GitHub's items could not be read"))
}

/// Whether a feed is at least so bad; one whose answers are too old to decide by is stale here, although it is
/// asked as planned.
pub(super) fn is_doubtful(store: &Store, feed: &FeedId, worst: FeedState, now: Time) -> bool {
    let old = || store.feed(feed).is_some_and(|feed| feed.is_old(now));
    store.feed_state(feed, now) >= worst || worst <= FeedState::Stale && old()
}

/// How far a decision believes a feed, as a word.
fn believed(view: &FeedView) -> &'static str {
    if view.state == FeedState::Live && view.old { "old" } else { view.state.word() }
}

/// What is not as it should be besides the release itself: a budget that burns, a backup that is too old, a
/// way of alerts that is broken.
pub(super) fn lapses(store: &Store, state: &TargetState, gates: &[Gate], now: Time) -> Vec<String> {
    let burn = state.spec.rules.burn.as_ref().map(|burn| burn.name.as_str());
    let own = |gate: &&Gate| gate.name == backup::NAME || Some(gate.name.as_str()) == burn;
    let failed = gates.iter().filter(own).filter(|gate| gate.state == GateState::Fail);
    let broken = alert_path(store, state, now);
    let broken = broken.iter().find(|link| link.state == LinkState::Broken);
    let broken =
        broken.map(|link| format!("alerts may be missed: {}: {}", link.kind.word(), link.detail));
    failed.map(|gate| format!("{}: {}", gate.name, gate.reason)).chain(broken).collect()
}

/// Every gate of a promotion, in the order they are shown.
pub(super) fn gates(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Vec<Gate> {
    let mut gates = others(store, state, evidence, now);
    let last = gates.len().saturating_sub(1);
    // what was last deployed or run before is told by the same lists
    let after =
        after::after(store, state, evidence, now).map(|gate| gate.unless(odd(store, state)));
    gates.splice(last..last, after);
    gates
}

/// All but what another target has to say.
fn others(store: &Store, state: &TargetState, evidence: &Evidence, now: Time) -> Vec<Gate> {
    let mut gates = vec![feeds::feeds(store, state, now)];
    if !state.checks.is_empty() {
        gates.push(health::health(state, now));
    }
    for (spec, series) in state.spec.metrics.iter().zip(&state.metrics) {
        if spec.is_gate() {
            let (answer, reason, left_s) = metric(state, spec, series, evidence.routed, now);
            let twin = state.spec.metrics.iter().filter(|m| m.name == spec.name && m.is_gate());
            let name = if twin.count() > 1 {
                format!("{} {}", spec.name, state.side(spec.track).word())
            } else {
                spec.name.clone()
            };
            let gate = Gate { left_s, ..Gate::new(&name, answer, reason) };
            gates.push(gate.asking([&spec.query]));
        }
    }
    let rules = &state.spec.rules;
    let asked = |gate: Gate| gate.asking(rules.burn.iter().map(|burn| &burn.query));
    gates.extend(burn::gate(store, state, now).map(asked));
    let compared = state.spec.judge.iter().flat_map(|judge| &judge.comparisons);
    let asked = |gate: Gate| gate.asking(compared.map(|comparison| &comparison.query));
    gates.extend(super::judge::gate(state, evidence, now).map(asked));
    if state.spec.alerts.is_some() {
        gates.push(alerts::alerts(store, state, evidence.release, now));
    }
    gates.extend(soak::soak(store, state, evidence, now));
    let repo = state.spec.host.as_ref().zip(state.spec.repo.as_ref());
    let repo = repo.map(|(host, repo)| FeedId::part(host, repo));
    let engine = state.spec.rollout.as_ref().map(|rollout| &rollout.feed);
    let silent = || silence(store, repo.as_ref(), now).or_else(|| odd(store, state));
    let of_repo = [
        checks::checks(store, state, evidence),
        pipeline::pipeline(store, state, evidence, now),
        security::security(store, state, evidence, now),
    ];
    let [checked, piped, secured] = of_repo.map(|gate| gate.map(|gate| gate.unless(silent())));
    let queued = queue::queue(state).map(|gate| gate.unless(silence(store, engine, now)));
    gates.extend([checked, piped, queued, secured].into_iter().flatten());
    let asked = |gate: Gate| gate.asking(rules.backup.iter().map(|backup| &backup.query));
    gates.extend(backup::gate(store, state, now).map(asked));
    if !rules.freezes.is_empty() {
        gates.push(freeze::freeze(state, now));
    }
    gates.push(hold::hold(store, state, now));
    gates
}
