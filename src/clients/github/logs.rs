//! The log of a job. GitHub answers with an address elsewhere that holds for a minute: it is asked once,
//! without the token, and what comes goes piece by piece into a file.

use std::fs::File;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::Response;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::reads::ask;
use super::refusal::Told;
use super::{Ask, GithubClient, Permission, REFUSAL, Route, stack};
use crate::model::{Fault, FaultKind};

/// The most bytes of a log that are fetched.
pub const LOG: u64 = 512 << 20;

/// The longest that fetching one may take, however steadily it comes.
const TIME: Duration = Duration::from_secs(600);

/// What was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes written.
    pub bytes: u64,
    /// Whether the log goes on: [`LOG`] bytes of it were fetched.
    pub cut: bool,
}

impl GithubClient {
    /// Fetches the log of a job into an empty file, and tells `told` how many bytes there are so far, and
    /// in all when that is known. GitHub has none before the job has ended.
    ///
    /// # Errors
    /// [`FaultKind::NotFound`] where there is no log (yet, or any more); else as any read.
    pub async fn job_log(
        &self,
        repo: &str,
        job: u64,
        into: File,
        told: impl FnMut(u64, Option<u64>),
    ) -> Result<Fetched, Fault> {
        let id = job.to_string();
        let what = format!("the log of job {job}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["actions", "jobs", &id, "logs"], &[])?;
        let from = self.log_place(&route, &ask).await?;
        let answer = self.storage(&from, &ask).await?;
        keep(answer, into, &ask, told).await
    }

    /// Where GitHub says that the log is.
    async fn log_place(&self, route: &Route, ask: &Ask<'_>) -> Result<Url, Fault> {
        let shared = self.shared();
        // Only closing the semaphore fails, and nobody does.
        let _permit = shared.permits.acquire().await;
        self.silence()?;
        let session = self.session().await?;
        let request =
            session.unredirected(&self.config, &self.place, (Method::GET, route.as_str()))?;
        super::lock(&shared.scheduler).sent(&self.key(ask.repo), self.clock.now());
        let answer = request.send().await;
        let answer = answer.map_err(|error| stack::fault(&error.without_url(), "github"))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        // a success may be the log itself, which nobody reads here
        let cap = if status.is_success() { 0 } else { REFUSAL };
        let body =
            stack::read_head(answer, cap, "github").await.map_or_else(|_| Bytes::new(), |b| b.0);
        let now = self.clock.now();
        let secondary = Told::read(&body).is_secondary();
        if super::lock(&shared.limits).learn(status, &headers, secondary, now) {
            self.silence()?;
        }
        if !status.is_redirection() {
            let fault = self.no_log(status, &headers, &body, ask);
            if fault.kind == FaultKind::Unauthorized {
                // who asks again does so with the better token, if there is one
                self.better(&session, &fault).await;
            }
            return Err(fault);
        }
        let to = route.location(&headers).ok_or_else(|| {
            let text = format!("{} redirects {} to nowhere", self.place, ask.what);
            Fault::new(FaultKind::Garbage, text)
        })?;
        // a public server has no business with this machine's own ports
        let inward = stack::is_loopback(&to) && !stack::is_loopback(&self.config.url);
        if inward || stack::check_url(&to).is_err() {
            let text = format!(
                "{} names {} for {}: nothing was asked there",
                self.place,
                stack::place(&to),
                ask.what
            );
            return Err(Fault::new(FaultKind::Garbage, text));
        }
        Ok(to)
    }

    /// Asks for what is there: no token, no configured header, no certificate, no further redirect.
    async fn storage(&self, from: &Url, ask: &Ask<'_>) -> Result<Response, Fault> {
        let no_proxy = self.config.no_proxy || stack::is_loopback(from);
        let ca_file = self.config.ca_file.as_deref();
        let client = stack::builder(ca_file, None, no_proxy, self.config.timeout)?
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIME);
        let client = stack::build(client, "github")?;
        let answer = client.get(from.clone()).send().await;
        let answer = answer.map_err(|error| stack::fault(&error.without_url(), "github"))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let place = stack::place(from);
        let text = format!(
            "{place}, where {} keeps {}, answered {}; the address holds for a minute, ask again",
            self.place,
            ask.what,
            status.as_u16()
        );
        Err(Fault::new(FaultKind::Upstream, text))
    }

    /// Why there is no log, in the words that help.
    fn no_log(&self, status: StatusCode, headers: &HeaderMap, body: &[u8], ask: &Ask<'_>) -> Fault {
        let Ask { what, repo, .. } = ask;
        let origin = &self.origin;
        match status {
            StatusCode::NOT_FOUND => Fault::new(
                FaultKind::NotFound,
                format!(
                    "GitHub has not {what} in {repo} (404): it serves a job's log when the job has ended, for 90 days, to a token with {} ({origin})",
                    ask.permission.word()
                ),
            ),
            StatusCode::GONE => Fault::new(
                FaultKind::NotFound,
                format!(
                    "{what} in {repo} is gone (410): GitHub keeps logs for 90 days, or as the repository says"
                ),
            ),
            StatusCode::FORBIDDEN if self.config.bearer.is_none() => Fault::new(
                FaultKind::Forbidden,
                format!(
                    "GitHub shows {what} in {repo} only to a token (403), public or not; set `token` in [github]"
                ),
            ),
            status if status.is_success() => Fault::new(
                FaultKind::Garbage,
                format!("{} does not redirect {what} in {repo}; check api_url", self.place),
            ),
            _ => self.refused(status, headers, body, ask),
        }
    }
}

/// Writes what comes, piece by piece.
async fn keep(
    mut answer: Response,
    into: File,
    ask: &Ask<'_>,
    mut told: impl FnMut(u64, Option<u64>),
) -> Result<Fetched, Fault> {
    let unwritable = |error: std::io::Error| {
        let text = format!("{} cannot be kept in a file: {}", ask.what, error.kind());
        Fault::new(FaultKind::Setup, text)
    };
    let total = answer.content_length();
    let mut file = tokio::fs::File::from_std(into);
    let mut bytes = 0;
    loop {
        let chunk = answer.chunk().await.map_err(|error| torn(&error, bytes, ask))?;
        let Some(chunk) = chunk else { break };
        let room = usize::try_from(LOG - bytes).unwrap_or(usize::MAX);
        let part = &chunk[..chunk.len().min(room)];
        file.write_all(part).await.map_err(unwritable)?;
        bytes += part.len() as u64;
        told(bytes, total);
        if part.len() < chunk.len() {
            file.flush().await.map_err(unwritable)?;
            return Ok(Fetched { bytes, cut: true });
        }
    }
    file.flush().await.map_err(unwritable)?;
    Ok(Fetched { bytes, cut: false })
}

fn torn(error: &reqwest::Error, bytes: u64, ask: &Ask<'_>) -> Fault {
    let (kind, why) = if error.is_timeout() {
        (FaultKind::Timeout, "did not go on in time")
    } else {
        (FaultKind::Garbage, "was cut short")
    };
    Fault::new(kind, format!("{} {why} after {} KiB; ask again", ask.what, bytes >> 10))
}

#[cfg(test)]
mod tests;
