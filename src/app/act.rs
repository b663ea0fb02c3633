//! The acting verbs from the shell: the same desk, guard, plan and executor as the cockpit's keys.

mod follow;
mod needs;
mod one;
mod proof;
mod several;
mod standing;
mod start;
mod study;
mod subject;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::cli::args::{
    ActArgs, DecideArgs, DoArgs, FollowArgs, Global, IncidentArgs, RunArgs, RunCommand, RunId,
};
use crate::cli::{Exit, Output, plan};
use crate::control::{INCIDENT, REASON, Request};
use crate::model::{Refusal, Report, Target, TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, action_id, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, pick, runs, say, wire};

use needs::Needs;
use subject::Wanted;

/// Refusals for which a source is to blame, and not the guard.
const UNREADABLE: [&str; 2] = ["engine unreadable", "github unreadable"];

/// A request, and what its flags name besides.
struct Ask {
    request: Request,
    wanted: Wanted,
    /// The repository that the address of its run names.
    repo: Option<String>,
    /// Whether it is asked for only where the one before it was carried out.
    follows: bool,
}

/// A request, its target, and what refuses it before anything is contacted.
type Known = (Ask, TargetSpec, Option<Refusal>);

impl Ask {
    fn plain(request: Request) -> Self {
        Self { request, wanted: Wanted::Plain, repo: None, follows: false }
    }

    fn of(request: Request, run: Option<&RunId>, wanted: Wanted) -> Self {
        let repo = run.and_then(|run| run.repo.clone());
        Self { request, wanted, repo, follows: false }
    }
}

/// How requests are carried out.
#[derive(Clone, Copy)]
struct How {
    dry_run: bool,
    wait: Option<Duration>,
}

impl From<&FollowArgs> for How {
    fn from(args: &FollowArgs) -> Self {
        Self { dry_run: args.dry_run, wait: args.wait }
    }
}

/// The verbs of their own.
pub(super) async fn main<W: Write>(
    global: &Global,
    verb: Verb,
    (args, open_issue): (&ActArgs, bool),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let mut targets = args.targets.clone();
    if let Some(group) = &args.group {
        match members(&setup, group) {
            Ok(members) => targets = members,
            Err(why) => {
                say(why);
                return Ok(Exit::Usage);
            }
        }
    }
    let mut asks: Vec<Ask> = Vec::new();
    for target in targets {
        if asks.iter().all(|ask| ask.request.target != target) {
            asks.push(Ask::plain(Request {
                full: args.full,
                to: args.to.clone(),
                force: args.force,
                reason: global.reason.clone(),
                skip_hooks: args.skip_hooks,
                verify: args.follow.verify,
                ..Request::new(target, verb)
            }));
        }
    }
    if open_issue {
        let [one] = asks.as_slice() else {
            say(
                "--open-issue tells of one target: name one, or open each with `flightdeck incident`",
            );
            return Ok(Exit::Usage);
        };
        let issue = Request {
            reason: global.reason.clone(),
            ..Request::action(one.request.target.clone(), INCIDENT)
        };
        asks.push(Ask { follows: true, ..Ask::plain(issue) });
    }
    carry_out(setup, global, asks, How::from(&args.follow), out).await
}

/// The targets of a group.
///
/// # Errors
/// When there are none, with the groups that there are.
fn members(setup: &Setup, group: &str) -> Result<Vec<Target>, String> {
    let all = &setup.config.fleet.targets;
    let of = all.iter().filter(|spec| spec.group.as_deref() == Some(group));
    let members: Vec<Target> = of.map(|spec| spec.target.clone()).collect();
    if !members.is_empty() {
        return Ok(members);
    }
    let groups: BTreeSet<&str> = all.iter().filter_map(|spec| spec.group.as_deref()).collect();
    let known = groups.into_iter().collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "none".to_owned() } else { known };
    Err(format!("no target's group is `{group}`; there are: {known}"))
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
    let how = How { dry_run: args.dry_run, wait: None };
    carry(global, vec![Ask::plain(request)], how, out).await
}

/// `flightdeck incident`.
pub(super) async fn incident<W: Write>(
    global: &Global,
    args: &IncidentArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let args =
        DoArgs { target: args.target.clone(), action: INCIDENT.into(), dry_run: args.dry_run };
    named(global, &args, out).await
}

