//! Arguments of going back, and of telling of it afterwards.

use clap::Args;

use crate::model::Target;

use super::ActArgs;

/// Arguments of `rollback`.
#[derive(Debug, Clone, Args)]
pub struct RollbackArgs {
    /// Afterwards open an issue at GitHub that tells what happened; it has its own confirmation.
    #[arg(long)]
    pub open_issue: bool,
    /// As of every verb that moves traffic.
    #[command(flatten)]
    pub act: ActArgs,
}

/// Arguments of `incident`.
#[derive(Debug, Clone, Args)]
pub struct IncidentArgs {
    /// The target, such as checkout/production.
    pub target: Target,
    /// Show the issue and open none.
    #[arg(long)]
    pub dry_run: bool,
}
