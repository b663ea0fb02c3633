//! Arguments of the commands about workflow runs: approve, reject, run list, rerun, cancel, dispatch.

use std::collections::BTreeMap;
use std::str::FromStr;

use clap::{Args, Subcommand};

use crate::model::{Subject, Target};

use super::{FollowArgs, LogsOf};

/// Arguments of `approve`.
#[derive(Debug, Clone, Args)]
pub struct ApproveArgs {
    /// What both decisions take.
    #[command(flatten)]
    pub decide: DecideArgs,
    /// Override gates; needs a --reason and stays visible. Never overrides a hold, read-only or trust.
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `approve` and `reject`.
#[derive(Debug, Clone, Args)]
pub struct DecideArgs {
    /// The targets, such as checkout/production; each is asked for and answered by itself.
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<Target>,
    /// Only of this run, by its number or address at GitHub [default: the newest that waits there].
    #[arg(long, value_name = "ID")]
    pub run: Option<RunId>,
    /// Only these environments, as GitHub names them [default: all of the target's that wait].
    #[arg(long, value_name = "NAME")]
    pub environment: Vec<String>,
    /// How it is carried out.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// What to do with workflow runs.
#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// The newest runs, with the numbers by which the other commands name them.
    List(RunListArgs),
    /// Run a run again: all of it, what failed, or one job. Where that deploys to production, the target's
    /// name is typed to confirm it.
    Rerun(RerunArgs),
    /// Ask a run to end; jobs that always run go on.
    Cancel(RunArgs),
    /// End a run that does not end when it is asked to; no job gets to clean up.
    ForceCancel(RunArgs),
    /// Start a workflow that takes a manual start.
    Dispatch(DispatchArgs),
    /// Say which run an open action started, where several may be it; from then on that one is followed.
    Pick(PickArgs),
}

/// Arguments of `run pick`.
#[derive(Debug, Clone, Args)]
pub struct PickArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// The run, by its number or address at GitHub; without it those that may be it are listed.
    #[arg(long, value_name = "ID")]
    pub run: Option<RunId>,
}

/// Arguments of `run list`.
#[derive(Debug, Clone, Args)]
pub struct RunListArgs {
    /// The target, such as checkout/production; its repository's runs are listed.
    pub target: Target,
    /// Only this workflow's, by its file name.
    #[arg(long, value_name = "FILE", value_parser = workflow)]
    pub workflow: Option<String>,
    /// How many; GitHub is asked for the newest 30.
    #[arg(short = 'n', long, default_value_t = 15, value_name = "N")]
    pub lines: usize,
}

/// Arguments of `run cancel` and `run force-cancel`.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// The run, by its number or address at GitHub [default: the newest of the target's pipeline].
    #[arg(long, value_name = "ID")]
    pub run: Option<RunId>,
    /// How it is carried out.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// Arguments of `run rerun`.
#[derive(Debug, Clone, Args)]
pub struct RerunArgs {
    /// Which run.
    #[command(flatten)]
    pub of: RunArgs,
    /// Only the jobs that failed, and those that need them.
    #[arg(long, conflicts_with = "job")]
    pub failed: bool,
    /// Only this job, by its number or name, and those that need it.
    #[arg(long, value_name = "ID|NAME")]
    pub job: Option<String>,
}

/// Arguments of `run dispatch`.
#[derive(Debug, Clone, Args)]
pub struct DispatchArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// The workflow's file name, such as deploy.yml.
    #[arg(value_parser = workflow)]
    pub workflow: String,
    /// The branch or tag to start it on.
    #[arg(long = "ref", value_name = "REF", value_parser = git_ref)]
    pub git_ref: String,
    /// One of its inputs; may be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = input)]
    pub input: Vec<(String, String)>,
    /// How it is carried out.
    #[command(flatten)]
    pub follow: FollowArgs,
}

