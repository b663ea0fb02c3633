//! The acting verbs from the shell: the same desk, guard, plan and executor as the cockpit's keys.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::cli::args::{ActArgs, Global};
use crate::cli::{Exit, Output, plan};
use crate::control::{Answer, Challenge, Confirmation, Dialog, Intent, Request, assess};
use crate::model::{ActionId, Outcome, Phase, Refusal, Report, Target, Verb};
use crate::runtime::{Ended, Runtime, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say, wire};

/// How long a rollback waits for health checks to name the revisions, once the engine has answered.
const NAMING: Duration = Duration::from_secs(2);

/// What a run of the loop found on the desk.
enum Found {
    Refused(Vec<Refusal>),
    Confirm(Box<Confirmation>),
    Report(Box<Report>),
}

pub(super) async fn main<W: Write>(
    global: &Global,
    verb: Verb,
    args: &ActArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let target = &args.target;
    let Some(spec) = setup.config.fleet.targets.iter().find(|spec| spec.target == *target) else {
        say(look::unknown_target(target, &setup));
        return Ok(Exit::Usage);
    };
    let blank = global.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    if global.yes && spec.production && blank && !args.dry_run {
        let reason = "--yes in production needs a --reason that is not blank";
        return refused(target, verb, vec![Refusal::new("reason", reason)], out);
    }
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !(global.yes || args.dry_run || terminal) {
        let reason = "nobody can confirm: no terminal, and no --yes";
        return refused(target, verb, vec![Refusal::new("confirmation", reason)], out);
    }
    if setup.config.fleet.read_only {
        let reason = "this flightdeck is read-only";
        return refused(target, verb, vec![Refusal::new("read-only", reason)], out);
    }
    wire::narrow(&mut setup.config, std::slice::from_ref(target));
    let mut runtime = setup.runtime(false);
    wire::wire(&mut runtime, &setup.config, &setup.clock);
    let exit = act(&mut runtime, global, verb, args, out).await?;
    for record in runtime.take_unwritten() {
        say(serde_json::to_string(&record)?);
    }
    Ok(exit)
}

fn refused<W: Write>(
    target: &Target,
    verb: Verb,
    refusals: Vec<Refusal>,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let engine = refusals.iter().all(|refusal| refusal.gate == "engine unreadable");
    let report = Report::refused(ActionId(String::new()), target.clone(), verb, refusals);
    plan::print_report(&report, out)?;
    // the guard would let it go; it is the engine that cannot be read
    Ok(if engine { Exit::Failed } else { Exit::Refused })
}

async fn act<W: Write>(
    runtime: &mut Runtime,
    global: &Global,
    verb: Verb,
    args: &ActArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let looked = Instant::now();
    let deadline = looked + global.timeout;
    let target = args.target.clone();
    let ready = move |runtime: &mut Runtime| {
        let enough = match verb {
            // a reading may answer an open question, which is then not in the way
            Verb::Promote => runtime.all_asked() && runtime.settled(),
            Verb::Rollback => {
                let named = looked.elapsed() >= NAMING || runtime.asked("health");
                runtime.asked("engine") && named
            }
            _ => runtime.journal_read(),
        };
        (runtime.journal_read() && enough || Instant::now() >= deadline).then_some(())
    };
    if run(runtime, &mut Quiet, ready).await? != Ended::Answered(()) {
        return Ok(Exit::Interrupted);
    }
    let request = Request {
        full: args.full,
        to: args.to.clone(),
        force: args.force,
        reason: global.reason.clone(),
        skip_hooks: args.skip_hooks,
        verify: args.verify,
        ..Request::new(target.clone(), verb)
    };
    runtime.intend(Intent::Ask(request));
    let confirmation = match on_desk(runtime) {
        Some(Found::Confirm(confirmation)) => confirmation,
        Some(Found::Refused(refusals)) => return refused(&target, verb, refusals, out),
        _ => return Ok(Exit::Bug),
    };
    if args.dry_run {
        plan::print_dry_run(&confirmation.plan, out)?;
        return Ok(Exit::Done);
    }
    let answer = if global.yes {
        Answer::Yes
    } else {
        let Some(answer) = prompt(runtime, &confirmation).await? else {
            let refusals = vec![Refusal::new("confirmation", "not confirmed")];
            return refused(&target, verb, refusals, out);
        };
        answer
    };
    runtime.intend(Intent::Answer(answer));
    let over = |runtime: &mut Runtime| match runtime.take_finished().pop() {
        Some(report) => Some(Found::Report(Box::new(report))),
        None => on_desk(runtime),
    };
    let report = match run(runtime, &mut Quiet, over).await? {
        Ended::Answered(Found::Report(report)) => report,
        Ended::Answered(Found::Refused(refusals)) => return refused(&target, verb, refusals, out),
        Ended::Answered(Found::Confirm(_)) => {
            let reason = "the target moved since it was confirmed; look again and ask anew";
            return refused(&target, verb, vec![Refusal::new("moved", reason)], out);
        }
        Ended::Quit | Ended::Interrupted => return Ok(Exit::Interrupted),
    };
    plan::print_report(&report, out)?;
    out.flush()?;
    let exit = Exit::of(report.outcome);
    match args.wait {
        Some(wait) if exit == Exit::Done => follow(runtime, &target, verb, wait, out).await,
        _ => Ok(exit),
    }
}

