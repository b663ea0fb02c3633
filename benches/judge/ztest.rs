//! The test of two shares that everybody knows, looked at each time. It is made for one look.

use flightdeck::stats::Count;

use crate::chance::above;
use crate::judge::{ALPHA, FEWEST, Judge, Sums};
use crate::traffic::Look;

#[derive(Default)]
pub struct ZTest(Sums);

impl Judge for ZTest {
    fn condemns(&mut self, look: &Look) -> bool {
        self.0.add(look).iter().any(|[ours, theirs]| {
            ours.bad + theirs.bad >= FEWEST && above(z(*ours, *theirs)) <= ALPHA
        })
    }
}

/// The difference, in standard deviations of what both have in common; 0 where there is nothing to compare.
fn z(ours: Count, theirs: Count) -> f64 {
    let (Some(p), Some(q)) = (ours.share(), theirs.share()) else { return 0.0 };
    let variance = variance(ours, theirs);
    if variance > 0.0 { (p - q) / variance.sqrt() } else { 0.0 }
}

/// Of the difference, if both fail as often.
pub fn variance(ours: Count, theirs: Count) -> f64 {
    let pooled = (ours + theirs).share().unwrap_or(0.0);
    pooled * (1.0 - pooled) * (1.0 / ours.total + 1.0 / theirs.total)
}

pub fn check() {
    let z = z(Count::new(12.0, 1000.0), Count::new(40.0, 9000.0));
    assert!((z - 3.151_51).abs() < 1e-5, "{z}");
    assert!((above(z) - 0.000_812).abs() < 1e-6);
}
