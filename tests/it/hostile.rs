//! Whatever text comes from outside, only our own sequences reach the terminal: in the cockpit, plain
//! output, JSON, logs and reports of bugs.

mod attack;
mod bytes;
mod cockpit;
mod plain;
pub mod poison;
mod program;
