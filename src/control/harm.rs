//! What somebody's side does wrong, by data that is fresh, and whether all that could tell did. Pure; what
//! follows from it is decided elsewhere.

use crate::model::spec::Trigger;
use crate::model::{FeedId, FeedState, HealthState, Time, Track};
use crate::store::{Store, TargetState};

use super::assess::Assessment;
use super::check_name;
use super::gates::{self, GateState};
use super::judge;
use super::vigil::is_rest;
use crate::stats::trial::Verdict;

/// Whose harm is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The candidate's, in its release.
    Candidate,
    /// That of all that has traffic while the candidate has none, since then.
    Rest {
        /// Alerts before are old news.
        since: Time,
    },
}

impl Of {
    fn is(self, side: Track) -> bool {
        match self {
            Self::Candidate => side == Track::Candidate,
            Self::Rest { .. } => is_rest(side),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Harm {
    /// Every harm, the surest first.
    pub(super) found: Vec<String>,
    /// Whether something that is looked at could not tell: then no harm found is no harm passed.
    pub(super) blind: bool,
}

/// What a side does wrong, by the triggers that are configured.
pub(super) fn harm(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    of: Of,
    now: Time,
) -> Harm {
    let Some(auto) = state.spec.rollout.as_ref().and_then(|rollout| rollout.auto.as_ref()) else {
        return Harm::default();
    };
    let live = |feed: &FeedId| store.feed_state(feed, now) == FeedState::Live;
    let measured = state.spec.prometheus.as_ref().is_some_and(live);
    let mut harm = Harm::default();
    if auto.on.contains(&Trigger::Judge) && of == Of::Candidate && judge::is_split(&seen.evidence) {
        for one in judge::findings(state, &seen.evidence, now) {
            let known = measured && one.trouble.is_none() && one.verdict.is_some();
            harm.blind |= !known;
            if known && one.verdict == Some(Verdict::Fail) {
                harm.found.push(format!("the judge: {}: {}", one.name, judge::shares(&one.trial)));
            }
        }
    }
    for (i, (spec, series)) in state.spec.metrics.iter().zip(&state.metrics).enumerate() {
        let (trigger, ours) = match auto.breaker {
            Some(breaker) if breaker == i => (Trigger::Breaker, true),
            _ => (Trigger::Metrics, of.is(state.side(spec.track))),
        };
        if !ours || !auto.on.contains(&trigger) || !spec.is_gate() {
            continue;
        }
        let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
        harm.blind |= !measured || answer == GateState::Unknown;
        if measured && answer == GateState::Fail {
            harm.found.push(format!("{}: {reason}", spec.name));
        }
    }
    if auto.on.contains(&Trigger::Health) {
        for check in state.checks.iter().filter(|check| of.is(state.side(check.spec.track))) {
            let known = live(&check.spec.feed) && check.state != HealthState::Unknown;
            let sick = known && check.state == HealthState::Unhealthy && !check.flapping;
            harm.blind |= !known;
            if sick {
                let since = gates::lasting(check, now);
                harm.found.push(format!("{} unhealthy{since}", check_name(state, check)));
            }
        }
    }
    if let Some(alerts) = state.spec.alerts.as_ref().filter(|_| auto.on.contains(&Trigger::Alerts))
    {
        let heard = live(&alerts.feed);
        harm.blind |= !heard || state.alerts.unread > 0;
        let began = match of {
            Of::Candidate => seen.evidence.release.known(),
            Of::Rest { since } => Some(since),
        };
        let loud = state.alerts.firing().filter(|alert| {
            let new = began.zip(alert.since).is_some_and(|(began, since)| since >= began);
            heard && new && alert.severity >= auto.alerts
        });
        harm.found.extend(loud.map(|alert| gates::alert_sentence(alert, now)));
    }
    harm
}
