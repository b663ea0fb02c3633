//! The journal of a replay: there is none, and whoever asks is told so.

use std::time::Duration;

use futures::future::{BoxFuture, ready};

use crate::model::{ActionId, Fault, FaultKind, Plan, Record, RecordKind, Target, Time, Writer};
use crate::ports::{Begun, Journal};

/// No journal.
#[derive(Debug, Clone, Copy)]
pub struct NoJournal;

fn none<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::Setup, "this is a replay: nothing is written or sent"))
}

impl Journal for NoJournal {
    fn begin(&self, _: Plan) -> BoxFuture<'_, Result<Begun, Fault>> {
        Box::pin(ready(none()))
    }

    fn append(&self, _: RecordKind) -> BoxFuture<'_, Result<Record, Fault>> {
        Box::pin(ready(none()))
    }

    fn superseded<'a>(&'a self, _: &'a ActionId, _: &'a Target) -> BoxFuture<'a, bool> {
        Box::pin(ready(true))
    }

    fn held<'a>(&'a self, _: &'a Target, _: Time) -> BoxFuture<'a, Option<String>> {
        Box::pin(ready(None))
    }

    fn sending<'a>(&'a self, _: &'a Target, _: Duration) -> BoxFuture<'a, Option<Box<dyn Send>>> {
        Box::pin(ready(None))
    }

    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>> {
        Box::pin(ready(none()))
    }

    fn take_notes(&self) -> Vec<String> {
        Vec::new()
    }

    fn is_alive<'a>(&'a self, _: &'a Writer, _: Time) -> BoxFuture<'a, bool> {
        Box::pin(ready(false))
    }
}
