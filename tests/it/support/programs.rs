//! Programs and named actions, and requests for them.

use std::time::Duration;

use flightdeck::control::Request;
use flightdeck::model::{ActionSpec, Program, Verb};

use super::build::target;
use super::runs;

/// A configured action that a key confirms.
pub fn action(name: &str, argv: &[&str]) -> ActionSpec {
    ActionSpec { name: name.into(), program: program(argv), by_name: false, within: None }
}

/// A program with its placeholders.
pub fn program(argv: &[&str]) -> Program {
    let argv = argv.iter().map(|&part| part.to_owned()).collect();
    Program { argv, timeout: Duration::from_secs(30), env: Vec::new() }
}

/// A request for a verb; of `do`, for the target's action.
pub fn request(verb: Verb) -> Request {
    if verb == Verb::Do { Request::action(target(), "drain") } else { runs::request(verb) }
}
