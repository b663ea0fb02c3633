//! The arguments of the commands that move traffic.

use clap::Args;

use crate::model::{Revision, Target};

use super::{FollowArgs, NoteArgs, revision};

impl From<NoteArgs> for ActArgs {
    fn from(note: NoteArgs) -> Self {
        let NoteArgs { target, skip_hooks, follow } = note;
        let (targets, group) = (vec![target], None);
        Self { targets, group, to: None, full: false, force: false, skip_hooks, follow }
    }
}

/// Arguments of the acting commands that move traffic.
#[derive(Debug, Clone, Args)]
pub struct ActArgs {
    /// The targets, such as checkout/production. Several are promoted one after the other, wave by wave,
    /// until one is not seen; they are rolled back all at once, whatever becomes of one.
    #[arg(required_unless_present = "group", value_name = "TARGET")]
    pub targets: Vec<Target>,
    /// Every target whose group this is.
    #[arg(long, conflicts_with = "targets")]
    pub group: Option<String>,
    /// Only if this is the revision it goes to.
    #[arg(long, value_name = "REVISION", value_parser = revision)]
    pub to: Option<Revision>,
    /// Promote to 100 % at once.
    #[arg(long)]
    pub full: bool,
    /// Override gates; needs a --reason and stays visible. Never overrides a hold, read-only or trust.
    #[arg(long)]
    pub force: bool,
    /// Leave out the configured commands around it.
    #[arg(long)]
    pub skip_hooks: bool,
    /// How it is carried out.
    #[command(flatten)]
    pub follow: FollowArgs,
}
