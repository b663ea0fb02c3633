//! What is polled: GitHub, Prometheus, Alertmanager, health endpoints. What they say becomes observations.

pub mod github;
