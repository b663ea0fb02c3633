//! A promotion or rollback of several targets: one question on the desk, a result each. In which order they
//! go, and what stops them, the desk decides.

use std::io::{self, Write};

use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::{Exit, Format, Output, plan};
use crate::control::{Answer, Dialog, Intent, Request, Several, WAVE, in_order};
use crate::model::{Refusal, Report, TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, run};

use super::super::quiet::Quiet;
use super::super::reading::Hosts;
use super::super::say;
use super::study::study;
use super::{How, Known, one, refused};

/// Whether they are one question: several whose traffic is moved.
pub(super) fn are_together(known: &[Known]) -> bool {
    let moves = |(ask, ..): &Known| matches!(ask.request.verb, Verb::Promote | Verb::Rollback);
    known.len() > 1 && known.iter().all(moves)
}

/// Puts promotions into their order. Where one is refused before anything is contacted, none begins.
pub(super) fn stop(known: &mut [Known]) {
    if known.iter().any(|(ask, ..)| ask.request.verb != Verb::Promote) {
        return;
    }
    known.sort_by(|(_, a, _), (_, b, _)| in_order(a.wave, b.wave));
    let Some((_, first, _)) = known.iter().find(|(.., refusal)| refusal.is_some()) else { return };
    let why = format!("stopped: {} was not seen (it was refused)", first.target);
    for (.., refusal) in known.iter_mut().filter(|(.., refusal)| refusal.is_none()) {
        *refusal = Some(Refusal::new(WAVE, why.clone()));
    }
}

/// How one of them ended.
enum Over {
    Refused(Box<Request>, Vec<Refusal>),
    Report(Box<Report>),
}

pub(super) async fn act<W: Write>(
    runtime: &mut Runtime,
    hosts: &Hosts,
    (global, known, how): (&Global, Vec<Known>, How),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut worst = Exit::Done;
    let mut wanted: Vec<(Request, TargetSpec)> = Vec::new();
    for (ask, spec, refusal) in known {
        match refusal {
            Some(refusal) => worst = worst.or(refused(&ask.request, vec![refusal], out)?),
            None => wanted.push((ask.request, spec)),
        }
    }
    for (request, spec) in &wanted {
        if !study(runtime, spec, request).await? {
            return Ok(Exit::Interrupted);
        }
    }
    let requests = wanted.iter().map(|(request, _)| request.clone()).collect();
    runtime.intend(Intent::AskAll(requests));
    if how.dry_run {
        return Ok(worst.or(dry_run(runtime, out)?));
    }
    let confirmed = match several(runtime).map(Several::ready) {
        None | Some(0) => false,
        Some(_) if global.yes => {
            for dialog in several(runtime).into_iter().flat_map(Several::dialogs) {
                if let Dialog::Confirm { confirmation, .. } = dialog {
                    one::warn(confirmation);
                }
            }
            runtime.intend(Intent::Answer(Answer::Yes));
            true
        }
        Some(_) => match prompt(runtime).await? {
            Ended::Answered(answer) => {
                let confirmed = answer.is_some();
                answer.into_iter().for_each(|answer| runtime.intend(Intent::Answer(answer)));
                confirmed
            }
            Ended::Quit | Ended::Interrupted => return Ok(Exit::Interrupted),
        },
    };
    let deadline = how.wait.map(|wait| Instant::now() + wait);
    for place in 0..wanted.len() {
        let ended =
            |runtime: &mut Runtime| over(several(runtime)?.dialogs().nth(place)?, confirmed);
        let exit = match run(runtime, &mut Quiet, ended).await? {
            Ended::Answered(Over::Refused(request, refusals)) => refused(&request, refusals, out)?,
            Ended::Answered(Over::Report(report)) => {
                let of = wanted.iter().find(|(request, _)| request.target == report.target);
                let Some((request, spec)) = of else { return Ok(Exit::Bug) };
                let wait = deadline.map(|end| end.saturating_duration_since(Instant::now()));
                one::conclude(runtime, hosts, (spec, request, *report), wait, out).await?
            }
            Ended::Quit | Ended::Interrupted => {
                tell_sent(runtime, &wanted, place, out)?;
                return Ok(Exit::Interrupted);
            }
        };
        out.flush()?;
        worst = worst.or(exit);
    }
    Ok(worst)
}

fn several(runtime: &mut Runtime) -> Option<&Several> {
    match runtime.desk().dialog()? {
        Dialog::Several(several) => Some(several),
        _ => None,
    }
}

