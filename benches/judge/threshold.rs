//! A fixed threshold, as alert rules have it: the candidate's share over a sliding minute lies above a limit,
//! at every look for some time. It does not know the stable side.

use std::collections::VecDeque;

use flightdeck::stats::Count;

use crate::chance::Chance;
use crate::class::Class;
use crate::judge::{ALPHA, Judge};
use crate::traffic::{Look, STEP_S, Side, release};

const WINDOW_LOOKS: usize = (60 / STEP_S) as usize;

/// Shares that must not be exceeded.
#[derive(Clone, Copy)]
pub struct Limits {
    pub errors: f64,
    pub slow: f64,
    /// For so long.
    pub for_s: u32,
}

/// What people write down without any tuning. No limit for slow requests: 5 % of them are good here.
pub const UNTUNED: Limits = Limits { errors: 0.05, slow: 1.0, for_s: 60 };

pub struct Threshold {
    limits: Limits,
    window: Window,
    over_looks: [u32; 2],
}

impl Threshold {
    pub fn new(limits: Limits) -> Self {
        Self { limits, window: Window::default(), over_looks: [0; 2] }
    }
}

impl Judge for Threshold {
    fn condemns(&mut self, look: &Look) -> bool {
        let shares = self.window.add(look);
        let limits = [self.limits.errors, self.limits.slow];
        for ((over, share), limit) in self.over_looks.iter_mut().zip(shares).zip(limits) {
            *over = if share.is_some_and(|share| share > limit) { *over + 1 } else { 0 };
        }
        self.over_looks.iter().any(|over| *over > self.limits.for_s / STEP_S)
    }
}

/// The candidate's last minute, or what there is of it.
#[derive(Default)]
struct Window(VecDeque<Side>);

impl Window {
    /// Its share of errors and of slow requests; none without requests.
    fn add(&mut self, look: &Look) -> [Option<f64>; 2] {
        self.0.push_back(look.ours);
        if self.0.len() > WINDOW_LOOKS {
            self.0.pop_front();
        }
        let (mut errors, mut slow) = (Count::default(), Count::default());
        for side in &self.0 {
            errors = errors + side.errors();
            slow = slow + side.slow();
        }
        [errors.share(), slow.share()]
    }
}

/// The smallest limits at which at most [`ALPHA`] of as many good releases as asked are condemned by each.
/// `cell` must be no cell that is judged.
pub fn tuned(rate: u32, releases: u32, cell: u64) -> Limits {
    const FOR_S: u32 = 30;
    let mut highest = [Vec::new(), Vec::new()];
    for seed in 0..releases {
        let looks = release(Class::Steady, rate, &mut Chance::new(cell, seed.into()));
        for (highest, new) in highest.iter_mut().zip(held(&looks, FOR_S)) {
            highest.push(new);
        }
    }
    let [errors, slow] = highest.map(|mut highest| {
        highest.sort_by(f64::total_cmp);
        highest[highest.len() - 1 - (ALPHA * highest.len() as f64) as usize]
    });
    Limits { errors, slow, for_s: FOR_S }
}

/// The highest shares that were held for so long.
fn held(looks: &[Look], for_s: u32) -> [f64; 2] {
    let mut window = Window::default();
    let shares: Vec<[f64; 2]> =
        looks.iter().map(|look| window.add(look).map(|share| share.unwrap_or(0.0))).collect();
    [0, 1].map(|metric| {
        let spans = shares.windows((for_s / STEP_S) as usize + 1);
        let lowest = |span: &[[f64; 2]]| span.iter().map(|share| share[metric]).fold(1.0, f64::min);
        spans.map(lowest).fold(0.0, f64::max)
    })
}

/// A limit is broken exactly where a share above it was held.
pub fn check() {
    for seed in 0..50 {
        let looks = release(Class::Steady, 10, &mut Chance::new(2, seed));
        let [errors, slow] = held(&looks, 30);
        let is_broken = |limits: Limits| {
            let mut judge = Threshold::new(limits);
            looks.iter().any(|look| judge.condemns(look))
        };
        assert!(!is_broken(Limits { errors, slow, for_s: 30 }));
        assert!(is_broken(Limits { errors: errors - 1e-9, slow, for_s: 30 }));
        assert!(is_broken(Limits { errors, slow: slow - 1e-9, for_s: 30 }));
    }
}
