//! What a judge is.

use flightdeck::stats::Count;

use crate::traffic::Look;

/// The chance each judge that has one may give away a metric, of two.
pub const ALPHA: f64 = 0.025;

/// Fewer failures than this on both sides together: no test that goes by a normal distribution.
pub const FEWEST: f64 = 10.0;

/// Sees a release look by look, once.
pub trait Judge {
    /// Takes in one more look, and says whether the candidate is to be rolled back.
    fn condemns(&mut self, look: &Look) -> bool;
}

/// All that both sides counted so far, of errors and of slow requests.
#[derive(Default)]
pub struct Sums([[Count; 2]; 2]);

impl Sums {
    pub fn add(&mut self, look: &Look) -> &[[Count; 2]; 2] {
        let [errors, slow] = &mut self.0;
        for (sum, side) in errors.iter_mut().zip([look.ours, look.theirs]) {
            *sum = *sum + side.errors();
        }
        for (sum, side) in slow.iter_mut().zip([look.ours, look.theirs]) {
            *sum = *sum + side.slow();
        }
        &self.0
    }
}
