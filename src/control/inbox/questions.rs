//! Actions whose outcome nobody knows yet, and what answers each. Pure; must not know what else waits.

use crate::control::plan::Request;
use crate::control::waits::{Need, for_a_person};
use crate::control::way_back::{is_way_back, runs};
use crate::model::{Time, Verb};
use crate::store::{Entry, Open, RepoState, Store, TargetState};

use super::{Item, approval, goes_on};

pub(super) fn is_rollback(entry: &Entry) -> bool {
    entry.plan.verb == Verb::Rollback
}

/// An action whose outcome nobody knows yet. While its run may go on a release would end the hold in the
/// middle of it: what the run waits for answers the question, or its end does.
pub(super) fn open_question(
    store: &Store,
    state: &TargetState,
    (entry, open): (&Entry, Open),
    now: Time,
) -> Item {
    let plan = &entry.plan;
    let release = Request::new(state.spec.target.clone(), Verb::Release);
    let item = Item {
        detail: format!("{} by {}: {}", plan.what_of(), entry.operator, open.word()),
        since: Some(entry.at),
        ..Item::of(state, Need::Answer)
    };
    let answered = |answer: Request| Item {
        command: Some(answer.command()),
        answer: Some(answer),
        ..item.clone()
    };
    let moves = matches!(plan.verb, Verb::Promote | Verb::Rollback) && plan.is_by_runs();
    let repo = store.repo_of(&state.spec).filter(|_| moves);
    // whichever run takes the target back is the one, where nobody told which it is
    let back = |repo: &RepoState| {
        let mut active = repo.all_runs().filter(|run| is_rollback(entry) && run.is_active());
        active.find(|run| is_way_back(store, state, run.id)).map(|run| run.id)
    };
    let run = runs(entry).last().or_else(|| repo.and_then(back));
    let Some((repo, run)) = repo.zip(run) else {
        // taken, and its run is not listed yet: it may go on
        let goes_on = moves && open == Open::Accepted;
        return if goes_on { item } else { answered(release) };
    };
    if !goes_on(repo, run) {
        return answered(release);
    }
    let mut waits = repo.waits_of(run).into_iter().flat_map(|waits| &waits.waiting);
    let waiting = waits.find(|waiting| for_a_person(waiting, now));
    let known = repo.run(run);
    let item = Item {
        run: Some(run),
        url: known.map(|run| run.url.clone()),
        goes_back: is_rollback(entry),
        ..waiting.map_or_else(|| item.clone(), |one| answered(approval(state, run, one)))
    };
    let word = known.map(|run| run.status.word());
    let stands = match waiting {
        Some(waiting) => format!("; run {run} waits at {}", waiting.environment),
        None => word.map_or(String::new(), |word| format!("; run {run} is {word}")),
    };
    Item { detail: item.detail + &stands, ..item }
}
