//! Who of a token's repositories is asked when. Polls are spread over what GitHub allows in an hour, less a
//! reserve for actions, and in a minute; when that is not enough for all, those wait longer whose answers
//! are needed least. A host that is down is left alone. One value for each token and host.
//!
//! Pure: time is handed in and the seed decides every chance. Must not know what is asked for or how.

mod allowance;
mod breaker;
mod costs;
mod minute;
mod pace;
mod plan;
mod repo;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;

use crate::model::{Budget, Fault, FaultKind, Time};

use allowance::Allowance;
use breaker::Breaker;
use costs::Costs;
use minute::Minute;
use pace::{Strain, words};
use plan::{Each, stretches};
use repo::Repo;

pub use pace::{Pace, Short};
pub use plan::Priority;

/// Points a minute that the polls are planned for. GitHub's secondary limit is 900, a read is one, a write
/// five.
const PLANNED: u32 = 600;

/// What a read costs of the points of a minute, and a write.
const READ: u32 = 1;
const WRITE: u32 = 5;

/// Points that any minute may hold before a poll of this priority waits for the next. What polls leave is
/// for actions.
const CEILINGS: [u32; 4] = [780, 750, 690, 630];

/// The same for a poll that asks for everything, as the first does: not all that is new at once, or what
/// turns out to be active would have to wait.
const NEW: u32 = 480;

/// Requests that a poll is believed to send before one was seen: at first, everything is asked for.
const FIRST: u32 = 6;

/// How long all have to be asked as usual before that is said.
const CALM: TimeDelta = TimeDelta::minutes(10);

/// GitHub's window, where an answer has not told its end.
const HOUR: Duration = Duration::from_secs(3600);

/// When to ask whom. See the module.
#[derive(Debug)]
pub struct Scheduler {
    /// `api.github.com`, for the operator.
    place: String,
    seed: u64,
    /// The part of an interval by which chance may lengthen it; nobody is asked more often than was said.
    jitter: f64,
    repos: BTreeMap<String, Repo>,
    costs: Costs,
    allowance: Allowance,
    minute: Minute,
    breaker: Breaker,
    /// How many times longer than usual somebody waited when that was last said; 0 when all is as usual.
    said: f64,
    /// When somebody waited longer than usual last.
    widened_at: Option<Time>,
}

impl Scheduler {
    /// An empty plan for a host, called `place` where the operator reads of it. The seed spreads the polls.
    #[must_use]
    pub fn new(place: String, seed: u64) -> Self {
        Self {
            place,
            seed,
            jitter: 0.2,
            repos: BTreeMap::new(),
            costs: Costs::default(),
            allowance: Allowance::default(),
            minute: Minute::default(),
            breaker: Breaker::default(),
            said: 0.0,
            widened_at: None,
        }
    }

    /// Keeps nothing for actions: what is asked for is one.
    pub fn spend_reserve(&mut self) {
        self.allowance.spends_reserve = true;
    }

    /// Whether polls must know what is left of the hour, and nothing has told it yet.
    #[must_use]
    pub fn wants_budget(&self, now: Time) -> bool {
        !self.allowance.spends_reserve && self.allowance.remaining(now).is_none()
    }

    /// Leaves nothing to chance.
    #[cfg(test)]
    pub fn steady(&mut self) {
        self.jitter = 0.0;
    }

    /// Takes a repository into the plan: asked every `every`, twice as often while it is looked at, or every
    /// `every_active` while a run is active or a rollout is under way.
    pub fn enter(&mut self, repo: &str, every: Duration, every_active: Duration) {
        let new = || Repo::new(every, every_active);
        self.repos.entry(repo.to_owned()).or_insert_with(new);
    }

    /// Books the points of a repository's next poll, and says when it may begin: now, unless the minute is
    /// full.
    pub fn book(&mut self, repo: &str, now: Time) -> Time {
        self.minute.forget(now);
        let Some(repo) = self.repos.get_mut(repo) else { return now };
        if let Some((at, points)) = repo.booked.take() {
            self.minute.give_back(at, points);
        }
        let (points, ceiling) = if repo.polls == 0 {
            (FIRST, NEW)
        } else {
            let sends = self.costs.of(repo.priority).sends;
            (sends.ceil() as u32, CEILINGS[repo.priority as usize])
        };
        let at = self.minute.room(now, points, ceiling);
        self.minute.add(at, points);
        repo.booked = Some((at, points));
        at
    }

