//! One class at one rate: all releases of it, before all judges.

use flightdeck::stats::Count;

use crate::chance::Chance;
use crate::class::Class;
use crate::judge::Judge;
use crate::ours::Ours;
use crate::sprt::Sprt;
use crate::threshold::{Limits, Threshold, UNTUNED};
use crate::traffic::{Look, release};
use crate::whitney::Whitney;
use crate::ztest::ZTest;

/// Requests a second, of both sides together.
pub const RATES: [u32; 4] = [1, 10, 100, 1000];

/// Who judges, in the order of the table. The first is ours, the second what it has to beat.
pub const JUDGES: [&str; 6] =
    ["ours", "threshold", "5 % for 1 min", "z each look", "Mann–Whitney", "mixture SPRT"];

fn judges(tuned: Limits) -> [Box<dyn Judge>; JUDGES.len()] {
    [
        Box::new(Ours::default()),
        Box::new(Threshold::new(tuned)),
        Box::new(Threshold::new(UNTUNED)),
        Box::new(ZTest::default()),
        Box::new(Whitney::default()),
        Box::new(Sprt::default()),
    ]
}

/// When a release was condemned.
#[derive(Clone, Copy)]
pub struct Found {
    /// Since harm began.
    pub after_s: u32,
    /// The candidate's, since harm began.
    pub requests: u32,
}

/// What one judge made of all releases.
#[derive(Default)]
pub struct Score {
    /// One for each release: none where it was not condemned, or before there was harm.
    pub found: Vec<Option<Found>>,
}

impl Score {
    pub fn count(&self) -> Count {
        let found = self.found.iter().flatten().count();
        Count::new(found as f64, self.found.len() as f64)
    }

    pub fn share(&self) -> f64 {
        self.count().share().unwrap_or(0.0)
    }

    /// Of those that were found: the time in seconds and the requests in the middle.
    pub fn median(&self) -> Option<Found> {
        let middle = |of: fn(&Found) -> u32| {
            let mut all: Vec<u32> = self.found.iter().flatten().map(of).collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied()
        };
        Some(Found {
            after_s: middle(|found| found.after_s)?,
            requests: middle(|found| found.requests)?,
        })
    }

    /// In how many releases of the same traffic this one was sooner than the other, and later; never is later
    /// than any time.
    pub fn against(&self, other: &Self) -> (usize, usize) {
        let at = |found: &Option<Found>| found.map_or(u32::MAX, |found| found.after_s);
        let pairs = || self.found.iter().map(at).zip(other.found.iter().map(at));
        (
            pairs().filter(|(own, its)| own < its).count(),
            pairs().filter(|(own, its)| own > its).count(),
        )
    }
}

/// One class at one rate.
pub struct Cell {
    pub class: Class,
    pub rate: u32,
    pub scores: [Score; JUDGES.len()],
}

impl Cell {
    /// Cells are told apart by `number`: it chooses the seeds.
    pub fn judged(class: Class, rate: u32, number: u64, releases: u32, tuned: Limits) -> Self {
        let mut scores: [Score; JUDGES.len()] = Default::default();
        for seed in 0..releases {
            let looks = release(class, rate, &mut Chance::new(number, seed.into()));
            for (score, mut judge) in scores.iter_mut().zip(judges(tuned)) {
                score.found.push(found(judge.as_mut(), &looks, class.begins_s()));
            }
        }
        Self { class, rate, scores }
    }
}

/// When a judge condemns; none if it does before harm begins, for that is a false alarm.
fn found(judge: &mut dyn Judge, looks: &[Look], begins_s: u32) -> Option<Found> {
    let mut requests = 0;
    for look in looks {
        if look.at_s > begins_s {
            requests += look.ours.requests;
        }
        if judge.condemns(look) {
            return (look.at_s > begins_s)
                .then(|| Found { after_s: look.at_s - begins_s, requests });
        }
    }
    None
}
