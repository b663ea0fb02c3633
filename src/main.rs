//! Entry: arguments, panic hook, runtime, exit code. Everything else is the library's.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use flightdeck::cli::{Cli, Exit};
use flightdeck::tui::terminal;

fn main() -> ExitCode {
    let cli = Cli::parse();
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
