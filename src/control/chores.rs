//! What needs no operator: following up open questions, first sights, completions, changes of state.

use crate::model::{FeedId, FeedState, Phase, RecordKind, Target, Time};
use crate::store::{Check, Store, TargetState};

use super::assess::{Assessment, assess};
use super::auto;
use super::evidence::Began;
use super::follow_up::follow_up;
use super::foreign::foreign;
use super::images;
use super::plan::fill;
use super::studies;
use super::{Effect, Standing};

/// What is due for a target now. The runtime carries each out once; what it writes comes back as an event, and then
/// it is not due any more. `changes` asks for changes of state too (a long-lived process notes them).
#[must_use]
pub fn chores(store: &Store, target: &Target, now: Time, changes: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    if store.fleet().inert.is_some() {
        return effects;
    }
    let (Some(state), Some(seen)) = (store.target(target), assess(store, target, now)) else {
        return effects;
    };
    effects.extend(follow_up(store, state));
    // what an engine said before an action took effect is no news of another's, nor of its end
    let heard = state.spec.rollout.as_ref().map(|rollout| store.feed_state(&rollout.feed, now));
    let overtaken = state.is_old_news() && heard != Some(FeedState::Lost);
    if state.ledger.in_flight().next().is_none() && !overtaken {
        if !silent(store, state, now) {
            effects.extend(first_sight(state, &seen));
        }
        effects.extend(completed(state, &seen));
        effects.extend(images::notes(store, state, &seen.evidence));
        effects.extend(foreign(state, &seen, now));
    }
    if changes {
        effects.extend(studies::due(store, state, &seen.evidence));
        // one look acts on nothing by itself: who watches does
        effects.extend(auto::due(store, state, &seen, now));
    }
    // the soak counts from the end of harm, and a single look may be the first to see it
    let ended = state.ledger.harmed && seen.standing < Standing::Unknown;
    if (changes || ended) && !overtaken {
        effects.extend(changed(store, state, &seen, now));
    }
    effects
}

pub(super) fn note(kind: RecordKind) -> Effect {
    Effect::Note(Box::new(kind))
}

/// A weight whose beginning nobody recorded. What is written is not yet to be said of a candidate that is
/// silent about its name: it may be another one.
fn first_sight(state: &TargetState, seen: &Assessment) -> Option<Effect> {
    let weight = seen.routed.filter(|routed| *routed > 0.05)?;
    let sure = seen.evidence.candidate_old.is_none();
    (sure && matches!(seen.evidence.step, Began::SeenSince(_))).then(|| {
        note(RecordKind::FirstSight {
            target: state.spec.target.clone(),
            candidate: seen.evidence.candidate.clone(),
            weight,
        })
    })
}

/// The last step has proved itself, and the candidate still says who it is, if it ever did.
fn completed(state: &TargetState, seen: &Assessment) -> Vec<Effect> {
    let soaked =
        seen.gates.iter().all(|gate| gate.name != "soak" || gate.state == super::GateState::Pass);
    let step = state.ledger.step.filter(|(weight, _)| *weight > 99.5);
    let due = step.is_some_and(|(_, at)| state.ledger.completed.is_none_or(|done| done < at));
    let sure = seen.evidence.candidate_old.is_none();
    if seen.phase != Some(Phase::Completed) || !soaked || !due || !sure {
        return Vec::new();
    }
    let target = state.spec.target.clone();
    let candidate = seen.evidence.candidate.clone();
    let hook = state.spec.hooks.on_completed.as_ref().map(|hook| Effect::Hook {
        target: target.clone(),
        hook: fill(hook, &target, candidate.as_ref(), Some(100.0)),
    });
    let noted = note(RecordKind::Completed { target, candidate });
    std::iter::once(noted).chain(hook).collect()
}

/// A standing that differs from the one last journaled, once every feed has spoken.
fn changed(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Option<Effect> {
    let to = seen.standing.word();
    // how it is after an action is said when that is over; what goes wrong meanwhile is said at once
    let moves = state.ledger.in_flight().next().is_some();
    let waits = moves && matches!(seen.standing, Standing::Ok | Standing::Attention);
    if state.ledger.state.as_deref() == Some(to) || waits {
        return None;
    }
    (!silent(store, state, now) && knows_better(store, state, seen.standing, now)).then(|| {
        note(RecordKind::Changed {
            target: state.spec.target.clone(),
            from: state.ledger.state.clone().unwrap_or_else(|| "not seen".to_owned()),
            to: to.to_owned(),
            reasons: seen.reasons.iter().take(5).cloned().collect(),
        })
    })
}

/// Whether all that was asked before the state was journaled last was asked again: several processes look at a
/// target, and who looked first knows less. GitHub alone tells what is well from what somebody should look at,
/// and is asked too seldom for anything else.
fn knows_better(store: &Store, state: &TargetState, to: Standing, now: Time) -> bool {
    let Some(told) = state.ledger.changed_at().filter(|told| *told <= now) else { return true };
    let mild = |word: &str| word == Standing::Ok.word() || word == Standing::Attention.word();
    let all = mild(to.word()) && state.ledger.state.as_deref().is_some_and(mild);
    let repo = state.spec.host.as_ref().zip(state.spec.repo.as_ref());
    let repo = repo.map(|(host, repo)| FeedId::part(host, repo)).filter(|_| !all);
    let mut feeds = state.spec.feeds().filter(|feed| repo.as_ref() != Some(feed.as_ref()));
    feeds.all(|feed| {
        let since = store.feed(&feed).and_then(|feed| match feed.fault {
            None => feed.good_at,
            Some(_) => feed.tried_at,
        });
        since.is_some_and(|since| since >= told)
    })
}

/// Whether a feed that could tell more has not spoken yet, or a check has not said enough since the start.
fn silent(store: &Store, state: &TargetState, now: Time) -> bool {
    state.checks.iter().any(Check::begins)
        || state.spec.feeds().any(|feed| {
            let view = store.feed_view(&feed, now);
            view.state == FeedState::Lost && view.error.is_none()
        })
}
