//! What went over the wire between the clients and the servers that speak HTTP, for tests that hold both
//! against what is published. Nothing is kept unless a test asks for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::Peer;
use super::http::{Reply, Request};

/// A request, and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Who was asked.
    pub peer: Peer,
    /// `GET`, `POST` …
    pub method: String,
    /// The path as it was sent, encoded.
    pub path: String,
    /// The query string's pairs, decoded, then those of a form.
    pub query: Vec<(String, String)>,
    /// The request's headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The request's body.
    pub body: String,
    /// What the server answered; none while it did not, and for a fault that answered in its place.
    pub answer: Option<Answer>,
}

/// What a server answered, whether or not all of it was sent.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers, by lower-case name.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// The exchanges of a world, in the order of their requests. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Exchanges(Arc<Mutex<Option<Vec<Exchange>>>>);

impl Exchanges {
    /// Keeps what is asked from now on.
    pub fn record(&self) {
        self.kept().get_or_insert_default();
    }

    /// What was kept so far.
    #[must_use]
    pub fn so_far(&self) -> Vec<Exchange> {
        self.kept().clone().unwrap_or_default()
    }

    /// Keeps a request; its place.
    pub(super) fn asked(&self, peer: Peer, request: &Request) -> Option<usize> {
        let mut kept = self.kept();
        let kept = kept.as_mut()?;
        let Request { method, path, pairs, headers, body } = request.clone();
        kept.push(Exchange { peer, method, path, query: pairs, headers, body, answer: None });
        Some(kept.len() - 1)
    }

    /// Keeps the answer to a request that was kept.
    pub(super) fn answered(&self, place: Option<usize>, reply: &Reply) {
        let mut kept = self.kept();
        let exchange = place.and_then(|place| kept.as_mut()?.get_mut(place));
        if let Some(exchange) = exchange {
            let Reply { status, headers, body } = reply.clone();
            exchange.answer = Some(Answer { status, headers, body });
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<Vec<Exchange>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
