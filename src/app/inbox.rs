//! `flightdeck inbox`: every source asked once, in parallel, and who is waited for by that.

use std::io::Write;

use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::inbox::Inbox;
use crate::cli::{Exit, Output};
use crate::runtime::{Ended, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say, wire};

pub(super) async fn main<W: Write>(
    global: &Global,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    if let Some(inert) = &setup.config.fleet.inert {
        say(format!("nothing is contacted: {inert}"));
    }
    let mut runtime = setup.runtime(false);
    wire::wire(&mut runtime, &setup);
    let asked = look::asked_once(Instant::now() + global.look());
    if run(&mut runtime, &mut Quiet, asked).await? == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let inbox = Inbox::of(runtime.store(), runtime.now());
    inbox.print(out)?;
    Ok(inbox.exit())
}
