//! What an operator is told beside a plan, before it is confirmed. Sentences only; decides nothing.

use chrono::TimeDelta;

use crate::model::{Run, Subject, Time, Verb};
use crate::store::{Hold, Store, TargetState};

use super::assess::Assessment;
use super::auto::alarm;
use super::calls::{Asker, calls};
use super::evidence::Evidence;
use super::going_back;
use super::guard::is_staged;
use super::incident;
use super::phase::span;
use super::plan::Request;
use super::queue::{freed, queue, short};
use super::runs::{self, goes_back};
use super::undo::undoers;

/// For whom a hold holds.
#[must_use]
pub fn hold_scope(store: &Store) -> &'static str {
    if store.fleet().shared {
        "the hold is shared: it holds for everybody with this journal"
    } else {
        "the hold is local: who has another journal does not see it"
    }
}

/// Every sentence beside a plan: where it leads, what it leaves, what would undo it, what is still open.
pub(super) fn notes(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    request: &Request,
    operator: &str,
    now: Time,
) -> Vec<String> {
    let evidence = &seen.evidence;
    let mut notes = Vec::new();
    let sent = calls(store, state, evidence, request, Asker::ANYBODY);
    let silent = sent.is_ok_and(|calls| calls.is_empty());
    let sends = if silent { "sends nothing; " } else { "" };
    notes.extend(of_run(store, state, request));
    if matches!(request.verb, Verb::Cancel | Verb::ForceCancel) {
        let run = runs::subject(store, state, request).and_then(|subject| subject.run());
        notes.extend(run.into_iter().flat_map(|run| freed(store, &state.spec, run)));
    }
    match request.verb {
        Verb::Rollback => {
            notes.extend(going_back::notes(store, state, evidence, request, now));
            notes.push(format!(
                "afterwards {} is on hold; to undo it: `flightdeck release {}`, then promote",
                request.target, request.target
            ));
        }
        Verb::Promote => {
            notes.extend(alarm(state, seen).map(|alarm| {
                let when = match alarm.acts_at - now {
                    left if left > TimeDelta::zero() => format!("in {}", span(left)),
                    _ => "now".to_owned(),
                };
                format!("! it is to be rolled back by itself {when}: {}", alarm.why)
            }));
            notes.extend(way_on(state, evidence));
        }
        Verb::Pause if is_staged(state) => notes
            .push(format!("{sends}it withholds the approval: promotion is refused until resumed")),
        Verb::Pause => notes.push(format!("{sends}promotion is refused until resumed")),
        Verb::Hold => {
            notes.push(format!("{sends}promotion is refused until released"));
            notes.push(hold_scope(store).into());
        }
        Verb::Resume => notes.push(format!("{sends}promotion is possible again")),
        Verb::Release => {
            notes.extend(held(store, state, seen, now));
            notes.push(format!("{sends}promotion is possible again"));
        }
        Verb::Approve | Verb::Reject => {
            notes.extend(deciding(store, state, request));
            let promotes = request.verb == Verb::Approve
                && is_staged(state)
                && runs::moves_target(store, state, request);
            notes.extend(promotes.then(|| way_on(state, evidence)).into_iter().flatten());
        }
        Verb::Rerun => {
            notes.extend(runs::deployed_again(store, state, request, evidence, now));
            notes.extend(runs::deployed_too(store, state, request, now));
            notes.push("it runs with the rights of who started it first".into());
            notes.extend(meeting(store, state, request));
        }
        Verb::Cancel => {
            notes.extend(runs::deployed_too(store, state, request, now));
            notes.push("jobs that always run go on; force-cancel ends those too".into());
        }
        Verb::ForceCancel => {
            notes.extend(runs::deployed_too(store, state, request, now));
            notes.push("no job gets to clean up".into());
        }
        Verb::Dispatch => {
            notes.extend(runs::deployed_too(store, state, request, now));
            notes.push("each press starts another run: nothing takes it back".into());
            notes.extend(meeting(store, state, request));
        }
        Verb::Do if incident::is_asked(request) => notes.push(incident::note(state, now)),
        Verb::Do => {
            notes.push("nothing is read back of it: that it ends well is the last of it".into());
        }
    }
    if matches!(request.verb, Verb::Promote | Verb::Rollback) {
        for (revision, old) in
            [(&evidence.candidate, evidence.candidate_old), (&evidence.stable, evidence.stable_old)]
        {
            if let Some((revision, at)) = revision.as_ref().zip(old) {
                let ago = span(now - at);
                notes.push(format!(
                    "{revision} was last named {ago} ago; since then no check names it"
                ));
            }
        }
    }
    let reading = state.reading.as_ref();
    let full = request.is_full();
    if let Some(offer) = reading.and_then(|reading| reading.rollout.offer(request.verb, full)) {
        notes.extend(offer.notes.iter().cloned());
    }
    for (entry, open) in state.ledger.open() {
        notes.push(format!(
            "still open: {} by {} {} ago, {}",
            entry.plan.what(),
            entry.operator,
            span(now - entry.at),
            open.word()
        ));
    }
    for entry in state.ledger.in_flight() {
        notes.push(format!("overtakes {} by {} in flight", entry.plan.what(), entry.operator));
    }
    notes.push(format!("by {operator}"));
    notes
}