/// What became of one of them; none while it waits or is under way.
fn over(dialog: &Dialog, confirmed: bool) -> Option<Over> {
    match dialog {
        Dialog::Refused { request, refusals, .. } => {
            Some(Over::Refused(Box::new(request.clone()), refusals.clone()))
        }
        Dialog::Confirm { confirmation, .. } if !confirmed => {
            let refusal = Refusal::new("confirmation", "not confirmed");
            Some(Over::Refused(Box::new(confirmation.request.clone()), vec![refusal]))
        }
        Dialog::Confirm { confirmation, moved: Some(_) } => {
            let reason = "the target moved since it was confirmed; look again and ask anew";
            let refusal = Refusal::new("moved", reason);
            Some(Over::Refused(Box::new(confirmation.request.clone()), vec![refusal]))
        }
        Dialog::Following { ended: Some(report), .. } => Some(Over::Report(report.clone())),
        _ => None,
    }
}

/// Each plan as it would be sent now, had none before it changed anything.
fn dry_run<W: Write>(runtime: &mut Runtime, out: &mut Output<W>) -> color_eyre::Result<Exit> {
    let dialogs: Vec<Dialog> =
        several(runtime).into_iter().flat_map(Several::dialogs).cloned().collect();
    let mut worst = Exit::Done;
    for dialog in dialogs {
        match dialog {
            Dialog::Refused { request, refusals, .. } => {
                worst = worst.or(refused(&request, refusals, out)?);
            }
            Dialog::Confirm { confirmation, .. } => {
                let seen = one::seen(runtime, &confirmation.request);
                plan::print_dry_run(&confirmation.plan, seen.as_ref(), out)?;
            }
            _ => {}
        }
    }
    Ok(worst)
}

/// Shows every plan and refusal on stderr, and asks once. None: not confirmed.
async fn prompt(runtime: &mut Runtime) -> color_eyre::Result<Ended<Option<Answer>>> {
    let mut terminal = Output::new(io::stderr(), Format::Table);
    let Some(asked) = several(runtime).cloned() else { return Ok(Ended::Answered(None)) };
    for dialog in asked.dialogs() {
        match dialog {
            Dialog::Confirm { confirmation, .. } => {
                let seen = one::seen(runtime, &confirmation.request);
                plan::print_plan(&confirmation.plan, seen.as_ref(), &mut terminal)?;
            }
            Dialog::Refused { request, refusals, .. } => {
                refused(request, refusals.clone(), &mut terminal)?;
            }
            _ => {}
        }
    }
    let (ready, count) = (asked.ready(), asked.dialogs().count());
    let word = asked.word().unwrap_or("yes").to_owned();
    let question =
        format!("type `{word}` to go on with {ready} of {count}, anything else cancels: ");
    Ok(match one::typed(runtime, &question).await? {
        Ended::Answered(line) => {
            let right = Some(line.trim().to_owned()).filter(|line| *line == word);
            let answer =
                |line| if asked.word().is_some() { Answer::Name(line) } else { Answer::Yes };
            Ended::Answered(right.map(answer))
        }
        Ended::Quit => Ended::Quit,
        Ended::Interrupted => Ended::Interrupted,
    })
}

/// What was sent is said, whoever wants to leave.
fn tell_sent<W: Write>(
    runtime: &mut Runtime,
    wanted: &[(Request, TargetSpec)],
    told: usize,
    out: &mut Output<W>,
) -> color_eyre::Result<()> {
    let dialogs: Vec<Dialog> =
        several(runtime).into_iter().flat_map(Several::dialogs).skip(told).cloned().collect();
    for dialog in &dialogs {
        match dialog {
            Dialog::Following { ended: Some(report), .. } => {
                let of = wanted.iter().find(|(request, _)| request.target == report.target);
                if let Some((request, spec)) = of {
                    one::tell(runtime, spec, request, (report.as_ref(), &[]), out)?;
                }
            }
            Dialog::Following { plan, .. } => say(format!(
                "interrupted: what became of {} is not known; `flightdeck status {0}` tells what is",
                plan.target
            )),
            Dialog::Confirm { confirmation, .. } | Dialog::Rereading { confirmation, .. } => {
                say(format!("interrupted: {} was not begun", confirmation.plan.target));
            }
            Dialog::Refused { request, refusals, .. } => {
                refused(request, refusals.clone(), out)?;
            }
            Dialog::Several(_) => {}
        }
    }
    Ok(())
}
