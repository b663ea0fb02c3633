//! `budget`: how long jobs and runs may take.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::raw::{Named, Time};

use super::Resolver;

impl Resolver<'_, '_> {
    /// The budgets of a service or an environment.
    pub(super) fn budget(&mut self, written: &Named<Time>) -> BTreeMap<String, Duration> {
        let mut budget = BTreeMap::new();
        for (job, limit) in written {
            if job.get_ref().trim().is_empty() {
                self.not(job, "write the id of a job, the beginning of its name, or total");
            }
            budget.insert(job.get_ref().clone(), self.pace(Some(limit), Duration::from_secs(60)));
        }
        budget
    }
}
