//! Everything of a target that a watch tells: each thing with what tells it from others, and what of it must
//! differ to be told anew.

use crate::control::{Verdict, alarm, assess, check_name, check_state, findings};
use crate::model::{AlertState, FeedState, Phase, Target, Time};
use crate::store::{Entry, Store, TargetState};

use super::what::What;

/// One thing as it is now.
pub(super) struct Sight {
    /// Which.
    pub(super) key: String,
    /// Equal marks are told once.
    pub(super) mark: String,
    /// What is told.
    pub(super) what: What,
}

fn sight(key: impl Into<String>, mark: impl Into<String>, what: What) -> Sight {
    Sight { key: key.into(), mark: mark.into(), what }
}

/// All of it, in the order of the lines. Actions that were over before `began` are left out.
pub(super) fn sights(store: &Store, target: &Target, began: Time, now: Time) -> Vec<Sight> {
    let (Some(state), Some(seen)) = (store.target(target), assess(store, target, now)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let fresh = |entry: &&Entry| entry.at >= began || entry.in_flight() || entry.open().is_some();
    all.extend(state.ledger.entries.iter().filter(fresh).map(action));
    all.extend(sources(store, state, now));
    let phase = seen.phase.unwrap_or(Phase::Unknown);
    let tenth = |value: Option<f64>| value.map(|value| (value * 10.0).round());
    let (stable, candidate) = (seen.evidence.stable.clone(), seen.evidence.candidate.clone());
    let mark = format!(
        "{phase:?} {} {:?} {:?} {stable:?} {candidate:?}",
        seen.step,
        tenth(seen.weight),
        tenth(seen.routed),
    );
    let rollout = What::Rollout {
        phase,
        step: seen.step,
        steps: seen.steps,
        weight: seen.weight,
        routed: seen.routed,
        share: seen.share,
        stable,
        candidate,
        reason: seen.phase_reason.clone(),
    };
    all.push(sight("rollout", mark, rollout));
    for check in &state.checks {
        let health = check_state(store, check, now);
        let what = What::Health {
            name: check.spec.name.clone(),
            track: state.side(check.spec.track),
            state: health,
            detail: check.last.as_ref().and_then(|probe| probe.detail.clone()),
        };
        all.push(sight(format!("health {}", check_name(state, check)), health.word(), what));
    }
    for alert in state.alerts.list.iter().filter(|alert| alert.state == AlertState::Firing) {
        let (name, severity) = (alert.name.clone(), alert.severity.to_string());
        let key = format!("alert {severity} {name}\n{:?}", alert.since);
        let (state, since) = ("firing".to_owned(), alert.since);
        all.push(sight(key, "", What::Alert { name, severity, state, since }));
    }
    // with one side alone there is nothing to compare
    let split = seen.routed.is_none_or(|routed| routed > 0.05 && routed < 99.95);
    let found = if split { findings(state, &seen.evidence, now) } else { Vec::new() };
    for finding in found {
        let verdict = match finding.verdict {
            None => "unknown",
            Some(Verdict::Insufficient) => "insufficient",
            Some(Verdict::Pass) => "pass",
            Some(Verdict::Fail) => "fail",
            Some(Verdict::Inconclusive) => "inconclusive",
        };
        let (ours, theirs) = finding.sides();
        let (requests, against) = (ours.total, theirs.total);
        let name = finding.name.clone();
        let what = What::Judge { name, verdict: verdict.to_owned(), requests, against };
        all.push(sight(format!("judge {}", finding.name), verdict, what));
    }
    for gate in &seen.gates {
        let what = What::Gate {
            name: gate.name.clone(),
            state: gate.state,
            reason: gate.reason.clone(),
            left_s: gate.left_s,
        };
        all.push(sight(format!("gate {}", gate.name), gate.state.word(), what));
    }
    let armed = alarm(state, &seen).is_some();
    let told = state.ledger.alarm.as_ref().filter(|alarm| armed || alarm.at >= began);
    all.extend(told.and_then(|alarm| {
        let (word, evidence, by) = match &alarm.answered {
            // its own rollback answers it, and is told
            None if !armed => return None,
            None => ("armed", alarm.why.clone(), None),
            Some(answered) if answered.passed => ("over", answered.why.clone(), None),
            Some(answered) => ("held", answered.why.clone(), Some(answered.by.clone())),
        };
        let (state, due_at) = (word.to_owned(), alarm.acts_at);
        let mark = format!("{word} {}", alarm.acts_at);
        Some(sight(
            format!("alarm {}", alarm.at),
            mark,
            What::Alarm { state, evidence, due_at, by },
        ))
    }));
    for notice in store.notices().iter().filter(|notice| notice.at >= began) {
        let key = format!("notice {} {}", notice.at, notice.text);
        all.push(sight(key, "", What::Notice { notice: notice.text.clone() }));
    }
    all
}

fn action(entry: &Entry) -> Sight {
    let (plan, report) = (&entry.plan, entry.report.as_ref());
    let outcome = report.map(|report| report.outcome);
    let what = What::Action {
        action: plan.action.0.clone(),
        verb: plan.what(),
        operator: entry.operator.clone(),
        outcome,
        from_weight: plan.from_weight,
        to_weight: plan.to_weight,
        calls: plan.calls.iter().map(ToString::to_string).collect(),
        steps: report.map(|report| report.steps.clone()).unwrap_or_default(),
        took_ms: report.map(|report| report.took_ms),
    };
    sight(format!("action {}", plan.action.0), format!("{outcome:?}"), what)
}

/// What is read, where it does not answer, and again when it does.
fn sources<'s>(
    store: &'s Store,
    state: &'s TargetState,
    now: Time,
) -> impl Iterator<Item = Sight> + 's {
    state.spec.feeds().map(move |feed| {
        let view = store.feed_view(&feed, now);
        // an answer that is too old has no error; a single failure is no news
        let mark = match (view.state, &view.error) {
            (FeedState::Lost, _) => "lost",
            (FeedState::Stale, None) => "old",
            _ => "heard",
        };
        let old = (mark == "old").then(|| view.reason());
        let error = view.error.clone().or(old);
        let what = What::Source { name: feed.to_string(), state: view.state, error };
        sight(format!("source {feed}"), mark, what)
    })
}
