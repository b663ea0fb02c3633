//! `--wait`: follows what was done to the end of its phase, or of its run. Reads only.

use std::time::Duration;

use tokio::time::Instant;

use crate::cli::Exit;
use crate::clients::github::GithubClient;
use crate::control::{Request, assess};
use crate::model::{Conclusion, Outcome, Phase, Report, Run, Status, TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, run};

use super::super::quiet::Quiet;
use super::super::reading::Hosts;
use super::super::say;
use super::subject::told;

/// How often a run that goes on is looked at.
const EVERY: Duration = Duration::from_secs(3);

/// Follows a done action for `wait` at most. What is to be said of its end comes with the code.
pub(super) async fn follow(
    runtime: &mut Runtime,
    hosts: &Hosts,
    (spec, request, report): (&TargetSpec, &Request, &Report),
    wait: Duration,
) -> color_eyre::Result<(Exit, Option<String>)> {
    let deadline = Instant::now() + wait;
    let followed = report.steps.iter().find_map(|step| step.github_run);
    match followed {
        Some(id) if request.verb.is_of_runs() => {
            to_the_end(runtime, hosts, (spec, request.verb, id), deadline).await
        }
        None if request.verb.is_of_runs() => {
            say(format!("{}: which run it is was not seen", request.target));
            Ok((Exit::Unknown, None))
        }
        _ => phase(runtime, (request, report), deadline).await,
    }
}

/// Follows a rollout to the end of its phase.
async fn phase(
    runtime: &mut Runtime,
    (request, report): (&Request, &Report),
    deadline: Instant,
) -> color_eyre::Result<(Exit, Option<String>)> {
    let (target, verb) = (&request.target, request.verb);
    let (place, action) = (target.clone(), report.action.clone());
    let settled = move |runtime: &mut Runtime| {
        if Instant::now() >= deadline {
            return Some(None);
        }
        let seen = assess(runtime.store(), &place, runtime.now())?;
        // others may act meanwhile: it is our own action that is followed
        let mut entries = runtime.store().target(&place)?.ledger.entries.iter();
        let entry = entries.find(|entry| entry.plan.action == action)?;
        let outcome = entry.report.as_ref()?.outcome;
        if outcome == Outcome::Failed {
            return Some(Some(None));
        }
        let on_its_way =
            matches!(seen.phase?, Phase::Progressing | Phase::RollingBack | Phase::Unknown);
        let moving = on_its_way || seen.phase? == Phase::Soaking;
        let reached = |weight: f64| seen.routed.is_some_and(|routed| routed + 0.5 >= weight);
        // what was let go on is there only when it is routed, or will not come
        let there = entry.plan.to_weight.is_none_or(reached) || seen.phase? == Phase::Degraded;
        let ended = match verb {
            Verb::Rollback => !on_its_way,
            Verb::Promote => !moving && there,
            _ => !moving,
        };
        (ended && outcome == Outcome::Seen).then_some(seen.phase.map(Some))
    };
    let Ended::Answered(phase) = run(runtime, &mut Quiet, settled).await? else {
        return Ok((Exit::Interrupted, None));
    };
    let Some(phase) = phase else {
        return Ok(not_settled());
    };
    let Some(phase) = phase else {
        let text = format!("{verb} failed; `flightdeck status {target}` says why");
        return Ok((Exit::Failed, Some(text)));
    };
    let wanted = match phase {
        Phase::Degraded => false,
        Phase::RolledBack => verb == Verb::Rollback,
        _ => true,
    };
    let exit = if wanted { Exit::Done } else { Exit::No };
    Ok((exit, Some(phase.word().to_owned())))
}

fn not_settled() -> (Exit, Option<String>) {
    (Exit::Unknown, Some("not settled within the time given to --wait".to_owned()))
}

/// Follows a run until it is over, or waits for a person again.
async fn to_the_end(
    runtime: &mut Runtime,
    hosts: &Hosts,
    (spec, verb, id): (&TargetSpec, Verb, u64),
    deadline: Instant,
) -> color_eyre::Result<(Exit, Option<String>)> {
    let place = spec.host.as_deref().zip(spec.repo.as_deref());
    let known = place.and_then(|(host, repo)| Some((host, repo, hosts.get(host)?)));
    let Some((host, repo, client)) = known else { return Ok((Exit::Unknown, None)) };
    loop {
        let bus = runtime.bus();
        let asked_at = bus.now();
        let left = deadline.saturating_duration_since(Instant::now()).max(EVERY);
        // what cannot be read now is read again: the deadline ends that too
        let read = tokio::time::timeout(left, client.run(repo, id)).await;
        if let Ok(Ok(Some(found))) = read {
            let rests = if ends(verb) { None } else { rests(client, repo, &found).await };
            if rests.is_some() || !found.is_active() {
                let word = rests.unwrap_or_else(|| word(&found));
                return Ok((verdict(verb, &found), Some(format!("run {id} {word}"))));
            }
            bus.told(asked_at, told(host, repo, found, None)).await;
        }
        if Instant::now() >= deadline {
            return Ok(not_settled());
        }
        let wake = (Instant::now() + EVERY).min(deadline);
        let tick = move |_: &mut Runtime| (Instant::now() >= wake).then_some(());
        if run(runtime, &mut Quiet, tick).await? != Ended::Answered(()) {
            return Ok((Exit::Interrupted, None));
        }
    }
}

/// What a run waits for at GitHub by now. It may seem to wait for a moment after it was let go on.
async fn rests(client: &GithubClient, repo: &str, run: &Run) -> Option<String> {
    if run.status != Status::Waiting {
        return None;
    }
    let waits = client.waits(repo, run.id).await.ok().flatten()?;
    let names: Vec<String> = waits.waiting.into_iter().map(|one| one.environment).collect();
    (!names.is_empty()).then(|| format!("waits at {}", names.join(", ")))
}

/// Whether a verb is meant to end a run, or part of it.
fn ends(verb: Verb) -> bool {
    matches!(verb, Verb::Reject | Verb::Cancel | Verb::ForceCancel)
}

fn word(run: &Run) -> String {
    match &run.conclusion {
        Some(conclusion) => format!("ended: {}", conclusion.word()),
        None => format!("is {}", run.status.word()),
    }
}

fn verdict(verb: Verb, run: &Run) -> Exit {
    let as_wanted = match verb {
        Verb::Reject => run.has_failed(),
        Verb::Cancel | Verb::ForceCancel => run.conclusion == Some(Conclusion::Cancelled),
        _ => !run.has_failed(),
    };
    if as_wanted { Exit::Done } else { Exit::No }
}
