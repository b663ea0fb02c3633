//! flightdeck: a deployment cockpit in the terminal.
//!
//! ```text
//!  GitHub  Prometheus  Alertmanager  health endpoints  rollout engines        operator (key or command)
//!     \        |            |              |                /                       |
//!      '------ sources: one polling task each -------------'                    Intent
//!                            |                                                      |
//!                 Envelope{seq, at, asked_at, Event}                                v
//!                            |                                        control: guard → plan → confirm
//!                            v                                                      |
//!                     Store::apply  (pure fold)  ◄────────── Event ─────────┐     Effect (data)
//!                            |                                              |       |
//!                     tui draws / cli prints                                '── runtime executes: journal, engine.act, verify
//! ```
//!
//! Only an [`model::Event`] changes the [`store`]; [`control`] decides and returns effects as data;
//! [`runtime`] executes them and reports back as events. Drawing reads. Arrows between modules point down
//! only; a test holds that.

pub mod app;
pub mod asks;
pub mod cli;
pub mod clients;
pub mod config;
pub mod control;
pub mod demo;
pub mod engines;
pub mod joblog;
pub mod journal;
pub mod model;
pub mod ports;
pub mod process;
pub mod runtime;
pub mod sources;
pub mod stats;
pub mod store;
pub mod text;
pub mod tui;
pub mod workflow;
