//! What the plan knows of a repository. Pure; must not know what others there are.

use std::time::Duration;

use super::plan::Priority;
use crate::model::Time;

/// What is known of a repository.
#[derive(Debug)]
pub(super) struct Repo {
    pub(super) every: Duration,
    pub(super) every_active: Duration,
    pub(super) priority: Priority,
    /// Polls that ended.
    pub(super) polls: u64,
    /// Whether a poll has begun and not ended.
    pub(super) is_under_way: bool,
    /// When the newest poll ended.
    pub(super) ended: Option<Time>,
    /// Requests of the poll under way: sent, counted, and still granted.
    pub(super) sent: u32,
    pub(super) counted: u32,
    pub(super) granted: u64,
    /// Booked for the next poll, and not sent yet.
    pub(super) booked: Option<(Time, u32)>,
}

impl Repo {
    /// One that was never asked.
    pub(super) fn new(every: Duration, every_active: Duration) -> Self {
        Self {
            every,
            every_active,
            priority: Priority::Rest,
            polls: 0,
            is_under_way: false,
            ended: None,
            sent: 0,
            counted: 0,
            granted: 0,
            booked: None,
        }
    }

    /// The time between polls while there is enough for all.
    pub(super) fn usual(&self) -> Duration {
        match self.priority {
            Priority::Rollout | Priority::Active => self.every_active,
            Priority::Visible => (self.every / 2).max(self.every_active),
            Priority::Rest => self.every,
        }
    }
}
