//! Releases: what a candidate and its stable side count, look by look, for 15 minutes.

use flightdeck::stats::Count;

use crate::chance::{Chance, above};
use crate::class::Class;

/// Between two looks.
pub const STEP_S: u32 = 5;
/// Of one release.
pub const LOOKS: u32 = 180;
const LOOKS_A_MINUTE: u32 = 60 / STEP_S;
const MINUTES: usize = (LOOKS / LOOKS_A_MINUTE) as usize;
/// The candidate's part of the traffic.
const PART: f64 = 0.1;
/// How often a good one fails.
const ERRORS: f64 = 0.01;
/// The spread of latencies, which are log-normal.
const SIGMA: f64 = 0.5;
/// The boundary of "slow", in standard deviations: 5 % of a good one's requests lie above.
const SLOW: f64 = 1.644_853_626_951_472;
/// Errors of a clump, on average.
const CLUMP: f64 = 5.0;

/// What one side counted between two looks.
#[derive(Clone, Copy, Default)]
pub struct Side {
    pub requests: u32,
    pub errors: u32,
    pub slow: u32,
}

impl Side {
    pub fn errors(self) -> Count {
        Count::new(self.errors.into(), self.requests.into())
    }

    pub fn slow(self) -> Count {
        Count::new(self.slow.into(), self.requests.into())
    }
}

/// What one side shows of a whole minute; none where it had no requests.
#[derive(Clone, Copy)]
pub struct Minute {
    pub errors: Option<f64>,
    /// From a histogram, as Prometheus does; in boundaries of "slow".
    pub p95: Option<f64>,
}

/// What is seen at a look.
pub struct Look {
    /// Since the release began.
    pub at_s: u32,
    pub ours: Side,
    pub theirs: Side,
    /// Of ours and theirs, when one is over.
    pub minute: Option<[Minute; 2]>,
}

/// All looks at one release, at `rate` requests a second.
pub fn release(class: Class, rate: u32, chance: &mut Chance) -> Vec<Look> {
    let course = course(class, chance);
    let mut owed = [0; 2];
    let mut sums = [Side::default(); 2];
    (0..LOOKS)
        .map(|look| {
            let begins_s = look * STEP_S;
            let (times, stretch) = course[(look / LOOKS_A_MINUTE) as usize];
            let base = ERRORS * times;
            let middle_s = f64::from(begins_s) + f64::from(STEP_S) / 2.0;
            let shares = [class.errors(base, middle_s), base];
            let stretches = [stretch + class.stretch(), stretch];
            let requests = rate * STEP_S;
            let candidate = chance.binomial(requests, PART);
            let requests = [candidate, requests - candidate];
            let sides = [0, 1].map(|side| {
                let errors = if class == Class::Clumped {
                    clumped(requests[side], shares[side], &mut owed[side], chance)
                } else {
                    chance.binomial(requests[side], shares[side])
                };
                let slow = chance.binomial(requests[side], share_above(0.0, stretches[side]));
                Side { requests: requests[side], errors, slow }
            });
            for (sum, side) in sums.iter_mut().zip(sides) {
                sum.requests += side.requests;
                sum.errors += side.errors;
                sum.slow += side.slow;
            }
            let minute = (look + 1).is_multiple_of(LOOKS_A_MINUTE).then(|| {
                let sums = std::mem::take(&mut sums);
                [0, 1].map(|side| Minute {
                    errors: sums[side].errors().share(),
                    p95: p95(sums[side], stretches[side], chance),
                })
            });
            Look { at_s: begins_s + STEP_S, ours: sides[0], theirs: sides[1], minute }
        })
        .collect()
}

/// A rate that wanders: how much of a minute's drift is left in the next, and how far it drifts.
const KEEPS: f64 = 0.8;
const WANDERS: f64 = 0.4;
/// Minutes of the incident that both sides share.
const INCIDENT: usize = 5;

