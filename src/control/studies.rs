//! What is asked of a repository's host about the revisions that a rollback goes between, and of a registry
//! about their images. Once for each release: revisions do not change; what a tag stands for may.

use crate::model::{Revision, Target};
use crate::store::{Store, TargetState};

use super::Effect;
use super::calls::goes_anywhere;
use super::destinations::{destinations, questions};
use super::evidence::Evidence;
use super::images;

/// Destinations that are studied before somebody asks for one.
const STUDIED: usize = 3;

/// The questions about a target's way back that were not answered yet. Where nothing is left there is none.
pub(super) fn due(store: &Store, state: &TargetState, evidence: &Evidence) -> Vec<Effect> {
    let mut due = images::studies(store, state, evidence);
    if state.spec.rollout.is_none() || !evidence.routed.is_some_and(|routed| routed > 0.05) {
        return due;
    }
    for one in destinations(store, state, evidence).into_iter().take(STUDIED) {
        for question in about(store, state, evidence, &one.revision) {
            if !due.contains(&question) {
                due.push(question);
            }
        }
    }
    due
}

/// The questions that a rollback of a target raises, to where it is asked to go or may go, and that were not
/// answered yet. None: it raises none, or its way back cannot be named.
#[must_use]
pub fn studies(store: &Store, target: &Target, to: Option<&Revision>) -> Vec<Effect> {
    let Some(state) = store.target(target) else { return Vec::new() };
    let evidence = Evidence::of(store, state);
    let asked = to.into_iter().flat_map(|to| about(store, state, &evidence, to));
    asked.chain(due(store, state, &evidence)).collect()
}

/// The questions about the images of what runs that are not in the journal yet.
#[must_use]
pub fn image_studies(store: &Store, target: &Target) -> Vec<Effect> {
    let state = store.target(target);
    state.map_or(Vec::new(), |state| images::studies(store, state, &Evidence::of(store, state)))
}

/// Whether answers of the repository's host would tell more of a target's way back.
#[must_use]
pub fn is_studied(store: &Store, target: &Target) -> bool {
    store.target(target).is_some_and(|state| {
        let compares = !state.spec.migrations.is_empty() || goes_anywhere(state);
        state.spec.image.is_some() || state.spec.repo.is_some() && compares
    })
}

/// The questions about one destination that were not answered yet.
fn about(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    revision: &Revision,
) -> Vec<Effect> {
    let image = images::study(store, state, revision);
    let (Some(host), Some(repo)) = (&state.spec.host, &state.spec.repo) else {
        return image.into_iter().collect();
    };
    let known = store.repo_of(&state.spec);
    let open = questions(store, state, evidence, revision)
        .into_iter()
        .filter(|question| known.is_none_or(|repo| repo.answer(question).is_none()));
    open.map(|question| Effect::Study { host: host.clone(), repo: repo.clone(), question })
        .chain(image)
        .collect()
}
