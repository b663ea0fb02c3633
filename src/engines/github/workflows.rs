//! Requests about the workflow runs of one host: sent once, and what shows their effect.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};

use crate::clients::github::GithubClient;
use crate::model::follow::Effect;
use crate::model::{Call, Fault, FaultKind, Follow, Run, Sight};
use crate::ports::{CallError, Made, Workflows};

/// The workflow runs of one host.
pub struct GithubWorkflows {
    client: Arc<GithubClient>,
}

impl GithubWorkflows {
    /// Sends and reads through a client that others share. Contacts nobody.
    #[must_use]
    pub fn new(client: Arc<GithubClient>) -> Self {
        Self { client }
    }

    async fn send(&self, call: &Call) -> Result<Made, CallError> {
        let opens = || call.text.strip_prefix("POST /repos/")?.split_once("/issues ");
        let repo = call.follow.as_ref().map(|follow| follow.repo.as_str());
        let Some(repo) = repo.or_else(|| Some(opens()?.0)) else {
            let text = format!("`{}` does not say what would show that it worked", call.text);
            return Err(CallError::Failed(Fault::new(FaultKind::Setup, text)));
        };
        self.client.send(repo, &call.text).await
    }

    async fn read(&self, follow: &Follow, known: Option<u64>) -> Result<Sight, Fault> {
        let repo = follow.repo.as_str();
        let run = async |id| Ok(self.client.run(repo, id).await?.into_iter().collect());
        match (&follow.effect, known) {
            (Effect::Started { .. }, Some(id)) => {
                Ok(Sight { runs: run(id).await?, ..Sight::default() })
            }
            (Effect::Started { workflow, git_ref, .. }, None) => {
                let runs = self.client.dispatched(repo, workflow, git_ref);
                let (runs, origin) = futures::join!(runs, self.client.origin(repo, git_ref));
                Ok(Sight { runs: runs?, waits: None, origin: Some(origin) })
            }
            (Effect::Attempt { run: id, .. } | Effect::Cancelled { run: id, .. }, _) => {
                Ok(Sight { runs: run(*id).await?, ..Sight::default() })
            }
            (Effect::Decided { run: id, .. }, _) => {
                let (runs, waits) = futures::join!(run(*id), self.client.waits(repo, *id));
                let (runs, waits): (Vec<Run>, _) = (runs?, waits?);
                let waits = match waits {
                    Some(waits) => Some(self.client.explained(repo, runs.first(), waits).await),
                    None => None,
                };
                Ok(Sight { runs, waits, origin: None })
            }
        }
    }
}

impl Workflows for GithubWorkflows {
    fn act<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Made, CallError>> {
        self.send(call).boxed()
    }

    fn look<'a>(
        &'a self,
        follow: &'a Follow,
        run: Option<u64>,
    ) -> BoxFuture<'a, Result<Sight, Fault>> {
        self.read(follow, run).boxed()
    }
}
