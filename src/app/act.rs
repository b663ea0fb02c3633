//! The acting verbs from the shell: the same desk, guard, plan and executor as the cockpit's keys.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::cli::args::{ActArgs, DoArgs, Global};
use crate::cli::{Exit, Output, plan};
use crate::control::{Answer, Challenge, Confirmation, Dialog, Intent, Request, assess};
use crate::model::{Outcome, Phase, Refusal, Report, Target, TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, action_id, run};

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

/// The verbs of their own.
pub(super) async fn main<W: Write>(
    global: &Global,
    verb: Verb,
    args: &ActArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let request = Request {
        full: args.full,
        to: args.to.clone(),
        force: args.force,
        reason: global.reason.clone(),
        skip_hooks: args.note.skip_hooks,
        verify: args.note.verify,
        ..Request::new(args.note.target.clone(), verb)
    };
    carry(global, &request, (args.note.dry_run, args.note.wait), out).await
}

/// `flightdeck do`.
pub(super) async fn named<W: Write>(
    global: &Global,
    args: &DoArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let request = Request {
        reason: global.reason.clone(),
        ..Request::action(args.target.clone(), &args.action)
    };
    carry(global, &request, (args.dry_run, None), out).await
}

async fn carry<W: Write>(
    global: &Global,
    request: &Request,
    (dry_run, wait): (bool, Option<Duration>),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let target = &request.target;
    let Some(spec) = setup.config.fleet.targets.iter().find(|spec| spec.target == *target) else {
        say(look::unknown_target(target, &setup));
        return Ok(Exit::Usage);
    };
    let spec = spec.clone();
    if let Some(name) = &request.name
        && !spec.actions.iter().any(|action| action.name == *name)
    {
        let known: Vec<&str> = spec.actions.iter().map(|action| action.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        say(format!("`{name}` is no action of {target}; there are: {known}"));
        return Ok(Exit::Usage);
    }
    let blank = global.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    if global.yes && spec.production && blank && !dry_run {
        let reason = "--yes in production needs a --reason that is not blank";
        return refused(request, vec![Refusal::new("reason", reason)], out);
    }
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !(global.yes || dry_run || terminal) {
        let reason = "nobody can confirm: no terminal, and no --yes";
        return refused(request, vec![Refusal::new("confirmation", reason)], out);
    }
    if setup.config.fleet.read_only {
        let reason = "this flightdeck is read-only";
        return refused(request, vec![Refusal::new("read-only", reason)], out);
    }
    wire::narrow(&mut setup.config, std::slice::from_ref(target));
    let mut runtime = setup.runtime(false);
    wire::wire(&mut runtime, &setup.config, &setup.clock);
    let needs = Needs::of(&spec, request);
    let exit = act(&mut runtime, (global, request, needs), (dry_run, wait), out).await?;
    for record in runtime.take_unwritten() {
        say(serde_json::to_string(&record)?);
    }
    Ok(exit)
}

fn refused<W: Write>(
    request: &Request,
    refusals: Vec<Refusal>,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let engine = refusals.iter().all(|refusal| refusal.gate == "engine unreadable");
    let (target, verb) = (request.target.clone(), request.verb);
    let report = Report {
        name: request.name.clone(),
        ..Report::refused(action_id(), target, verb, refusals)
    };
    plan::print_report(&report, out)?;
    // the guard would let it go; it is the engine that cannot be read
    Ok(if engine { Exit::Failed } else { Exit::Refused })
}

/// What must have been read before a request can be planned; the journal always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing more.
    Journal,
    /// The engine.
    Engine,
    /// The engine, and the health checks that name the revisions if they do it in time.
    Names,
    /// Every source; a reading may answer an open question, which is then not in the way.
    All,
}

impl Needs {
    fn of(spec: &TargetSpec, request: &Request) -> Self {
        let named = spec.actions.iter().find(|action| Some(&action.name) == request.name.as_ref());
        let sends = spec.rollout.as_ref().is_some_and(|rollout| rollout.sends_pause);
        match request.verb {
            Verb::Promote => Self::All,
            Verb::Rollback => Self::Names,
            Verb::Pause | Verb::Resume if sends => Self::Engine,
            Verb::Do if named.is_some_and(|action| action.program.mentions("revision")) => {
                Self::Names
            }
            Verb::Do if named.is_some_and(|action| action.program.mentions("weight")) => {
                Self::Engine
            }
            _ => Self::Journal,
        }
    }

    fn are_met(self, runtime: &Runtime, looked: Instant) -> bool {
        let named = || looked.elapsed() >= NAMING || runtime.asked("health");
        match self {
            Self::Journal => true,
            Self::Engine => runtime.asked("engine"),
            Self::Names => runtime.asked("engine") && named(),
            Self::All => runtime.all_asked() && runtime.settled(),
        }
    }
}

async fn act<W: Write>(
    runtime: &mut Runtime,
    (global, request, needs): (&Global, &Request, Needs),
    (dry_run, wait): (bool, Option<Duration>),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let looked = Instant::now();
    let deadline = looked + global.timeout;
    let ready = move |runtime: &mut Runtime| {
        let enough = runtime.journal_read() && needs.are_met(runtime, looked);
        (enough || Instant::now() >= deadline).then_some(())
    };
    if run(runtime, &mut Quiet, ready).await? != Ended::Answered(()) {
        return Ok(Exit::Interrupted);
    }
    runtime.intend(Intent::Ask(request.clone()));
    let confirmation = match on_desk(runtime) {
        Some(Found::Confirm(confirmation)) => confirmation,
        Some(Found::Refused(refusals)) => return refused(request, refusals, out),
        _ => return Ok(Exit::Bug),
    };
    if dry_run {
        plan::print_dry_run(&confirmation.plan, out)?;
        return Ok(Exit::Done);
    }
    let answer = if global.yes {
        Answer::Yes
    } else {
        let Some(answer) = prompt(runtime, &confirmation).await? else {
            let refusals = vec![Refusal::new("confirmation", "not confirmed")];
            return refused(request, refusals, out);
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
        Ended::Answered(Found::Refused(refusals)) => return refused(request, refusals, out),
        Ended::Answered(Found::Confirm(_)) => {
            let reason = "the target moved since it was confirmed; look again and ask anew";
            return refused(request, vec![Refusal::new("moved", reason)], out);
        }
        Ended::Quit | Ended::Interrupted => return Ok(Exit::Interrupted),
    };
    plan::print_report(&report, out)?;
    out.flush()?;
    let exit = Exit::of(report.outcome);
    match wait {
        Some(wait) if exit == Exit::Done => {
            follow(runtime, &request.target, request.verb, wait, out).await
        }
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
        Dialog::Rereading { .. } | Dialog::Following { .. } | Dialog::Several(_) => None,
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
