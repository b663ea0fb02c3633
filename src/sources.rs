//! What is polled: GitHub, Prometheus, Alertmanager, health endpoints. What they say becomes observations.

pub mod alertmanager;
pub mod github;
pub mod probe;
pub mod prometheus;
