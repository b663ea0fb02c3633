//! Has the same revision been through another environment first, and passed there?

use crate::control::evidence::{Evidence, is_of, is_same};
use crate::control::phase::{phase, span};
use crate::model::rules::AfterSpec;
use crate::model::{
    Conclusion, Deployment, FeedState, Phase, Revision, Run, TargetSpec, Time, Track,
};
use crate::store::{Check, RepoState, Store, TargetState};

use super::health::check_gate;
use super::{Gate, GateState, others};

/// An answer, its sentence, and the seconds left where it waits for time.
type Answer = (GateState, String, Option<f64>);

pub(in crate::control) fn after(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Option<Gate> {
    let rule = state.spec.rules.after.as_ref()?;
    let (answer, reason, left_s) = answer(store, state, rule, evidence, now);
    Some(Gate { left_s, ..Gate::new("after", answer, reason) })
}

fn answer(
    store: &Store,
    state: &TargetState,
    rule: &AfterSpec,
    evidence: &Evidence,
    now: Time,
) -> Answer {
    let place = rule.target.environment();
    if evidence.routed.is_some_and(|routed| routed >= 99.5) {
        return (GateState::Pass, "it has all the traffic here already".into(), None);
    }
    let Some(candidate) = evidence.confirmed() else {
        let reason = format!("no check names the candidate: whether {place} had it is not known");
        return (GateState::Unknown, reason, None);
    };
    let Some(other) = store.target(&rule.target) else {
        return (GateState::Unknown, format!("{} is not configured", rule.target), None);
    };
    let was = been(store, other, candidate, now);
    let (GateState::Pass, reason, _) = &was else { return was };
    let Some(workflow) = &rule.workflow else { return was };
    let (answer, passed) = passed(store, &state.spec, workflow, candidate);
    (answer, format!("{reason}; {passed}"), None)
}

/// Whether a revision went through an environment.
fn been(store: &Store, other: &TargetState, revision: &Revision, now: Time) -> Answer {
    let place = other.spec.target.environment();
    let says = |state, reason: String| (state, reason, None);
    let ledger = &other.ledger;
    let done = ledger.past.completed_at(revision);
    let left = ledger.past.went_back.as_ref().filter(|back| back.from.as_ref() == Some(revision));
    // what completed after it was rolled back has made up for that
    let again = left.zip(done).is_some_and(|(back, done)| back.at < done);
    if ledger.bad.contains(revision) && !again {
        return says(GateState::Fail, format!("{revision} was rolled back in {place}"));
    }
    if let Some(at) = done {
        let ago = span(now - at);
        return says(GateState::Pass, format!("{revision} completed in {place} {ago} ago"));
    }
    if other.spec.rollout.is_none() {
        return runs(store, other, revision, now);
    }
    let evidence = Evidence::of(store, other);
    // the rules of others about it are not this target's: so two that wait for each other end here
    let gates = others(store, other, &evidence, now);
    let (phase, why) = phase(store, other, &evidence, &gates, now);
    let live = other.spec.rollout.as_ref().map(|spec| store.feed_state(&spec.feed, now));
    if live != Some(FeedState::Live) || phase == Phase::Unknown {
        let said = why.filter(|why| !why.is_empty());
        let why = said.unwrap_or_else(|| "its engine is not heard".into());
        return says(GateState::Unknown, format!("how {place} stands is not known: {why}"));
    }
    let stable = evidence.stable.as_ref().filter(|_| evidence.stable_old.is_none());
    if stable.is_some_and(|stable| is_same(stable, revision)) {
        return beside(
            &well(store, other, Some(Track::Stable), now),
            format!("{revision} is stable in {place}"),
        );
    }
    let Some(there) = evidence.confirmed() else {
        return says(GateState::Unknown, format!("no check names what {place} runs"));
    };
    if !is_same(there, revision) {
        return says(GateState::Wait, format!("{place} has {there}, not {revision} yet"));
    }
    let routed = evidence.routed.unwrap_or_default();
    let soak = gates.iter().find(|gate| gate.name == "soak");
    match phase {
        Phase::Completed => {
            let side = Some(Track::Candidate);
            beside(&well(store, other, side, now), format!("{revision} completed in {place}"))
        }
        Phase::Degraded => {
            let why = why.unwrap_or_default();
            says(GateState::Fail, format!("{revision} is degraded in {place}: {why}"))
        }
        Phase::Soaking if soak.is_some_and(|gate| gate.state == GateState::Unknown) => {
            let why = why.unwrap_or_default();
            says(GateState::Unknown, format!("{revision} soaks in {place}: {why}"))
        }
        Phase::Soaking if routed >= 99.5 => {
            let left = soak.and_then(|gate| gate.left_s);
            (GateState::Wait, format!("{revision} soaks in {place}"), left)
        }
        _ => {
            let reason =
                format!("{revision} is at {routed:.0} % in {place}, which is {}", phase.word());
            says(GateState::Wait, reason)
        }
    }
}

/// The same of an environment that nothing moves: what runs there now, else what was deployed there last. A
/// deployment alone proves nothing that a check contradicts, or could not confirm.
fn runs(store: &Store, other: &TargetState, revision: &Revision, now: Time) -> Answer {
    let place = other.spec.target.environment();
    let evidence = Evidence::of(store, other);
    let named = evidence.whole.as_ref().filter(|_| evidence.whole_old.is_none());
    let here = match named {
        Some(runs) if is_same(runs, revision) => "runs in",
        Some(runs) => {
            return (GateState::Wait, format!("{place} runs {runs}, not {revision} yet"), None);
        }
        None => match last_deployed(store, other) {
            Some(last) if is_of((&last.git_ref, &last.sha), revision.as_str()) => "was deployed to",
            Some(last) if other.checks.is_empty() => {
                let reason = format!("{} was deployed to {place} last", last.git_ref);
                return (GateState::Wait, format!("{reason}, not {revision} yet"), None);
            }
            _ => {
                let reason = format!("no check names what {place} runs");
                return (GateState::Unknown, reason, None);
            }
        },
    };
    let answer = well(store, other, None, now);
    if answer.0 == GateState::Pass && evidence.whole_old.is_some() {
        let reason = format!("{revision} {here} {place}, but no check names what runs there now");
        return (GateState::Unknown, reason, None);
    }
    let healthy =
        if answer.0 != GateState::Pass || other.checks.is_empty() { "" } else { " and is healthy" };
    beside(&answer, format!("{revision} {here} {place}{healthy}"))
}

/// What is said of a revision in its environment, and what the checks there say beside it.
fn beside((state, how): &(GateState, String), said: String) -> Answer {
    let reason = match state {
        GateState::Pass => said,
        GateState::Fail => format!("{said}, and {how}"),
        GateState::Wait | GateState::Unknown => format!("{said}, but {how}"),
    };
    (*state, reason, None)
}

/// What the checks of one side of an environment say by answers that are fresh (none: of all of it), and of
/// the worst of them how it is.
fn well(store: &Store, other: &TargetState, side: Option<Track>, now: Time) -> (GateState, String) {
    let is_of_side = |check: &&Check| {
        let own = other.side(check.spec.track);
        side.is_none_or(|side| own == side || own == Track::Whole)
    };
    let answer = |check: &Check| {
        let (name, gate) = (&check.spec.name, check_gate(other, check, now));
        let live = store.feed_state(&check.spec.feed, now) == FeedState::Live;
        // that it was refused is an answer, and stays one until another comes
        if live || gate.state == GateState::Fail {
            (gate.state, format!("{name} {}", gate.reason))
        } else {
            (GateState::Unknown, format!("how {name} is, is not known"))
        }
    };
    let all: Vec<_> = other.checks.iter().filter(is_of_side).map(answer).collect();
    let worst = [GateState::Fail, GateState::Unknown, GateState::Wait].into_iter();
    let mut worst = worst.filter_map(|worst| all.iter().find(|(state, _)| *state == worst));
    worst.next().cloned().unwrap_or((GateState::Pass, String::new()))
}

/// What came to an environment last, by GitHub.
fn last_deployed<'s>(store: &'s Store, other: &TargetState) -> Option<&'s Deployment> {
    let deployments = store.repo_of(&other.spec)?.deployments.iter();
    // GitHub's word for a success that another deployment followed is the second
    let came = deployments.filter(|deployment| {
        other.spec.environments.contains(&deployment.environment)
            && matches!(deployment.state.as_deref(), Some("success" | "inactive"))
    });
    came.max_by_key(|deployment| (deployment.created_at, deployment.id))
}

