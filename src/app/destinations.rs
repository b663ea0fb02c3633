//! `flightdeck destinations`: every source of one target asked once, in parallel, and where that says a
//! rollback can go.

use std::io::Write;

use tokio::time::Instant;

use crate::cli::args::{DestinationsArgs, Global};
use crate::cli::destinations::Destinations;
use crate::cli::{Exit, Output};
use crate::runtime::{Ended, Runtime, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say, wire};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &DestinationsArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let target = args.target.clone();
    let mut specs = setup.config.fleet.targets.iter();
    let Some(spec) = specs.find(|spec| spec.target == target) else {
        say(look::unknown_target(&target, &setup));
        return Ok(Exit::Usage);
    };
    let is_moved = spec.rollout.is_some();
    if let Some(inert) = &setup.config.fleet.inert {
        say(format!("nothing is contacted: {inert}"));
    }
    wire::narrow(&mut setup.config, std::slice::from_ref(&target));
    let mut runtime = setup.runtime(false);
    wire::wire(&mut runtime, &setup);
    let deadline = Instant::now() + global.look();
    let mut asked = look::asked_once(deadline);
    let known = |runtime: &mut Runtime| {
        asked(runtime)?;
        (!runtime.study(&args.target, None) || Instant::now() >= deadline).then_some(())
    };
    if run(&mut runtime, &mut Quiet, known).await? == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let found = Destinations::of(runtime.store(), &target, runtime.now());
    found.print(out)?;
    if !is_moved {
        say(format!("{target}: no engine is configured; nothing could go back anywhere"));
        return Ok(Exit::Refused);
    }
    Ok(found.exit())
}
