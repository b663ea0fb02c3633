//! `flightdeck run list`: the newest runs of a target's repository.

use std::io::Write;

use crate::cli::args::{Global, RunListArgs};
use crate::cli::{Exit, Output, runs};
use crate::clients::github::{Answer, GithubClient};

use super::setup::Setup;
use super::{look, say, within};

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &RunListArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    if let Some(inert) = &setup.config.fleet.inert {
        say(format!("nothing is contacted: {inert}"));
        return Ok(Exit::Refused);
    }
    let mut specs = setup.config.fleet.targets.iter();
    let Some(spec) = specs.find(|spec| spec.target == args.target) else {
        say(look::unknown_target(&args.target, &setup));
        return Ok(Exit::Usage);
    };
    let known = spec.host.as_ref().zip(spec.repo.as_deref());
    let known = known.and_then(|(host, repo)| Some((setup.config.github.get(host)?, repo)));
    let Some((github, repo)) = known else {
        say(format!("{} has no repository at GitHub; give its service a `repo`", args.target));
        return Ok(Exit::Usage);
    };
    let client =
        GithubClient::sharing(&setup.tokens(), "", github.http.clone(), setup.clock.clone());
    let asked = client.runs(repo, args.workflow.as_deref());
    let mut found = match within(global.look(), asked).await {
        Ok(Answer::Fresh { value, .. }) => value.items,
        Ok(Answer::Unchanged) => Vec::new(),
        Err(fault) => {
            say(fault.text);
            return Ok(Exit::Failed);
        }
    };
    found.truncate(args.lines);
    runs::print(&args.target, repo, &found, setup.clock.now(), out)?;
    Ok(Exit::Done)
}
