//! What one registry tells of images, when somebody wants to know.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};

use crate::clients::registry::RegistryClient;
use crate::model::between::{Answer, Question};
use crate::model::{Fault, FaultKind, Image};
use crate::ports::{Clock, Revisions};

/// The images of one registry.
pub struct RegistryRevisions {
    client: RegistryClient,
    clock: Arc<dyn Clock>,
}

impl RegistryRevisions {
    /// Asks through a client of its own. Contacts nobody.
    #[must_use]
    pub fn new(client: RegistryClient, clock: Arc<dyn Clock>) -> Self {
        Self { client, clock }
    }
}

impl Revisions for RegistryRevisions {
    fn answer<'a>(
        &'a self,
        repo: &'a str,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Answer, Fault>> {
        async move {
            let Question::Image { reference } = question else {
                let text = format!("{repo}: a registry knows images alone");
                return Err(Fault::new(FaultKind::Setup, text));
            };
            let digest = self.client.digest(repo, reference, self.clock.now()).await?;
            Ok(digest.map_or(Answer::Nothing, |digest| Answer::Image(Image { digest })))
        }
        .boxed()
    }
}