    /// Begins a poll that will send at most `requests`, or says why it must not and until when.
    ///
    /// # Errors
    /// The host is down, or what is left of the hour is kept for actions.
    pub fn begin(&mut self, repo: &str, requests: usize, now: Time) -> Result<(), Fault> {
        if self.repos.get(repo).is_some_and(|repo| repo.is_under_way) {
            // the last poll never ended: it hung and was dropped
            let hung = format!("{} did not answer to a poll of {repo} in time", self.place);
            let hung = Fault::new(FaultKind::Timeout, hung);
            self.polled(repo, Priority::Rest, Err(&hung), now);
        }
        if let Err((fault, until)) = self.breaker.admit(now) {
            return Err(Fault {
                retry_at: Some(until.max(fault.retry_at.unwrap_or(until))),
                ..fault
            });
        }
        self.grant(repo, requests, now)?;
        if let Some(repo) = self.repos.get_mut(repo) {
            (repo.is_under_way, repo.sent, repo.counted) = (true, 0, 0);
        }
        Ok(())
    }

    /// Grants a poll under way so many requests more.
    ///
    /// # Errors
    /// What is left of the hour is kept for actions.
    pub fn grant(&mut self, repo: &str, requests: usize, now: Time) -> Result<(), Fault> {
        let requests = requests as u64;
        if self.allowance.spare(now).is_some_and(|spare| spare < requests) {
            let reset = self.allowance.reset(now).unwrap_or(now + TimeDelta::minutes(1));
            let text = format!(
                "{}: the last {} requests of this hour are kept for actions; nothing is polled before {}",
                self.place,
                self.allowance.remaining(now).unwrap_or_default(),
                reset.format("%H:%M:%SZ")
            );
            return Err(Fault { kind: FaultKind::RateLimited, text, retry_at: Some(reset) });
        }
        if let Some(repo) = self.repos.get_mut(repo) {
            repo.granted += requests;
            self.allowance.granted += requests;
        }
        Ok(())
    }

    /// Grants one request more where a poll is under way, which did not know of it when it began.
    ///
    /// # Errors
    /// What is left of the hour is kept for actions.
    pub fn extend(&mut self, repo: &str, now: Time) -> Result<(), Fault> {
        if self.repos.get(repo).is_some_and(|repo| repo.is_under_way) {
            self.grant(repo, 1, now)?;
        }
        Ok(())
    }

    /// Counts a read, whoever sends it.
    pub fn sent(&mut self, repo: &str, now: Time) {
        let repo = self.repos.get_mut(repo);
        if let Some(repo) = repo {
            repo.sent += 1;
            if let Some((_, booked)) = repo.booked.as_mut().filter(|(_, booked)| *booked >= READ) {
                *booked -= READ;
                return;
            }
        }
        self.minute.add(now, READ);
    }

    /// Counts a write. It is no part of a poll, and what the reserve is for.
    pub fn wrote(&mut self, now: Time) {
        self.minute.add(now, WRITE);
    }

    /// Takes a repository out of the plan, as it stands.
    fn leave(&mut self, repo: &str) -> Option<Repo> {
        let repo = self.repos.remove(repo)?;
        self.allowance.granted -= repo.granted;
        if let Some((at, points)) = repo.booked {
            self.minute.give_back(at, points);
        }
        Some(repo)
    }

