//! One release, end to end, on real servers: HAProxy, Prometheus and Alertmanager as Debian packages them,
//! two app processes, bounded traffic, and the real binary from the shell and in a terminal.
//!
//! Without those servers each test says that it did not run and how to get them; with
//! `FLIGHTDECK_E2E=required`, as CI sets it, that is a failure. With `FLIGHTDECK_RECORDINGS` a cockpit beside
//! each test records it into that folder: `just recordings`.

mod app;
mod auto;
mod cockpit;
mod haproxy;
mod incident;
mod latency;
mod monitoring;
mod pair;
mod path;
mod process;
mod release;
mod reload;
mod traffic;
mod world;
