//! The command line.

mod act;
mod incident;
mod logs;
mod moment;
mod runs;
mod screenshot;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::model::{Revision, Target};

use super::output::Format;

pub use act::ActArgs;
pub use incident::{IncidentArgs, RollbackArgs};
pub use logs::{LogsArgs, LogsOf};
pub use moment::Moment;
use moment::{moment, speed};
pub use runs::{
    ApproveArgs, DecideArgs, DispatchArgs, PickArgs, RerunArgs, RunArgs, RunCommand, RunId,
    RunListArgs,
};
pub use screenshot::ScreenshotArgs;
pub use watch::{DisarmArgs, OnBreach, WatchArgs};

/// A deployment cockpit in the terminal: what is being released, how far it is, whether it is safe to go
/// on, and one guarded key to promote, pause or roll back.
#[derive(Debug, Parser)]
#[command(name = "flightdeck", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done or all well · 1 the answer is no · 2 usage or configuration · \
    3 refused by a guard · 4 the engine or a source failed · 5 outcome unknown · 130 interrupted"
)]
pub struct Cli {
    /// Flags that every command takes, before or after it.
    #[command(flatten)]
    pub global: Global,
    /// Flags of the cockpit.
    #[command(flatten)]
    pub cockpit: CockpitArgs,
    /// What to do; the cockpit when nothing is named.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The configuration file [default: `$FLIGHTDECK_CONFIG`, `./flightdeck.toml`, the user's folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Refuse everything that acts.
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Answer the confirmation with yes; in production it needs a --reason.
    #[arg(long, global = true)]
    pub yes: bool,
    /// Why, for the journal.
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The longest that a one-shot look at all sources may take, such as 10s or 1m; of `watch`, that it may
    /// take in all [default: 10s; of `watch`: none].
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// How to print.
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Write a log to this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// No colours, as with `$NO_COLOR`.
    #[arg(long, global = true)]
    pub no_color: bool,
}

impl Global {
    /// The longest that one look at all sources may take.
    #[must_use]
    pub fn look(&self) -> Duration {
        self.timeout.unwrap_or(LOOK)
    }
}

/// How long one look may take where nothing is said.
pub const LOOK: Duration = Duration::from_secs(10);

/// Flags of the cockpit.
#[derive(Debug, Clone, Default, Args)]
pub struct CockpitArgs {
    /// The theme: dark, light, high-contrast, colour-blind, no-colour, or one of the themes folder.
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Keep everything that is seen in this new file, without secrets; `replay` plays it.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The cockpit on an embedded world; no account or server needed.
    Demo(DemoArgs),
    /// One look, for cron, a prompt or a colleague.
    Status(StatusArgs),
    /// Go to the next step.
    Promote(ActArgs),
    /// Promotion is refused until resumed; nothing is sent.
    Pause(NoteArgs),
    /// End a pause.
    Resume(NoteArgs),
    /// All traffic back to stable, now.
    #[command(mut_arg("full", |full| full.hide(true)))]
    Rollback(RollbackArgs),
    /// Where a rollback can go, the best first: why it is thought to be good, what is lost, what proves it.
    Destinations(DestinationsArgs),
    /// Nothing is promoted onto a held target; a rollback sets a hold by itself.
    Hold(NoteArgs),
    /// End a hold, and settle open actions. What was rolled back in production needs a --reason.
    Release(NoteArgs),
    /// Follow a rollout to its end, one line for each change; as a CI job too.
    Watch(WatchArgs),
    /// Hold an automatic rollback that is announced, for the whole release; needs a --reason.
    Disarm(DisarmArgs),
    /// All that waits for a person, what waits longest first, each with the command that answers it.
    Inbox,
    /// Let deployments that wait at GitHub go on.
    Approve(ApproveArgs),
    /// End deployments that wait at GitHub.
    Reject(DecideArgs),
    /// Workflow runs at GitHub: list, run again, cancel, start.
    Run {
        /// What to do.
        #[command(subcommand)]
        command: RunCommand,
    },
    /// What the jobs of a run wrote, as far as GitHub has it: a job's log is there when the job has ended.
    Logs(LogsArgs),
    /// Run a named action of the configuration.
    Do(DoArgs),
    /// Open an issue at GitHub that tells what happened, with the timeline; where the configuration says so.
    Incident(IncidentArgs),
    /// Trust a configuration file found in the working folder, by its content.
    Trust {
        /// The file [default: ./flightdeck.toml].
        file: Option<PathBuf>,
    },
    /// What works, and what to do about the rest.
    Doctor,
    /// The record of every action.
    Journal {
        /// What to do with it.
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Play a recording in the cockpit, without configuration or network.
    Replay(ReplayArgs),
    /// A picture of a moment of a recording, as SVG or text; nothing can be done in it.
    Screenshot(ScreenshotArgs),
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What to do with the journal.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Print its newest lines.
    Show {
        /// Only this target's.
        target: Option<Target>,
        /// How many.
        #[arg(short = 'n', long, default_value_t = 50)]
        lines: usize,
    },
    /// Find changed, removed and torn lines.
    Verify,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// What happens in it: tour, release, quiet, incident, subtle.
    #[arg(long, default_value = "tour", value_name = "NAME")]
    pub scenario: String,
    /// How fast its script goes; clocks stay real.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub speed: f64,
    /// What chance it follows.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Serve the world without the cockpit: writes FOLDER/flightdeck.toml for other commands' --config,
    /// until interrupted.
    #[arg(long, value_name = "FOLDER")]
    pub serve: Option<PathBuf>,
    /// Flags of the cockpit.
    #[command(flatten)]
    pub cockpit: CockpitArgs,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The recording.
    pub file: PathBuf,
    /// How many seconds of it pass in a second.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = speed)]
    pub speed: f64,
    /// The theme, as of the cockpit.
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Begin at this time, standing still: 14:32:07, 2026-01-01T14:32:07Z, or +1m30s after its beginning.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<Moment>,
    /// Begin at its end.
    #[arg(long, conflicts_with = "at")]
    pub to_end: bool,
    /// Print digests of what is known then and of the screens that show it, and end.
    #[arg(long)]
    pub digest: bool,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Only these targets, such as checkout/production.
    pub targets: Vec<Target>,
    /// Say of each gate what it stands on: rule, value, limit, query. JSON has it always.
    #[arg(long)]
    pub gates: bool,
    /// Look again whenever something changes, until interrupted.
    #[arg(long)]
    pub watch: bool,
}

/// Arguments of the acting commands that move no traffic.
#[derive(Debug, Clone, Args)]
pub struct NoteArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// Leave out the configured commands around it.
    #[arg(long)]
    pub skip_hooks: bool,
    /// How it is carried out.
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// How an action is carried out.
#[derive(Debug, Clone, Args)]
pub struct FollowArgs {
    /// Show the plan and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How long to follow until the change is seen.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub verify: Duration,
    /// Follow to the end of the phase or run, for this long at most [default: 1h].
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true,
          default_missing_value = "1h", value_parser = duration)]
    pub wait: Option<Duration>,
}

