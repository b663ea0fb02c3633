//! Which requests about runs deploy: onto their own target, or onto another of the same repository. Pure;
//! decides neither what is refused nor how it is confirmed.

use crate::model::{Subject, TargetSpec, Verb};
use crate::store::{Store, TargetState, newest};

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
