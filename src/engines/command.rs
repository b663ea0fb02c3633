//! Programs of the operator's as an engine: one tells where the rollout stands, others move it.
//!
//! Owns running the status program and making a reading of what it prints. What each verb would run is
//! data in the reading's offers, placeholders and all; the runtime runs it. Must not know why.

mod offers;
mod status;

#[cfg(test)]
mod tests;

use futures::future::{BoxFuture, FutureExt as _};

use crate::config::CommandConfig;
use crate::model::{Fault, FaultKind, Rollout};
use crate::ports::Engine;
use crate::process::{Ended, Late, run};

use status::Status;

/// A target's programs.
#[derive(Debug)]
pub struct CommandEngine {
    config: CommandConfig,
}

impl CommandEngine {
    /// An engine for one target. Runs nothing.
    #[must_use]
    pub fn new(config: CommandConfig) -> Self {
        Self { config }
    }

    async fn read(&self) -> Result<Rollout, Fault> {
        let program = &self.config.status;
        let run = run(&program.argv, &program.env, program.timeout, Late::Kill).await;
        let fault = |kind, text: String| Err(Fault::new(kind, format!("status: {text}")));
        match &run.ended {
            Ended::Exited(status) if status.success() => {}
            Ended::Exited(status) => {
                let words = run.last_words();
                let words = if words.is_empty() { String::new() } else { format!(": {words}") };
                let words = crate::text::cut(&words, 200);
                return fault(FaultKind::Upstream, format!("the command failed ({status}){words}"));
            }
            Ended::NotStarted(why) => return fault(FaultKind::Setup, why.clone()),
            Ended::TimeOver => {
                let limit = program.timeout.as_secs_f64();
                return fault(FaultKind::Timeout, format!("no answer within {limit} s"));
            }
            Ended::Lost(error) => return fault(FaultKind::Garbage, error.to_string()),
        }
        let status = Status::parse(&run.stdout)?;
        Ok(status.into_rollout(&self.config))
    }
}

impl Engine for CommandEngine {
    fn observe(&self) -> BoxFuture<'_, Result<Rollout, Fault>> {
        self.read().boxed()
    }
}
