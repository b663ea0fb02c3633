//! Has the pipeline of the candidate ended well? Where no run of the candidate is listed, the newest one is
//! judged, as the screen shows it.

use crate::control::commit::run_of;
use crate::control::evidence::Evidence;
use crate::control::guard::is_staged;
use crate::control::phase::span;
use crate::model::{Conclusion, FeedId, FeedState, Run, Status, Time};
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
    let for_long = run
        .started_at
        .or(run.created_at)
        .map_or(String::new(), |at| format!(" for {}", span(now - at)));
    match (&run.status, &run.conclusion) {
        (Status::Completed, None) => (GateState::Unknown, "over without a conclusion".to_owned()),
        (Status::Completed, Some(Conclusion::Other(word))) => {
            (GateState::Unknown, format!("ended as `{word}`, which this version does not know"))
        }
        (Status::Completed, Some(how)) if how.is_bad() => (GateState::Fail, how.word().to_owned()),
        (Status::Completed, Some(how)) => (GateState::Pass, how.word().to_owned()),
        // what it waits for is what a promotion gives it
        (status, _) if is_own && is_staged(state) => {
            (GateState::Pass, format!("it is the release itself, {}", status.word()))
        }
        _ if store.fleet().own_run == Some(run.id) => {
            (GateState::Pass, "this flightdeck is part of it".to_owned())
        }
        (Status::Other(word), _) => {
            (GateState::Unknown, format!("`{word}`, which this version does not know"))
        }
        (status, _) => (GateState::Wait, format!("{}{for_long}", status.word())),
    }
}