/// What lies on the desk, if it is more than waiting.
fn on_desk(runtime: &mut Runtime) -> Option<Found> {
    match runtime.desk().dialog()? {
        Dialog::Refused { refusals, .. } => Some(Found::Refused(refusals.clone())),
        Dialog::Confirm { confirmation, .. } => {
            Some(Found::Confirm(Box::new(confirmation.clone())))
        }
        Dialog::Rereading { .. } | Dialog::Following { .. } => None,
    }
}

/// Shows the plan on stderr and reads one line from the terminal, while the loop goes on.
async fn prompt(
    runtime: &mut Runtime,
    confirmation: &Confirmation,
) -> color_eyre::Result<Option<Answer>> {
    let mut terminal = Output::new(io::stderr(), crate::cli::Format::Table);
    plan::print_plan(&confirmation.plan, &mut terminal)?;
    let question = crate::text::clean(&plan::prompt(confirmation));
    write!(io::stderr(), "{question}")?;
    io::stderr().flush()?;
    let (sender, mut line) = tokio::sync::oneshot::channel();
    // not spawn_blocking: a read from a terminal may never end, and must not hold the program's end up
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _ = sender.send(read.map(|_| line).unwrap_or_default());
    });
    let typed = |_: &mut Runtime| line.try_recv().ok();
    let Ended::Answered(line) = run(runtime, &mut Quiet, typed).await? else { return Ok(None) };
    let line = line.trim();
    Ok(match confirmation.challenge {
        Challenge::Key if line == "yes" => Some(Answer::Yes),
        Challenge::Name if line == confirmation.plan.target.as_str() => {
            Some(Answer::Name(line.to_owned()))
        }
        _ => None,
    })
}

/// `--wait`: follows the rollout to the end of its phase.
async fn follow<W: Write>(
    runtime: &mut Runtime,
    target: &Target,
    verb: Verb,
    wait: Duration,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let deadline = Instant::now() + wait;
    let (place, acted) = (target.clone(), verb);
    let settled = move |runtime: &mut Runtime| {
        if Instant::now() >= deadline {
            return Some(None);
        }
        let seen = assess(runtime.store(), &place, runtime.now())?;
        let open = runtime.store().target(&place)?.ledger.last()?.report.as_ref()?.outcome;
        let moving = matches!(
            seen.phase?,
            Phase::Progressing | Phase::RollingBack | Phase::Soaking | Phase::Unknown
        );
        let ended = if acted == Verb::Rollback { open == Outcome::Seen } else { !moving };
        (ended && open == Outcome::Seen).then_some(seen.phase)
    };
    let Ended::Answered(phase) = run(runtime, &mut Quiet, settled).await? else {
        return Ok(Exit::Interrupted);
    };
    let Some(phase) = phase else {
        say(format!("{target}: not settled within the time given to --wait"));
        return Ok(Exit::Unknown);
    };
    if out.format != crate::cli::Format::Json {
        out.line(format!("{target}: {}", phase.word()))?;
    }
    let wanted = match phase {
        Phase::Degraded => false,
        Phase::RolledBack => verb == Verb::Rollback,
        _ => true,
    };
    Ok(if wanted { Exit::Done } else { Exit::No })
}
