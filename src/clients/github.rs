//! GitHub's REST API, read politely: one token, four requests at a time, conditional wherever there is an
//! ETag, silent while GitHub wants silence. octocrab carries the requests (and the token, to its own origin
//! only) and never repeats one; every answer is read raw, capped, and decoded here.
//!
//! Owns how GitHub is asked and what its answers are called; must not know when it is asked, or what an
//! answer means for a release.

mod asking;
mod budget;
mod cache;
mod check;
mod contents;
mod credentials;
mod decode;
mod deploying;
mod limits;
mod logs;
mod polling;
mod protection;
mod queue;
mod reads;
mod refusal;
mod revisions;
mod route;
mod scheduler;
mod security;
mod session;
mod shared;
mod shelf;
mod token;
mod validators;
mod writes;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::clients::http as stack;
use crate::config::HttpConfig;
use crate::model::{Budget, Fault, Time};
use crate::ports::Clock;

pub use check::{Access, Checked};
pub use credentials::TokenFacts;
pub use decode::{DeploymentStatus, List, runs};
pub use logs::{Fetched, LOG};
pub use polling::Polling;
pub use protection::Protection;
pub use queue::Member;
pub use reads::{Answer, Read};
pub use refusal::Permission;
pub use scheduler::{Pace, Priority, Scheduler, Short};
pub use shared::Tokens;
pub use token::TokenKind;
pub use validators::Validator;

use credentials::Credentials;
use protection::Protections;
use route::Route;
use session::Session;
use shared::Shared;
use shelf::Shelf;
use validators::Validators;

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
    shelf: Mutex<Shelf>,
    protections: Mutex<Protections>,
    /// Whose token it is, by its fingerprint, where GitHub told.
    login: tokio::sync::Mutex<Option<(u64, Option<String>)>>,
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
            shelf: Mutex::default(),
            protections: Mutex::default(),
            login: tokio::sync::Mutex::default(),
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

/// What is behind these locks is replaced whole, so a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
