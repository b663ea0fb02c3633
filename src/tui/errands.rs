//! What a key means about workflow runs: of the run or job that is open or under the cursor, else of the
//! target's newest. Makes requests; whether one is granted is decided elsewhere.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::control::{
    Destination, Evidence, Request, by_queue, destination_of, destinations as destinations_of,
    guard, queue,
};
use crate::model::backing::Environments;
use crate::model::follow::Effect;
use crate::model::rollout::Ahead;
use crate::model::{
    Plan, Progress, Refusal, Report, Run, Sight, Subject, Target, TargetSpec, Time, Verb,
};
use crate::store::Store;

use super::details::Detail;
use super::panes::Glance;
use super::session::Known;

/// The run that is meant, and its job when one is.
fn meant(store: &Store, look: &Glance<'_>, here: Option<&Detail>) -> Option<(u64, Option<u64>)> {
    match here {
        Some(Detail::Run(run) | Detail::Jobs(run, _)) => Some((*run, None)),
        Some(Detail::Job(run, job)) => Some((*run, Some(*job))),
        _ => store.pipeline(&look.state.spec).map(|pipeline| (pipeline.run.id, None)),
    }
}

/// The run that is meant, as far as it is known.
pub fn run<'s>(store: &'s Store, look: &Glance<'_>, here: Option<&Detail>) -> Option<&'s Run> {
    let (run, _) = meant(store, look, here)?;
    store.repo_of(&look.state.spec)?.run(run)
}

/// Where a rollback that is planned can go instead, and which of that it goes to now; nothing where there is
/// no choice.
pub fn destinations(store: &Store, plan: &Plan) -> Option<(Vec<Destination>, usize)> {
    let state = store.target(&plan.target).filter(|_| plan.verb == Verb::Rollback)?;
    let evidence = Evidence::of(store, state);
    let mut all = destinations_of(store, state, &evidence);
    let to = plan.to.as_ref()?;
    let here = all.iter().position(|one| one.revision == *to).unwrap_or_else(|| {
        all.insert(0, destination_of(store, state, &evidence, to));
        0
    });
    (all.len() > 1).then_some((all, here))
}

/// The next place after one: what is no destination by what is known is not come to by a key.
pub fn another(all: &[Destination], here: usize) -> Option<&Destination> {
    let mut others = all.iter().cycle().skip(here + 1).take(all.len().saturating_sub(1));
    others.find(|one| !one.is_missing())
}

/// The target whose gates a deployment to an environment of a repository stands behind.
pub fn owner<'s>(store: &'s Store, of: &TargetSpec, environment: &str) -> Option<&'s Target> {
    let same = |spec: &&TargetSpec| {
        (&spec.host, &spec.repo) == (&of.host, &of.repo)
            && spec.environments.iter().any(|name| name == environment)
    };
    store.targets().map(|state| &state.spec).find(same).map(|spec| &spec.target)
}

/// The approval or rejection of what waits. A deployment to an environment of another target is asked for
/// in that target's name: it has its own gates.
pub fn decision(store: &Store, spec: &TargetSpec, here: Option<&Detail>, verb: Verb) -> Request {
    let plain = Request::new(spec.target.clone(), verb);
    let Some(Detail::Run(run) | Detail::Jobs(run, _) | Detail::Job(run, _)) = here else {
        return plain;
    };
    let Some(waits) = store.repo_of(spec).and_then(|repo| repo.waits_of(*run)) else {
        return plain;
    };
    let named = waits.waiting.iter().map(|waiting| {
        let name = &waiting.environment;
        let own = spec.environments.contains(name).then_some(&spec.target);
        (own.or_else(|| owner(store, spec, name)), name)
    });
    let named: Vec<(Option<&Target>, &String)> = named.collect();
    let own = named.iter().find(|(target, _)| *target == Some(&spec.target));
    let Some((target, _)) = own.or(named.first()).copied() else { return plain };
    let environments = named.iter().filter(|(of, _)| *of == target);
    let environments = environments.map(|(_, name)| (*name).clone()).collect();
    Request {
        subject: Some(Subject::Waiting { run: *run, environments }),
        ..Request::new(target.unwrap_or(&spec.target).clone(), verb)
    }
}

