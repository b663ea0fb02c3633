//! Open questions answered by what was read after they were asked. Never by sending again. Pure.

use crate::model::follow::Effect as Shown;
use crate::model::{
    ActionId, Call, Follow, Outcome, Progress, RecordKind, Report, Sight, Status, StepReport, Time,
};
use crate::store::{Entry, Store, TargetState};

use super::Effect;
use super::chores::note;

/// The outcomes of a target's open questions, as far as readings tell them by now, and what is to be read
/// for the others.
pub(super) fn follow_up(store: &Store, state: &TargetState) -> Vec<Effect> {
    let entries = state.ledger.entries.iter();
    let silenced = entries.filter(|entry| entry.is_gone() && entry.plan.only_tells()).map(untold);
    let open = state.ledger.open().map(|(entry, _)| entry);
    let answers = open.flat_map(|entry| match answer(store, state, entry) {
        Some(report) => {
            vec![note(RecordKind::Outcome { report: Box::new(report), followed_up: true })]
        }
        None => unread(store, state, entry),
    });
    silenced.chain(answers).collect()
}

/// What was to tell somebody something, and whose process died: it is said once, and asked no more.
fn untold(entry: &Entry) -> Effect {
    let mut report = Report { outcome: Outcome::Unknown, ..died(entry) };
    report.notes =
        vec!["its process died, and nobody reads whether it was sent: look there".into()];
    note(RecordKind::Outcome { report: Box::new(report), followed_up: true })
}

/// The runs of which nobody can tell which one an open action started: an operator has to say it.
#[must_use]
pub fn candidates(store: &Store, state: &TargetState, entry: &Entry) -> Vec<u64> {
    let fleet = store.fleet();
    let shut = fleet.read_only || fleet.replay || fleet.inert.is_some();
    if shut || entry.open().is_none() {
        return Vec::new();
    }
    let steps = entry.report.as_ref().map_or(&[][..], |report| report.steps.as_slice());
    let calls = entry.plan.calls.iter().enumerate();
    let mut looks = calls.map(|(i, call)| look(store, state, entry, (call, steps.get(i))));
    let several = looks.find_map(|progress| match progress {
        Progress::Ambiguous(runs) => Some(runs),
        _ => None,
    });
    several.unwrap_or_default()
}

/// Notes which run an open action started, as an operator says; from then on that one is followed. Nothing
/// where it is not one of the [`candidates`].
#[must_use]
pub fn pick(store: &Store, action: &ActionId, run: u64) -> Option<Effect> {
    let mut found = store.targets().filter_map(|state| {
        let mut entries = state.ledger.entries.iter();
        Some((state, entries.find(|entry| entry.plan.action == *action)?))
    });
    let (state, entry) = found.next()?;
    if !candidates(store, state, entry).contains(&run) {
        return None;
    }
    let mut report = entry.report.clone().unwrap_or_else(|| died(entry));
    if !report.outcome.is_open() {
        report.outcome = Outcome::Unknown;
    }
    for (step, call) in report.steps.iter_mut().zip(&entry.plan.calls) {
        let starts = |follow: &Follow| matches!(follow.effect, Shown::Started { .. });
        if call.follow.as_ref().is_some_and(starts) && step.github_run.is_none() {
            step.github_run = Some(run);
            step.error = None;
        }
    }
    report.notes.push(format!("run {run} was said to be the one that it started"));
    Some(note(RecordKind::Outcome { report: Box::new(report), followed_up: true }))
}

/// What no feed tells of an open question: a run that is not listed any more, and what was decided in one
/// that does not wait.
fn unread(store: &Store, state: &TargetState, entry: &Entry) -> Vec<Effect> {
    let Some((repo, host)) = store.repo_of(&state.spec).zip(state.spec.host.as_ref()) else {
        return Vec::new();
    };
    let follows = entry.plan.calls.iter().filter_map(|call| call.follow.as_ref());
    let untold = follows.filter(|follow| {
        follow.effect.run().is_some_and(|id| match (repo.run(id), &follow.effect) {
            (None, _) => true,
            (Some(run), Shown::Decided { .. }) => {
                run.status != Status::Waiting && repo.waits_of(id).is_none()
            }
            (Some(_), _) => false,
        })
    });
    let look = |follow: &Follow| Effect::Look {
        action: entry.plan.action.clone(),
        host: host.clone(),
        follow: follow.clone(),
    };
    untold.map(look).collect()
}

