//! The loop, polling, supervision, effects, signals, clock. Executes what `control` decided and reports
//! back as events. Must not decide, and must not know a concrete source, engine or screen.

mod backoff;
pub mod boundary;
mod bus;
mod clock;
mod core;
mod engine_source;
mod executor;
mod journal_feed;
mod poller;
mod programs;
mod replay;
mod screen;
mod signals;
mod studies;
mod workflows;

pub use self::core::{Parts, Runtime, Tools, action_id};
pub use boundary::Boundary;
pub use bus::{Bus, Message};
pub use clock::SystemClock;
pub use poller::POLL_LIMIT;
pub use replay::{Player, Tape};
pub use screen::{Ended, Screen, run};
