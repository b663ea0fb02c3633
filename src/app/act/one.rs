//! One request from the desk to its end: what its flags name is found, it is planned, confirmed, carried
//! out and reported.

use std::io::{self, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::{Exit, Format, Output, plan};
use crate::control::{
    Answer, Assessment, Challenge, Confirmation, Dialog, Intent, Proven, REASON, Request, assess,
    deploys, guard, hold_scope,
};
use crate::model::{Outcome, Refusal, Report, TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, run};

use super::super::quiet::Quiet;
use super::super::reading::Hosts;
use super::super::say;
use super::study::study;
use super::subject::{self, Missed};
use super::{Ask, How, follow, proof, refused, standing};

/// What a run of the loop found on the desk.
enum Found {
    Refused(Vec<Refusal>),
    Confirm(Box<Confirmation>),
    Report(Box<Report>),
}

/// What is said where an issue was asked for besides, and is not known to be there.
pub(super) const UNTOLD: &str = "the issue is not known to be open, and what was done before stands; look at GitHub, then open one with `flightdeck incident`";

/// What refuses a yes without a reason.
pub(super) const UNEXPLAINED: &str = "--yes in production needs a --reason that is not blank";

/// How long what was journaled may take to be read back.
const READ_BACK: Duration = Duration::from_secs(2);

pub(super) async fn act<W: Write>(
    runtime: &mut Runtime,
    hosts: &Hosts,
    (global, spec, ask, how): (&Global, &TargetSpec, Ask, How),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let Ask { mut request, wanted, follows, .. } = ask;
    if follows && !read_back(runtime, &request).await? {
        return Ok(Exit::Interrupted);
    }
    let find = subject::find(runtime, hosts, spec, &mut request, &wanted);
    match Box::pin(find).await {
        Ok(()) => {}
        Err(Missed::No(refusal)) => {
            // nothing may be left to ask for because somebody is at it
            let mut refusals = guard(runtime.store(), &request, runtime.now());
            refusals.retain(|refusal| refusal.gate == "in flight");
            refusals.push(refusal);
            return refused(&request, refusals, out);
        }
        Err(Missed::Fault(text)) => {
            return refused(&request, vec![Refusal::new("github unreadable", text)], out);
        }
        Err(Missed::Interrupted) => return Ok(Exit::Interrupted),
    }
    if !study(runtime, spec, &request).await? {
        return Ok(Exit::Interrupted);
    }
    runtime.intend(Intent::Ask(request.clone()));
    let confirmation = match on_desk(runtime) {
        Some(Found::Confirm(confirmation)) => confirmation,
        Some(Found::Refused(refusals)) => return refused(&request, refusals, out),
        _ => return Ok(Exit::Bug),
    };
    if global.yes
        && let Some(production) = &confirmation.instead
        && request.reason.as_ref().is_none_or(|reason| reason.trim().is_empty())
    {
        let reason = format!("{UNEXPLAINED}; it moves {production} too");
        return refused(&request, vec![Refusal::new(REASON, reason)], out);
    }
    if how.dry_run {
        let seen = seen(runtime, &confirmation.request);
        plan::print_dry_run(&confirmation.plan, seen.as_ref(), out)?;
        return Ok(Exit::Done);
    }
    let answer = if global.yes {
        warn(&confirmation);
        Answer::Yes
    } else {
        match prompt(runtime, &confirmation).await? {
            Ended::Answered(Some(answer)) => answer,
            Ended::Answered(None) => {
                let refusals = vec![Refusal::new("confirmation", "not confirmed")];
                return refused(&request, refusals, out);
            }
            Ended::Quit | Ended::Interrupted => return Ok(Exit::Interrupted),
        }
    };
    runtime.intend(Intent::Answer(answer));
    let over = |runtime: &mut Runtime| match runtime.take_finished().pop() {
        Some(report) => Some(Found::Report(Box::new(report))),
        None => on_desk(runtime),
    };
    let mut report = match run(runtime, &mut Quiet, over).await? {
        Ended::Answered(Found::Report(report)) => *report,
        Ended::Answered(Found::Refused(refusals)) => return refused(&request, refusals, out),
        Ended::Answered(Found::Confirm(_)) => {
            let reason = "the target moved since it was confirmed; look again and ask anew";
            return refused(&request, vec![Refusal::new("moved", reason)], out);
        }
        Ended::Quit | Ended::Interrupted => {
            // what was sent is said, whoever wants to leave
            match runtime.take_finished().pop() {
                Some(report) => tell(runtime, spec, &request, (&report, &[]), out)?,
                None => say(format!(
                    "interrupted: nothing is known to have been sent; `flightdeck status {}` tells what is",
                    request.target
                )),
            }
            return Ok(Exit::Interrupted);
        }
    };
    if follows && Exit::of(report.outcome) != Exit::Done {
        report.notes.push(UNTOLD.to_owned());
    }
    conclude(runtime, hosts, (spec, &request, report), how.wait, out).await
}

/// Waits until the journal shows the end of what was just done, which is in flight until then. False:
/// interrupted.
async fn read_back(runtime: &mut Runtime, request: &Request) -> io::Result<bool> {
    let deadline = Instant::now() + READ_BACK;
    let over = |runtime: &mut Runtime| {
        let state = runtime.store().target(&request.target);
        let busy = state.is_some_and(|state| state.ledger.in_flight().next().is_some());
        (!busy || Instant::now() >= deadline).then_some(())
    };
    Ok(run(runtime, &mut Quiet, over).await? == Ended::Answered(()))
}

/// Tells what became of an action, and follows it to its end for `wait` where that is wanted.
pub(super) async fn conclude<W: Write>(
    runtime: &mut Runtime,
    hosts: &Hosts,
    (spec, request, mut report): (&TargetSpec, &Request, Report),
    wait: Option<Duration>,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let stands = standing::of_its_run(hosts, spec, &report, wait.is_some()).await;
    report.notes.extend(stands);
    if request.verb == Verb::Hold && report.outcome == Outcome::Seen {
        report.notes.push(hold_scope(runtime.store()).into());
    }
    let exit = Exit::of(report.outcome);
    let Some(wait) = wait.filter(|_| exit == Exit::Done) else {
        tell(runtime, spec, request, (&report, &[]), out)?;
        return Ok(exit);
    };
    let deadline = Instant::now() + wait;
    // one object tells all of it, so JSON comes when that is known
    let at_once = out.format != Format::Json;
    if at_once {
        tell(runtime, spec, request, (&report, &[]), out)?;
        out.flush()?;
    }
    let (mut exit, text) = follow::follow(runtime, hosts, (spec, request, &report), wait).await?;
    if let Some(text) = text {
        if at_once {
            out.line(format!("{}: {text}", spec.target))?;
        }
        report.notes.push(text);
    }
    let mut proof = Vec::new();
    if request.verb == Verb::Rollback && exit == Exit::Done {
        let said = at_once.then_some(&mut *out);
        (exit, proof) = proof::wait(runtime, &spec.target, deadline, said).await?;
    }
    if !at_once {
        tell(runtime, spec, request, (&report, &proof), out)?;
    }
    Ok(exit)
}

/// Prints what became of it, and where its runs are to be seen.
pub(super) fn tell<W: Write>(
    runtime: &Runtime,
    spec: &TargetSpec,
    request: &Request,
    (report, proof): (&Report, &[Proven]),
    out: &mut Output<W>,
) -> io::Result<()> {
    plan::print_followed(report, proof, out)?;
    if !request.verb.is_of_runs() {
        return Ok(());
    }
    let repo = runtime.store().repo_of(spec);
    let mut runs: Vec<u64> = report.steps.iter().filter_map(|step| step.github_run).collect();
    runs.dedup();
    for id in runs {
        let known = repo.and_then(|repo| repo.run(id));
        plan::print_run(id, known.map(|run| run.url.as_str()), out)?;
    }
    Ok(())
}

/// What is decided about the target of a request that deploys.
pub(super) fn seen(runtime: &Runtime, request: &Request) -> Option<Assessment> {
    let seen = assess(runtime.store(), &request.target, runtime.now());
    seen.filter(|_| deploys(runtime.store(), request))
}

/// What lies on the desk, if it is more than waiting.
fn on_desk(runtime: &mut Runtime) -> Option<Found> {
    match runtime.desk().dialog()? {
        Dialog::Refused { refusals, .. } => Some(Found::Refused(refusals.clone())),
        Dialog::Confirm { confirmation, .. } => {
            Some(Found::Confirm(Box::new(confirmation.clone())))
        }
        // under way, or not the shell's
        _ => None,
    }
}

/// Says on stderr what a plan says beside itself, where nobody is asked.
pub(super) fn warn(confirmation: &Confirmation) {
    for note in &confirmation.plan.notes {
        say(format!("{}: {note}", confirmation.plan.target));
    }
}

/// Shows the plan on stderr and asks for its answer.
async fn prompt(
    runtime: &mut Runtime,
    confirmation: &Confirmation,
) -> color_eyre::Result<Ended<Option<Answer>>> {
    let mut terminal = Output::new(io::stderr(), Format::Table);
    let seen = seen(runtime, &confirmation.request);
    plan::print_plan(&confirmation.plan, seen.as_ref(), &mut terminal)?;
    let line = match typed(runtime, &plan::prompt(confirmation)).await? {
        Ended::Answered(line) => line,
        Ended::Quit => return Ok(Ended::Quit),
        Ended::Interrupted => return Ok(Ended::Interrupted),
    };
    let line = line.trim();
    Ok(Ended::Answered(match confirmation.challenge {
        Challenge::Key if line == "yes" => Some(Answer::Yes),
        Challenge::Name if line == confirmation.typed().as_str() => {
            Some(Answer::Name(line.to_owned()))
        }
        _ => None,
    }))
}

/// Asks on stderr and reads one line from the terminal, while the loop goes on.
pub(super) async fn typed(
    runtime: &mut Runtime,
    question: &str,
) -> color_eyre::Result<Ended<String>> {
    write!(io::stderr(), "{}", crate::text::clean(question))?;
    io::stderr().flush()?;
    let (sender, mut line) = tokio::sync::oneshot::channel();
    // not spawn_blocking: a read from a terminal may never end, and must not hold the program's end up
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _ = sender.send(read.map(|_| line).unwrap_or_default());
    });
    Ok(run(runtime, &mut Quiet, |_: &mut Runtime| line.try_recv().ok()).await?)
}
