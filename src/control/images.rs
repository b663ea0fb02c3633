//! What stands behind the name of a revision's image: when a registry is asked, what is noted while a revision
//! runs, and what that proves of it later. Pure; a tag that was moved since is no destination.

use chrono::TimeDelta;

use crate::model::between::{Answer, Question};
use crate::model::image::{is_digest, short_digest};
use crate::model::{Image, ImageSpec, RecordKind, Revision};
use crate::store::{Store, TargetState};

use super::Effect;
use super::chores::note;
use super::commit::commit_of;
use super::destinations::Proof;
use super::evidence::Evidence;

/// How long an answer holds: a tag can be moved.
const HOLDS: TimeDelta = TimeDelta::minutes(10);

/// How long it is told that there was none.
const FAILED: TimeDelta = TimeDelta::minutes(1);

/// A revision's image.
struct Named<'s> {
    spec: &'s ImageSpec,
    question: Question,
    reference: String,
    /// The whole name.
    whole: String,
}

/// The question about the image of a revision, unless it was answered lately.
pub(super) fn study(store: &Store, state: &TargetState, revision: &Revision) -> Option<Effect> {
    let Named { spec, question, .. } = named(store, state, revision)?.ok()?;
    (!is_fresh(store, state, &question)).then(|| Effect::Study {
        host: spec.host(),
        repo: spec.name.clone(),
        question,
    })
}

/// The questions about what runs and was not noted yet.
pub(super) fn studies(store: &Store, state: &TargetState, evidence: &Evidence) -> Vec<Effect> {
    let unknown = |revision: &&Revision| match named(store, state, revision) {
        Some(Ok(image)) => state.ledger.past.image_of(&image.whole).is_none(),
        _ => false,
    };
    running(evidence).filter(unknown).filter_map(|it| study(store, state, it)).collect()
}

/// What the names of what runs stand for, where that is not in the journal.
pub(super) fn notes(store: &Store, state: &TargetState, evidence: &Evidence) -> Vec<Effect> {
    let due = |revision: &Revision| {
        let image = named(store, state, revision)?.ok()?;
        let repo = store.images_of(&state.spec)?;
        let Ok(Answer::Image(Image { digest })) = repo.answer(&image.question)? else {
            return None;
        };
        let asked = repo
            .answered_at(&image.question)
            .filter(|_| is_fresh(store, state, &image.question))?;
        if let Some(noted) = state.ledger.past.image_of(&image.whole) {
            // a name may come to stand for another image; that runs only once it is released anew
            let released = evidence
                .release
                .known()
                .filter(|_| evidence.candidate.as_ref() == Some(revision))?;
            if noted.digest == *digest || released <= noted.at || asked <= released {
                return None;
            }
        }
        Some(note(RecordKind::Resolved {
            target: state.spec.target.clone(),
            revision: revision.clone(),
            image: image.whole,
            digest: digest.clone(),
        }))
    };
    running(evidence).filter_map(due).collect()
}

/// What the registry shows of a revision; none where no image is configured.
pub(super) fn proof(store: &Store, state: &TargetState, revision: &Revision) -> Option<Proof> {
    let Named { spec, question, reference, whole } = match named(store, state, revision)? {
        Ok(named) => named,
        Err(why) => return Some(Proof::Unknown(why)),
    };
    let answer = store.images_of(&state.spec).and_then(|repo| repo.answer(&question));
    let noted = state.ledger.past.image_of(&whole);
    Some(match answer {
        None => Proof::Unknown(format!("{} has not answered yet", spec.registry)),
        Some(Err(why)) => Proof::Unknown(why.clone()),
        Some(Ok(Answer::Image(_))) if is_digest(&reference) => {
            Proof::Shown(format!("its image is there: {}", spec.whole(&short_digest(&reference))))
        }
        Some(Ok(Answer::Image(Image { digest }))) => match noted {
            Some(then) if then.digest != *digest => Proof::Missing(format!(
                "{whole} was moved: it was {} when it ran here, it is {}",
                short_digest(&then.digest),
                short_digest(digest)
            )),
            Some(_) => {
                Proof::Shown(format!("{whole} is {}, as when it ran here", short_digest(digest)))
            }
            None => Proof::Unknown(format!(
                "{whole} is {}; what it was when it ran here was not noted",
                short_digest(digest)
            )),
        },
        Some(Ok(_)) => Proof::Missing(format!("{} knows no {whole}", spec.registry)),
    })
}

/// What runs and says so now.
fn running(evidence: &Evidence) -> impl Iterator<Item = &Revision> {
    let candidate = evidence.confirmed();
    let stable = evidence.stable.as_ref().filter(|_| evidence.stable_old.is_none());
    candidate.into_iter().chain(stable.filter(move |stable| Some(*stable) != candidate))
}

/// The image of a revision, or why it has none; none where no image is configured.
fn named<'s>(
    store: &Store,
    state: &'s TargetState,
    revision: &Revision,
) -> Option<Result<Named<'s>, String>> {
    let spec = state.spec.image.as_ref()?;
    let commit = store.repo_of(&state.spec).and_then(|repo| commit_of(repo, revision));
    Some(spec.reference(revision, commit.as_deref()).map(|reference| Named {
        spec,
        whole: spec.whole(&reference),
        question: Question::Image { reference: reference.clone() },
        reference,
    }))
}

fn is_fresh(store: &Store, state: &TargetState, question: &Question) -> bool {
    let fresh = || {
        let repo = store.images_of(&state.spec)?;
        let holds = if repo.answer(question)?.is_ok() { HOLDS } else { FAILED };
        Some(store.at()? - repo.answered_at(question)? < holds)
    };
    fresh().unwrap_or(false)
}
