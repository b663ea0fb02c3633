//! Has the pipeline of the candidate ended well? Where no run of the candidate is listed, the newest one is
//! judged, as the screen shows it.

use crate::control::commit::run_of;
use crate::control::evidence::Evidence;
use crate::control::guard::is_staged;
use crate::control::phase::span;
use crate::model::workflow::{Workflow, WorkflowJob};
use crate::model::{Conclusion, Deployment, FeedId, FeedState, Run, Status, Time};
use crate::store::{Store, TargetState};

use super::{Gate, GateState};

pub(in crate::control) fn pipeline(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Option<Gate> {
    let spec = &state.spec;
    let (host, name) =
        spec.host.as_ref().zip(spec.repo.as_ref()).filter(|_| spec.rules.pipeline)?;
    let gate = |state, reason: String| Some(Gate::new("pipeline", state, reason));
    let view = store.feed_view(&FeedId::part(host, name), now);
    if view.state == FeedState::Lost {
        return gate(GateState::Unknown, format!("its runs cannot be read: {}", view.reason()));
    }
    let repo = store.repo_of(spec);
    let own = repo.zip(evidence.confirmed()).and_then(|(repo, of)| run_of(repo, state, of));
    let newest = || store.pipeline(spec).filter(|pipeline| !pipeline.advisory);
    let (run, whose) = match (own, newest()) {
        (Some(run), _) => (run, ""),
        (None, Some(pipeline)) => {
            (pipeline.run, ", the newest run; none is known to be the candidate's")
        }
        (None, None) => {
            let what = spec.workflow.as_deref().unwrap_or("any workflow");
            return gate(GateState::Unknown, format!("no run of {what} is listed"));
        }
    };
    let (answer, how) = judge(store, state, run, own.is_some(), now);
    gate(answer, format!("{} #{}: {how}{whose}", run.name, run.number))
}

fn judge(
    store: &Store,
    state: &TargetState,
    run: &Run,
    is_own: bool,
    now: Time,
) -> (GateState, String) {
    if run.status == Status::Completed {
        return match &run.conclusion {
            None => (GateState::Unknown, "over without a conclusion".to_owned()),
            Some(Conclusion::Other(word)) => {
                (GateState::Unknown, format!("ended as `{word}`, which this version does not know"))
            }
            Some(how) if how.is_bad() => (GateState::Fail, how.word().to_owned()),
            Some(how) => (GateState::Pass, how.word().to_owned()),
        };
    }
    let began = run.started_at.or(run.created_at);
    let for_long = began.map_or(String::new(), |at| format!(" for {}", span(now - at)));
    let how = format!("{}{for_long}", run.status.word());
    if is_own && is_staged(state) {
        // what it waits for is what a promotion gives it
        return (GateState::Pass, format!("{how}; it is the release itself"));
    }
    if let Some(place) = reached(store, state, run) {
        // what is left of it is this very rollout, or comes after it
        return (GateState::Pass, format!("{how}; it has reached {place}"));
    }
    if store.fleet().own_run == Some(run.id) {
        return (GateState::Pass, format!("{how}; this flightdeck is part of it"));
    }
    if let Some(place) = elsewhere(store, state, run) {
        return (
            GateState::Pass,
            format!("{how}; it waits for {place}, which does not come before"),
        );
    }
    match &run.status {
        Status::Other(_) => {
            (GateState::Unknown, format!("{how}, which this version does not know"))
        }
        _ => (GateState::Wait, how),
    }
}

/// The environment of the target that a run deploys to already, or has deployed to.
fn reached<'s>(store: &'s Store, state: &TargetState, run: &Run) -> Option<&'s str> {
    let ours = |own: &&Deployment| {
        own.sha == run.sha
            && state.spec.environments.contains(&own.environment)
            && own.created_at.zip(run.created_at).is_none_or(|(own, run)| own >= run)
    };
    let newest = store.repo_of(&state.spec)?.deployments.iter().filter(ours);
    let newest = newest.max_by_key(|own| (own.created_at, own.id))?;
    let under_way =
        newest.state.as_deref().is_some_and(|it| matches!(it, "in_progress" | "success"));
    under_way.then_some(newest.environment.as_str())
}

/// The environment that a run waits for, where its file says that nothing of this target's comes after it. What
/// the file leaves open is no yes.
fn elsewhere<'s>(store: &'s Store, state: &TargetState, run: &Run) -> Option<&'s str> {
    let repo = store.repo_of(&state.spec).filter(|_| run.status == Status::Waiting)?;
    let [waiting] = repo.waits_of(run.id)?.waiting.as_slice() else { return None };
    let (file, there) = (repo.backing.file_of(run)?.workflow()?, waiting.environment.as_str());
    let ours = |name: &str| state.spec.environments.iter().any(|own| own == name);
    let is_apart = !ours(there) && file.jobs.iter().all(|job| job.uses.is_none());
    let deploys = deploys(file, there).filter(|_| is_apart)?;
    let mut before: Vec<&str> =
        deploys.iter().filter(|(_, to)| ours(to)).map(|(job, _)| job.id.as_str()).collect();
    let mut next = 0;
    while let Some(job) = before.get(next).and_then(|id| file.job(id)) {
        let new: Vec<&str> = job.needs.iter().map(String::as_str).collect();
        before.extend(new.into_iter().filter(|id| !before.contains(id)).collect::<Vec<_>>());
        next += 1;
    }
    let is_before =
        deploys.iter().any(|(job, to)| *to == there && before.contains(&job.id.as_str()));
    (!is_before).then_some(there)
}

/// The jobs of a run that deploy, and where to: an environment that only the run knows is the one it waits
/// for, where there is but one such. None: it cannot be told.
fn deploys<'f>(file: &'f Workflow, there: &'f str) -> Option<Vec<(&'f WorkflowJob, &'f str)>> {
    let named = file.jobs.iter().filter_map(|job| Some((job, job.environment.as_deref()?)));
    let is_open = |name: &str| name.contains("${{");
    let mut open: Vec<&str> =
        named.clone().map(|(_, name)| name).filter(|name| is_open(name)).collect();
    open.dedup();
    let is_literal = named.clone().any(|(_, name)| name == there);
    let is_told = if is_literal { open.is_empty() } else { open.len() == 1 };
    let to = |(job, name)| (job, if is_open(name) { there } else { name });
    is_told.then(|| named.map(to).collect())
}
