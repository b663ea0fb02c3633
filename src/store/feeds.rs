//! How each source's link is: live, stale or lost, how old, and why.

use chrono::TimeDelta;

use crate::model::{Budget, Envelope, Fault, FaultKind, FeedState, Time};

/// Failures in a row after which what a feed said proves nothing any more.
const LOST_AFTER: u32 = 3;

/// Seconds for which an answer counts as the present state however seldom is asked, and usual polls for which
/// it does.
const KEEPS_S: f64 = 120.0;
const KEEPS: f64 = 3.0;

/// One source's link.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// When the last good answer was asked for.
    pub good_at: Option<Time>,
    /// When the last poll ended, good or not.
    pub tried_at: Option<Time>,
    /// The last poll's failure; none when it was good.
    pub fault: Option<Fault>,
    /// Failures in a row.
    pub failures: u32,
    /// Seconds from the last poll to the next.
    pub next_s: f64,
    /// What may still be asked.
    pub budget: Option<Budget>,
    /// What the source itself warned of.
    pub warnings: Vec<String>,
}

/// A feed at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedView {
    /// How far to believe it.
    pub state: FeedState,
    /// Seconds since the last good answer was asked for.
    pub age_s: Option<f64>,
    /// The last poll's failure.
    pub error: Option<String>,
    /// Whether that failure is an answer: told to slow down, or no to who asks.
    pub refused: bool,
    /// Whether its last answer is too old to decide by, however seldom it is asked by plan.
    pub old: bool,
    /// Seconds until the next try, while it fails.
    pub retry_s: Option<f64>,
    /// Seconds until the next poll; 0 when it is due or under way.
    pub next_s: Option<f64>,
    /// What may still be asked.
    pub budget: Option<Budget>,
}

impl FeedView {
    /// What is said of one that has failed and never succeeded: who says no has answered.
    #[must_use]
    pub fn never_good(&self) -> &'static str {
        if self.refused { "refused so far" } else { "never answered" }
    }

    /// A feed that has not reported yet.
    #[must_use]
    pub fn never() -> Self {
        Self {
            state: FeedState::Lost,
            age_s: None,
            error: None,
            refused: false,
            old: false,
            retry_s: None,
            next_s: None,
            budget: None,
        }
    }

    /// Whether it was asked and neither answered nor failed so far: the first moments after the start.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.age_s.is_none() && self.error.is_none()
    }

    /// One sentence: why it is not live. Empty when it is.
    #[must_use]
    pub fn reason(&self) -> String {
        let age = self.age_s.map(|age| format!("last answer {:.0} s ago", age.floor()));
        match (self.state, &self.error, age) {
            (FeedState::Live, ..) if !self.old => String::new(),
            (_, Some(error), Some(age)) => format!("{error}; {age}"),
            (_, Some(error), None) => format!("{error}; {}", self.never_good()),
            (_, None, Some(age)) => {
                match self.budget.as_ref().and_then(|budget| budget.widened_s) {
                    Some(every) => {
                        let every = every.div_ceil(60);
                        format!(
                            "{age}; asked every {every} m only: little is left to ask this hour"
                        )
                    }
                    None => format!("no answer; {age}"),
                }
            }
            (_, None, None) => "no answer yet".to_owned(),
        }
    }
}

/// Whether the other side answered, and said no.
fn is_a_no(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::RateLimited
            | FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::NotFound
    )
}

impl Feed {
    pub(super) fn answered(
        &mut self,
        envelope: &Envelope,
        next_s: f64,
        budget: Option<&Budget>,
        warnings: Option<&[String]>,
    ) {
        if self.good_at.is_none_or(|good| envelope.asked_at >= good) {
            self.good_at = Some(envelope.asked_at);
        }
        self.tried_at = Some(envelope.at);
        self.fault = None;
        self.failures = 0;
        self.next_s = next_s;
        if budget.is_some() {
            self.budget = budget.cloned();
        }
        if let Some(warnings) = warnings {
            self.warnings = warnings.to_vec();
        }
    }

    /// Notes a failure; true when it is the first in a row.
    pub(super) fn failed(&mut self, envelope: &Envelope, fault: &Fault, next_s: f64) -> bool {
        self.tried_at = Some(envelope.at);
        self.fault = Some(fault.clone());
        self.failures = self.failures.saturating_add(1);
        self.next_s = next_s;
        self.failures == 1
    }

    /// Whether its last answer is too old to decide by: to ask more seldom makes no answer younger.
    #[must_use]
    pub fn is_old(&self, now: Time) -> bool {
        let usual_s = self.budget.as_ref().and_then(|budget| budget.usual_s);
        let keeps = usual_s.map(|usual_s| (usual_s as f64 * KEEPS).max(KEEPS_S));
        let age = self.good_at.map(|good| (now - good).as_seconds_f64());
        keeps.zip(age).is_some_and(|(keeps, age)| age > keeps)
    }

    /// The feed at `now`. One failure makes it stale at once: what is shown is then known to be old.
    /// A poll that is overdue by three cadences does too, whatever the reason.
    #[must_use]
    pub fn view(&self, now: Time) -> FeedView {
        let (state, age_s) = self.standing(now);
        let next_s = self.tried_at.map(|tried| {
            let due = tried + TimeDelta::milliseconds((self.next_s * 1000.0) as i64);
            (due - now).as_seconds_f64().max(0.0)
        });
        FeedView {
            state,
            age_s,
            error: self.fault.as_ref().map(|fault| fault.text.clone()),
            refused: self.fault.as_ref().is_some_and(is_a_no),
            old: self.is_old(now),
            retry_s: next_s.filter(|_| self.fault.is_some()),
            next_s,
            budget: self.budget.clone(),
        }
    }

    /// How far to believe it at `now`, and the seconds since its last good answer: what a view begins with.
    #[must_use]
    pub fn standing(&self, now: Time) -> (FeedState, Option<f64>) {
        let seconds = |since: Time| ((now - since).as_seconds_f64()).max(0.0);
        let age_s = self.good_at.map(seconds);
        let overdue_s = self.tried_at.map_or(0.0, |tried| seconds(tried) - self.next_s);
        let patience_s = (self.next_s * 3.0).max(10.0);
        let state = match (&self.fault, age_s) {
            (_, None) => FeedState::Lost,
            (Some(_), _) if self.failures >= LOST_AFTER => FeedState::Lost,
            (_, Some(_)) if overdue_s > patience_s * 5.0 => FeedState::Lost,
            (Some(_), _) => FeedState::Stale,
            (None, _) if overdue_s > patience_s => FeedState::Stale,
            (None, _) => FeedState::Live,
        };
        (state, age_s)
    }
}
