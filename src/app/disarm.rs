//! `flightdeck disarm`: holds an automatic rollback that is announced. Stands on the journal alone, so that it
//! is fast and works where nothing else answers.

use std::io::Write;

use tokio::time::Instant;

use crate::cli::args::{DisarmArgs, Global};
use crate::cli::disarm::Disarming;
use crate::cli::{Exit, Output};
use crate::control::{Intent, answerable};
use crate::model::{Outcome, Refusal, Target, Verb};
use crate::runtime::{Ended, Runtime, run};
use crate::store::Entry;

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &DisarmArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let target = &args.target;
    if !setup.config.fleet.targets.iter().any(|spec| spec.target == *target) {
        say(look::unknown_target(target, &setup));
        return Ok(Exit::Usage);
    }
    let reason = global.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let told = match reason {
        _ if setup.config.fleet.read_only => {
            refused(target, "read-only", "this flightdeck is read-only")
        }
        None => refused(target, "reason", "it needs a --reason that is not blank"),
        Some(reason) => {
            let mut runtime = setup.runtime(false);
            match Box::pin(hold(&mut runtime, global, target, reason)).await? {
                Some(told) => told,
                None => return Ok(Exit::Interrupted),
            }
        }
    };
    told.print(out)?;
    Ok(Exit::of(told.outcome()))
}

fn refused(target: &Target, gate: &str, reason: &str) -> Disarming {
    Disarming::refused(target.clone(), Refusal::new(gate, reason))
}

/// Writes that an operator holds it, and reads that back. None: interrupted.
async fn hold(
    runtime: &mut Runtime,
    global: &Global,
    target: &Target,
    reason: &str,
) -> color_eyre::Result<Option<Disarming>> {
    let deadline = Instant::now() + global.look();
    let read = |runtime: &mut Runtime| {
        (runtime.journal_read() || Instant::now() >= deadline).then_some(())
    };
    if run(runtime, &mut Quiet, read).await? != Ended::Answered(()) {
        return Ok(None);
    }
    let known = runtime.store().target(target).and_then(answerable);
    let Some(alarm) = known.cloned() else {
        let told = match begun(runtime, target).filter(|entry| entry.in_flight()) {
            Some(Entry { operator: by, .. }) => {
                refused(target, "in flight", &format!("the rollback by {by} has begun"))
            }
            None => refused(target, "alarm", "no automatic rollback is announced"),
        };
        return Ok(Some(told));
    };
    runtime.intend(Intent::Disarm(target.clone(), reason.to_owned()));
    let written = |runtime: &mut Runtime| {
        let answered = runtime.store().target(target).is_some_and(|state| {
            state.ledger.alarm.as_ref().is_some_and(|own| own.answered.is_some())
        });
        // what has begun looks once more before it sends: how it ends tells whether that was in time
        let ends = answered && begun(runtime, target).is_some_and(Entry::in_flight);
        let over = Instant::now() >= deadline || !ends && (answered || runtime.settled());
        over.then_some(answered)
    };
    let Ended::Answered(answered) = run(runtime, &mut Quiet, written).await? else {
        return Ok(None);
    };
    let sent = begun(runtime, target).filter(|entry| !was_held(entry));
    let told = if let Some(entry) = sent {
        let by = &entry.operator;
        let text = if entry.in_flight() {
            format!(
                "the rollback by {by} has begun; it stops if it has sent nothing yet: look at `flightdeck journal show {target}`"
            )
        } else {
            format!("too late: the rollback by {by} has begun")
        };
        Disarming::failed(target.clone(), text)
    } else if answered {
        Disarming::held(target.clone(), alarm.why, alarm.acts_at)
    } else {
        let told = runtime.store().notices().last().map(|notice| notice.text.clone());
        let why = told.unwrap_or_else(|| "the journal does not show it".to_owned());
        Disarming::failed(target.clone(), format!("it is not held: {why}"))
    };
    Ok(Some(told))
}

/// Whether it ended before it sent anything.
fn was_held(entry: &Entry) -> bool {
    entry.report.as_ref().is_some_and(|report| report.outcome == Outcome::Refused)
}

/// The rollback that began since the alarm.
fn begun<'r>(runtime: &'r Runtime, target: &Target) -> Option<&'r Entry> {
    let ledger = &runtime.store().target(target)?.ledger;
    let since = ledger.alarm.as_ref()?.at;
    let mut entries = ledger.entries.iter();
    entries.rfind(|entry| entry.plan.verb == Verb::Rollback && entry.at >= since)
}
