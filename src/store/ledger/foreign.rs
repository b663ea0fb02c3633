//! A rollback that nobody here made: it holds its target and marks what it left, like one of ours.

use crate::model::{Record, Revision, Target};

use super::{Answered, Hold, Ledger, Line, LineKind};

impl Ledger {
    /// Two processes may write it; only the first is news.
    pub(super) fn taken_back(
        &mut self,
        target: &Target,
        from: Option<&Revision>,
        why: &str,
        record: &Record,
    ) -> Option<Line> {
        if self.hold.is_some() {
            return None;
        }
        let reason = format!("rolled back: {why}");
        self.foreign = Some(record.at);
        self.hold =
            Some(Hold { since: record.at, by: "nobody here".to_owned(), reason, written: true });
        // what was asked for last stays what it was: that it is not in force is said as drift
        self.step = Some((0.0, record.at));
        self.mark(from.cloned());
        if let Some(alarm) = self.alarm.as_mut().filter(|alarm| alarm.answered.is_none()) {
            let by = "nobody here".to_owned();
            let why = why.to_owned();
            alarm.answered = Some(Answered { at: record.at, by, why, passed: false });
        }
        Some(Line::new(record.at, Some(target), LineKind::Trouble, why.to_owned()))
    }
}