/// `flightdeck approve` and `reject`.
pub(super) async fn decide<W: Write>(
    global: &Global,
    verb: Verb,
    (args, force): (&DecideArgs, bool),
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    if args.run.is_some() && args.targets.len() > 1 {
        say("--run names a run of one repository: name one target with it");
        return Ok(Exit::Usage);
    }
    let mut asks: Vec<Ask> = Vec::new();
    for target in &args.targets {
        if asks.iter().all(|ask| ask.request.target != *target) {
            let request = Request {
                force,
                reason: global.reason.clone(),
                verify: args.follow.verify,
                ..Request::new(target.clone(), verb)
            };
            asks.push(Ask::of(request, args.run.as_ref(), Wanted::decision(args)));
        }
    }
    carry(global, asks, How::from(&args.follow), out).await
}

/// `flightdeck run`.
pub(super) async fn of_runs<W: Write>(
    global: &Global,
    command: &RunCommand,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let request = |verb, target: &Target, follow: &FollowArgs| Request {
        reason: global.reason.clone(),
        verify: follow.verify,
        ..Request::new(target.clone(), verb)
    };
    let of = |verb, args: &RunArgs, wanted| {
        Ask::of(request(verb, &args.target, &args.follow), args.run.as_ref(), wanted)
    };
    let (ask, follow) = match command {
        RunCommand::List(args) => return runs::main(global, args, out).await,
        RunCommand::Pick(args) => return pick::main(global, args, out).await,
        RunCommand::Rerun(args) => {
            (of(Verb::Rerun, &args.of, Wanted::rerun(args)), &args.of.follow)
        }
        RunCommand::Cancel(args) => (of(Verb::Cancel, args, Wanted::run(args)), &args.follow),
        RunCommand::ForceCancel(args) => {
            (of(Verb::ForceCancel, args, Wanted::run(args)), &args.follow)
        }
        RunCommand::Dispatch(args) => {
            let subject = match args.subject() {
                Ok(subject) => Some(subject),
                Err(why) => {
                    say(why);
                    return Ok(Exit::Usage);
                }
            };
            let request = request(Verb::Dispatch, &args.target, &args.follow);
            (Ask::plain(Request { subject, ..request }), &args.follow)
        }
    };
    carry(global, vec![ask], How::from(follow), out).await
}

/// Carries requests out, one after the other; the worst of their exit codes.
async fn carry<W: Write>(
    global: &Global,
    asks: Vec<Ask>,
    how: How,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    match Setup::load(global) {
        Ok(setup) => carry_out(setup, global, asks, how, out).await,
        Err(exit) => Ok(exit),
    }
}

async fn carry_out<W: Write>(
    mut setup: Setup,
    global: &Global,
    asks: Vec<Ask>,
    how: How,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut known: Vec<Known> = Vec::new();
    for ask in asks {
        match spec_of(&setup, &ask) {
            Ok(spec) => {
                let refusal = beforehand(&setup, global, &spec, how);
                known.push((ask, spec, refusal));
            }
            Err(why) => {
                say(why);
                return Ok(Exit::Usage);
            }
        }
    }
    let together = several::are_together(&known);
    if together {
        several::stop(&mut known);
    }
    let wanted = known.iter().filter(|(.., refusal)| refusal.is_none());
    let targets: Vec<_> = wanted.clone().map(|(_, spec, _)| spec.target.clone()).collect();
    // what follows waits for nothing that the first does not
    let first = wanted.filter(|(ask, ..)| !ask.follows);
    let needs: Vec<Needs> = first.map(|(ask, spec, _)| Needs::of(spec, &ask.request)).collect();
    if targets.is_empty() {
        let mut worst = Exit::Done;
        for (ask, _, refusal) in &known {
            let refusals = refusal.iter().cloned().collect();
            worst = worst.or(refused(&ask.request, refusals, out)?);
        }
        return Ok(worst);
    }
    let read = if needs.contains(&Needs::All) {
        wire::with_before(&setup.config, &targets)
    } else {
        // to go back waits for no engine but its own
        targets
    };
    wire::narrow_to_ask(&mut setup.config, &read);
    let mut runtime = if how.dry_run { setup.dry_runtime() } else { setup.runtime(false) };
    let hosts = wire::wire_to_act(&mut runtime, &setup).hosts;
    if !ready(&mut runtime, needs, global.look()).await? {
        return Ok(Exit::Interrupted);
    }
    let mut worst = Exit::Done;
    if together {
        let known = std::mem::take(&mut known);
        let act = several::act(&mut runtime, &hosts, (global, known, how), out);
        worst = Box::pin(act).await?;
    }
    for (ask, spec, refusal) in known {
        if ask.follows && matches!(worst, Exit::Refused | Exit::Failed) {
            continue;
        }
        let follows = ask.follows;
        let exit = if let Some(refusal) = refusal {
            refused(&ask.request, vec![refusal], out)?
        } else {
            let act = one::act(&mut runtime, &hosts, (global, &spec, ask, how), out);
            Box::pin(act).await?
        };
        // what is told besides does not change what was done
        match exit {
            Exit::Refused | Exit::Failed | Exit::Unknown if follows => say(one::UNTOLD),
            exit => worst = worst.or(exit),
        }
        if exit == Exit::Interrupted {
            break;
        }
    }
    for record in runtime.take_unwritten() {
        say(serde_json::to_string(&record)?);
    }
    Ok(worst)
}

