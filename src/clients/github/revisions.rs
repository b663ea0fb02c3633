//! What a repository's history says of two revisions, and what is published under a tag.

use super::decode::revisions::{compared, published};
use super::reads::ask;
use super::{GithubClient, Permission, Read};
use crate::model::between::{Answer, Question};
use crate::model::{Fault, FaultKind};

impl GithubClient {
    /// Answers a question about revisions; that GitHub knows none of them is an answer too.
    ///
    /// # Errors
    /// What kept it from being answered.
    pub async fn answer(&self, repo: &str, question: &Question) -> Result<Answer, Fault> {
        let (ask, route) = match question {
            Question::Between { from, to } => {
                let basehead = format!("{to}...{from}");
                // the files that differ stand on the first page, whatever its size; of the commits their
                // number is enough
                let route = self.route(repo, &["compare", &basehead], &[("per_page", "1")])?;
                (ask(repo, "what lies between two revisions", Permission::Contents), route)
            }
            Question::Published { tag } => {
                let route = self.route(repo, &["releases", "tags", tag], &[])?;
                (ask(repo, "a release", Permission::Contents), route)
            }
            Question::Image { .. } => {
                let text = format!("{repo}: GitHub's API is no registry of images");
                return Err(Fault::new(FaultKind::Setup, text));
            }
        };
        let body = match self.page(&route, &ask, Read::Whole).await {
            Ok(page) => page.whole.map(|whole| whole.body).unwrap_or_default(),
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(Answer::Nothing),
            Err(fault) => return Err(fault),
        };
        let answer = match question {
            Question::Between { .. } => compared(&body).map(Answer::Between),
            Question::Published { .. } => published(&body).map(Answer::Published),
            Question::Image { .. } => None,
        };
        answer.ok_or_else(|| self.odd(&ask))
    }
}
