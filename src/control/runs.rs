//! Verbs about workflow runs: what of a target they are about, what they send, what refuses them. Pure;
//! must not know how a request is sent.

mod deploys;

use crate::asks::{Begin, Place};
use crate::model::{
    Call, Conclusion, FeedId, Refusal, Run, Subject, TargetSpec, Time, Verb, Waiting, Waits,
};
use crate::store::{RepoState, Store, TargetState};

use super::gates::hold_unknown;
use super::phase::span;
use super::plan::Request;
use super::way_back::{goes_back_only, is_here, is_way_back};

pub use deploys::deploys;
pub(super) use deploys::{deployed_again, deployed_too, moves_production, production_instead};
use deploys::{is_own, production_too};

/// What of its target's workflows a request is about, with what is known of it.
struct About<'a> {
    place: Place<'a>,
    repo: &'a RepoState,
    subject: Subject,
}

/// The deployments that wait at a target's environments: the newest run's.
#[must_use]
pub fn waiting<'s>(
    store: &'s Store,
    state: &TargetState,
) -> Option<(u64, Vec<&'s Waiting>, &'s Waits)> {
    let of = |(run, waits): (u64, &'s Waits)| {
        let here = waits.waiting.iter().filter(|waiting| is_here(store, state, run, waiting));
        let here: Vec<&Waiting> = here.collect();
        (!here.is_empty()).then_some((run, here, waits))
    };
    let repo = store.repo_of(&state.spec)?;
    // going back comes before going on
    let back = repo.waiting().filter(|(run, _)| is_way_back(store, state, *run));
    back.chain(repo.waiting()).find_map(of)
}

fn refusal<T>(gate: &str, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(gate, reason))
}

/// That the repository of a target never answered, and why; none once it has, or where there is none.
#[must_use]
pub fn unheard(store: &Store, spec: &TargetSpec) -> Option<String> {
    let (host, repo) = spec.host.as_deref().zip(spec.repo.as_deref())?;
    let feed = store.feed(&FeedId::part(host, repo));
    if feed.is_some_and(|feed| feed.good_at.is_some()) {
        return None;
    }
    let why = feed.and_then(|feed| feed.fault.as_ref());
    let why = why.map_or("no answer yet", |fault| fault.text.as_str());
    Some(format!("nothing was heard of {repo}: {why}"))
}

fn about<'a>(
    store: &'a Store,
    state: &'a TargetState,
    request: &Request,
) -> Result<About<'a>, Refusal> {
    let spec = &state.spec;
    let Some((host, repo)) = spec.host.as_deref().zip(spec.repo.as_deref()) else {
        return refusal("github", format!("{} has no repository at GitHub", spec.target));
    };
    let Some(known) = store.repo_of(spec) else {
        return refusal("github unreadable", unheard(store, spec).unwrap_or_default());
    };
    let subject = match (&request.subject, request.verb) {
        (Some(subject), _) => subject.clone(),
        (None, Verb::Approve | Verb::Reject) => match waiting(store, state) {
            Some((run, here, _)) => {
                let environments = here.iter().map(|waiting| waiting.environment.clone()).collect();
                Subject::Waiting { run, environments }
            }
            None => return refusal("approval", nothing_waits(store, state)),
        },
        (None, Verb::Dispatch) => return refusal("run", "name the workflow to start"),
        (None, _) => match (store.pipeline(spec), unheard(store, spec)) {
            (Some(pipeline), _) => Subject::Run { run: pipeline.run.id },
            (None, Some(why)) => return refusal("github unreadable", why),
            (None, None) => {
                return refusal("run", format!("no run of {} is known", spec.target));
            }
        },
    };
    Ok(About { place: Place { host, repo }, repo: known, subject })
}

/// That nothing waits; what of the target's pipeline waits elsewhere, and is not taken for the target's.
fn nothing_waits(store: &Store, state: &TargetState) -> String {
    let target = &state.spec.target;
    let run = store.pipeline(&state.spec).map(|pipeline| pipeline.run.id);
    let waits = run.zip(store.repo_of(&state.spec)).and_then(|(run, repo)| repo.waits_of(run));
    let names = waits.into_iter().flat_map(|waits| &waits.waiting);
    let names: Vec<&str> = names.map(|waiting| waiting.environment.as_str()).collect();
    match run.filter(|_| !names.is_empty()) {
        Some(run) => format!(
            "nothing of {target} waits; run {run} waits at {}: name it with --run {run}",
            names.join(", ")
        ),
        None => format!("nothing of {target} waits"),
    }
}

