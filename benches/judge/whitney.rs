//! Mann–Whitney on whole minutes, as Kayenta judges: error share and 95th percentile, at least five minutes,
//! a confidence of 98 % that the candidate's lie higher. It knows ranks, not requests.
//!
//! Source: H. Mann and D. Whitney, "On a test of whether one of two random variables is stochastically larger
//! than the other", 1947; the interval by inverting the test, with ties and continuity corrected.

use crate::judge::Judge;
use crate::traffic::Look;

/// Of 98 % on both sides together.
const Z98: f64 = 2.326_347_874_040_841;
/// A shift that is smaller than this part of its estimate is none.
const TOLERANCE: f64 = 0.25;
const FEWEST: usize = 5;

#[derive(Default)]
pub struct Whitney {
    errors: [Vec<f64>; 2],
    p95: [Vec<f64>; 2],
}

impl Judge for Whitney {
    fn condemns(&mut self, look: &Look) -> bool {
        let Some(minute) = look.minute else { return false };
        for (side, minute) in minute.iter().enumerate() {
            self.errors[side].extend(minute.errors);
            self.p95[side].extend(minute.p95);
        }
        is_high(&self.errors) || is_high(&self.p95)
    }
}

fn is_high([ours, theirs]: &[Vec<f64>; 2]) -> bool {
    if ours.len().min(theirs.len()) < FEWEST {
        return false;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let shift = Shift::of(ours, theirs);
    shift.low > TOLERANCE * shift.estimate.abs() && mean(ours) >= mean(theirs)
}

/// By how much ours lie higher.
struct Shift {
    low: f64,
    /// Hodges and Lehmann's.
    estimate: f64,
}

impl Shift {
    fn of(ours: &[f64], theirs: &[f64]) -> Self {
        let differences = differences(ours, theirs);
        let half = differences.len() / 2;
        let estimate = if differences.len() % 2 == 1 {
            differences[half]
        } else {
            f64::midpoint(differences[half - 1], differences[half])
        };
        Self { low: low(ours, theirs, differences), estimate }
    }
}

/// All differences of one of ours and one of theirs, in order.
fn differences(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    let pairs = ours.iter().flat_map(|x| theirs.iter().map(move |y| x - y));
    let mut differences: Vec<f64> = pairs.collect();
    differences.sort_by(f64::total_cmp);
    differences
}

/// The lower end of the interval: the smallest difference such that, moved down by a little more than it,
/// ours are no longer too high. Beyond a difference nothing changes up to the next.
fn low(ours: &[f64], theirs: &[f64], mut differences: Vec<f64>) -> f64 {
    // differences of decimals that ought to be equal are, but for their last digits
    differences.dedup_by(|next, before| (*next - *before).abs() < 1e-12);
    let is_high = |pair: &[f64]| z(ours, theirs, f64::midpoint(pair[0], pair[1])) > Z98;
    let pairs: Vec<&[f64]> = differences.windows(2).collect();
    differences[pairs.partition_point(|pair| is_high(pair))]
}

/// How far the ranks of ours, moved down by `shift`, lie above the middle, in standard deviations; 0 where
/// all are equal.
fn z(ours: &[f64], theirs: &[f64], shift: f64) -> f64 {
    let (n, m) = (ours.len() as f64, theirs.len() as f64);
    let mut all: Vec<(f64, bool)> = ours.iter().map(|x| (x - shift, true)).collect();
    all.extend(theirs.iter().map(|y| (*y, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank, mut ranks, mut ties) = (0.0, 0.0, 0.0);
    for equal in all.chunk_by(|a, b| (a.0 - b.0).abs() < 1e-12) {
        let (count, own) = (equal.len() as f64, equal.iter().filter(|one| one.1).count() as f64);
        ranks += own * (rank + f64::midpoint(count, 1.0));
        ties += count.powi(3) - count;
        rank += count;
    }
    let away = ranks - n * (n + 1.0) / 2.0 - n * m / 2.0;
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 || away == 0.0 {
        return 0.0;
    }
    (away - away.signum() / 2.0) / variance.sqrt()
}

pub fn check() {
    let stable = [101., 99., 104., 98., 103., 100., 102., 97., 105., 106.];
    let bad = [112., 118., 121., 117., 130., 125., 119., 123., 128., 116.];
    let good = [101., 100., 99., 103., 98., 104., 102., 100., 101., 99.];
    let near =
        |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-5, "{found}, not {wanted}");
    near(z(&bad, &stable, 0.0), 3.741_85);
    near(2.0 * crate::chance::above(3.741_85), 0.000_182_67);
    near(z(&good, &stable, 0.0), -0.570_39);
    let shift = Shift::of(&bad, &stable);
    near(shift.estimate, 19.0);
    near(shift.low, 14.0);
    let shift = Shift::of(&good, &stable);
    near(shift.estimate, -1.0);
    near(shift.low, -4.0);
    // the upper ends, as the lower ends of the opposite
    near(Shift::of(&stable, &bad).low, -25.0);
    near(Shift::of(&stable, &good).low, -2.0);
    assert!(is_high(&[bad.to_vec(), stable.to_vec()]));
    assert!(!is_high(&[good.to_vec(), stable.to_vec()]));
    assert!(!is_high(&[vec![0.0; 9], vec![0.0; 9]]));
}
