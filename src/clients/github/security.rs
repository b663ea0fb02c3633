//! What scanners found in a repository, of its main branch. Must not know what it means for a release.

use super::decode::security::{CodeAlert, SecretAlert};
use super::reads::ask;
use super::{Answer, Ask, GithubClient, List, Permission, Read};
use crate::model::{Danger, Fault, FaultKind, Finding};

/// What is open, newest first, so that what is new is on the first page.
const OPEN: [(&str, &str); 4] =
    [("state", "open"), ("sort", "created"), ("direction", "desc"), ("per_page", "100")];

/// Pages read at most.
const PAGES: usize = 3;

impl GithubClient {
    /// The open alerts of code scanning, newest first; of a rule that is not one of security without a danger.
    ///
    /// # Errors
    /// They cannot be read, or code scanning is off there, which GitHub answers the same way.
    pub async fn code_alerts(
        &self,
        repo: &str,
    ) -> Result<Answer<List<(Option<Danger>, Finding)>>, Fault> {
        let ask = ask(repo, "code scanning's alerts", Permission::SecurityEvents);
        let route = self.route(repo, &["code-scanning", "alerts"], &OPEN)?;
        let found = self.list::<CodeAlert>(route, &ask, PAGES, Read::IfChanged).await;
        let found = found.map_err(|fault| self.off(fault, &ask))?;
        Ok(found.map(|list| list.map(|alert| (alert.danger, alert.finding))))
    }

    /// The open alerts of secret scanning, newest first, without the secrets.
    ///
    /// # Errors
    /// They cannot be read, or secret scanning is off there, which GitHub answers the same way.
    pub async fn secret_alerts(&self, repo: &str) -> Result<Answer<List<Finding>>, Fault> {
        let ask = ask(repo, "secret scanning's alerts", Permission::SecretAlerts);
        let query = [OPEN.as_slice(), &[("hide_secret", "true")]].concat();
        let route = self.route(repo, &["secret-scanning", "alerts"], &query)?;
        let found = self.list::<SecretAlert>(route, &ask, PAGES, Read::IfChanged).await;
        let found = found.map_err(|fault| self.off(fault, &ask))?;
        Ok(found.map(|list| list.map(|alert| alert.0)))
    }

    /// Where it may be off, says so too.
    fn off(&self, fault: Fault, ask: &Ask<'_>) -> Fault {
        let do_this = "turn it on there, or leave it out of `security`";
        let (place, needed) = (format!("{} in {}", ask.what, ask.repo), ask.permission.word());
        let text = match fault.kind {
            FaultKind::Forbidden => format!("{}; or it is off: {do_this}", fault.text),
            FaultKind::NotFound => {
                let origin = &self.origin;
                format!(
                    "it is off (404), or the permission {needed} is missing: {place}, with {origin}; {do_this}"
                )
            }
            _ => return fault,
        };
        Fault { text, ..fault }
    }
}