    /// Takes repositories over from another plan, as they stand: it turned out to be of the same token.
    pub fn adopt<'a>(&mut self, other: &mut Self, repos: impl IntoIterator<Item = &'a String>) {
        for name in repos {
            let Some(repo) = other.leave(name) else { continue };
            self.allowance.granted += repo.granted;
            if let Some((at, points)) = repo.booked {
                self.minute.add(at, points);
            }
            self.repos.insert(name.clone(), repo);
        }
    }

    /// Forgets what answers said of the hour: they were another token's.
    pub fn forget_budget(&mut self) {
        self.allowance.forget();
    }

    /// Books an answer: whether GitHub counts it, and what it says of the budget, at `theirs` by the
    /// server's clock.
    pub fn answered(
        &mut self,
        repo: &str,
        counts: bool,
        budget: Option<&Budget>,
        theirs: Time,
        now: Time,
    ) {
        self.learn(budget, theirs, now);
        if let Some(repo) = self.repos.get_mut(repo) {
            repo.counted += u32::from(counts);
            if repo.granted > 0 {
                repo.granted -= 1;
                self.allowance.granted -= 1;
            }
        }
    }

    /// Takes an answer's word on the budget, at `theirs` by the server's clock.
    pub fn learn(&mut self, budget: Option<&Budget>, theirs: Time, now: Time) {
        if let Some(budget) = budget {
            self.allowance.learn(budget, theirs, now);
        }
    }

    /// Ends a poll, and learns what it cost. `priority` holds until the next one ends.
    pub fn polled(
        &mut self,
        repo: &str,
        priority: Priority,
        outcome: Result<(), &Fault>,
        now: Time,
    ) {
        self.breaker.polled(outcome, now);
        let Some(repo) = self.repos.get_mut(repo) else { return };
        self.allowance.granted -= std::mem::take(&mut repo.granted);
        if let Some((at, points)) = repo.booked.take() {
            self.minute.give_back(at, points);
        }
        if outcome.is_ok() {
            // the first poll asks for everything, and nothing is known yet that could be unchanged
            if repo.polls > 0 {
                self.costs.learn(priority, repo.sent, repo.counted, now);
            }
            repo.polls += 1;
            repo.priority = priority;
        }
        repo.is_under_way = false;
        repo.ended = Some(now);
    }

    /// How often a repository is asked, from what is known now; none when it is not in the plan.
    #[must_use]
    pub fn pace(&self, repo: &str, now: Time) -> Option<Pace> {
        let repo = self.repos.get(repo)?;
        Some(self.strain(now).pace(repo.priority, repo.usual()))
    }

    /// How far what is wanted goes beyond what there is.
    fn strain(&self, now: Time) -> Strain {
        let (mut counts, mut sends): (Each, Each) = ([0.0; 4], [0.0; 4]);
        for repo in self.repos.values() {
            let class = repo.priority as usize;
            let usual = repo.usual().as_secs_f64().max(0.1);
            let cost = self.costs.of(repo.priority);
            counts[class] += cost.counts / usual;
            sends[class] += cost.sends / usual;
        }
        let reset = self.allowance.reset(now).and_then(|reset| (reset - now).to_std().ok());
        Strain {
            hour: stretches(counts, self.allowance.rate(now)),
            minute: stretches(sends, f64::from(PLANNED) / 60.0),
            reset: reset.unwrap_or(HOUR),
        }
    }

    /// When a repository is to be asked next: at once if it never was.
    #[must_use]
    pub fn due(&self, name: &str, now: Time) -> Time {
        let Some((repo, ended)) = self.repos.get(name).and_then(|repo| Some((repo, repo.ended?)))
        else {
            return now;
        };
        let chance = 1.0 + self.jitter * self.chance(name, repo.polls);
        let every = self.strain(now).pace(repo.priority, repo.usual()).every.mul_f64(chance);
        let wait = TimeDelta::from_std(every).unwrap_or(TimeDelta::hours(1));
        (ended + wait).max(now)
    }

    /// A sentence when repositories have come to wait longer than usual, when they wait twice as long as
    /// was said, and when all have been asked as usual again for a while.
    pub fn news(&mut self, now: Time) -> Option<String> {
        let strain = self.strain(now);
        let paces = self.repos.values().map(|repo| strain.pace(repo.priority, repo.usual()));
        let widest = paces.max_by(|a, b| a.stretch().total_cmp(&b.stretch()))?;
        let place = &self.place;
        let short_of = widest.short_of.filter(|_| widest.is_notable());
        let Some(short_of) = short_of else {
            if self.said > 0.0 && now - self.widened_at.unwrap_or(now) >= CALM {
                self.said = 0.0;
                return Some(format!("{place}: every repository is asked as usual again"));
            }
            return None;
        };
        self.widened_at = Some(now);
        if widest.stretch() < self.said * 2.0 {
            return None;
        }
        self.said = widest.stretch();
        let why = match short_of {
            Short::Minute => format!("more than {PLANNED} requests a minute would not be polite"),
            Short::Hour => format!(
                "{} requests are left of this hour, {} of them kept for actions",
                self.allowance.remaining(now).unwrap_or_default(),
                self.allowance.reserve()
            ),
        };
        let (every, usual) = (words(widest.every), words(widest.usual));
        Some(match self.repos.len() {
            1 => format!("{place}: asked every {every} instead of {usual}; {why}"),
            n => {
                format!("{place}: {n} repositories, asked every {every} instead of {usual}; {why}")
            }
        })
    }

    /// A number from 0 to 1 that seed, repository and poll decide.
    fn chance(&self, repo: &str, polls: u64) -> f64 {
        let text = repo.bytes().fold(self.seed, |sum, byte| mix(sum ^ u64::from(byte)));
        mix(text ^ polls) as f64 / u64::MAX as f64
    }
}

/// Splitmix64: spreads every bit over all.
fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