/// The target of a request.
///
/// # Errors
/// What cannot be meant.
fn spec_of(setup: &Setup, ask: &Ask) -> Result<TargetSpec, String> {
    let target = &ask.request.target;
    let mut specs = setup.config.fleet.targets.iter();
    let Some(spec) = specs.find(|spec| spec.target == *target) else {
        return Err(look::unknown_target(target, setup));
    };
    if let Some(name) = &ask.request.name
        && name != INCIDENT
        && !spec.actions.iter().any(|action| action.name == *name)
    {
        let known: Vec<&str> = spec.actions.iter().map(|action| action.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(format!("`{name}` is no action of {target}; there are: {known}"));
    }
    if let Some(repo) = &ask.repo
        && !spec.repo.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(repo))
    {
        let own = spec.repo.as_deref().unwrap_or("none");
        return Err(format!("that is a run of {repo}; the repository of {target} is {own}"));
    }
    Ok(spec.clone())
}

/// What refuses a request before anything is contacted.
fn beforehand(setup: &Setup, global: &Global, spec: &TargetSpec, how: How) -> Option<Refusal> {
    let blank = global.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    if global.yes && spec.production && blank {
        return Some(Refusal::new(REASON, one::UNEXPLAINED));
    }
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !(global.yes || how.dry_run || terminal) {
        let reason = "nobody can confirm: no terminal, and no --yes";
        return Some(Refusal::new("confirmation", reason));
    }
    let read_only = setup.config.fleet.read_only;
    read_only.then(|| Refusal::new("read-only", "this flightdeck is read-only"))
}

/// Reads until every need is met, or the time is over. False: interrupted.
async fn ready(
    runtime: &mut Runtime,
    needs: Vec<Needs>,
    timeout: Duration,
) -> color_eyre::Result<bool> {
    let looked = Instant::now();
    let deadline = looked + timeout;
    let ready = move |runtime: &mut Runtime| {
        let met = |runtime: &Runtime| needs.iter().all(|needs| needs.are_met(runtime, looked));
        let enough = runtime.journal_read() && met(runtime);
        (enough || Instant::now() >= deadline).then_some(())
    };
    Ok(run(runtime, &mut Quiet, ready).await? == Ended::Answered(()))
}

fn refused<W: Write>(
    request: &Request,
    refusals: Vec<Refusal>,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let unreadable = |refusal: &Refusal| UNREADABLE.contains(&refusal.gate.as_str());
    let silent = refusals.iter().all(unreadable);
    let (target, verb) = (request.target.clone(), request.verb);
    let report = Report {
        name: request.name.clone(),
        ..Report::refused(action_id(), target, verb, refusals)
    };
    plan::print_report(&report, out)?;
    // the guard would let it go; it is what it stands on that cannot be read
    Ok(if silent { Exit::Failed } else { Exit::Refused })
}
