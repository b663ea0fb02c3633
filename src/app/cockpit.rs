//! The cockpit.

use crate::cli::Exit;
use crate::cli::args::{CockpitArgs, Global};

use super::setup::Setup;

pub(super) async fn main(global: &Global, args: &CockpitArgs) -> color_eyre::Result<Exit> {
    match Setup::load(global) {
        Ok(setup) => show(global, args, &setup).await,
        Err(exit) => Ok(exit),
    }
}

pub(super) async fn show(_: &Global, _: &CockpitArgs, _: &Setup) -> color_eyre::Result<Exit> {
    Ok(Exit::Bug)
}