/// Arguments of `destinations`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Ends with 0 when the first is proven, 1 when it is not, 3 when no engine is configured, \
                  4 when none is known."
)]
pub struct DestinationsArgs {
    /// The target, such as checkout/production.
    pub target: Target,
}

/// Arguments of `do`.
#[derive(Debug, Clone, Args)]
pub struct DoArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// The action's name in the configuration.
    pub action: String,
    /// Show the plan and do nothing.
    #[arg(long)]
    pub dry_run: bool,
}

fn revision(text: &str) -> Result<Revision, String> {
    if text.is_empty() || text.starts_with('-') {
        return Err("a revision is not empty and does not begin with `-`".into());
    }
    Ok(Revision::from(text))
}

/// Reads `500ms`, `10s`, `5m`, `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{}` is not a duration; write 500ms, 10s, 5m or 1h30m", text.escape_debug());
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" => Duration::from_secs(number.saturating_mul(60)),
            "h" => Duration::from_secs(number.saturating_mul(3_600)),
            "d" => Duration::from_secs(number.saturating_mul(86_400)),
            _ => return Err(wrong()),
        };
        total = total.saturating_add(unit);
        rest = &rest[letters..];
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn globals_stand_before_or_after_the_verb() {
        for line in
            ["flightdeck --yes promote a/b --reason x", "flightdeck promote a/b --yes --reason x"]
        {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert!(cli.global.yes && cli.global.reason.as_deref() == Some("x"), "{line}");
        }
    }

    #[test]
    fn wait_takes_a_duration_or_none() {
        let wait = |line: &str| match Cli::try_parse_from(line.split(' ')).unwrap().command {
            Some(Command::Promote(args)) => args.follow.wait,
            _ => None,
        };
        assert_eq!(wait("flightdeck promote a/b"), None);
        assert_eq!(wait("flightdeck promote --wait a/b"), Some(Duration::from_secs(3_600)));
        assert_eq!(wait("flightdeck promote --wait=1m30s a/b"), Some(Duration::from_secs(90)));
    }

    #[test]
    fn what_moves_traffic_takes_several_targets_or_a_group() {
        let read = |rest: &str| {
            let line = format!("flightdeck rollback {rest}");
            Cli::try_parse_from(line.split(' ')).map(drop).map_err(|error| error.exit_code())
        };
        for good in ["a/b", "a/b --to 1 c/d", "--group production"] {
            assert_eq!(read(good), Ok(()), "{good}");
        }
        for bad in ["--full", "production", "a/b --group production"] {
            assert_eq!(read(bad), Err(2), "{bad}");
        }
    }

    #[test]
    fn what_moves_no_traffic_takes_nothing_about_it() {
        for verb in ["pause", "resume", "hold", "release"] {
            let read = |rest: &str| {
                let line = format!("flightdeck {verb} a/b{rest}");
                Cli::try_parse_from(line.split(' ')).map(drop).map_err(|error| error.exit_code())
            };
            assert_eq!(read(" --dry-run --reason x --skip-hooks"), Ok(()));
            for flag in [" --to 1.4.1", " --full", " --force"] {
                assert_eq!(read(flag), Err(2), "{verb}{flag}");
            }
        }
    }

    #[test]
    fn durations_say_what_is_wrong() {
        for bad in ["", "5", "s", "5x", "-5s", "5s5"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
