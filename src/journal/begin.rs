//! The rule that a target has one action in flight: decided and written down under one lock, so a second
//! press, a second process or a crash does not act twice.

use super::Journal;
use super::error::JournalError;
use crate::model::{Plan, Record, RecordKind, Verb};
use crate::ports::Begun;

impl Journal {
    /// Writes down the intent to carry out a plan, unless the target has an action in flight: an intent
    /// without an outcome whose writer is alive. A rollback waits for another rollback only. A promotion
    /// is not begun either when another or a rollback was, after the reading that it is pinned to; a request
    /// about runs not when anything was sent since it was asked for; a rollback that nobody asked for not when
    /// one was begun since the alarm that it answers or the reading that it is pinned to, or an operator held
    /// it.
    ///
    /// # Errors
    /// When the journal cannot be locked, read or written. Then nothing was written.
    pub fn begin(&mut self, plan: Plan) -> Result<Begun, JournalError> {
        let lock = self.folder.lock()?;
        self.catch_up()?;
        if let Some(in_flight) = self.in_flight(&plan) {
            return Ok(in_flight);
        }
        if let Some(moved) = self.moved(&plan) {
            return Ok(moved);
        }
        if let Some(why) = plan.alarm.and_then(|alarm| self.index.held(&plan.target, alarm)) {
            return Ok(Begun::Held { why });
        }
        let plan = Box::new(plan);
        let record = self.write(&lock, RecordKind::Intent { plan })?;
        Ok(Begun::Written(Box::new(record)))
    }

    fn moved(&self, next: &Plan) -> Option<Begun> {
        let (record, plan) = match next.verb {
            Verb::Promote => self.index.last_move(&next.target)?,
            // of several that see the same harm one acts
            Verb::Rollback => {
                let (record, plan) = self.index.last_rollback(&next.target)?;
                let alarm = next.alarm?;
                let known = next.read_at.map_or(alarm, |read_at| read_at.min(alarm));
                return (record.at >= known).then(|| by(record, plan));
            }
            // a second press, here or there, must not start, end or decide the same twice
            verb if verb.is_of_runs() => self.index.last_sent(&next.target)?,
            _ => return None,
        };
        let read_at = next.read_at?;
        (record.at > read_at).then(|| by(record, plan))
    }

    fn in_flight(&self, next: &Plan) -> Option<Begun> {
        self.index
            .unfinished(&next.target)
            .filter(|(_, plan)| !overtakes(next, plan))
            .find(|(record, _)| self.is_alive(&record.writer, record.at))
            .map(|(record, plan)| Begun::InFlight {
                plan: Box::new(plan.clone()),
                operator: record.operator.clone(),
                writer: record.writer.clone(),
            })
    }
}

/// What has begun since.
fn by(record: &Record, plan: &Plan) -> Begun {
    Begun::Moved { plan: Box::new(plan.clone()), operator: record.operator.clone() }
}

/// Whether one action need not wait for another that is in flight. A decision may be what a rollback's run
/// waits for, and a cancellation may take away what stands in its way.
fn overtakes(next: &Plan, in_flight: &Plan) -> bool {
    use Verb::{Approve, Cancel, ForceCancel, Reject, Rollback};
    match in_flight.verb {
        Rollback => {
            in_flight.is_by_runs() && matches!(next.verb, Approve | Reject | Cancel | ForceCancel)
        }
        _ => next.verb == Rollback,
    }
}
