//! The configuration file: found, parsed, resolved, trusted; with errors that say where and what to do.
//!
//! Must not contact, read or run anything that an untrusted file names.

pub mod resolved;
pub mod secret;

pub use resolved::{
    AlertmanagerConfig, CheckConfig, Config, EngineConfig, GithubConfig, HaproxyAddress,
    HaproxyConfig, HttpConfig, ProbeConfig, PrometheusConfig, QueryConfig, RepoConfig,
};
pub use secret::Secret;
