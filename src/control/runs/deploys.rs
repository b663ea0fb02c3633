//! Which requests about runs deploy: onto their own target, or onto another of the same repository. Pure;
//! decides neither what is refused nor how it is confirmed.

use crate::model::pipeline::is_of_pattern;
use crate::model::{Run, Subject, TargetSpec, Time, Verb};
use crate::store::{Store, TargetState, newest};

use super::super::evidence::{Evidence, is_of};
use super::super::freeze::frozen;
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

/// Whether it is a run of the workflow that deploys the target, or would be one.
fn is_pipeline(spec: &TargetSpec, about: &About<'_>) -> bool {
    match &about.subject {
        Subject::Workflow { file, git_ref, .. } => {
            let on_ref = spec.workflow_ref.as_ref().is_none_or(|own| is_of_pattern(own, git_ref));
            spec.workflow.as_ref() == Some(file) && on_ref
        }
        _ => about.run().is_ok_and(|run| {
            spec.workflow.is_some() && newest(spec, std::slice::from_ref(run)).is_some()
        }),
    }
}

/// Whether what a workflow is started with says that it is for the one target and not for the other.
fn is_told_apart(own: &TargetSpec, other: &TargetSpec, about: &About<'_>) -> bool {
    let Subject::Workflow { inputs, .. } = &about.subject else { return false };
    let names = |spec: &TargetSpec| inputs.values().any(|value| spec.environments.contains(value));
    names(own) && !names(other)
}

/// The other targets of the repository that a run deploys, or takes back, when it runs.
fn others<'s>(store: &'s Store, state: &TargetState, about: &About<'s>) -> Vec<&'s TargetState> {
    let place = |spec: &TargetSpec| (spec.host.clone(), spec.repo.clone());
    let deployed = |other: &&TargetState| {
        let spec = &other.spec;
        let back = || about.workflow().is_some_and(|file| goes_back_only(spec, file));
        spec.target != state.spec.target
            && place(spec) == place(&state.spec)
            && (is_pipeline(spec, about) || names(spec, about) || back())
            && !is_told_apart(&state.spec, spec, about)
    };
    store.targets().filter(deployed).collect()
}

/// The other targets in production that a request moves too, though it does not name them.
pub(super) fn production_too<'s>(
    store: &'s Store,
    state: &TargetState,
    about: &About<'s>,
) -> Vec<&'s TargetState> {
    let mut others = others(store, state, about);
    others.retain(|other| other.spec.production);
    others
}

/// The target in production that a request moves although it names one that is none.
pub(in crate::control) fn production_instead<'s>(
    store: &'s Store,
    state: &'s TargetState,
    request: &Request,
) -> Option<&'s TargetSpec> {
    let runs = [Verb::Rerun, Verb::Dispatch, Verb::Cancel, Verb::ForceCancel];
    if state.spec.production || !runs.contains(&request.verb) {
        return None;
    }
    let about = about(store, state, request).ok()?;
    production_too(store, state, &about).first().map(|other| &other.spec)
}

/// Whether to run a run again moves what customers see: it deploys to production, or takes production back.
pub(in crate::control) fn moves_production(
    store: &Store,
    state: &TargetState,
    request: &Request,
) -> bool {
    let Ok(about) = about(store, state, request) else { return state.spec.production };
    let moves = || is_or_may_be(state, &about) || about.goes_back(store, state);
    state.spec.production && moves() || !production_too(store, state, &about).is_empty()
}

/// That a run may move other targets too, and where a freeze says that nothing should.
pub(in crate::control) fn deployed_too(
    store: &Store,
    state: &TargetState,
    request: &Request,
    now: Time,
) -> Vec<String> {
    let Ok(about) = about(store, state, request) else { return Vec::new() };
    let others = others(store, state, &about);
    if others.is_empty() {
        return Vec::new();
    }
    let names: Vec<&str> = others.iter().map(|other| other.spec.target.as_str()).collect();
    let names = names.join(", ");
    let ends = matches!(request.verb, Verb::Cancel | Verb::ForceCancel);
    let mut notes = vec![if ends {
        format!("it may be deploying {names} too")
    } else {
        format!("it may deploy {names} too; its gates are told there")
    }];
    let frozen = others.iter().filter_map(|other| {
        let frozen = frozen(&other.spec.rules.freezes, now).filter(|_| !ends)?;
        let (target, name) = (&other.spec.target, &frozen.by.name);
        Some(format!("{target} is frozen: {name} {}", frozen.until_words(now)))
    });
    notes.extend(frozen);
    notes
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