/// Whether a workflow passed for the commit of a revision.
fn passed(
    store: &Store,
    spec: &TargetSpec,
    workflow: &str,
    revision: &Revision,
) -> (GateState, String) {
    let Some(repo) = store.repo_of(spec) else {
        return (GateState::Unknown, format!("nothing is known of {workflow}"));
    };
    let commits = commits(repo, revision.as_str());
    let of = |run: &&Run| {
        let git_ref = run.branch.as_deref().unwrap_or_default();
        run.workflow == workflow
            && (commits.contains(&run.sha.as_str())
                || is_of((git_ref, &run.sha), revision.as_str()))
    };
    let newest = repo.all_runs().filter(of).max_by_key(|run| (run.number, run.attempt, run.id));
    let Some(run) = newest else {
        return (GateState::Unknown, format!("no run of {workflow} for it is known"));
    };
    let (number, ended) = (run.number, run.conclusion.as_ref());
    match ended {
        _ if run.is_active() => (GateState::Wait, format!("{workflow} #{number} runs")),
        Some(Conclusion::Success) => (GateState::Pass, format!("{workflow} #{number} passed")),
        Some(ended) if ended.is_bad() => {
            (GateState::Fail, format!("{workflow} #{number}: {}", ended.word()))
        }
        ended => {
            let word = ended.map_or("no result", Conclusion::word);
            (GateState::Unknown, format!("{workflow} #{number} proves nothing: {word}"))
        }
    }
}

/// The commits that a revision may name: that of its tag, of its release, of what was deployed of it.
fn commits<'r>(repo: &'r RepoState, revision: &str) -> Vec<&'r str> {
    let tags = repo.tags.iter().chain(&repo.releases);
    let tagged = tags.filter_map(|tag| Some((tag.tag.as_str(), tag.sha.as_deref()?)));
    let deployed = repo.deployments.iter().map(|d| (d.git_ref.as_str(), d.sha.as_str()));
    let named = tagged.chain(deployed).filter(|named| is_of(*named, revision));
    named.map(|(_, sha)| sha).collect()
}
