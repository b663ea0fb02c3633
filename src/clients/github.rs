//! GitHub's REST API, read politely: one token, four requests at a time, conditional wherever there is an
//! ETag, silent while GitHub wants silence. octocrab carries the requests (and the token, to its own origin
//! only) and never repeats one; every answer is read raw, capped, and decoded here.
//!
//! Owns how GitHub is asked and what its answers are called; must not know when it is asked, or what an
//! answer means for a release.

mod check;
mod contents;
mod decode;
mod deploying;
mod limits;
mod logs;
mod polling;
mod protection;
mod queue;
mod reads;
mod refusal;
mod route;
mod scheduler;
mod session;
mod shelf;
mod validators;
mod writes;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::Semaphore;

use crate::clients::http as stack;
use crate::config::HttpConfig;
use crate::model::{Budget, Fault, FaultKind, Time};
use crate::ports::Clock;

pub use check::Access;
pub use decode::{DeploymentStatus, List, runs};
pub use logs::{Fetched, LOG};
pub use polling::Polling;
pub use protection::Protection;
pub use queue::Member;
pub use reads::{Answer, Read};
pub use refusal::Permission;
pub use scheduler::{Pace, Priority, Scheduler, Short};
pub use validators::Validator;

use limits::Limits;
use protection::Protections;
use refusal::{Asked, Told};
use route::Route;
use session::{ACCEPT, Session};
use shelf::Shelf;
use validators::{Key, Validators};

/// Requests in flight at once.
const AT_ONCE: usize = 4;

/// What a read costs of the points that GitHub allows in a minute.
const READ: u32 = 1;

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
    permits: Semaphore,
    session: tokio::sync::Mutex<Option<Arc<Session>>>,
    limits: Mutex<Limits>,
    scheduler: Mutex<Scheduler>,
    validators: Mutex<Validators>,
    shelf: Mutex<Shelf>,
    protections: Mutex<Protections>,
    /// Whose token it is, where GitHub told.
    login: tokio::sync::OnceCell<Option<String>>,
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
    /// `config.bearer` as its token. Reads and contacts nothing yet; must be used inside the runtime.
    #[must_use]
    pub fn new(config: HttpConfig, clock: Arc<dyn Clock>) -> Self {
        let host = config.url.host_str().unwrap_or("GitHub");
        let place = match config.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Self {
            scheduler: Mutex::new(Scheduler::new(place.clone(), fastrand::u64(..))),
            place,
            origin: refusal::origin(config.bearer.as_ref()),
            config,
            clock,
            permits: Semaphore::new(AT_ONCE),
            session: tokio::sync::Mutex::default(),
            limits: Mutex::default(),
            validators: Mutex::default(),
            shelf: Mutex::default(),
            protections: Mutex::default(),
            login: tokio::sync::OnceCell::new(),
        }
    }

    /// What the newest answer said of the hourly budget; none before the first, and where none is kept.
    pub fn budget(&self) -> Option<Budget> {
        lock(&self.limits).budget()
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

    /// Asks for one page, once.
    async fn page(&self, route: &Route, ask: &Ask<'_>, read: Read) -> Result<Page, Fault> {
        let mut next = None;
        let held = |key: &Key| match read {
            Read::IfChanged => {
                let held = lock(&self.validators).find(key).cloned()?;
                next = held.next;
                Some(held.etag)
            }
            Read::Whole => None,
        };
        let page = self.page_unless(route, ask, held).await?;
        Ok(if page.whole.is_none() { Page { next, ..page } } else { page })
    }

    /// Asks for one page, once, unless it still has the ETag that is held.
    async fn page_unless(
        &self,
        route: &Route,
        ask: &Ask<'_>,
        held: impl FnOnce(&Key) -> Option<HeaderValue>,
    ) -> Result<Page, Fault> {
        // Only closing the semaphore fails, and nobody does.
        let _permit = self.permits.acquire().await;
        if let Some(refusal) = lock(&self.limits).refusal(self.clock.now(), &self.place) {
            return Err(refusal);
        }
        let session = self.session().await?;
        let key = Key {
            fingerprint: session.fingerprint,
            url: route.as_str().to_owned(),
            accept: ACCEPT,
        };
        let etag = held(&key);
        let is_held = etag.is_some();
        lock(&self.scheduler).sent(ask.repo, READ, self.clock.now());
        let exchange = self.exchange(&session, route, ask, etag);
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
        match status {
            StatusCode::NOT_MODIFIED if is_held => Ok(Page { whole: None, next: None }),
            StatusCode::OK => {
                let next = route.next(&headers);
                let validator = headers.get(header::ETAG).map(|etag| Validator {
                    key,
                    etag: etag.clone(),
                    next: next.clone(),
                });
                Ok(Page { whole: Some(Whole { body, validator }), next })
            }
            _ => {
                if status == StatusCode::UNAUTHORIZED {
                    self.forget(&session).await;
                }
                Err(self.refused(status, &headers, &body, ask))
            }
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
        let (refused, budget) = {
            let mut limits = lock(&self.limits);
            let refused = limits.learn(parts.status, &parts.headers, secondary, now);
            (limits.refusal(now, &self.place).filter(|_| refused), limits.budget())
        };
        let counts = parts.status != StatusCode::NOT_MODIFIED;
        let theirs = limits::their_time(&parts.headers, now);
        lock(&self.scheduler).answered(ask.repo, counts, budget.as_ref(), theirs, now);
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
        let mut held = self.session.lock().await;
        if let Some(session) = &*held {
            return Ok(Arc::clone(session));
        }
        let session = Arc::new(Session::open(&self.config, &self.place).await?);
        *held = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Reads the token anew next time, unless somebody else did already.
    async fn forget(&self, refused: &Arc<Session>) {
        let mut held = self.session.lock().await;
        if held.as_ref().is_some_and(|now| Arc::ptr_eq(now, refused)) {
            *held = None;
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
