//! The session in hand, and when its secret is asked for again: ahead of the token's end, and once when it
//! was refused. What is under way ends with the session it began with. A secret that gives out nothing better
//! is asked for less and less often. Must not know what the requests are for.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use http::HeaderMap;

use super::session::Session;
use super::{TokenKind, limits, lock, refusal, token};
use crate::config::{HttpConfig, Secret};
use crate::model::{Fault, Time};
use crate::ports::Clock;

/// How long before a token's end its secret is asked for again.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// The wait after a secret gave out nothing better, doubled each time.
const PATIENCE: TimeDelta = TimeDelta::seconds(10);

/// The same while the token in hand is still good.
const LEISURE: TimeDelta = TimeDelta::minutes(1);

/// The longest such wait.
const LONGEST: TimeDelta = TimeDelta::minutes(10);

/// The header that tells when a token ends, and the one that tells a classic token's scopes.
const EXPIRATION: &str = "github-authentication-token-expiration";
const SCOPES: &str = "x-oauth-scopes";

/// What is known of the token in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its kind.
    pub kind: TokenKind,
    /// Where it comes from, in words: `the token from $GITHUB_TOKEN`.
    pub origin: String,
    /// Its scopes, where GitHub tells them: a classic token's.
    pub scopes: Option<Vec<String>>,
    /// When it ends, where GitHub tells it, by our own clock.
    pub ends: Option<Time>,
    /// Whether asking its secret again can bring another one.
    pub may_change: bool,
}

/// A secret and what became of it.
pub(super) struct Credentials {
    config: HttpConfig,
    place: String,
    held: Mutex<Held>,
    /// One asks for the secret at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    session: Option<Arc<Session>>,
    /// Why the token in hand, or the lack of one, is no good, and until when that is believed.
    trouble: Option<(Fault, Time)>,
    /// Times in a row that there was no good token.
    strikes: u32,
    /// Times in a row that asking ahead of the end brought nothing better.
    renewals: u32,
    /// Its scopes, where GitHub tells them.
    scopes: Option<Vec<String>>,
    /// When the token ends, as GitHub told it and by our own clock.
    ends: Option<(Time, Time)>,
    /// When the secret is asked for again while its token is still good.
    renew_at: Option<Time>,
}

impl Held {
    fn usable(&self) -> Option<&Arc<Session>> {
        self.session.as_ref().filter(|_| self.trouble.is_none())
    }

    fn keep(&mut self, session: Arc<Session>, now: Time) -> Arc<Session> {
        self.trouble = None;
        (self.ends, self.scopes) = (None, None);
        self.renewals = 0;
        self.renew_at = session.kind.lifetime().map(|lifetime| now + lifetime - AHEAD);
        self.session = Some(Arc::clone(&session));
        session
    }

    /// Notes that there is no good token, and why.
    fn strike(&mut self, fault: &Fault, now: Time) {
        self.trouble = Some((fault.clone(), now + doubled(PATIENCE, self.strikes)));
        self.strikes += 1;
    }

    /// Whether the present token is `refused`.
    fn is_in_hand(&self, refused: &Arc<Session>) -> bool {
        self.session.as_ref().is_some_and(|session| Arc::ptr_eq(session, refused))
    }
}

fn doubled(wait: TimeDelta, times: u32) -> TimeDelta {
    (wait * (1 << times.min(6))).min(LONGEST)
}

