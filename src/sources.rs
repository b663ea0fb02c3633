//! What is polled: GitHub, Prometheus, Alertmanager, health endpoints; and registries, which are asked. What they say becomes observations.

pub mod alertmanager;
pub mod github;
pub mod probe;
pub mod prometheus;
pub mod registry;
