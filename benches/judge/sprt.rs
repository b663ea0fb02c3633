//! The mixture sequential test of a difference: may be looked at at any time, as ours, but takes the variance
//! for known.
//!
//! Source: R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Always valid inference", 2022.

use flightdeck::stats::Count;

use crate::judge::{ALPHA, FEWEST, Judge, Sums};
use crate::traffic::Look;
use crate::ztest::variance;

/// The difference it is made for: a point.
const TAU: f64 = 0.01;

#[derive(Default)]
pub struct Sprt(Sums);

impl Judge for Sprt {
    fn condemns(&mut self, look: &Look) -> bool {
        self.0.add(look).iter().any(|[ours, theirs]| {
            ours.bad + theirs.bad >= FEWEST
                && ours.share() > theirs.share()
                && evidence(*ours, *theirs) >= 1.0 / (2.0 * ALPHA)
        })
    }
}

/// Of a difference on either side.
fn evidence(ours: Count, theirs: Count) -> f64 {
    let (Some(p), Some(q)) = (ours.share(), theirs.share()) else { return 1.0 };
    let (v, tau) = (variance(ours, theirs), TAU * TAU);
    if v <= 0.0 {
        return 1.0;
    }
    (v / (v + tau)).sqrt() * ((p - q).powi(2) * tau / (2.0 * v * (v + tau))).exp()
}

pub fn check() {
    for (x, n, y, m, wanted) in [
        (12.0, 1000.0, 40.0, 9000.0, 25.5325),
        (2.0, 100.0, 9.0, 900.0, 0.8921),
        (10.0, 1000.0, 90.0, 9000.0, 0.3148),
        (60.0, 1000.0, 90.0, 9000.0, 9.54e27),
    ] {
        let found = evidence(Count::new(x, n), Count::new(y, m));
        assert!((found / wanted - 1.0).abs() < 1e-3, "{found}, not {wanted}");
    }
    let v = variance(Count::new(12.0, 1000.0), Count::new(40.0, 9000.0));
    assert!((v - 5.7477e-6).abs() < 1e-10, "{v}");
}