/// What becomes of an open question by now; none: nobody can tell yet.
fn answer(store: &Store, state: &TargetState, entry: &Entry) -> Option<Report> {
    let mut report = entry.report.clone().unwrap_or_else(|| died(entry));
    report.outcome = Outcome::Seen;
    for (i, call) in entry.plan.calls.iter().enumerate() {
        let step = entry.report.as_ref().and_then(|report| report.steps.get(i));
        match look(store, state, entry, (call, step)) {
            Progress::Seen(run) => {
                if let Some(step) = report.steps.get_mut(i) {
                    step.github_run = run.or(step.github_run);
                }
            }
            Progress::Failed(run, why) => {
                report.outcome = Outcome::Failed;
                if let Some(step) = report.steps.get_mut(i) {
                    step.github_run = run.or(step.github_run);
                    step.error = Some(why);
                    step.failed = true;
                }
            }
            Progress::Waiting(..) | Progress::Ambiguous(_) => return None,
        }
    }
    // nothing was to be sent: the intent itself is the effect
    report.took_ms = seen_ms(state, entry).unwrap_or(0).max(report.took_ms);
    Some(report)
}

/// From its intent to the reading that shows it, where that is the engine's; what runs show has no such time.
fn seen_ms(state: &TargetState, entry: &Entry) -> Option<u64> {
    let shows = |call: &Call| call.follow.is_none() && !call.expect.is_empty();
    let reading = state.reading.as_ref().filter(|_| entry.plan.calls.iter().any(shows))?;
    u64::try_from((reading.asked_at - entry.at).num_milliseconds()).ok()
}

fn look(
    store: &Store,
    state: &TargetState,
    entry: &Entry,
    (call, step): (&Call, Option<&StepReport>),
) -> Progress {
    let nothing = || Progress::Waiting(None, String::new());
    let Some(follow) = &call.follow else {
        let shown = state
            .reading
            .as_ref()
            .is_some_and(|reading| reading.asked_at > entry.at && reading.rollout.shows(call));
        return if shown { Progress::Seen(None) } else { nothing() };
    };
    let Some(repo) = store.repo_of(&state.spec) else { return nothing() };
    let known = step.and_then(|step| step.github_run);
    let waits = follow.effect.run().and_then(|run| repo.waits_of(run));
    let sight =
        Sight { runs: repo.all_runs().cloned().collect(), waits: waits.cloned(), origin: None };
    follow.look(&sight, known, sent(entry, step))
}

/// When a call left, by our clock: the intent is older.
fn sent(entry: &Entry, step: Option<&StepReport>) -> Time {
    let after = step.and_then(|step| step.sent_ms).unwrap_or_default();
    let after = chrono::TimeDelta::milliseconds(i64::try_from(after).unwrap_or_default());
    entry.at.checked_add_signed(after).unwrap_or(entry.at)
}

/// The report that a process that died owes.
fn died(entry: &Entry) -> Report {
    let plan = &entry.plan;
    let calls = plan.calls.iter();
    Report {
        version: 1,
        action: plan.action.clone(),
        target: plan.target.clone(),
        verb: plan.verb,
        name: plan.name.clone(),
        outcome: Outcome::Seen,
        from: plan.from.clone(),
        to: plan.to.clone(),
        steps: calls
            .map(|call| StepReport { call: call.to_string(), ..StepReport::default() })
            .collect(),
        refusals: Vec::new(),
        overrides: plan.overrides.clone(),
        took_ms: 0,
        notes: vec!["its process died; found out by a later look".into()],
    }
}
