//! GitHub's REST API, read politely: one token, four requests at a time, conditional wherever there is an
//! ETag, silent while GitHub wants silence. octocrab carries the requests (and the token, to its own origin
//! only) and never repeats one; every answer is read raw, capped, and decoded here.
//!
//! Owns how GitHub is asked and what its answers are called; must not know when it is asked, or what an
//! answer means for a release.

mod check;
mod credentials;
mod decode;
mod deploying;
mod limits;
mod logs;
mod polling;
mod reads;
mod refusal;
mod route;
mod scheduler;
mod session;
mod shared;
mod token;
mod validators;
mod writes;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::clients::http as stack;
use crate::config::HttpConfig;
use crate::model::{Budget, Fault, FaultKind, Time};
use crate::ports::Clock;

pub use check::{Access, Checked};
pub use credentials::TokenFacts;
pub use decode::{DeploymentStatus, List, runs};
pub use logs::{Fetched, LOG};
pub use polling::Polling;
pub use reads::{Answer, Read};
pub use refusal::Permission;
pub use scheduler::{Pace, Priority, Scheduler, Short};
pub use shared::Tokens;
pub use token::TokenKind;
pub use validators::Validator;

use credentials::Credentials;
use refusal::{Asked, Told};
use route::Route;
use session::{ACCEPT, Session};
use shared::Shared;
use validators::{Key, Validators};

/// The largest answer that is read, after decompression, in bytes.
const BODY: usize = 8 << 20;

/// The largest part of a refusal that is read, in bytes.
const REFUSAL: usize = 64 << 10;

/// One GitHub host and one token, shared by everything that reads there.
pub struct GithubClient {
    config: HttpConfig,
    clock: Arc<dyn Clock>,
    /// `api.github.com`, for the operator.
    place: String,
    /// Where the token comes from, for the operator.
    origin: String,
    credentials: Credentials,
    validators: Mutex<Validators>,
    tokens: Tokens,
    /// Told from the other clients of its host by this, in the plan that they share.
    lane: String,
    own: Mutex<Own>,
}

/// What changes with the token.
struct Own {
    fingerprint: Option<u64>,
    shared: Arc<Shared>,
    /// The repositories in its plan that are ours.
    repos: BTreeSet<String>,
}

/// One page as it came.
struct Page {
    /// What was sent; none for a 304: what was committed for this address still holds.
    whole: Option<Whole>,
    next: Option<Route>,
}

/// The whole body of a 200.
struct Whole {
    body: Bytes,
    validator: Option<Validator>,
}

/// What is asked for, for the words of a fault.
struct Ask<'a> {
    repo: &'a str,
    what: &'a str,
    permission: Permission,
}

impl GithubClient {
    /// A client for `config.url` (`https://api.github.com` or an Enterprise Server's `/api/v3`) with
    /// `config.bearer` as its token, alone. Reads and contacts nothing yet; must be used inside the runtime.
    #[must_use]
    pub fn new(config: HttpConfig, clock: Arc<dyn Clock>) -> Self {
        Self::sharing(&Tokens::default(), "", config, clock)
    }

    /// The same, beside others: those of one host and token share its limits and the plan of its polls.
    /// `name` tells it from them.
    #[must_use]
    pub fn sharing(tokens: &Tokens, name: &str, config: HttpConfig, clock: Arc<dyn Clock>) -> Self {
        let host = config.url.host_str().unwrap_or("GitHub");
        let place = match config.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let (shared, is_first) = tokens.enter(&config, &place);
        Self {
            origin: refusal::origin(config.bearer.as_ref()),
            credentials: Credentials::new(config.clone(), place.clone()),
            place,
            config,
            clock,
            validators: Mutex::default(),
            tokens: tokens.clone(),
            lane: if is_first { String::new() } else { name.to_owned() },
            own: Mutex::new(Own { fingerprint: None, shared, repos: BTreeSet::new() }),
        }
    }

    /// What the newest answer said of the hourly budget; none before the first, and where none is kept.
    pub fn budget(&self) -> Option<Budget> {
        lock(&self.shared().limits).budget()
    }