impl About<'_> {
    fn run(&self) -> Result<&Run, Refusal> {
        let id = self.subject.run().unwrap_or_default();
        match self.repo.run(id) {
            Some(run) => Ok(run),
            None => refusal("run", format!("run {id} of {} is not known here", self.place.repo)),
        }
    }

    /// The file of the workflow that it is about.
    fn workflow(&self) -> Option<&str> {
        match &self.subject {
            Subject::Workflow { file, .. } => Some(file),
            _ => self.run().ok().map(|run| run.workflow.as_str()),
        }
    }

    fn waits(&self) -> Result<Vec<&Waiting>, Refusal> {
        let Subject::Waiting { run, environments } = &self.subject else {
            return refusal("approval", format!("{} is no deployment that waits", self.subject));
        };
        let waits = self.repo.waits_of(*run);
        let find = |name: &String| match waits.and_then(|waits| waits.at(name)) {
            Some(waiting) => Ok(waiting),
            None => refusal("approval", format!("{name} of run {run} does not wait any more")),
        };
        environments.iter().map(find).collect()
    }

    /// Whether one of the deployments it names is to the target, and not to another environment of its
    /// repository.
    fn is_of(&self, state: &TargetState) -> bool {
        let Subject::Waiting { environments, .. } = &self.subject else { return false };
        environments.iter().any(|name| state.spec.environments.contains(name))
    }

    /// Whether it is about a run that takes the target back.
    fn goes_back(&self, store: &Store, state: &TargetState) -> bool {
        self.subject.run().is_some_and(|run| is_way_back(store, state, run))
    }

    /// The newest run of the repository that is known: what starts now gets a higher id.
    fn newest(&self) -> u64 {
        self.repo.all_runs().map(|run| run.id).max().unwrap_or_default()
    }
}

/// The subject of a request: what it names, or what the verb means where it names nothing.
pub(super) fn subject(store: &Store, state: &TargetState, request: &Request) -> Option<Subject> {
    about(store, state, request).ok().map(|about| about.subject)
}

/// Whether a decision moves the target itself on, or nobody can tell: not one on another environment of its
/// repository, nor on a run that takes the target back.
pub(super) fn moves_target(store: &Store, state: &TargetState, request: &Request) -> bool {
    let Ok(about) = about(store, state, request) else { return true };
    about.is_of(state) && !about.goes_back(store, state)
}

/// Whether a request is about a run that takes the target back.
pub(super) fn goes_back(store: &Store, state: &TargetState, request: &Request) -> bool {
    request.verb.is_of_runs()
        && about(store, state, request).is_ok_and(|about| about.goes_back(store, state))
}

/// The calls of a request about runs, placeholders and all.
///
/// # Errors
/// The refusal, when there is nothing that it could be about.
pub(super) fn calls(
    store: &Store,
    state: &TargetState,
    request: &Request,
) -> Result<Vec<Call>, Refusal> {
    let about = about(store, state, request)?;
    let place = &about.place;
    let call = match (request.verb, &about.subject) {
        (Verb::Approve | Verb::Reject, Subject::Waiting { run, .. }) => {
            let waits = about.waits()?;
            let places: Vec<(u64, String)> =
                waits.iter().map(|w| (w.environment_id, w.environment.clone())).collect();
            let state = if request.verb == Verb::Approve { "approved" } else { "rejected" };
            place.decide(*run, &places, state)
        }
        (Verb::Rerun, Subject::Run { .. }) => place.rerun(about.run()?, false, false),
        (Verb::Rerun, Subject::FailedJobs { .. }) => place.rerun(about.run()?, true, false),
        (Verb::Rerun, Subject::Job { job, .. }) => place.rerun_job(about.run()?, *job),
        (Verb::Cancel | Verb::ForceCancel, Subject::Run { .. }) => {
            place.cancel(about.run()?, request.verb == Verb::ForceCancel)
        }
        (Verb::Dispatch, Subject::Workflow { file, git_ref, inputs }) => {
            let origin = about.repo.origin_of(git_ref);
            let begin = Begin { after: about.newest(), to_end: false, origin };
            place.dispatch(file, git_ref, inputs, begin)
        }
        (verb, subject) => return refusal("run", format!("{verb} does not go with {subject}")),
    };
    Ok(vec![call])
}

/// What refuses a request about runs, besides what refuses every request.
pub(super) fn guard(
    store: &Store,
    state: &TargetState,
    request: &Request,
    now: Time,
) -> Vec<Refusal> {
    // what it sends cannot be told: the calls refuse it
    let Ok(about) = about(store, state, request) else { return Vec::new() };
    let mut refusals = Vec::new();
    match request.verb {
        Verb::Approve | Verb::Reject => {
            for waiting in about.waits().unwrap_or_default() {
                refusals.extend(may_decide(waiting, now));
                refusals.extend(elsewhere(store, state, waiting));
            }
            if request.verb == Verb::Approve && about.is_of(state) && !about.goes_back(store, state)
            {
                refusals.extend(held(store, state));
            }
        }
        Verb::Rerun => {
            refusals.extend(about.run().ok().and_then(|run| again(run, now)));
            refusals.extend(about.run().ok().and_then(|run| nothing_failed(run, &about.subject)));
            // to run again what takes the target back is part of going back
            let goes_on = || is_own(state, &about) && !about.goes_back(store, state);
            refusals.extend(held(store, state).filter(|_| goes_on()));
            refusals.extend(held_too(store, state, &about));
        }
        Verb::Dispatch => {
            refusals.extend(by_hand(&about));
            refusals.extend(held(store, state).filter(|_| is_own(state, &about)));
            refusals.extend(held_too(store, state, &about));
        }
        Verb::Cancel | Verb::ForceCancel => {
            let over = about.run().ok().filter(|run| !run.is_active());
            refusals.extend(over.map(|run| {
                let how = run.conclusion.as_ref().map_or("over", |ended| ended.word());
                Refusal::new("run", format!("run {} is over already: {how}", run.id))
            }));
            if request.verb == Verb::ForceCancel {
                refusals.extend(not_asked_before(state, &about));
            }
        }
        _ => {}
    }
    refusals
}