/// Why it is held, since when and by whom, which revisions are marked bad, and what could undo the rollback now.
fn held(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let hold = state.ledger.hold.as_ref().map(|hold| hold_words(hold, now));
    let bad: Vec<&str> = state.ledger.bad.iter().map(crate::model::Revision::as_str).collect();
    let bad = (!bad.is_empty()).then(|| format!("marked bad: {}", bad.join(", ")));
    let undo = undoers(store, state, seen).into_iter().map(|it| format!("! {it}"));
    hold.into_iter().chain(bad).chain(undo).collect()
}

/// `held by ana since 2026-01-01 14:32 UTC, 3 m ago: rolled back from 1.4.2`
pub(super) fn hold_words(hold: &Hold, now: Time) -> String {
    let why = if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
    let since = hold.since.format("%Y-%m-%d %H:%M UTC");
    format!("held by {} since {since}, {} ago{why}", hold.by, span(now - hold.since))
}

/// Which run it is that is acted on, and whether it takes the target back.
fn of_run(store: &Store, state: &TargetState, request: &Request) -> Vec<String> {
    let id = runs::subject(store, state, request).filter(|_| request.verb.is_of_runs());
    let run = id.and_then(|subject| subject.run());
    let known = run.and_then(|run| store.repo_of(&state.spec)?.run(run)).map(described);
    let back =
        goes_back(store, state, request).then(|| format!("it takes {} back", request.target));
    known.into_iter().chain(back).collect()
}

/// `run 12: deploy #7, Deploy v0.9.6, pending, 41fc58d2 of v0.9.6 by wei`.
fn described(run: &Run) -> String {
    // a run that names itself is called so instead of its workflow
    let name = if run.name == run.title { &run.workflow } else { &run.name };
    let stands = run.conclusion.as_ref().map_or(run.status.word(), |ended| ended.word());
    let sha = short(&run.sha);
    let of = run.branch.as_ref().map_or(String::new(), |branch| format!(" of {branch}"));
    let by = run.actor.as_ref().map_or(String::new(), |actor| format!(" by {actor}"));
    format!("run {}: {name} #{}, {}, {stands}, {sha}{of}{by}", run.id, run.number, run.title)
}

/// Who decided before, and what is decided.
fn deciding(store: &Store, state: &TargetState, request: &Request) -> Vec<String> {
    let about = runs::subject(store, state, request);
    let Some(Subject::Waiting { run, environments }) = about else { return Vec::new() };
    let what = match request.verb {
        Verb::Approve => "goes on to",
        _ => "fails, and does not go to",
    };
    let mut notes = vec![format!("run {run} {what} {}", environments.join(", "))];
    let waits = store.repo_of(&state.spec).and_then(|repo| repo.waits_of(run));
    let decisions = waits.into_iter().flat_map(|waits| &waits.decisions);
    notes.extend(decisions.map(|decision| {
        let by = decision.by.as_deref().unwrap_or("somebody");
        format!("{} was {} by {by}", decision.environments.join(", "), decision.state)
    }));
    notes
}

/// What of the queue of a run of ours is empty or cannot be told.
fn meeting(store: &Store, state: &TargetState, request: &Request) -> Vec<String> {
    let about = runs::subject(store, state, request);
    about.map_or_else(Vec::new, |about| queue(store, &state.spec, &about).notes)
}

/// What to think of before a promotion, and what would undo it.
fn way_on(state: &TargetState, evidence: &Evidence) -> Vec<String> {
    let bad = evidence.candidate.as_ref().filter(|revision| state.ledger.bad.contains(revision));
    let bad = bad.map(|revision| format!("{revision} was rolled back from before"));
    let same = evidence.confirmed().filter(|candidate| evidence.stable.as_ref() == Some(candidate));
    let same = same.map(|revision| {
        format!("! candidate and stable are both {revision}: nothing new would be released")
    });
    let undo = format!("`flightdeck rollback {}` would undo it", state.spec.target);
    same.into_iter().chain(bad).chain([undo]).collect()
}
