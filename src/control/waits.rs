//! What a target waits for a person for, and since when: what stands on top of the overview.

use serde::Serialize;

use crate::model::{Conclusion, Outcome, Phase, Refusal, Run, Status, Time, Verb, Waiting};
use crate::store::{Entry, Pipeline, Store, TargetState};

use super::evidence::{Began, Evidence};
use super::gates::Gate;
use super::guard::is_staged;
use super::way_back::{is_here, is_way_back};

/// What a person is waited for. Ordered by how little it may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// It was sent and nobody knows what became of it.
    Answer,
    /// The last action failed or was refused while a rollout is under way.
    Retry,
    /// The rollout may go on.
    Promotion,
    /// The pipeline waits for an approval.
    Approval,
    /// An operator paused it.
    #[serde(rename = "paused")]
    Resume,
    /// It is on hold.
    #[serde(rename = "held")]
    Release,
}

impl Need {
    /// In words, for the operator.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answer => "open question",
            Self::Retry => "action failed",
            Self::Promotion => "to promote",
            Self::Approval => "to approve",
            Self::Resume => "paused",
            Self::Release => "held",
        }
    }
}

/// A wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub need: Need,
    /// Since when, as far as somebody knows.
    pub since: Option<Time>,
}

/// What the target waits for; of several the one that may wait least.
pub(super) fn wait(
    store: &Store,
    state: &TargetState,
    phase: Option<Phase>,
    (gates, refusals, evidence): (&[Gate], &[Refusal], &Evidence),
    now: Time,
) -> Option<Wait> {
    needs(store, state, phase, (gates, refusals, evidence), now).into_iter().next()
}

/// All that the target waits for, what may wait least first. What only time lets pass yet waits for nobody.
pub(super) fn needs(
    store: &Store,
    state: &TargetState,
    phase: Option<Phase>,
    (gates, refusals, evidence): (&[Gate], &[Refusal], &Evidence),
    now: Time,
) -> Vec<Wait> {
    let ledger = &state.ledger;
    let at = |need, since| Wait { need, since: Some(since) };
    let promotion = || {
        let since = may_go_on_since(state, evidence);
        Wait { need: Need::Promotion, since }
    };
    let needs = [
        ledger.open().next().map(|(entry, _)| at(Need::Answer, entry.at)),
        gone_wrong(state).filter(|_| phase.is_some_and(is_under_way)),
        is_asked_on(phase, gates, refusals).then(promotion),
        approval(store, state, gates, now),
        ledger.paused.as_ref().map(|paused| at(Need::Resume, paused.since)),
        ledger.hold.as_ref().map(|hold| at(Need::Release, hold.since)),
    ];
    // of a soak that cannot be told the end may lie ahead: since when a person is asked is not known then
    let known = |wait: Wait| Wait { since: wait.since.filter(|at| *at <= now), ..wait };
    needs.into_iter().flatten().map(known).collect()
}

/// Whether a person is asked to let the rollout go on: a gate may be waited for or overridden, but what else
/// refuses it has its own answer, or none.
pub(super) fn is_asked_on(phase: Option<Phase>, gates: &[Gate], refusals: &[Refusal]) -> bool {
    phase == Some(Phase::AwaitingApproval)
        && !gates.iter().any(Gate::takes_time)
        && refusals.is_empty()
}

fn is_under_way(phase: Phase) -> bool {
    !matches!(phase, Phase::Idle | Phase::RolledBack | Phase::Completed | Phase::Unknown)
}

/// The last action, if it ended badly, or the last one that was to move the target: what is done to runs
/// since, such as to reject what a rollback waited for, does not make up for it.
fn gone_wrong(state: &TargetState) -> Option<Wait> {
    let moves = state.ledger.entries.iter().rfind(|entry| !entry.plan.verb.is_of_runs());
    let mut ends = [state.ledger.last(), moves].into_iter().flatten();
    let bad = |entry: &&Entry| {
        let outcome = entry.report.as_ref().map(|report| report.outcome);
        !entry.settled && matches!(outcome, Some(Outcome::Failed | Outcome::Refused))
    };
    let entry = ends.find(bad)?;
    Some(Wait { need: Need::Retry, since: Some(entry.at) })
}

