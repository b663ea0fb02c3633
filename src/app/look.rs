//! `flightdeck status`: every source asked once, in parallel, and what that says.

use std::io::Write;

use tokio::time::Instant;

use crate::cli::args::{Global, StatusArgs};
use crate::cli::status::Status;
use crate::cli::{Exit, Output};
use crate::runtime::{Ended, Runtime, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{say, wire};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &StatusArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    for target in &args.targets {
        if !setup.config.fleet.targets.iter().any(|spec| spec.target == *target) {
            say(unknown_target(target, &setup));
            return Ok(Exit::Usage);
        }
    }
    let read = wire::with_before(&setup.config, &args.targets);
    wire::narrow(&mut setup.config, &read);
    if let Some(inert) = &setup.config.fleet.inert {
        say(format!("nothing is contacted: {inert}"));
    }
    let mut runtime = setup.runtime(false);
    wire::wire(&mut runtime, &setup);
    let ended = run(&mut runtime, &mut Quiet, asked_once(Instant::now() + global.look())).await?;
    if ended == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let status = Status::of(runtime.store(), &args.targets, runtime.now());
    status.print(args.gates, out)?;
    out.flush()?;
    if args.watch {
        return follow(&mut runtime, args, out).await;
    }
    Ok(status.overall.into())
}

/// True when every feed has been asked once and what that answered is written down, or the time is over.
pub(super) fn asked_once(deadline: Instant) -> impl FnMut(&mut Runtime) -> Option<()> {
    move |runtime| {
        (runtime.all_asked() && runtime.settled() || Instant::now() >= deadline).then_some(())
    }
}

/// What to say of a target that is not in the configuration.
pub(super) fn unknown_target(target: &crate::model::Target, setup: &Setup) -> String {
    let known: Vec<&str> =
        setup.config.fleet.targets.iter().map(|spec| spec.target.as_str()).collect();
    let origin = &setup.config.fleet.origin;
    format!("{target} is not in {origin}; there are {}", known.join(", "))
}

/// Prints again whenever something other than an age has changed, once a second at most.
async fn follow<W: Write>(
    runtime: &mut Runtime,
    args: &StatusArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut shown = String::new();
    loop {
        let wake = Instant::now() + std::time::Duration::from_secs(1);
        let tick = move |_: &mut Runtime| (Instant::now() >= wake).then_some(());
        if run(runtime, &mut Quiet, tick).await? != Ended::Answered(()) {
            return Ok(Exit::Interrupted);
        }
        let status = Status::of(runtime.store(), &args.targets, runtime.now());
        let digest = status.digest();
        if digest != shown {
            if !shown.is_empty() {
                status.print(args.gates, out)?;
                out.flush()?;
            }
            shown = digest;
        }
    }
}
