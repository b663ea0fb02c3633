//! Intervals to be shown beside a share and beside the difference of two. For one look at a fixed time: what
//! is looked at all the time is decided in [`super::ratio`].

use super::Count;

/// Of a normal distribution, 95 % lie within so many standard deviations.
pub const Z95: f64 = 1.959_963_984_540_054;

/// The Wilson score interval of a share, 0–1; all of it where nothing was counted.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
#[must_use]
pub fn wilson(count: Count, z: f64) -> (f64, f64) {
    let Some(share) = count.share() else { return (0.0, 1.0) };
    let (n, zz) = (count.total, z * z);
    let scale = 1.0 + zz / n;
    let centre = (share + zz / (2.0 * n)) / scale;
    let half = z * (share * (1.0 - share) / n + zz / (4.0 * n * n)).sqrt() / scale;
    // at the ends the formula is exact, its arithmetic is not
    let low = if count.bad <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if count.bad >= n { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

/// The interval of `ours − theirs`, −1 to 1, from the Wilson intervals of both.
///
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", 1998,
/// method 10.
#[must_use]
pub fn newcombe(ours: Count, theirs: Count, z: f64) -> (f64, f64) {
    let (Some(p), Some(q)) = (ours.share(), theirs.share()) else { return (-1.0, 1.0) };
    let ((p_low, p_high), (q_low, q_high)) = (wilson(ours, z), wilson(theirs, z));
    let difference = p - q;
    let low = difference - ((p - p_low).powi(2) + (q_high - q).powi(2)).sqrt();
    let high = difference + ((p_high - p).powi(2) + (q - q_low).powi(2)).sqrt();
    (low, high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: (f64, f64), wanted: (f64, f64)) {
        assert!((found.0 - wanted.0).abs() < 1e-6, "{found:?}, not {wanted:?}");
        assert!((found.1 - wanted.1).abs() < 1e-6, "{found:?}, not {wanted:?}");
    }

    #[test]
    fn known_shares_have_the_intervals_of_the_books() {
        let wilson = |bad, total| wilson(Count::new(bad, total), Z95);
        near(wilson(7.0, 200.0), (0.017_056, 0.070_471));
        near(wilson(0.0, 50.0), (0.0, 0.071_348));
        near(wilson(50.0, 50.0), (0.928_652, 1.0));
        assert_eq!(wilson(0.0, 0.0), (0.0, 1.0));
    }

    #[test]
    fn known_differences_have_theirs() {
        let newcombe = |x, n, y, m| newcombe(Count::new(x, n), Count::new(y, m), Z95);
        near(newcombe(12.0, 1000.0, 40.0, 9000.0), (0.002_189, 0.016_491));
        near(newcombe(0.0, 100.0, 3.0, 900.0), (-0.009_754, 0.033_725));
        assert_eq!(newcombe(1.0, 0.0, 1.0, 9.0), (-1.0, 1.0));
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_estimate_and_stays_in_range(
            (x, n, y, m) in (0u32..2000, 1u32..2000, 0u32..2000, 1u32..2000)
        ) {
            let (ours, theirs) = (Count::new(x.into(), n.into()), Count::new(y.into(), m.into()));
            let (low, high) = wilson(ours, Z95);
            let share = ours.share().unwrap();
            prop_assert!(0.0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1.0);
            let (low, high) = newcombe(ours, theirs, Z95);
            let difference = share - theirs.share().unwrap();
            prop_assert!(-1.0 - 1e-9 <= low && low <= difference + 1e-12);
            prop_assert!(difference <= high + 1e-12 && high <= 1.0 + 1e-9);
            let (other_low, other_high) = newcombe(theirs, ours, Z95);
            prop_assert!((low + other_high).abs() < 1e-9 && (high + other_low).abs() < 1e-9);
        }
    }
}