    fn shared(&self) -> Arc<Shared> {
        Arc::clone(&lock(&self.own).shared)
    }

    /// A repository's name in the plan.
    fn key<'a>(&self, repo: &'a str) -> Cow<'a, str> {
        match self.lane.as_str() {
            "" => Cow::Borrowed(repo),
            lane => Cow::Owned(format!("{repo} ({lane})")),
        }
    }

    /// How long it is until `time`; zero when it is past.
    pub fn until(&self, time: Time) -> std::time::Duration {
        (time - self.clock.now()).to_std().unwrap_or_default()
    }

    /// Remembers the ETags of answers that have been read and handed on: from now on they are not sent
    /// again unless they changed.
    pub fn commit(&self, validators: impl IntoIterator<Item = Validator>) {
        let mut held = lock(&self.validators);
        for validator in validators {
            held.keep(validator);
        }
    }

    /// Asks for one page: once, and once more with another token where this one is refused and the secret
    /// has a better one.
    async fn page(&self, route: &Route, ask: &Ask<'_>, read: Read) -> Result<Page, Fault> {
        let shared = self.shared();
        // Only closing the semaphore fails, and nobody does.
        let _permit = shared.permits.acquire().await;
        self.silence()?;
        let session = self.session().await?;
        match self.page_of(&session, route, ask, read).await {
            Err(fault) if fault.kind == FaultKind::Unauthorized => {
                match self.better(&session, &fault).await {
                    Some(session) => {
                        let again = self.page_of(&session, route, ask, read).await;
                        if let Err(fault) = &again
                            && fault.kind == FaultKind::Unauthorized
                        {
                            self.credentials.note(&session, fault, &*self.clock);
                        }
                        again
                    }
                    None => Err(fault),
                }
            }
            answered => answered,
        }
    }

    /// Why nothing may be sent now, by GitHub's own word.
    fn silence(&self) -> Result<(), Fault> {
        let refusal = lock(&self.shared().limits).refusal(self.clock.now(), &self.place);
        refusal.map_or(Ok(()), Err)
    }

    async fn page_of(
        &self,
        session: &Arc<Session>,
        route: &Route,
        ask: &Ask<'_>,
        read: Read,
    ) -> Result<Page, Fault> {
        let key = Key {
            fingerprint: session.fingerprint,
            url: route.as_str().to_owned(),
            accept: ACCEPT,
        };
        let held = match read {
            Read::IfChanged => lock(&self.validators).find(&key).cloned(),
            Read::Whole => None,
        };
        let etag = held.as_ref().map(|held| held.etag.clone());
        lock(&self.shared().scheduler).sent(&self.key(ask.repo), self.clock.now());
        let exchange = self.exchange(session, route, ask, etag);
        let (status, headers, body) =
            tokio::time::timeout(self.config.timeout, exchange).await.map_err(|_| {
                Fault::new(
                    FaultKind::Timeout,
                    format!(
                        "{} did not answer within {} s to {} in {}",
                        self.place,
                        self.config.timeout.as_secs_f32(),
                        ask.what,
                        ask.repo
                    ),
                )
            })??;
        if status != StatusCode::UNAUTHORIZED {
            self.credentials.accepted(session, &headers, self.clock.now());
        }
        match (status, held) {
            (StatusCode::NOT_MODIFIED, Some(held)) => Ok(Page { whole: None, next: held.next }),
            (StatusCode::OK, _) => {
                let next = route.next(&headers);
                let validator = headers.get(header::ETAG).map(|etag| Validator {
                    key,
                    etag: etag.clone(),
                    next: next.clone(),
                });
                Ok(Page { whole: Some(Whole { body, validator }), next })
            }
            _ => Err(self.refused(status, &headers, &body, ask)),
        }
    }

    /// Sends one request and reads its answer to the end. Learns what the answer says of our limits.
    async fn exchange(
        &self,
        session: &Session,
        route: &Route,
        ask: &Ask<'_>,
        etag: Option<HeaderValue>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Fault> {
        let headers = etag.map(|etag| HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]));
        let answer = session
            .octocrab
            ._get_with_headers(route.uri()?, headers)
            .await
            .map_err(|error| self.unsent(&error))?;
        let (parts, body) = answer.into_parts();
        let is_ok = parts.status == StatusCode::OK;
        let cap = if is_ok { BODY } else { REFUSAL };
        let body = match Limited::new(body, cap).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if is_ok => return Err(self.cut_short(error.as_ref(), ask)),
            // The status says enough.
            Err(_) => Bytes::new(),
        };
        let secondary = !is_ok && Told::read(&body).is_secondary();
        let now = self.clock.now();
        let shared = self.shared();
        let (refused, budget) = {
            let mut limits = lock(&shared.limits);
            let refused = limits.learn(parts.status, &parts.headers, secondary, now);
            (limits.refusal(now, &self.place).filter(|_| refused), limits.budget())
        };
        let counts = parts.status != StatusCode::NOT_MODIFIED;
        let theirs = limits::their_time(&parts.headers, now);
        let repo = self.key(ask.repo);
        lock(&shared.scheduler).answered(&repo, counts, budget.as_ref(), theirs, now);
        if let Some(refusal) = refused {
            return Err(refusal);
        }
        Ok((parts.status, parts.headers, body))
    }

    fn refused(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        ask: &Ask<'_>,
    ) -> Fault {
        let asked = Asked {
            place: &self.place,
            origin: &self.origin,
            has_token: self.config.bearer.is_some(),
            repo: ask.repo,
            what: ask.what,
            permission: ask.permission,
        };
        let mut fault = asked.fault(status, headers, &Told::read(body));
        if status.is_server_error() {
            let now = self.clock.now();
            fault.retry_at =
                limits::retry_after(headers, now).map(|wait| now + wait.max(TimeDelta::zero()));
        }
        fault
    }

    /// The fault for a request without an answer.
    fn unsent(&self, error: &octocrab::Error) -> Fault {
        match cause::<reqwest::Error>(error) {
            Some(error) => stack::fault(error, "github"),
            None => Fault::new(
                FaultKind::Setup,
                format!("{}: the request could not be made", self.place),
            ),
        }
    }

    /// The fault for an answer that began well and did not end well.
    fn cut_short(&self, error: &(dyn Error + Send + Sync + 'static), ask: &Ask<'_>) -> Fault {
        let place = &self.place;
        let Ask { what, repo, .. } = ask;
        if error.is::<LengthLimitError>() {
            let text = format!("{place} answered more than 8 MiB to {what} in {repo}");
            return Fault::new(FaultKind::Garbage, text);
        }
        match cause::<reqwest::Error>(error) {
            Some(error) if error.is_timeout() => stack::fault(error, "github"),
            _ => Fault::new(
                FaultKind::Garbage,
                format!("the answer of {place} to {what} in {repo} was cut short"),
            ),
        }
    }

    async fn session(&self) -> Result<Arc<Session>, Fault> {
        let session = self.credentials.session(&*self.clock).await?;
        self.meet(&session);
        Ok(session)
    }

    /// Another session instead of one whose token was refused, where there is one.
    async fn better(&self, refused: &Arc<Session>, fault: &Fault) -> Option<Arc<Session>> {
        let session = self.credentials.refused(refused, fault, &*self.clock).await?;
        self.meet(&session);
        Some(session)
    }

    /// Takes note of which token is used: what hangs on the one before goes.
    fn meet(&self, session: &Session) {
        let mut own = lock(&self.own);
        match own.fingerprint.replace(session.fingerprint) {
            Some(before) if before == session.fingerprint => {}
            Some(_) => {
                lock(&self.validators).keep_only(session.fingerprint);
                lock(&own.shared.scheduler).forget_budget();
                tracing::info!("{}: {} is another one now", self.place, self.origin);
            }
            None => {
                let shared = Arc::clone(&own.shared);
                own.shared =
                    self.tokens.meet(&self.config, session.fingerprint, shared, &own.repos);
            }
        }
    }
}

/// The first cause of a given type.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What is behind these locks is replaced whole, so a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
