//! One request to Prometheus and what became of it.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use serde_json::value::RawValue;

use crate::clients::http::{Answer, Session, short};
use crate::model::{Fault, FaultKind, Point, Time};

use super::answer::{Envelope, instant};

/// The largest answer that is read, in bytes.
const CAP: usize = 16 * 1024 * 1024;

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trouble {
    /// This query is at fault; others may do well.
    Query(String),
    /// The way there or the server is.
    Feed(Fault),
}

impl Trouble {
    /// The sentence for the operator.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Query(text) => text,
            Self::Feed(fault) => &fault.text,
        }
    }
}

/// How far from the moment of asking the moment may be that an instant query was evaluated at.
const NOW: TimeDelta = TimeDelta::minutes(2);

/// A session that knows which method the other side takes.
pub(super) struct Asker<'a> {
    session: Session,
    get_only: &'a AtomicBool,
    now: Time,
}

impl<'a> Asker<'a> {
    /// One that asks at `now`.
    pub(super) fn new(session: Session, get_only: &'a AtomicBool, now: Time) -> Self {
        Self { session, get_only, now }
    }

    /// The reading of an instant query; none when there is no series.
    ///
    /// # Errors
    /// A sentence, when it is not one series of numbers, or not of now.
    pub(super) fn instant(&self, data: &RawValue) -> Result<Option<Point>, String> {
        let found = instant(data)?;
        match found.filter(|point| (point.at - self.now).abs() > NOW) {
            Some(old) => {
                let at = old.at.format("%Y-%m-%d %H:%M:%S UTC");
                Err(format!("its value is of {at}, not of now: an old answer, or a wrong clock"))
            }
            None => Ok(found),
        }
    }

    /// Sends a query as a form, which has no limit of length; in the address when only that is allowed.
    pub(super) async fn query(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Data, Trouble> {
        if !self.get_only.load(Ordering::Relaxed) {
            let answer = self.session.post_form(path, pairs, CAP).await.map_err(Trouble::Feed)?;
            if !matches!(answer.status.as_u16(), 405 | 501) {
                return self.read(&answer);
            }
            self.get_only.store(true, Ordering::Relaxed);
        }
        self.get(path, pairs).await
    }

    /// Asks with everything in the address.
    pub(super) async fn get(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Data, Trouble> {
        let answer = self.session.get(path, pairs, CAP).await.map_err(Trouble::Feed)?;
        self.read(&answer)
    }

    fn read(&self, answer: &Answer) -> Result<Data, Trouble> {
        let what = self.session.what();
        let garbage =
            |why: String| Trouble::Feed(Fault::new(FaultKind::Garbage, format!("{what}: {why}")));
        let envelope = match serde_json::from_slice::<Envelope<'_>>(&answer.body) {
            Ok(envelope) => envelope,
            Err(_) if !answer.status.is_success() => return Err(Trouble::Feed(answer.fault(what))),
            Err(error) => {
                return Err(garbage(format!(
                    "the answer is not Prometheus' JSON: {}",
                    short(&error.to_string())
                )));
            }
        };
        if let Some(error) = &envelope.error {
            let kind = envelope.error_type.as_deref().unwrap_or("");
            let of_query = matches!(answer.status.as_u16(), 200..=299 | 400 | 422)
                || matches!(kind, "timeout" | "canceled");
            return Err(if of_query {
                Trouble::Query(short(error))
            } else {
                Trouble::Feed(answer.fault(what))
            });
        }
        match envelope.data {
            _ if !answer.status.is_success() => Err(Trouble::Feed(answer.fault(what))),
            None => Err(garbage("the answer has no data".to_owned())),
            Some(_) if let Some(why) = envelope.partial() => {
                Err(Trouble::Query(format!("a partial answer: {why}")))
            }
            Some(data) => Ok(Data { data: data.to_owned(), warnings: envelope.remarks() }),
        }
    }
}

/// A success.
pub(super) struct Data {
    /// The payload.
    pub(super) data: Box<RawValue>,
    /// What was said beside it.
    pub(super) warnings: Vec<String>,
}
