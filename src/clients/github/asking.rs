//! One request and what becomes of it: a conditional read, once, and once more with another token where the
//! first is refused. Learns from every answer what it says of limits and tokens. Must not know what an answer
//! is for.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::cache::Kept;
use super::refusal::{Asked, Told};
use super::session::{ACCEPT, Session};
use super::validators::{Key, Validator};
use super::{Ask, BODY, GithubClient, Page, REFUSAL, Read, Route, Whole, limits, lock, stack};
use crate::model::{Fault, FaultKind};

impl GithubClient {
    /// Asks for one page: once, and once more with another token where this one is refused and the secret
    /// has a better one.
    pub(super) async fn page(
        &self,
        route: &Route,
        ask: &Ask<'_>,
        read: Read,
    ) -> Result<Page, Fault> {
        let mut next = None;
        let held = |key: &Key| {
            next = None;
            match read {
                Read::IfChanged => {
                    let held = lock(&self.validators).find(key).cloned()?;
                    next = held.next;
                    Some(held.etag)
                }
                Read::Whole => None,
            }
        };
        let page = self.page_unless(route, ask, held).await?;
        Ok(if page.whole.is_none() { Page { next, ..page } } else { page })
    }

    /// The same, unless it still has the ETag that is held.
    pub(super) async fn page_unless(
        &self,
        route: &Route,
        ask: &Ask<'_>,
        mut held: impl FnMut(&Key) -> Option<HeaderValue>,
    ) -> Result<Page, Fault> {
        let shared = self.shared();
        // Only closing the semaphore fails, and nobody does.
        let _permit = shared.permits.acquire().await;
        self.silence()?;
        let session = self.session().await?;
        match self.page_of(&session, route, ask, &mut held).await {
            Err(fault) if fault.kind == FaultKind::Unauthorized => {
                match self.better(&session, &fault).await {
                    Some(session) => {
                        let again = self.page_of(&session, route, ask, &mut held).await;
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
    pub(super) fn silence(&self) -> Result<(), Fault> {
        let refusal = lock(&self.shared().limits).refusal(self.clock.now(), &self.place);
        refusal.map_or(Ok(()), Err)
    }

    async fn page_of(
        &self,
        session: &Arc<Session>,
        route: &Route,
        ask: &Ask<'_>,
        held: &mut impl FnMut(&Key) -> Option<HeaderValue>,
    ) -> Result<Page, Fault> {
        let key = Key {
            fingerprint: session.fingerprint,
            url: route.as_str().to_owned(),
            accept: ACCEPT,
        };
        let etag = held(&key);
        let is_held = etag.is_some();
        let cache = self.tokens.cache.as_ref();
        // boxed, as every request carries the room for it
        let kept = match cache.filter(|_| !is_held) {
            Some(cache) => Box::pin(cache.find(&key)).await.map(Box::new),
            None => None,
        };
        let etag = etag.or_else(|| kept.as_ref().map(|kept| kept.etag.clone()));
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
        match (status, kept) {
            (StatusCode::NOT_MODIFIED, None) if is_held => Ok(Page { whole: None, next: None }),
            (StatusCode::NOT_MODIFIED, Some(kept)) => {
                let Kept { etag, body, links } = *kept;
                Ok(whole(key, Some(&etag), body, route.next(&links)))
            }
            (StatusCode::OK, _) => {
                if let Some(cache) = cache {
                    Box::pin(cache.keep(&key, &headers, &body)).await;
                }
                Ok(whole(key, headers.get(header::ETAG), body, route.next(&headers)))
            }
            _ => Err(self.refused(status, &headers, &body, ask)),
        }
    }

    /// Sends one request and reads its answer to the end. Learns what the answer says of our limits.
    pub(super) async fn exchange(
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

    pub(super) fn refused(
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
}

/// A page with its body, and what stands for it from now on.
fn whole(key: Key, etag: Option<&HeaderValue>, body: Bytes, next: Option<Route>) -> Page {
    let validator = etag.map(|etag| Validator { key, etag: etag.clone(), next: next.clone() });
    Page { whole: Some(Whole { body, validator }), next }
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
