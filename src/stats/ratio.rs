//! How many times as often ours fails as theirs: evidence that may be looked at at any time.
//!
//! Of the failures between two looks, ours are as many as our part of the requests makes likely: with `a` of
//! our requests and `b` of theirs, and ours failing `R` times as often, one of them is ours with the chance
//! `aR / (aR + b)`. How often either fails does not enter, so that a bad hour of both is no evidence against
//! one. The likelihood of what was seen, for a grid of ratios, gives for each a test martingale against "at
//! most so many times" and "at least so many times": a mixture of likelihood ratios, which whatever is true
//! exceeds 1/α at any time at all with a chance of at most α (Ville's inequality). So somebody may look each
//! second, and stop when it pleases.
//!
//! Exact where failures are independent and rare; where they are not rare it errs towards no evidence (their
//! number is then hypergeometric and varies less). Where theirs come in clumps, so many count as one: the
//! likelihood to the power of 1/size. No size can break the promise, however it is guessed, as long as it is
//! at least 1: what exceeds 1/α then would exceed it all the more without. It is kept about, no longer
//! strictly, for clumps themselves.
//!
//! Sources: the conditional test for two Poisson means, J. Przyborowski and H. Wilenski, 1940; mixture
//! martingales, H. Robbins, "Statistical methods related to the law of the iterated logarithm", 1970; sequences
//! of confidence, S. Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021.

use std::sync::LazyLock;

use super::Count;
use super::clump::Clump;

/// The largest ratio that is told apart from larger ones, and its inverse the smallest.
pub const LARGEST: f64 = 20.0;

/// Ratios on either side of 1.
const HALF: usize = 48;

/// All ratios.
const PLACES: usize = 2 * HALF + 1;

/// The spread of what is expected, in logarithms: about a factor of three.
const SPREAD: f64 = 1.1;

/// What the mixture and the last step over the line cost on average, in logarithms.
const TOLL: f64 = 1.5;

/// The evidence of all looks so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Of each ratio of the grid, from the smallest, up to what all have in common.
    likelihood: Vec<f64>,
    clump: Clump,
    ours: Count,
    theirs: Count,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            likelihood: vec![0.0; PLACES],
            clump: Clump::default(),
            ours: Count::default(),
            theirs: Count::default(),
        }
    }
}

/// What is the same for every trial, reckoned once: it is asked for at each look of each.
struct Grid {
    /// The ratios, from the smallest.
    ratios: [f64; PLACES],
    /// How much is expected of a ratio so many places away.
    weights: [f64; PLACES],
}

static GRID: LazyLock<Grid> = LazyLock::new(|| {
    let weight = |away: usize| (away as f64 * LARGEST.ln() / HALF as f64 / SPREAD).powi(2) / -2.0;
    Grid {
        ratios: std::array::from_fn(|place| log_ratio(place).exp()),
        weights: std::array::from_fn(|away| weight(away).exp()),
    }
});

/// The logarithm of a ratio of the grid.
fn log_ratio(place: usize) -> f64 {
    (place as f64 - HALF as f64) * LARGEST.ln() / HALF as f64
}

impl Evidence {
    /// Adds what was counted between two looks. Where only one side has requests nothing can be compared.
    pub fn add(&mut self, ours: Count, theirs: Count) {
        self.ours = self.ours + ours;
        self.theirs = self.theirs + theirs;
        self.clump.add(theirs);
        let failures = ours.bad + theirs.bad;
        if ours.total <= 0.0 || theirs.total <= 0.0 || failures <= 0.0 {
            return;
        }
        for (place, (likelihood, ratio)) in self.likelihood.iter_mut().zip(GRID.ratios).enumerate()
        {
            let mixed = ours.total * ratio + theirs.total;
            *likelihood += ours.bad * log_ratio(place) - failures * mixed.ln();
        }
    }

    /// All of ours so far.
    #[must_use]
    pub fn ours(&self) -> Count {
        self.ours
    }

    /// All of theirs so far.
    #[must_use]
    pub fn theirs(&self) -> Count {
        self.theirs
    }

    /// How many failures count as one, as they come in clumps; at least 1.
    #[must_use]
    pub fn clump(&self) -> f64 {
        self.clump.size()
    }

    /// The evidence that ours does not fail at most as often as theirs: one over the chance to see as much
    /// of it at any time when it does.
    #[must_use]
    pub fn of_harm(&self) -> f64 {
        let (size, even) = (self.clump.size(), self.likelihood[HALF]);
        let others = &self.likelihood[HALF + 1..];
        mixed(others.iter().map(|other| ((other - even) / size).exp()))
    }

    /// The ratios that are left when those are shut out, on either side, of which a chance of `alpha` is
    /// enough: at any time.
    #[must_use]
    pub fn interval(&self, alpha: f64) -> (f64, f64) {
        let (last, size) = (PLACES - 1, self.clump.size());
        let best = self.likelihood.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // against the likeliest, which no search below ever goes beyond
        let parts: Vec<f64> =
            self.likelihood.iter().map(|one| ((one - best) / size).exp()).collect();
        let above = |place: usize| mixed(parts[place + 1..].iter().copied());
        let below = |place: usize| mixed(parts[..place].iter().rev().copied());
        let stays = |place: usize, others: f64| others * alpha < parts[place];
        // the first that stays, from either end; the ends stand for all beyond
        let low = (0..last).find(|place| stays(*place, above(*place))).unwrap_or(last);
        let high = (1..=last).rev().find(|place| stays(*place, below(*place))).unwrap_or(0);
        let low = if low == 0 { 0.0 } else { log_ratio(low - 1).exp() };
        let high = if high == last { f64::INFINITY } else { log_ratio(high + 1).exp() };
        (low, high)
    }
}

/// The mixture of what speaks for the ratios of one side, from the nearest.
fn mixed(others: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (other, weight) in others.zip(&GRID.weights[1..]) {
        weights += weight;
        sum += weight * other;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// About how many of our requests it takes to show, with the evidence that `alpha` asks for, that ours fails
/// `ratio` times as often as theirs, which fails with the chance `base`, while they have `times` as many
/// requests, and failures come one by one. None where it never will.
#[must_use]
pub fn needed(base: f64, ratio: f64, times: f64, alpha: f64) -> Option<f64> {
    if !(base > 0.0 && ratio > 1.0 && times > 0.0) {
        return None;
    }
    let ours = |ratio: f64| ratio / (ratio + times);
    // what one of our requests, and its share of theirs, brings on average
    let brings = base
        * (ratio * (ours(ratio) / ours(1.0)).ln()
            + times * ((1.0 - ours(ratio)) / (1.0 - ours(1.0))).ln());
    (brings > 0.0).then(|| ((1.0 / alpha).ln() + TOLL) / brings)
}

#[cfg(test)]
mod tests;
