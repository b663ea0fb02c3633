//! What one host tells of revisions, when somebody wants to know.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};

use crate::clients::github::GithubClient;
use crate::model::Fault;
use crate::model::between::{Answer, Question};
use crate::ports::Revisions;

/// The revisions of the repositories of one host.
pub struct GithubRevisions {
    client: Arc<GithubClient>,
}

impl GithubRevisions {
    /// Asks through a client that others share. Contacts nobody.
    #[must_use]
    pub fn new(client: Arc<GithubClient>) -> Self {
        Self { client }
    }
}

impl Revisions for GithubRevisions {
    fn answer<'a>(
        &'a self,
        repo: &'a str,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Answer, Fault>> {
        self.client.answer(repo, question).boxed()
    }
}
