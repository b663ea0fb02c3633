//! `flightdeck demo`: the cockpit on the embedded world. Ignores the user's configuration, tokens and
//! trust, and keeps its journal in the world's own temporary folder.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::cli::args::{DemoArgs, Global};
use crate::cli::{Exit, Output};
use crate::config::{self, Config, Env, Paths};
use crate::demo::{Options, Running, start};
use crate::runtime::SystemClock;

use super::setup::{Setup, operator};
use super::{cockpit, say};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &DemoArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let scenario = match args.scenario.parse() {
        Ok(scenario) => scenario,
        Err(error) => {
            say(error);
            return Ok(Exit::Usage);
        }
    };
    let options = Options { scenario, speed: args.speed, seed: args.seed };
    let clock = Arc::new(SystemClock);
    let world = match start(options, clock.clone()).await {
        Ok(world) => world,
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            say(error.to_string());
            return Ok(Exit::Usage);
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(folder) = &args.serve {
        return serve(&world, folder, out).await;
    }
    let config = match parse(&world) {
        Ok(config) => config,
        Err(exit) => return Ok(exit),
    };
    let directory = world.directory().to_owned();
    let setup = Setup {
        config: read_only(config, global),
        paths: Paths { config_dir: directory.clone(), state_dir: directory },
        operator: operator(&Env::of_process()),
        clock,
    };
    cockpit::show(global, &args.cockpit, &setup).await
}

fn read_only(mut config: Config, global: &Global) -> Config {
    config.fleet.read_only |= global.read_only;
    config.fleet.banner = Some("DEMO".into());
    config
}

fn parse(world: &Running) -> Result<Config, Exit> {
    let path = world.directory().join("flightdeck.toml");
    config::parse(&world.toml, &path).map_err(|errors| {
        errors.iter().for_each(|error| say(error.to_string()));
        Exit::Bug
    })
}

/// Serves the world to other commands until interrupted.
async fn serve<W: Write>(
    world: &Running,
    folder: &Path,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("flightdeck.toml");
    std::fs::write(&file, &world.toml)?;
    out.line(format!("serving; flightdeck --config {} status", file.display()))?;
    out.flush()?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Ok(Exit::Interrupted)
}