/// How many times as often both sides fail, and by how much (as a logarithm) both are slower: each minute.
fn course(class: Class, chance: &mut Chance) -> [(f64, f64); MINUTES] {
    let mut course = [(1.0, 0.0); MINUTES];
    if class != Class::Wandering {
        return course;
    }
    let incident = chance.below((MINUTES - INCIDENT) as u32) as usize;
    let mut drift = WANDERS * chance.normal();
    for (minute, (times, stretch)) in course.iter_mut().enumerate() {
        let is_bad = (incident..incident + INCIDENT).contains(&minute);
        *times = drift.exp() * if is_bad { 10.0 } else { 1.0 };
        *stretch = drift / 4.0 + if is_bad { 1.5_f64.ln() } else { 0.0 };
        drift = KEEPS * drift + (1.0 - KEEPS * KEEPS).sqrt() * WANDERS * chance.normal();
    }
    course
}

/// The share of latencies above a bound, given as the logarithm of boundaries of "slow".
fn share_above(bound: f64, stretch: f64) -> f64 {
    above(SLOW + (bound - stretch) / SIGMA)
}

/// Errors that come together: one lost connection, one client that tries again. What finds no requests now
/// is left for the next ones.
fn clumped(requests: u32, share: f64, owed: &mut u32, chance: &mut Chance) -> u32 {
    let clumps = chance.binomial(requests, share / CLUMP);
    *owed += (0..clumps).map(|_| chance.geometric(CLUMP)).sum::<u32>();
    let errors = requests.min(*owed);
    *owed -= errors;
    errors
}

/// The 95th percentile of a minute, from a histogram whose buckets grow by a quarter, within the bucket by
/// straight line. One of them ends where "slow" begins, so that it tells the same story as the slow share.
fn p95(side: Side, stretch: f64, chance: &mut Chance) -> Option<f64> {
    const BELOW: i32 = 8;
    const ABOVE: i32 = 8;
    let bound = |bucket: i32| f64::from(bucket) * 1.25_f64.ln();
    if side.requests == 0 {
        return None;
    }
    let rank = 0.95 * f64::from(side.requests);
    let mut below = 0;
    for bucket in -BELOW..=ABOVE {
        // of those on this side of "slow" that are left: how many lie in this bucket
        let (left, end) = if bucket <= 0 {
            (side.requests - side.slow - below, share_above(0.0, stretch))
        } else {
            (side.requests - below, 0.0)
        };
        let begin = if bucket == -BELOW { 1.0 } else { share_above(bound(bucket - 1), stretch) };
        let part = (begin - share_above(bound(bucket), stretch)) / (begin - end);
        let inside = if bucket == 0 { left } else { chance.binomial(left, part.min(1.0)) };
        if f64::from(below + inside) >= rank {
            let low = if bucket == -BELOW { 0.0 } else { bound(bucket - 1).exp() };
            let way = (rank - f64::from(below)) / f64::from(inside);
            return Some(low + (bound(bucket).exp() - low) * way);
        }
        below += inside;
    }
    Some(bound(ABOVE).exp())
}

/// Classes are what they are called.
pub fn check() {
    let share = |class: Class, of: fn(Side) -> Count, ours: bool| {
        let looks = release(class, 1000, &mut Chance::new(1, 1));
        let sides = looks.iter().map(|look| if ours { look.ours } else { look.theirs });
        let sum = sides.map(of).fold(Count::default(), |sum, count| sum + count);
        sum.share().unwrap()
    };
    let near = |found: f64, wanted: f64| {
        assert!((found / wanted - 1.0).abs() < 0.06, "{found}, not {wanted}");
    };
    near(share(Class::Steady, Side::errors, false), 0.01);
    near(share(Class::Steady, Side::slow, false), 0.05);
    near(share(Class::Clumped, Side::errors, false), 0.01);
    near(share(Class::Errors(0.02), Side::errors, true), 0.02);
    near(share(Class::Slower(1.1), Side::slow, true), 0.0729);
    near(share(Class::Slower(1.2), Side::slow, true), 0.1002);
    near(share(Class::Slower(1.5), Side::slow, true), 0.2022);
    near(share(Class::SlowBurn, Side::errors, true), 0.02);
    near(share(Class::Burst, Side::errors, true), 0.01 + 0.19 / 30.0);
    let looks = release(Class::Slower(1.5), 1000, &mut Chance::new(1, 2));
    for [ours, theirs] in looks.iter().filter_map(|look| look.minute) {
        near(theirs.p95.unwrap(), 1.0);
        near(ours.p95.unwrap(), 1.5);
    }
}