impl Credentials {
    /// For `config.bearer` at `place`. Asks for nothing yet.
    pub(super) fn new(config: HttpConfig, place: String) -> Self {
        Self { config, place, held: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// The session to send a request with.
    ///
    /// # Errors
    /// There is none: the secret cannot be had, or its token was refused a short while ago.
    pub(super) async fn session(&self, clock: &dyn Clock) -> Result<Arc<Session>, Fault> {
        let (usable, is_due) = {
            let held = lock(&self.held);
            let is_due = held.renew_at.is_some_and(|at| at <= clock.now());
            (held.usable().cloned(), is_due && self.may_change())
        };
        if let Some(session) = usable {
            // the others go on with the old token, which is still good
            if is_due && let Ok(_guard) = self.asking.try_lock() {
                return Ok(self.renew(session, clock).await);
            }
            return Ok(session);
        }
        let _guard = self.asking.lock().await;
        let (usable, trouble, refused) = {
            let held = lock(&self.held);
            let trouble = held.trouble.clone().filter(|(_, until)| clock.now() < *until);
            (held.usable().cloned(), trouble, held.session.clone())
        };
        if let Some(session) = usable {
            return Ok(session);
        }
        let again = trouble.map(|(fault, until)| Fault { retry_at: Some(until), ..fault });
        if let Some(fault) = &again
            && self.is_command()
        {
            return Err(fault.clone());
        }
        let opened = self.open().await;
        let mut held = lock(&self.held);
        match (opened, again) {
            (Ok(new), Some(fault))
                if refused.is_some_and(|old| old.fingerprint == new.fingerprint) =>
            {
                Err(fault)
            }
            (Ok(new), _) => Ok(held.keep(Arc::new(new), clock.now())),
            (Err(fault), _) => {
                held.strike(&fault, clock.now());
                Err(fault)
            }
        }
    }

    /// Learns that a session's token was refused, and why. Another session, where there is a better one: to
    /// be tried once.
    pub(super) async fn refused(
        &self,
        refused: &Arc<Session>,
        fault: &Fault,
        clock: &dyn Clock,
    ) -> Option<Arc<Session>> {
        let is_news = self.note(refused, fault, clock);
        let _guard = self.asking.lock().await;
        if let Some(other) = lock(&self.held).usable().cloned() {
            return Some(other);
        }
        if !is_news || !self.may_change() {
            return None;
        }
        let new = self.open().await.ok()?;
        let is_better = new.fingerprint != refused.fingerprint;
        is_better.then(|| lock(&self.held).keep(Arc::new(new), clock.now()))
    }

    /// Notes that a session's token was refused, and why. True when that is news.
    pub(super) fn note(&self, refused: &Arc<Session>, fault: &Fault, clock: &dyn Clock) -> bool {
        let mut held = lock(&self.held);
        let is_news = held.is_in_hand(refused) && held.trouble.is_none();
        if is_news {
            held.strike(fault, clock.now());
        }
        is_news
    }

    /// Learns from an answer that was no refusal of the token.
    pub(super) fn accepted(&self, session: &Arc<Session>, headers: &HeaderMap, now: Time) {
        let mut held = lock(&self.held);
        if !held.is_in_hand(session) || held.trouble.is_some() {
            return;
        }
        let told =
            headers.get(EXPIRATION).and_then(|value| token::expiration(value.to_str().ok()?));
        let known = held.ends.map(|(told, _)| told);
        if let Some(told) = told.filter(|told| known != Some(*told)) {
            let ends = now + (told - limits::their_time(headers, now));
            held.ends = Some((told, ends));
            held.renew_at = Some(ends - AHEAD);
        }
        if held.scopes.is_none() {
            let told = headers.get(SCOPES).and_then(|value| value.to_str().ok());
            let words = |text: &str| {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                words.map(str::to_owned).collect()
            };
            held.scopes = told.map(words);
        }
        held.strikes = 0;
    }

    /// What is known of the token in hand; none before the first request.
    pub(super) fn facts(&self) -> Option<TokenFacts> {
        let held = lock(&self.held);
        Some(TokenFacts {
            kind: held.session.as_ref()?.kind,
            origin: refusal::origin(self.config.bearer.as_ref()),
            scopes: held.scopes.clone(),
            ends: held.ends.map(|(_, ours)| ours),
            may_change: self.may_change(),
        })
    }

    /// Asks for the secret while the token in hand is still good, which goes on when there is none better.
    async fn renew(&self, session: Arc<Session>, clock: &dyn Clock) -> Arc<Session> {
        let opened = self.open().await;
        let mut held = lock(&self.held);
        match opened {
            Ok(new) if new.fingerprint != session.fingerprint => {
                return held.keep(Arc::new(new), clock.now());
            }
            Ok(_) => {}
            Err(fault) => tracing::warn!("the token is about to end, and {fault}"),
        }
        held.renew_at = Some(clock.now() + doubled(LEISURE, held.renewals));
        held.renewals += 1;
        session
    }

    /// Asks for the secret. Boxed: it is rare, and every request carries the room for it.
    async fn open(&self) -> Result<Session, Fault> {
        Box::pin(Session::open(&self.config, &self.place)).await
    }

    /// Whether asking again can bring another token.
    fn may_change(&self) -> bool {
        matches!(self.config.bearer, Some(Secret::File(_) | Secret::Command(_)))
    }

    fn is_command(&self) -> bool {
        matches!(self.config.bearer, Some(Secret::Command(_)))
    }
}

#[cfg(test)]
mod tests;
