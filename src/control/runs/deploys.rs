//! Which requests about runs deploy: onto their own target, or onto another of the same repository. Pure;
//! decides neither what is refused nor how it is confirmed.

use crate::model::{Run, Subject, TargetSpec, Time, Verb};
use crate::store::{Store, TargetState, newest};

use super::super::evidence::{Evidence, is_of};
use super::super::phase::span;
use super::super::queue::short;
use super::super::way_back::goes_back_only;
use super::{About, Request, about};

/// Whether the run is one of the target's own workflow, or would be.
pub(super) fn is_own(state: &TargetState, about: &About<'_>) -> bool {
    about.workflow().is_some() && about.workflow() == state.spec.workflow.as_deref()
}

/// Whether the workflow's file names an environment that the target is.
fn names(spec: &TargetSpec, about: &About<'_>) -> bool {
    let file = about.workflow().and_then(|file| about.repo.backing.workflow(file));
    let mut named =
        file.into_iter().flat_map(|file| &file.jobs).filter_map(|job| job.environment.as_ref());
    named.any(|name| spec.environments.contains(name))
}

/// Whether what it is about deploys the target; what is not known may do so.
fn is_or_may_be(state: &TargetState, about: &About<'_>) -> bool {
    about.workflow().is_none() || is_own(state, about) || names(&state.spec, about)
}

/// Whether a request puts a revision onto its target, or lets one go on to it: the gates say whether that
/// is wise, whether or not they refuse it. To take the target back is no such request.
#[must_use]
pub fn deploys(store: &Store, request: &Request) -> bool {
    let Some(state) = store.target(&request.target) else { return false };
    if request.verb == Verb::Promote {
        return true;
    }
    let Ok(about) = about(store, state, request) else { return false };
    let back = match &about.subject {
        Subject::Workflow { file, .. } => goes_back_only(&state.spec, file),
        _ => about.goes_back(store, state),
    };
    !back
        && match request.verb {
            Verb::Approve => about.is_of(state),
            Verb::Rerun | Verb::Dispatch => is_or_may_be(state, &about),
            _ => false,
        }
}

/// The other targets of the repository that a run deploys when it runs again.
fn others<'s>(store: &'s Store, state: &TargetState, about: &About<'s>) -> Vec<&'s TargetSpec> {
    let Ok(run) = about.run() else { return Vec::new() };
    let place = |spec: &TargetSpec| (spec.host.clone(), spec.repo.clone());
    let deployed = |spec: &&TargetSpec| {
        spec.target != state.spec.target
            && place(spec) == place(&state.spec)
            && (spec.workflow.is_some() && newest(spec, std::slice::from_ref(run)).is_some()
                || names(spec, about))
    };
    store.targets().map(|state| &state.spec).filter(deployed).collect()
}

/// Whether to run a run again moves what customers see: it deploys to production, or takes production back.
pub(in crate::control) fn moves_production(
    store: &Store,
    state: &TargetState,
    request: &Request,
) -> bool {
    let Ok(about) = about(store, state, request) else { return state.spec.production };
    let moves = || is_or_may_be(state, &about) || about.goes_back(store, state);
    state.spec.production && moves()
        || others(store, state, &about).iter().any(|spec| spec.production)
}

/// That a run which runs again may deploy other targets too.
pub(in crate::control) fn deployed_too(
    store: &Store,
    state: &TargetState,
    request: &Request,
) -> Option<String> {
    let about = about(store, state, request).ok()?;
    let others = others(store, state, &about);
    let names: Vec<String> = others.iter().map(|spec| spec.target.to_string()).collect();
    (!names.is_empty())
        .then(|| format!("it may deploy {} too; its gates are told there", names.join(", ")))
}

/// What a run that runs again deploys once more, and how that stands to what runs now and to the newer runs of
/// its workflow; nothing where it deploys something else, or takes the target back.
pub(in crate::control) fn deployed_again(
    store: &Store,
    state: &TargetState,
    request: &Request,
    evidence: &Evidence,
    now: Time,
) -> Vec<String> {
    let Ok(about) = about(store, state, request) else { return Vec::new() };
    let Some(run) = about.run().ok().filter(|_| deploys(store, request)) else { return Vec::new() };
    let age = run.created_at.map_or(String::new(), |at| format!(" of {} ago", span(now - at)));
    let once_more = format!("it deploys {}{age} again", named(run));
    let stands = match running(evidence) {
        Some((revision, _))
            if is_of((run.branch.as_deref().unwrap_or_default(), &run.sha), revision) =>
        {
            once_more
        }
        Some((revision, true)) => format!("{once_more}; {revision} was the last that was named"),
        Some((revision, false)) => format!("{once_more}; {revision} runs now"),
        None => once_more,
    };
    let is_newer = |other: &&Run| {
        (other.created_at, other.id) > (run.created_at, run.id)
            && other.workflow == run.workflow
            && (!is_own(state, &about)
                || newest(&state.spec, std::slice::from_ref(*other)).is_some())
    };
    let newer: Vec<&Run> = about.repo.all_runs().filter(is_newer).collect();
    let newest = newer.iter().max_by_key(|run| (run.created_at, run.id));
    let overtaken = newest.map(|newest| {
        let how = newest.conclusion.as_ref().map_or(newest.status.word(), |ended| ended.word());
        let what = named(newest);
        match newer.len() {
            1 => format!("a newer run of it is known: run {}, {what}, {how}", newest.id),
            all => {
                format!("{all} newer runs of it are known, last run {}, {what}, {how}", newest.id)
            }
        }
    });
    [stands].into_iter().chain(overtaken).collect()
}

/// What runs on a target, and whether nobody names it any more: in the whole, else as its newer side.
fn running(evidence: &Evidence) -> Option<(&str, bool)> {
    let sides = [
        (&evidence.whole, evidence.whole_old),
        (&evidence.candidate, evidence.candidate_old),
        (&evidence.stable, evidence.stable_old),
    ];
    sides.into_iter().find_map(|(name, old)| Some((name.as_ref()?.as_str(), old.is_some())))
}

/// `v0.9.2 (41fc58d2)`.
fn named(run: &Run) -> String {
    let sha = short(&run.sha);
    run.branch.as_ref().map_or_else(|| sha.clone(), |branch| format!("{branch} ({sha})"))
}
