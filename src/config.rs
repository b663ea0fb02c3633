//! The configuration file: found, parsed, resolved, trusted; with errors that say where and what to do.
//!
//! Must not contact, read or run anything that an untrusted file names.

mod duration;
mod error;
mod find;
mod loopback;
mod paths;
mod problems;
mod raw;
mod read;
mod resolve;
pub mod resolved;
pub mod secret;
mod suggest;
mod trust;
pub mod weights;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use duration::{parse_duration, show_duration};
pub use error::ConfigError;
pub use find::{Found, Origin, find};
pub use loopback::is_loopback_url;
pub use paths::{Env, Paths};
pub use resolved::{
    AlertmanagerConfig, BackupConfig, BindingConfig, BurnConfig, CheckConfig, CommandConfig,
    ComparisonConfig, Config, CountersConfig, EngineConfig, GithubConfig, GithubEngineConfig,
    HaproxyAddress, HaproxyConfig, HttpConfig, PathConfig, Placed, ProbeConfig, PrometheusConfig,
    QueryConfig, RegistryConfig, RepoConfig, ScreenConfig, SidesConfig, StageConfig, StartConfig,
    WayBackConfig,
};
pub use secret::Secret;
pub use suggest::nearest;
pub use trust::Trust;

/// The names of the cockpit's panes, as `[screen]` takes them.
pub const PANES: [&str; 7] = resolve::PANES;

/// Reads a configuration's text. `path` is where it came from: named in errors, and the folder that
/// relative paths in it start at. Nothing is contacted, read or run.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn parse(text: &str, path: &Path) -> Result<Config, Vec<ConfigError>> {
    let (raw, mut problems) = read::read(text, path)?;
    let config = resolve::resolve(&raw, path, &mut problems);
    if problems.is_empty() { Ok(config) } else { Err(problems.into_errors()) }
}

/// Reads a configuration that was found. One that nobody said yes to comes out inert: for showing, with
/// the reason; nothing that it names may be contacted, read or run.
///
/// # Errors
/// As [`parse`].
pub fn load(found: &Found, trust: &Trust) -> Result<Config, Vec<ConfigError>> {
    let mut config = parse(&found.text, &found.path)?;
    config.fleet.inert = trust.objection(found);
    if config.fleet.inert.is_some() {
        // nothing is written, either, where nobody said yes
        config.journal = None;
        config.fleet.shared = false;
    }
    Ok(config)
}
