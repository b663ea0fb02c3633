//! The composition root: the only file family that names concrete sources, engines and clients. Turns a
//! command line into a runtime, a screen and an exit code. Must not decide anything about a release.

mod act;
mod cockpit;
mod demo;
mod destinations;
mod disarm;
mod doctor;
mod dry;
mod inbox;
mod keys;
mod log;
mod logs;
mod look;
mod panic;
mod pick;
pub mod picture;
pub mod quiet;
mod reading;
mod record;
pub mod replay;
mod runs;
mod setup;
mod watch;
mod wire;

use std::future::Future;
use std::io::{self, Write};
use std::time::Duration;

use clap::CommandFactory;

use crate::cli::args::{Cli, Command, JournalCommand};
use crate::cli::{Exit, Output};
use crate::model::{Fault, FaultKind, Verb};

/// Runs a command line to its exit code.
///
/// # Errors
/// When the terminal or the standard streams fail, or a task panicked.
pub async fn main(cli: Cli) -> color_eyre::Result<Exit> {
    let Cli { global, cockpit, command } = cli;
    if let Some(path) = &global.log {
        log::to_file(path)?;
    }
    if cockpit.record.is_some() && command.is_some() {
        say(
            "only the cockpit records: `flightdeck --record FILE` or `flightdeck demo --record FILE`",
        );
        return Ok(Exit::Usage);
    }
    // before any HTTP client is built: reqwest is compiled without a provider of its own
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut out = Output::new(io::stdout().lock(), global.output);
    let exit = match command {
        None => cockpit::main(&global, &cockpit).await?,
        Some(Command::Demo(args)) => demo::main(&global, &args, &mut out).await?,
        Some(Command::Status(args)) => look::main(&global, &args, &mut out).await?,
        Some(Command::Promote(args)) => {
            act::main(&global, Verb::Promote, (&args, false), &mut out).await?
        }
        Some(Command::Pause(args)) => {
            act::main(&global, Verb::Pause, (&args.into(), false), &mut out).await?
        }
        Some(Command::Resume(args)) => {
            act::main(&global, Verb::Resume, (&args.into(), false), &mut out).await?
        }
        Some(Command::Rollback(args)) => {
            act::main(&global, Verb::Rollback, (&args.act, args.open_issue), &mut out).await?
        }
        Some(Command::Hold(args)) => {
            act::main(&global, Verb::Hold, (&args.into(), false), &mut out).await?
        }
        Some(Command::Release(args)) => {
            act::main(&global, Verb::Release, (&args.into(), false), &mut out).await?
        }
        Some(Command::Watch(args)) => watch::main(&global, &args, &mut out).await?,
        Some(Command::Disarm(args)) => disarm::main(&global, &args, &mut out).await?,
        Some(Command::Destinations(args)) => destinations::main(&global, &args, &mut out).await?,
        Some(Command::Inbox) => inbox::main(&global, &mut out).await?,
        Some(Command::Approve(args)) => {
            act::decide(&global, Verb::Approve, (&args.decide, args.force), &mut out).await?
        }
        Some(Command::Reject(args)) => {
            act::decide(&global, Verb::Reject, (&args, false), &mut out).await?
        }
        Some(Command::Run { command }) => act::of_runs(&global, &command, &mut out).await?,
        Some(Command::Logs(args)) => logs::main(&global, &args, &mut out).await?,
        Some(Command::Incident(args)) => act::incident(&global, &args, &mut out).await?,
        Some(Command::Do(args)) => act::named(&global, &args, &mut out).await?,
        Some(Command::Replay(args)) => replay::main(&global, &args, &mut out).await?,
        Some(Command::Screenshot(args)) => picture::main(&global, &args, &mut out)?,
        Some(Command::Doctor) => doctor::main(&global, &mut out).await?,
        Some(Command::Trust { file }) => setup::trust(&global, file.as_deref(), &mut out)?,
        Some(Command::Journal { command: JournalCommand::Show { target, lines } }) => {
            record::show(&global, (target.as_ref(), lines), &mut out)?
        }
        Some(Command::Journal { command: JournalCommand::Verify }) => {
            record::verify(&global, &mut out)?
        }
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "flightdeck", &mut script);
            io::stdout().write_all(&script)?;
            Exit::Done
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            io::stdout().write_all(&page)?;
            Exit::Done
        }
    };
    out.flush()?;
    Ok(exit)
}

/// What GitHub answers within a time.
async fn within<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let late = || {
        let text = format!("github: no answer within {} s", limit.as_secs_f64());
        Err(Fault::new(FaultKind::Timeout, text))
    };
    tokio::time::timeout(limit, asked).await.unwrap_or_else(|_| late())
}

/// Says something to the operator on stderr, clean.
fn say(sentence: impl AsRef<str>) {
    let line = crate::text::clean(&crate::text::secrets::hide(sentence.as_ref()));
    // nobody to tell when stderr is closed
    let _ = writeln!(io::stderr(), "{line}");
}
