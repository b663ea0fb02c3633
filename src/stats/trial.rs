//! A verdict on one kind of failure: is ours worse than theirs by as much as matters?
//!
//! Somebody looks all the time, so both answers stand on evidence that may be looked at at any time
//! ([`super::ratio`]): a chance of at most `alpha` to condemn what is no worse, and of at most `alpha` to clear
//! what is worse by what matters. What it cannot tell it does not tell, and says how many requests it lacks.

use super::Count;
use super::ratio::{Evidence, needed};

/// What harm matters, and how sure one has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The chance to condemn what is no worse, over all looks; 0–1.
    pub alpha: f64,
    /// The smallest harm that matters, as a share of all requests (0.0025 is a quarter of a point) …
    pub points: f64,
    /// … or as a part of how often theirs fails (0.2: a fifth more), whichever is more.
    pub part: f64,
}

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Too little was seen to tell even by how much it matters.
    Insufficient,
    /// It is not worse by as much as matters.
    Pass,
    /// It is worse.
    Fail,
    /// Enough was seen, and it lies too near to what matters to be told.
    Inconclusive,
}

impl Verdict {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Insufficient => "insufficient",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// All that was seen so far, and what it proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    rule: Rule,
    evidence: Evidence,
    looks: u64,
    failed: Option<u64>,
}

impl Trial {
    /// A trial of which nothing was seen yet.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self { rule, evidence: Evidence::default(), looks: 0, failed: None }
    }

    /// Adds what was counted since the look before.
    pub fn add(&mut self, ours: Count, theirs: Count) {
        self.evidence.add(ours, theirs);
        self.looks += 1;
        // the dear question last: a good release never comes to it
        if self.failed.is_none() && self.difference() >= Some(self.matters()) && self.is_proven() {
            self.failed = Some(self.looks);
        }
    }

    /// What is found by now. What has failed once stays failed: more looks are no appeal.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.failed.is_some() {
            Verdict::Fail
        } else if self.is_cleared() {
            Verdict::Pass
        } else if self.lacks().is_none_or(|lacks| lacks > 0.0) {
            Verdict::Insufficient
        } else {
            Verdict::Inconclusive
        }
    }

    /// The look at which it failed, from 1.
    #[must_use]
    pub fn failed_at(&self) -> Option<u64> {
        self.failed
    }

    /// What was counted, and what it shows of the ratio of both.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The chance that either bound of the [`Trial::ratio`] is wrong.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.rule.alpha
    }

    /// How many times as often ours fails, at any time and with a chance of `alpha` on either side to be
    /// wrong.
    #[must_use]
    pub fn ratio(&self) -> (f64, f64) {
        self.evidence.interval(self.rule.alpha)
    }

    /// By how much ours fails more often, as a share of all requests; none before both have requests.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        Some(self.evidence.ours().share()? - self.evidence.theirs().share()?)
    }

    /// The smallest difference that matters here.
    #[must_use]
    pub fn matters(&self) -> f64 {
        self.rule.points.max(self.rule.part * self.base())
    }

    /// How many more of our requests it takes to tell the smallest harm that matters from none; none where
    /// nobody can say.
    #[must_use]
    pub fn lacks(&self) -> Option<f64> {
        let (ours, theirs) = (self.evidence.ours().total, self.evidence.theirs().total);
        if ours <= 0.0 || theirs <= 0.0 {
            return None;
        }
        let (base, alpha) = (self.base(), self.rule.alpha);
        let ratio = 1.0 + self.matters() / base;
        // where hardly anything fails, that nothing does is soon enough
        let none_fails = (2.0 / alpha).ln() / self.rule.points;
        let by_both = || Some(needed(base, ratio, theirs / ours, alpha)? * self.evidence.clump());
        let needs = match (self.evidence.ours().bad > 0.0, self.evidence.theirs().bad > 0.0) {
            (false, false) => none_fails,
            (false, true) => by_both()?.min(none_fails),
            (true, _) => by_both()?,
        };
        Some((needs - ours).max(0.0))
    }

    /// How often theirs fails; a half failure more than was counted, for nothing is known never to fail.
    fn base(&self) -> f64 {
        let theirs = self.evidence.theirs();
        (theirs.bad + 0.5) / (theirs.total + 1.0)
    }

    fn is_proven(&self) -> bool {
        self.evidence.of_harm() >= 1.0 / self.rule.alpha
    }

    /// Whether harm that matters is shut out: by how both fail, or because ours hardly fails at all.
    fn is_cleared(&self) -> bool {
        if self.evidence.theirs().total <= 0.0 {
            return false;
        }
        let (_, high) = self.ratio();
        let by_both =
            self.evidence.theirs().bad > 0.0 && (high - 1.0) * self.base() < self.matters();
        by_both || rarer(self.evidence.ours(), self.rule.points) >= 1.0 / self.rule.alpha
    }
}

/// The evidence that a chance is smaller than `chance`, at any time: a mixture of likelihood ratios, half of
/// it for "never".
fn rarer(count: Count, chance: f64) -> f64 {
    const PARTS: usize = 20;
    if !(chance > 0.0 && chance < 1.0) {
        return 0.0;
    }
    let good = count.total - count.bad;
    let likelihood = |other: f64| {
        let bad = if count.bad > 0.0 { count.bad * (other / chance).ln() } else { 0.0 };
        (good * ((1.0 - other) / (1.0 - chance)).ln() + bad).exp()
    };
    let some = (1..PARTS).map(|part| likelihood(chance * part as f64 / PARTS as f64));
    f64::midpoint(likelihood(0.0), some.sum::<f64>() / (PARTS - 1) as f64)
}

#[cfg(test)]
mod tests;