/// A workflow that nobody can start, by its file at the ref; where that was not read, by its newest one.
fn by_hand(about: &About<'_>) -> Option<Refusal> {
    let Subject::Workflow { file, git_ref, .. } = &about.subject else { return None };
    let backing = &about.repo.backing;
    let known = match backing.file_at(file, git_ref) {
        Some(there) => there.workflow(),
        None => backing.workflow(file),
    };
    known.filter(|workflow| workflow.on.workflow_dispatch.is_none()).map(|_| {
        let why = format!("{file} has no `workflow_dispatch`: nobody can start it by hand");
        Refusal::new("run", why)
    })
}

/// GitHub's own reason where our token may not decide.
fn may_decide(waiting: &Waiting, now: Time) -> Option<Refusal> {
    if waiting.may_decide {
        return None;
    }
    let name = &waiting.environment;
    let why = waiting.why_not.clone().unwrap_or_else(|| {
        let who = if waiting.reviewers.is_empty() {
            "nobody is named who may".to_owned()
        } else {
            format!("these may: {}", waiting.reviewers.join(", "))
        };
        format!("this token may not review it; {who}")
    });
    let timer = waiting.timer_ends.filter(|ends| *ends > now);
    let timer =
        timer.map_or(String::new(), |ends| format!("; its timer ends in {}", span(ends - now)));
    Some(Refusal::new("approval", format!("{name}: {why}{timer}")))
}

/// An environment that is another target's is decided there, beside that target's gates.
fn elsewhere(store: &Store, state: &TargetState, waiting: &Waiting) -> Option<Refusal> {
    let name = &waiting.environment;
    if state.spec.environments.contains(name) {
        return None;
    }
    let place = |spec: &TargetSpec| (spec.host.clone(), spec.repo.clone());
    let same = |other: &&TargetState| place(&other.spec) == place(&state.spec);
    let mut others = store.targets().filter(same).map(|other| &other.spec);
    let other = others.find(|spec| spec.environments.contains(name))?;
    let reason = format!("{name} is an environment of {}: decide it there", other.target);
    Some(Refusal::new("approval", reason))
}

/// What nothing is deployed onto.
fn held(store: &Store, state: &TargetState) -> Option<Refusal> {
    let Some(hold) = &state.ledger.hold else {
        let why = hold_unknown(store, state)?;
        return Some(Refusal::new("hold", format!("unknown: {why}")));
    };
    let why = if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
    let reason =
        format!("held by {}{why}; `flightdeck release {}` ends it", hold.by, state.spec.target);
    Some(Refusal::new("hold", reason))
}

/// The same of targets in production that the request does not name and would deploy all the same.
fn held_too(store: &Store, state: &TargetState, about: &About<'_>) -> Vec<Refusal> {
    let others = production_too(store, state, about).into_iter();
    let onto = |other: &&TargetState| match &about.subject {
        Subject::Workflow { file, .. } => !goes_back_only(&other.spec, file),
        _ => !about.goes_back(store, other),
    };
    let held = |other: &TargetState| {
        let hold = held(store, other)?;
        Some(Refusal::new(hold.gate, format!("{}: {}", other.spec.target, hold.reason)))
    };
    others.filter(onto).filter_map(held).collect()
}

fn again(run: &Run, now: Time) -> Option<Refusal> {
    if run.is_active() {
        let reason =
            format!("run {} is {}: only what is over is run again", run.id, run.status.word());
        return Some(Refusal::new("run", reason));
    }
    if run.conclusion == Some(Conclusion::StartupFailure) {
        let reason = format!(
            "run {} never started, its workflow file is broken: push or dispatch anew",
            run.id
        );
        return Some(Refusal::new("run", reason));
    }
    let why = run.never_again(now)?;
    Some(Refusal::new("run", format!("run {} {why}", run.id)))
}

/// What failed is run again where something did.
fn nothing_failed(run: &Run, subject: &Subject) -> Option<Refusal> {
    let failed_only = matches!(subject, Subject::FailedJobs { .. });
    (failed_only && run.conclusion == Some(Conclusion::Success)).then(|| {
        Refusal::new("run", format!("run {} has no failed jobs; run all of it again", run.id))
    })
}

/// A run is first asked to end, and only then ended.
fn not_asked_before(state: &TargetState, about: &About<'_>) -> Option<Refusal> {
    let run = about.subject.run();
    let asked = state.ledger.entries.iter().any(|entry| {
        entry.plan.verb == Verb::Cancel
            && entry.plan.subject.as_ref().and_then(Subject::run) == run
            && entry.report.as_ref().is_some_and(crate::model::Report::was_sent)
    });
    (!asked).then(|| Refusal::new("run", "ask it to end first: cancel, then force-cancel"))
}