/// Everything that can be asked for about the runs of a target, in the order of the menu; nothing where it
/// has no repository.
pub fn all(store: &Store, look: &Glance<'_>, here: Option<&Detail>) -> Vec<Request> {
    if look.state.spec.repo.is_none() {
        return Vec::new();
    }
    let decisions =
        [Verb::Approve, Verb::Reject].map(|verb| decision(store, &look.state.spec, here, verb));
    let Some((run, job)) = meant(store, look, here) else { return decisions.into() };
    let about = |verb, subject| Request {
        subject: Some(subject),
        ..Request::new(look.target().clone(), verb)
    };
    let job = job.map(|job| about(Verb::Rerun, Subject::Job { run, job }));
    let others = [
        about(Verb::Rerun, Subject::FailedJobs { run }),
        about(Verb::Rerun, Subject::Run { run }),
        about(Verb::Cancel, Subject::Run { run }),
        about(Verb::ForceCancel, Subject::Run { run }),
    ];
    decisions.into_iter().chain(job).chain(others).collect()
}

/// What a request about runs is called in a menu.
pub fn label(request: &Request) -> &'static str {
    match (request.verb, &request.subject) {
        (Verb::Rerun, Some(Subject::Job { .. })) => "run this job again",
        (Verb::Rerun, Some(Subject::FailedJobs { .. })) => "run failed again",
        (Verb::Rerun, _) => "run all again",
        (verb, _) => super::panes::footer::label(verb, false),
    }
}

/// What is known of the workflows that can be started in a target's repository, and of the one in `file`.
pub fn known(store: &Store, spec: &TargetSpec, file: &str) -> Known {
    let Some(repo) = store.repo_of(spec) else { return Known::default() };
    let starts = |file: &String| {
        let read = repo.backing.workflow(file);
        read.is_none_or(|workflow| workflow.on.workflow_dispatch.is_some())
    };
    let files = spec.workflow.iter().cloned().chain(repo.workflows().map(|(f, _)| f.to_owned()));
    let newest = store.pipeline(spec).and_then(|pipeline| pipeline.run.branch.clone());
    let branches = repo.all_runs().filter_map(|run| run.branch.clone());
    let tags = repo.releases.iter().chain(&repo.tags).map(|name| name.tag.clone());
    let same = |other: &&TargetSpec| (&other.host, &other.repo) == (&spec.host, &spec.repo);
    let targets = store.targets().map(|state| &state.spec).filter(same);
    let environments = targets.flat_map(|spec| spec.environments.iter().cloned());
    let deployed = repo.deployments.iter().map(|deployment| deployment.environment.clone());
    let read = repo.backing.all_environments();
    let all = read.and_then(Environments::all);
    let read = read.into_iter().flat_map(|read| read.names.iter().cloned());
    let dispatch = repo.backing.workflow(file).and_then(|file| file.on.workflow_dispatch.as_ref());
    Known {
        files: once(files.filter(starts)),
        refs: once(
            engine_ref(store, spec, file).into_iter().chain(newest).chain(branches).chain(tags),
        ),
        all_environments: all.is_some(),
        environments: match all {
            Some(all) => all.to_vec(),
            None => once(environments.chain(read).chain(deployed)),
        },
        inputs: dispatch.map(|dispatch| dispatch.inputs.clone()),
    }
}

/// Where the target's engine itself would start a workflow: not on what it may be there to undo.
fn engine_ref(store: &Store, spec: &TargetSpec, file: &str) -> Option<String> {
    let reading = store.target(&spec.target)?.reading.as_ref()?;
    let calls = reading.rollout.offers.iter().flat_map(|offer| &offer.calls);
    let mut effects = calls.filter_map(|call| call.follow.as_ref()).map(|follow| &follow.effect);
    effects.find_map(|effect| match effect {
        Effect::Started { workflow, git_ref, .. } if workflow == file => Some(git_ref.clone()),
        _ => None,
    })
}

/// Each once, in the order they come.
fn once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.filter(|one| !one.is_empty() && seen.insert(one.clone())).collect()
}