impl DispatchArgs {
    /// The workflow with all it is started with.
    ///
    /// # Errors
    /// One sentence, when an input is named twice.
    pub fn subject(&self) -> Result<Subject, String> {
        let mut inputs = BTreeMap::new();
        for (name, value) in &self.input {
            if inputs.insert(name.clone(), value.clone()).is_some() {
                return Err(format!("--input {name} is given twice"));
            }
        }
        Ok(Subject::Workflow { file: self.workflow.clone(), git_ref: self.git_ref.clone(), inputs })
    }
}

/// A run as an operator names it: GitHub's number, or its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunId {
    /// GitHub's number.
    pub id: u64,
    /// `acme/checkout`, where the address names it.
    pub repo: Option<String>,
}

impl FromStr for RunId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(LogsOf::Run(id, repo)) => Ok(Self { id, repo }),
            _ => Err(format!(
                "`{}` is neither the number of a run nor its address; `flightdeck run list` has both",
                text.escape_debug()
            )),
        }
    }
}

/// A workflow's file name; its folder may stand before it.
fn workflow(text: &str) -> Result<String, String> {
    let name = text.strip_prefix(".github/workflows/").unwrap_or(text);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let sound = |stem: &str| !stem.is_empty() && !stem.starts_with(['-', '.']);
    if stem.is_some_and(sound) && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    Err(format!("`{}` is no file name of a workflow, such as deploy.yml", text.escape_debug()))
}

fn git_ref(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('-') || text.chars().any(|c| c.is_control() || c == ' ')
    {
        return Err("a ref is a branch or tag; it does not begin with `-` and has no spaces".into());
    }
    Ok(text.to_owned())
}

fn input(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err(format!("`{}` is not NAME=VALUE", text.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn code(line: &str) -> i32 {
        let read = Cli::try_parse_from(line.split(' ')).map(drop);
        read.map_or_else(|error| error.exit_code(), |()| 0)
    }

    #[test]
    fn what_is_no_run_workflow_ref_or_input_is_usage() {
        for fine in [
            "flightdeck approve a/b c/d e/f --environment x --environment y --reason z",
            "flightdeck approve a/b --run https://github.com/acme/search/actions/runs/17/job/3",
            "flightdeck reject a/b --run 17 --dry-run",
            "flightdeck run rerun a/b --run 17 --failed --wait=5m",
            "flightdeck run rerun a/b --job lint",
            "flightdeck run cancel a/b",
            "flightdeck run force-cancel a/b --run 17 --yes",
            "flightdeck run list a/b -n 3 --workflow deploy.yml",
            "flightdeck run dispatch a/b deploy.yml --ref main --input x= --input y=a=b",
            "flightdeck run dispatch a/b .github/workflows/deploy.yaml --ref v1.4.2",
        ] {
            assert_eq!(code(fine), 0, "{fine}");
        }
        for bad in [
            "flightdeck approve",
            "flightdeck approve a/b --run x",
            "flightdeck reject a/b --force",
            "flightdeck run",
            "flightdeck run rerun a/b --failed --job 3",
            "flightdeck run dispatch a/b deploy.yml",
            "flightdeck run dispatch a/b --ref main",
            "flightdeck run dispatch a/b deploy.yml --ref main --input x",
            "flightdeck run dispatch a/b deploy.yml --ref main --input =x",
            "flightdeck run dispatch a/b ../deploy.yml --ref main",
            "flightdeck run dispatch a/b deploy --ref main",
            "flightdeck run dispatch a/b deploy.yml?x --ref main",
            "flightdeck run dispatch a/b deploy.yml --ref -x",
        ] {
            assert_eq!(code(bad), 2, "{bad}");
        }
    }

    #[test]
    fn an_input_named_twice_is_a_mistake() {
        let line = "flightdeck run dispatch a/b d.yml --ref main --input x=1 --input x=2";
        let Some(Command::Run { command: RunCommand::Dispatch(args) }) =
            Cli::try_parse_from(line.split(' ')).unwrap().command
        else {
            panic!("{line}");
        };
        assert!(args.subject().unwrap_err().contains("twice"));
    }
}
