//! The integration tests, one binary: the real program, real sockets, real files.

// one line, one attribute: helpers are not test functions, and a broken helper is a broken test
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::missing_docs_in_private_items,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::match_same_arms,
    reason = "these are tests"
)]

mod actions;
mod allowance;
mod architecture;
mod autos;
mod cli;
mod command;
mod e2e;
mod faults;
mod gated;
mod guard;
mod hostile;
mod images;
mod inbox;
mod journal;
mod keys;
mod kills;
mod logs;
mod looks;
mod openapi;
mod pictures;
mod polite;
mod races;
mod readme;
mod replay;
mod silent;
mod status;
mod support;
mod terminal;
mod together;
mod trust;
mod watch;
