//! The shell commands: their arguments, and their answers as tables, JSON and exit codes.
//!
//! Reads the store and what `control` decided; must not know tokio, the network or the cockpit. The
//! composition root runs the loop and hands over what is to be said.

pub mod args;
pub mod destinations;
pub mod disarm;
pub mod doctor;
pub mod exit;
pub mod inbox;
pub mod journal;
pub mod logs;
pub mod output;
pub mod plan;
pub mod runs;
pub mod status;
pub mod watch;

pub use args::{Cli, Command};
pub use exit::Exit;
pub use output::{Format, Output};