/// What stands in the way of the run that a plan would start: by the newest reading of its engine, or of a
/// dispatch and of a run again by what is known of the repository; where neither says anything of it, as it was planned.
pub fn in_the_way<'s>(store: &'s Store, plan: &'s Plan) -> Cow<'s, [Ahead]> {
    let Some(state) = store.target(&plan.target) else { return Cow::Borrowed(&plan.ahead) };
    let enters = matches!(plan.verb, Verb::Dispatch | Verb::Rerun);
    if let Some(subject) = plan.subject.as_ref().filter(|_| enters) {
        return Cow::Owned(queue(store, &state.spec, subject).ahead);
    }
    // an approval that moves traffic is a promotion
    let promotes = plan.verb == Verb::Approve && plan.to_weight.is_some();
    let verb = if promotes { Verb::Promote } else { plan.verb };
    let offer = state.reading.as_ref().and_then(|read| read.rollout.offer(verb, plan.full));
    Cow::Borrowed(offer.map_or(&plan.ahead, |offer| &offer.ahead))
}

/// The request that ends the first run that stands in a plan's way, and what refuses it: it is asked to
/// end, and when that was sent, ended.
pub fn clearing(store: &Store, plan: &Plan, now: Time) -> Option<(Request, Option<Refusal>)> {
    let state = store.target(&plan.target)?;
    let repo = store.repo_of(&state.spec)?;
    let sent = |verb, run| {
        state.ledger.entries.iter().any(|entry| {
            let reached = entry.report.as_ref().is_none_or(Report::was_sent);
            entry.plan.verb == verb
                && entry.plan.subject.as_ref().and_then(Subject::run) == Some(run)
                && reached
        })
    };
    let active = |ahead: &&Ahead| repo.run(ahead.run).is_none_or(Run::is_active);
    let ahead = in_the_way(store, plan);
    let ahead = by_queue(&ahead).into_iter().flat_map(|queue| queue.runs);
    let asked = ahead.filter(active).map(|ahead| {
        let verb = if sent(Verb::Cancel, ahead.run) { Verb::ForceCancel } else { Verb::Cancel };
        (verb, ahead.run)
    });
    let (verb, run) = asked.into_iter().find(|(verb, run)| !sent(*verb, *run))?;
    let request =
        Request { subject: Some(Subject::Run { run }), ..Request::new(plan.target.clone(), verb) };
    let refused = guard(store, &request, now).into_iter().next();
    Some((request, refused))
}

/// The run that an action is about or that it started, as far as that is known.
pub fn followed<'s>(store: &'s Store, plan: &Plan) -> Option<&'s Run> {
    let state = store.target(&plan.target)?;
    let repo = store.repo_of(&state.spec)?;
    let entry = state.ledger.entries.iter().rev().find(|entry| entry.plan.action == plan.action);
    let steps = entry.and_then(|entry| entry.report.as_ref()).map(|report| &report.steps);
    let named = steps.into_iter().flatten().find_map(|step| step.github_run);
    let own = plan.subject.as_ref().and_then(Subject::run);
    let seen = || {
        let follow = plan.calls.iter().find_map(|call| call.follow.as_ref())?;
        let sight = Sight { runs: repo.all_runs().cloned().collect(), ..Sight::default() };
        match follow.look(&sight, None, entry?.at) {
            Progress::Seen(run) | Progress::Waiting(run, _) | Progress::Failed(run, _) => run,
            Progress::Ambiguous(_) => None,
        }
    };
    repo.run(named.or(own).or_else(seen)?)
}

/// The approval that the run of an action waits for, where it may be yours, and what refuses it now.
pub fn own_approval(store: &Store, plan: &Plan, now: Time) -> Option<(Request, Option<Refusal>)> {
    if !matches!(plan.verb, Verb::Rollback | Verb::Promote | Verb::Dispatch | Verb::Rerun) {
        return None;
    }
    let run = followed(store, plan)?.id;
    let spec = &store.target(&plan.target)?.spec;
    let waits = store.repo_of(spec)?.waits_of(run)?;
    waits.waiting.iter().find(|waiting| waiting.may_decide)?;
    let request = decision(store, spec, Some(&Detail::Run(run)), Verb::Approve);
    let refused = guard(store, &request, now).into_iter().next();
    Some((request, refused))
}

/// The runs of which one is the action's, by number: a key says which.
pub fn candidates(store: &Store, plan: &Plan) -> Vec<u64> {
    let Some(state) = store.target(&plan.target) else { return Vec::new() };
    let mut entries = state.ledger.entries.iter();
    let entry = entries.find(|entry| entry.plan.action == plan.action);
    let mut runs = entry.map_or(Vec::new(), |e| crate::control::candidates(store, state, e));
    runs.truncate(9);
    runs
}
