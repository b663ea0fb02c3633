//! Concurrency groups: one run at a time, one that waits, and the newest that waits drops the others.

use super::repository::Repository;
use super::run::Hold;

/// A queue of a repository.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name as it was first written.
    pub name: String,
    /// The run whose turn it is.
    pub holder: Option<u64>,
    /// The run that waits.
    pub pending: Option<u64>,
    /// When it was last somebody's turn.
    pub acquired: Option<i64>,
}

impl Group {
    /// The runs in it: the one whose turn it is first.
    pub fn members(&self) -> impl Iterator<Item = u64> {
        self.holder.into_iter().chain(self.pending)
    }
}

impl Repository {
    /// Puts a run into its queue, when it has one.
    pub(super) fn enqueue(&mut self, id: u64, now: i64) {
        let Some(queue) = self.run(id).and_then(|run| run.queue) else { return };
        let group = self.groups.entry(queue.name.to_ascii_lowercase()).or_insert_with(|| Group {
            name: queue.name.to_owned(),
            holder: None,
            pending: None,
            acquired: None,
        });
        let Some(holder) = group.holder else {
            group.holder = Some(id);
            group.acquired = Some(now);
            return;
        };
        let dropped = group.pending.replace(id);
        self.hold(id);
        if let Some(run) = dropped.and_then(|dropped| self.run_mut(dropped)) {
            run.updated = now;
            run.ended = Some((now, "cancelled"));
        }
        if queue.replaces
            && let Some(run) = self.run_mut(holder)
        {
            run.cancel = run.cancel.or(Some((now, false)));
        }
    }

    fn hold(&mut self, id: u64) {
        if let Some(run) = self.run_mut(id) {
            run.hold = Hold::Pending;
        }
    }

    /// Gives the turn to who waits, where a run has ended.
    pub(super) fn release(&mut self, now: i64) {
        let runs = &self.runs;
        let over = |id: u64| {
            let run = runs.iter().find(|run| run.id == id);
            run.is_none_or(|run| run.ended.is_some())
        };
        let mut next = Vec::new();
        for group in self.groups.values_mut() {
            group.pending = group.pending.filter(|id| !over(*id));
            if group.holder.is_some_and(over) {
                group.holder = group.pending.take();
                group.acquired = group.holder.map(|_| now).or(group.acquired);
                next.extend(group.holder);
            }
        }
        for id in next {
            if let Some(run) = self.run_mut(id) {
                run.hold = Hold::Free;
                run.updated = now;
            }
        }
    }
}
