//! What each verb would ask GitHub for, and why it would refuse. Pure. Placeholders stay: the revision that
//! is gone back to and the id of the action are not known here.

use super::advice::Advice;
use super::standing::{Standing, how};
use crate::asks::{Begin, Place};
use crate::config::{StageConfig, StartConfig, WayBackConfig};
use crate::model::rollout::{Ahead, Fate};
use crate::model::{Call, Offer, Run, Time, Verb};

/// One offer for every verb that an engine is asked for.
pub(super) fn offers(
    standing: &Standing<'_>,
    place: Place<'_>,
    advice: &Advice,
    now: Time,
) -> Vec<Offer> {
    let offer = |verb, full, weight, asked: Result<Call, String>| {
        let (calls, refused) = match asked {
            Ok(call) => (vec![call], None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let (notes, ahead) = (Vec::new(), Vec::new());
        Offer { verb, full, weight, calls, refused, forcible: false, notes, ahead, unread: None }
    };
    let still = |verb| Offer { calls: Vec::new(), ..offer(verb, false, standing.routed(), none()) };
    let still = |verb| Offer { refused: None, ..still(verb) };
    let next = standing.next().map_or(100.0, |stage| stage.weight);
    let mut promote = offer(Verb::Promote, false, next, promote(standing, place));
    promote.ahead.clone_from(&advice.ahead_of_promotion);
    promote.unread.clone_from(&advice.unread);
    let mut back = offer(Verb::Rollback, false, 0.0, way_back(standing, place, now));
    back.notes.clone_from(&advice.notes);
    if matches!(standing.config.rollback, Some(WayBackConfig::Rerun)) {
        back.notes.push("it runs with the rights of who started it first".to_owned());
    }
    back.ahead.clone_from(&advice.ahead_of_rollback);
    let known = |run: &&Run| back.ahead.iter().all(|ahead| ahead.run != run.id);
    if let Some(run) = standing.run().filter(|run| run.is_active()).filter(known) {
        back.ahead.push(Ahead {
            run: run.id,
            name: format!("{} #{}", run.workflow, run.number),
            status: run.status.word().to_owned(),
            group: String::new(),
            told: true,
            fate: Fate::GoesOn,
        });
    }
    let mut pause = still(Verb::Pause);
    pause.notes.push("withholds approval: a run cannot be paused".to_owned());
    vec![
        promote,
        offer(Verb::Promote, true, 100.0, promote_fully(standing, place)),
        pause,
        still(Verb::Resume),
        back,
    ]
}

fn none() -> Result<Call, String> {
    Err(String::new())
}

/// The stage that a promotion goes to.
fn wanted<'s>(standing: &'s Standing<'_>) -> Result<&'s StageConfig, String> {
    if standing.candidate().is_none() {
        return Err(format!("no release by {} is known", standing.config.workflow));
    }
    standing.next().ok_or_else(|| "already at 100 %".to_owned())
}

fn promote(standing: &Standing<'_>, place: Place<'_>) -> Result<Call, String> {
    let stage = wanted(standing)?;
    let name = &stage.environment;
    if standing.releases.is_back {
        let (weight, workflow) = (stage.weight, &standing.config.workflow);
        return Err(format!(
            "it was taken back: going on to {name} would go from 0 to {weight} % at once; reject what waits and run {workflow} again"
        ));
    }
    if let Some(start) = &standing.config.promote {
        return Ok(started(standing, place, start));
    }
    let Some(run) = standing.run() else {
        return Err(format!("the run that would go on to {name} is not listed any more"));
    };
    let Some(waiting) = standing.waiting() else {
        let id = run.id;
        return Err(if run.is_active() {
            format!("run {id} does not wait at {name} yet: it is {}", run.status.word())
        } else {
            format!("run {id} is over ({}): nothing waits at {name}", how(run))
        });
    };
    if !waiting.may_decide {
        let why = waiting.why_not.clone().unwrap_or_else(|| {
            let who = waiting.reviewers.join(", ");
            if who.is_empty() {
                "this token may not review it".into()
            } else {
                format!("these may: {who}")
            }
        });
        return Err(format!("{name}: {why}"));
    }
    Ok(place.decide(run.id, &[(waiting.environment_id, name.clone())], "approved"))
}

fn promote_fully(standing: &Standing<'_>, place: Place<'_>) -> Result<Call, String> {
    let stage = wanted(standing)?;
    match &standing.config.promote {
        Some(start) if start.inputs.values().any(|value| value.contains("{weight}")) => {
            Ok(started(standing, place, start))
        }
        Some(start) => Err(format!(
            "no input of {} has {{weight}}: it cannot be told to go to 100 %",
            start.workflow
        )),
        None => Err(format!(
            "GitHub goes from one environment to the next: approve each, {} comes first",
            stage.environment
        )),
    }
}

fn started(standing: &Standing<'_>, place: Place<'_>, start: &StartConfig) -> Call {
    let runs = standing.facts.runs.iter().chain(&standing.facts.backs);
    let after = runs.map(|run| run.id).max().unwrap_or_default();
    let origin = standing.facts.origins.get(&start.git_ref).cloned().unwrap_or_default();
    let begin = Begin { after, to_end: true, origin };
    place.dispatch(&start.workflow, &start.git_ref, &start.inputs, begin)
}

fn way_back(standing: &Standing<'_>, place: Place<'_>, now: Time) -> Result<Call, String> {
    if let Some(run) = standing.going_back() {
        let id = run.id;
        return Err(format!(
            "run {id} is going back already, it is {}: approve what it waits for, or cancel it first",
            run.status.word()
        ));
    }
    match &standing.config.rollback {
        None => Err("no `rollback` is configured".to_owned()),
        Some(WayBackConfig::Start(start)) => Ok(started(standing, place, start)),
        Some(WayBackConfig::Rerun) => {
            let run = last_good(standing)?;
            if let Some(why) = run.never_again(now) {
                return Err(format!("run {}, the last good one, {why}", run.id));
            }
            Ok(place.rerun(run, false, true))
        }
    }
}

fn last_good<'s>(standing: &'s Standing<'_>) -> Result<&'s Run, String> {
    let stable =
        standing.releases.stable.as_ref().ok_or("no good release before this one is known")?;
    let run = stable.run.as_ref();
    run.ok_or_else(|| format!("the run of {} is not listed any more", stable.revision))
}
