//! `flightdeck run pick`: which run an open action started, where several may be it. Sends nothing: what is
//! said goes into the journal, and from then on that run is followed.

use std::io::Write;

use tokio::time::Instant;

use crate::cli::args::{Global, PickArgs};
use crate::cli::{Exit, Output};
use crate::control::{Intent, candidates};
use crate::runtime::{Ended, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say, wire};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &PickArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    if !setup.config.fleet.targets.iter().any(|spec| spec.target == args.target) {
        say(look::unknown_target(&args.target, &setup));
        return Ok(Exit::Usage);
    }
    if setup.config.fleet.read_only {
        say("refused by read-only: this flightdeck is read-only");
        return Ok(Exit::Refused);
    }
    wire::narrow(&mut setup.config, std::slice::from_ref(&args.target));
    let mut runtime = setup.runtime(false);
    wire::wire_to_act(&mut runtime, &setup);
    let asked = look::asked_once(Instant::now() + global.look());
    if run(&mut runtime, &mut Quiet, asked).await? == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let store = runtime.store();
    let found = store.target(&args.target).and_then(|state| {
        let mut open = state.ledger.open().map(|(entry, _)| entry);
        open.find_map(|entry| {
            let runs = candidates(store, state, entry);
            (!runs.is_empty()).then(|| (entry.plan.clone(), runs))
        })
    });
    let Some((plan, runs)) = found else {
        say(format!("refused: no open action of {} may have started several runs", args.target));
        return Ok(Exit::Refused);
    };
    let listed: Vec<String> = runs.iter().map(ToString::to_string).collect();
    let wanted = args.run.as_ref().map(|run| run.id).filter(|id| runs.contains(id));
    let Some(id) = wanted else {
        out.line(format!(
            "{}: one of the runs {}; say which with --run",
            plan.what(),
            listed.join(", ")
        ))?;
        return Ok(Exit::Refused);
    };
    runtime.intend(Intent::Pick(plan.action.clone(), id));
    let deadline = Instant::now() + global.look();
    let kept = |runtime: &mut crate::runtime::Runtime| {
        (runtime.settled() || Instant::now() >= deadline).then(|| runtime.settled())
    };
    match run(&mut runtime, &mut Quiet, kept).await? {
        Ended::Answered(true) => {
            out.line(format!("{} started run {id}: it is followed from now on", plan.what()))?;
            Ok(Exit::Done)
        }
        Ended::Answered(false) => {
            say("the journal could not be written; nothing is known of it");
            Ok(Exit::Failed)
        }
        Ended::Quit | Ended::Interrupted => Ok(Exit::Interrupted),
    }
}
