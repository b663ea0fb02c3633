//! Arguments of `watch` and `disarm`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::model::{Revision, Target};

use super::{duration, revision};

/// What a watch does about a release that harms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnBreach {
    /// Say so and end.
    Report,
    /// Roll back by itself, whatever `auto_rollback` says.
    Rollback,
}

/// Arguments of `watch`.
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// What to do when the release harms; `rollback` needs --yes.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnBreach::Report)]
    pub on_breach: OnBreach,
    /// Promote each step when every gate passes; needs --yes.
    #[arg(long)]
    pub promote_when_ready: bool,
    /// Promote only if this is the candidate.
    #[arg(long, value_name = "REVISION", value_parser = revision)]
    pub to: Option<Revision>,
    /// How long to follow each promotion until it is seen.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub verify: Duration,
}

impl WatchArgs {
    /// Whether it may change something.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.promote_when_ready || self.on_breach == OnBreach::Rollback
    }
}

/// Arguments of `disarm`.
#[derive(Debug, Clone, Args)]
pub struct DisarmArgs {
    /// The target, such as checkout/production.
    pub target: Target,
}
