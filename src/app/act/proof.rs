//! `rollback --wait`: follows what a rollback is for until it shows, part by part. Reads only.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tokio::time::Instant;

use crate::cli::{Exit, Output};
use crate::control::{Proven, recovered};
use crate::model::Target;
use crate::runtime::{Ended, Runtime, run};

use super::super::quiet::Quiet;

/// Waits until all has recovered or the time is over; says each part when it turns, where somebody listens.
pub(super) async fn wait<W: Write>(
    runtime: &mut Runtime,
    target: &Target,
    deadline: Instant,
    mut out: Option<&mut Output<W>>,
) -> color_eyre::Result<(Exit, Vec<Proven>)> {
    let mut known = BTreeMap::new();
    let settled = |runtime: &mut Runtime| {
        let state = runtime.store().target(target)?;
        let parts = recovered(runtime.store(), state, runtime.now());
        let over = Instant::now() >= deadline;
        let ended = over || parts.iter().all(Proven::is_settled);
        let said = match out.as_deref_mut() {
            Some(out) => say(&parts, &mut known, ended, out),
            None => Ok(()),
        };
        match said {
            Ok(()) => ended.then_some(Ok(parts)),
            Err(error) => Some(Err(error)),
        }
    };
    match run(runtime, &mut Quiet, settled).await? {
        Ended::Answered(parts) => {
            let parts = parts?;
            let well = parts.iter().all(Proven::is_settled);
            if !well && let Some(out) = out {
                out.line("  not all has recovered within the time given to --wait")?;
            }
            Ok((if well { Exit::Done } else { Exit::Unknown }, parts))
        }
        _ => Ok((Exit::Interrupted, Vec::new())),
    }
}

/// Says what is known anew; at the end also what is not known.
fn say<W: Write>(
    parts: &[Proven],
    known: &mut BTreeMap<String, Option<bool>>,
    ended: bool,
    out: &mut Output<W>,
) -> io::Result<()> {
    for part in parts {
        let said = known.get(&part.name) == Some(&part.is_well);
        if !said && (part.is_well.is_some() || ended) {
            known.insert(part.name.clone(), part.is_well);
            out.line(format!("  {}", part.sentence()))?;
        }
    }
    out.flush()
}
