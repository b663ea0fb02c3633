//! The journal of a dry run: what was written is read, and what this process finds out it remembers for itself
//! alone. So a plan stands on the same facts as that of the act, and no line comes of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, ready};

use crate::journal::host_name;
use crate::model::{ActionId, Fault, FaultKind, Plan, Record, RecordKind, Target, Time, Writer};
use crate::ports::{Begun, Clock, Journal};

/// A journal that takes nothing.
pub(super) struct Unwritten {
    kept: Arc<dyn Journal>,
    operator: String,
    clock: Arc<dyn Clock>,
    own: Mutex<Own>,
}

/// What would have been written.
#[derive(Default)]
struct Own {
    /// Not read back yet.
    fresh: Vec<Record>,
    /// The last number that was read or given.
    seq: u64,
}

impl Unwritten {
    /// In front of the journal that is there.
    pub(super) fn new(kept: Arc<dyn Journal>, operator: &str, clock: Arc<dyn Clock>) -> Self {
        Self { kept, operator: operator.to_owned(), clock, own: Mutex::default() }
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, kind: RecordKind) -> Record {
        let mut own = self.own();
        own.seq += 1;
        let id = "dry-run".to_owned();
        let record = Record {
            seq: own.seq,
            at: self.clock.now(),
            operator: self.operator.clone(),
            writer: Writer { id, host: host_name(), pid: std::process::id() },
            kind,
        };
        own.fresh.push(record.clone());
        record
    }
}

impl Journal for Unwritten {
    fn begin(&self, _: Plan) -> BoxFuture<'_, Result<Begun, Fault>> {
        let text = "a dry run begins nothing; ask without `--dry-run`";
        Box::pin(ready(Err(Fault::new(FaultKind::Setup, text))))
    }

    fn append(&self, kind: RecordKind) -> BoxFuture<'_, Result<Record, Fault>> {
        Box::pin(ready(Ok(self.remember(kind))))
    }

    fn is_kept(&self) -> bool {
        false
    }

    fn superseded<'a>(&'a self, action: &'a ActionId, target: &'a Target) -> BoxFuture<'a, bool> {
        self.kept.superseded(action, target)
    }

    fn held<'a>(&'a self, target: &'a Target, since: Time) -> BoxFuture<'a, Option<String>> {
        self.kept.held(target, since)
    }

    fn sending<'a>(&'a self, _: &'a Target, _: Duration) -> BoxFuture<'a, Option<Box<dyn Send>>> {
        Box::pin(ready(None))
    }

    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>> {
        Box::pin(async move {
            let mut records = self.kept.read_new().await?;
            let mut own = self.own();
            let last = records.iter().map(|record| record.seq).max();
            own.seq = own.seq.max(last.unwrap_or_default());
            records.append(&mut own.fresh);
            Ok(records)
        })
    }

    fn lost(&self) -> Option<u64> {
        self.kept.lost()
    }

    fn take_notes(&self) -> Vec<String> {
        self.kept.take_notes()
    }

    fn is_alive<'a>(&'a self, writer: &'a Writer, written: Time) -> BoxFuture<'a, bool> {
        self.kept.is_alive(writer, written)
    }
}
