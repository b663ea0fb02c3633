//! What moves traffic: reads a rollout, says what each verb would send, sends one call.
//!
//! Engines see the nouns, the ports and their own resolved configuration. They must not know the store,
//! the screen, each other, or why somebody wants an action: what an engine would do is data (an
//! [`crate::model::Offer`]), what is done is decided elsewhere.

pub mod command;
pub mod github;
pub mod haproxy;

pub use command::CommandEngine;
pub use github::{GithubEngine, GithubWorkflows};
pub use haproxy::HaproxyEngine;