/// Not before the step has had its soak, nor before it was resumed. The engine's own time is that of its
/// pause.
fn may_go_on_since(state: &TargetState, evidence: &Evidence) -> Option<Time> {
    if let Began::Engine(at) = evidence.step {
        return Some(at);
    }
    let soak = state.spec.rollout.as_ref().map(|rollout| rollout.soak)?;
    let soaked =
        evidence.step.counted()?.checked_add_signed(chrono::TimeDelta::from_std(soak).ok()?)?;
    let resumed = state.ledger.last().filter(|entry| entry.plan.verb == Verb::Resume);
    Some(resumed.map_or(soaked, |entry| soaked.max(entry.at)))
}

/// Deployments that a target waits for a person for, the newest run's first: to its environments, or in
/// its pipeline's run to one that is no target's.
#[must_use]
pub fn approvals<'s>(store: &'s Store, state: &TargetState, now: Time) -> Vec<(u64, &'s Waiting)> {
    let spec = &state.spec;
    let Some(repo) = store.repo_of(spec) else { return Vec::new() };
    let pipeline = store.pipeline(spec).filter(|pipeline| !pipeline.advisory);
    let pipeline = pipeline.map(|pipeline| pipeline.run.id);
    let sharing =
        |other: &&TargetState| (&other.spec.host, &other.spec.repo) == (&spec.host, &spec.repo);
    let claimed = |name: &String| {
        store.targets().filter(sharing).any(|other| other.spec.environments.contains(name))
    };
    let here = |run: u64, one: &Waiting| {
        is_here(store, state, run, one) || pipeline == Some(run) && !claimed(&one.environment)
    };
    let goes_on = |run: u64| repo.run(run).is_none_or(Run::is_active);
    let waits = repo.waiting().filter(|(run, _)| goes_on(*run));
    let all = waits.flat_map(|(run, waits)| waits.waiting.iter().map(move |one| (run, one)));
    all.filter(|(run, one)| for_a_person(one, now) && here(*run, one)).collect()
}

/// Of these, those that a person is asked about already: not what moves the target itself on while its soak
/// still runs.
pub(super) fn ripe<'s>(
    store: &'s Store,
    state: &TargetState,
    gates: &[Gate],
    now: Time,
) -> Vec<(u64, &'s Waiting)> {
    let mut all = approvals(store, state, now);
    if is_early(state, gates) {
        let own = |one: &Waiting| state.spec.environments.contains(&one.environment);
        all.retain(|(run, one)| !own(one) || is_way_back(store, state, *run));
    }
    all
}

/// Whether only time has to pass before its next deployment may be approved.
fn is_early(state: &TargetState, gates: &[Gate]) -> bool {
    is_staged(state) && gates.iter().any(Gate::takes_time)
}

/// Whether a person is asked, and not only a clock.
#[must_use]
pub fn for_a_person(waiting: &Waiting, now: Time) -> bool {
    waiting.may_decide
        || !waiting.reviewers.is_empty()
        || waiting.timer_ends.is_none_or(|ends| ends <= now)
}

fn approval(store: &Store, state: &TargetState, gates: &[Gate], now: Time) -> Option<Wait> {
    let at = |since| Wait { need: Need::Approval, since };
    let repo = store.repo_of(&state.spec)?;
    let updated = |run: &Run| run.updated_at.or(run.created_at);
    if let Some((run, waiting)) = ripe(store, state, gates, now).first() {
        return Some(at(waiting.since.or_else(|| repo.run(*run).and_then(updated))));
    }
    let Pipeline { run, advisory, .. } = store.pipeline(&state.spec)?;
    let asked =
        unread(store, state, gates).is_some() || run.conclusion == Some(Conclusion::ActionRequired);
    (asked && !advisory).then(|| at(updated(run)))
}

/// The run of a target's pipeline that waits, where nobody read for what: where it was read, that says
/// whether for a person, and at whose environment.
pub(super) fn unread<'s>(store: &'s Store, state: &TargetState, gates: &[Gate]) -> Option<&'s Run> {
    let Pipeline { run, advisory, .. } = store.pipeline(&state.spec)?;
    let read = store.repo_of(&state.spec).is_some_and(|repo| repo.waits_of(run.id).is_some());
    let asked = run.status == Status::Waiting && !is_early(state, gates);
    (asked && !read && !advisory).then_some(run)
}
