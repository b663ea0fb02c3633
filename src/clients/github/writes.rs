//! What changes something at GitHub: one request, never repeated, never redirected. Goes on while reads are
//! held back for it, and stops only where GitHub itself asked for silence.
//!
//! A refusal (4xx) changed nothing. Whatever leaves it open whether something changed is unknown: a 5xx, a
//! connection that ends early, time over. Must not know what an action means.

mod request;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;

use super::refusal::Told;
use super::{GithubClient, REFUSAL, limits, lock, stack};
use crate::model::{Fault, FaultKind};
use crate::ports::{CallError, Made};

use request::{DETAILS, Request};

/// The largest part of an answer that is read, in bytes.
const ANSWER: usize = REFUSAL;

/// An answer to a write, whatever its status.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// What an answer tells of what was made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Started {
    workflow_run_id: Option<u64>,
    /// Of an issue that was opened.
    number: Option<u64>,
    html_url: Option<String>,
}

impl GithubClient {
    /// Sends what a call says, `POST /repos/OWNER/NAME/… {json}`, once. The id of the run that it started, or
    /// the number of the issue that it opened, where GitHub names it. A server that does not know `return_run_details`, refuses the request for it
    /// and says so is asked once more without: nothing was accepted.
    ///
    /// # Errors
    /// [`CallError::Failed`] and [`CallError::Refused`]: nothing changed; [`CallError::Unknown`]: nobody can tell.
    pub async fn send(&self, repo: &str, text: &str) -> Result<Made, CallError> {
        let request = Request::parse(repo, text).map_err(CallError::Failed)?;
        let answer = self.write(&request).await?;
        if answer.is_taken() {
            return Ok(answer.made());
        }
        let Some(plain) = request.without_details().filter(|_| answer.refuses_details()) else {
            return Err(self.not_taken(&request, &answer));
        };
        let answer = self.write(&plain).await?;
        if answer.is_taken() { Ok(answer.made()) } else { Err(self.not_taken(&plain, &answer)) }
    }

    /// Sends one request. An answer of any status is an answer.
    async fn write(&self, request: &Request<'_>) -> Result<Answer, CallError> {
        let tail = request.tail();
        let route = self.route(request.repo, &tail, &[]).map_err(CallError::Failed)?;
        let session = self.session().await.map_err(CallError::Failed)?;
        let post = (Method::POST, route.as_str());
        let sending = session.unredirected(&self.config, &self.place, post);
        let mut sending = sending.map_err(CallError::Failed)?;
        if let Some(body) = &request.body {
            sending =
                sending.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.booked_write(request.repo).await.map_err(CallError::Failed)?;
        let answer = sending.send().await.map_err(|error| {
            // without a connection nothing was sent
            let unsent = error.is_connect() || error.is_builder();
            let fault = stack::fault(&error.without_url(), "github");
            let text = format!("{} in {}: {}", request.what(), request.repo, fault.text);
            let fault = Fault { text, ..fault };
            if unsent { CallError::Failed(fault) } else { CallError::Unknown(fault) }
        })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        // the status says whether it was taken; what else the answer says may be lost
        let body =
            stack::read_head(answer, ANSWER, "github").await.map_or_else(|_| Bytes::new(), |b| b.0);
        let now = self.clock.now();
        let secondary = !status.is_success() && Told::read(&body).is_secondary();
        let shared = self.shared();
        let (refused, budget) = {
            let mut limits = lock(&shared.limits);
            let refused = limits.learn(status, &headers, secondary, now);
            (limits.refusal(now, &self.place).filter(|_| refused), limits.budget())
        };
        let theirs = limits::their_time(&headers, now);
        lock(&shared.scheduler).learn(budget.as_ref(), theirs, now);
        if status == StatusCode::UNAUTHORIZED {
            let text = format!("{} refuses {} (401)", self.place, self.origin);
            // this write is over; the next one has the better token, if there is one
            self.better(&session, &Fault::new(FaultKind::Unauthorized, text)).await;
        }
        match refused {
            Some(refusal) => Err(CallError::Refused(refusal)),
            None => Ok(Answer { status, headers, body }),
        }
    }

    /// What an answer other than a success means.
    fn not_taken(&self, request: &Request<'_>, answer: &Answer) -> CallError {
        let Answer { status, headers, body } = answer;
        let (what, repo, place) = (request.what(), request.repo, &self.place);
        let told = Told::read(body);
        let (code, said) = (status.as_u16(), told.suffix());
        let origin = &self.origin;
        let needed = request.permission();
        let failed = |kind, text: String| {
            CallError::Refused(Fault::new(kind, format!("{what} in {repo}: {text}")))
        };
        match *status {
            StatusCode::UNAUTHORIZED => failed(
                FaultKind::Unauthorized,
                format!(
                    "{place} refuses {origin} (401{said}): it is missing, wrong, expired or revoked"
                ),
            ),
            StatusCode::FORBIDDEN if headers.contains_key("x-github-sso") => failed(
                FaultKind::Forbidden,
                format!(
                    "{origin} is not authorized for the organization's single sign-on (403); authorize it in GitHub's settings"
                ),
            ),
            StatusCode::FORBIDDEN if !told.is_about_permission() => {
                failed(FaultKind::Forbidden, format!("{place} refuses it (403{said})"))
            }
            StatusCode::FORBIDDEN => failed(
                FaultKind::Forbidden,
                format!("it takes {needed}{}, and {origin} may not (403{said})", request.besides()),
            ),
            StatusCode::NOT_FOUND => failed(
                FaultKind::NotFound,
                format!(
                    "not found (404), or it lacks {needed}, which GitHub answers the same way, with {origin}; check the name"
                ),
            ),
            StatusCode::CONFLICT => {
                failed(FaultKind::Upstream, format!("cannot be done now (409{said})"))
            }
            status if status.is_client_error() => {
                failed(FaultKind::Upstream, format!("{place} refuses it ({code}{said})"))
            }
            status if status.is_redirection() => failed(
                FaultKind::Upstream,
                format!(
                    "{place} says that it moved ({code}); nothing is sent there, write the repository's new name"
                ),
            ),
            _ => CallError::Unknown(Fault::new(
                FaultKind::Upstream,
                format!("{what} in {repo}: {place} answered {code}{said}"),
            )),
        }
    }
}

impl Answer {
    fn is_taken(&self) -> bool {
        self.status.is_success()
    }

    fn made(&self) -> Made {
        let started: Started = serde_json::from_slice(&self.body).unwrap_or_default();
        Made { number: started.workflow_run_id.or(started.number), url: started.html_url }
    }

    /// Whether the request was refused because of the one field that older servers do not know.
    fn refuses_details(&self) -> bool {
        matches!(self.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY)
            && String::from_utf8_lossy(&self.body).contains(DETAILS)
    }
}
