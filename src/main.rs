//! Entry: arguments, panic hook, runtime, exit code. Everything else is the library's.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use flightdeck::cli::{Cli, Exit};
use flightdeck::tui::terminal;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return complain(&error),
    };
    let run = || {
        // before the terminal is entered: the hook must leave it first, then report
        terminal::install_panic_hook()?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let exit = runtime.block_on(flightdeck::app::main(cli));
        // a poll in flight is not worth waiting for
        runtime.shutdown_background();
        exit
    };
    match run() {
        Ok(exit) => exit.into(),
        Err(report) => {
            let text = terminal::clean_report(&format!("{report:?}"));
            let _ = writeln!(std::io::stderr(), "{text}");
            Exit::Bug.into()
        }
    }
}

/// Help, the version, or what is wrong with the command line. clap quotes what it was given, and in a
/// script that may be a branch's name.
fn complain(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        for line in error.render().to_string().lines() {
            let _ = writeln!(std::io::stderr(), "{}", flightdeck::text::clean(line));
        }
    } else {
        // nobody is left to tell when the pipe is closed
        let _ = error.print();
    }
    u8::try_from(error.exit_code()).map_or(Exit::Usage.into(), ExitCode::from)
}
