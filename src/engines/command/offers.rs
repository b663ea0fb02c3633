//! What each verb would run from a status, what shows that it is in force, and what refuses it. Pure.
//! Placeholders stay: what is asked for, and the revision that a health check names, are not known here.

use std::collections::BTreeMap;

use crate::config::CommandConfig;
use crate::model::{Call, Offer, Phase, Program, Verb};

use super::status::{Status, TOLERANCE};

/// The most that the candidate may have when it has nothing, in percent.
const NOTHING: f64 = 0.05;

const ROLLED_BACK: &str = "rolled back";
const PAUSED: &str = "paused";
const STABLE: &str = "stable";

/// One offer for every verb that an engine is asked for.
pub(super) fn offers(status: &Status, config: &CommandConfig) -> Vec<Offer> {
    vec![
        promote(status, config, false),
        promote(status, config, true),
        still(Verb::Pause, config.pause.as_ref(), "yes", status),
        still(Verb::Resume, config.resume.as_ref(), "no", status),
        rollback(status, config),
    ]
}

fn none(verb: Verb, status: &Status) -> Offer {
    Offer {
        verb,
        full: false,
        weight: status.routed.unwrap_or_default(),
        calls: Vec::new(),
        refused: None,
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    }
}

fn promote(status: &Status, config: &CommandConfig, full: bool) -> Offer {
    let mut offer = Offer { full, ..none(Verb::Promote, status) };
    match next(status, config, full) {
        Ok((step, program)) => {
            let expect = BTreeMap::from([(reached(step), "yes".to_owned())]);
            offer.weight = step;
            offer.calls = vec![Call::of(program.clone(), expect)];
        }
        Err(reason) => offer.refused = Some(reason),
    }
    offer
}

/// The percentage a promotion goes to, and by which program.
fn next<'c>(
    status: &Status,
    config: &'c CommandConfig,
    full: bool,
) -> Result<(f64, &'c Program), String> {
    let program = config.promote.as_ref().ok_or("no `promote` command is configured")?;
    if status.routed.is_none() && status.phase == Some(Phase::Completed) {
        return Err("already completed".to_owned());
    }
    let routed = status.routed.ok_or("the status does not say how much is `routed`")?;
    if routed >= 100.0 - TOLERANCE {
        return Err("already at 100 %".to_owned());
    }
    if full {
        let able = program.mentions("weight");
        return able.then_some((100.0, program)).ok_or_else(|| {
            "its `promote` command has no {weight}: it cannot be told to go to 100 %".to_owned()
        });
    }
    let step = config.steps.iter().copied().find(|step| *step > routed + TOLERANCE);
    let step =
        step.ok_or_else(|| format!("already past the last step: {routed:.1} % are routed"))?;
    Ok((step, program))
}

/// A verb that moves no traffic. Without a program of its own it is journaled only.
fn still(verb: Verb, program: Option<&Program>, paused: &str, status: &Status) -> Offer {
    let mut offer = none(verb, status);
    if let Some(program) = program {
        // without a phase nobody can see whether it is paused
        let visible = status.has_phase.then(|| (PAUSED.to_owned(), paused.to_owned()));
        offer.calls = vec![Call::of(program.clone(), visible.into_iter().collect())];
    }
    offer
}

fn rollback(status: &Status, config: &CommandConfig) -> Offer {
    let mut offer = Offer { weight: 0.0, ..none(Verb::Rollback, status) };
    match &config.rollback {
        Some(program) => {
            let mut expect = BTreeMap::from([(ROLLED_BACK.to_owned(), "yes".to_owned())]);
            if status.stable.is_some() {
                expect.insert(STABLE.to_owned(), "{revision}".to_owned());
            }
            offer.calls = vec![Call::of(program.clone(), expect)];
        }
        None => offer.refused = Some("no `rollback` command is configured".to_owned()),
    }
    offer
}

fn reached(step: f64) -> String {
    format!("{step} % reached")
}

/// What is in force, in the words of the offers.
pub(super) fn settings(status: &Status, config: &CommandConfig) -> BTreeMap<String, String> {
    let word = |is_so: bool| if is_so { "yes" } else { "no" }.to_owned();
    let completed = status.phase == Some(Phase::Completed);
    let is_at = |step: f64| match status.routed {
        Some(routed) => {
            (routed - step).abs() <= TOLERANCE || (completed && step >= 100.0 - TOLERANCE)
        }
        None => completed,
    };
    let steps = config.steps.iter().copied().chain([100.0]);
    let mut settings: BTreeMap<String, String> =
        steps.map(|step| (reached(step), word(is_at(step)))).collect();
    settings.insert(ROLLED_BACK.to_owned(), word(is_back(status)));
    settings.extend(status.stable.as_ref().map(|name| (STABLE.to_owned(), name.to_string())));
    if status.has_phase {
        settings.insert(PAUSED.to_owned(), word(status.phase == Some(Phase::Paused)));
    }
    settings
}

/// Whether the candidate has nothing any more.
fn is_back(status: &Status) -> bool {
    let alone = status.stable.is_some()
        && (status.candidate.is_none() || status.candidate == status.stable);
    match (status.phase, status.routed) {
        // what is counted stands above a word
        (_, Some(routed)) => routed <= NOTHING,
        (phase, None) => matches!(phase, Some(Phase::Idle | Phase::RolledBack)) || alone,
    }
}

/// What the engine's own phase says against a promotion.
pub(super) fn blocks(status: &Status) -> Vec<String> {
    let bad = [Phase::Paused, Phase::Degraded, Phase::RollingBack, Phase::Unknown];
    let phase = status.phase.filter(|phase| bad.contains(phase));
    let why = status.reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
    phase.map(|phase| format!("its status is {}{why}", phase.word())).into_iter().collect()
}
