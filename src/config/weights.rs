//! What integer weights can do: HAProxy knows 0 to 256 for each server, one value for each side here.

/// The largest weight a server can have.
const MOST: f64 = 256.0;

/// How far, in percentage points, the nearest share that integer weights reach is from `step` percent,
/// with so many servers on each side.
#[must_use]
pub fn step_miss(step: f64, candidates: usize, stables: usize) -> f64 {
    (nearest_share(step, candidates, stables) - step).abs()
}

/// The percentage nearest to `step` that integer weights reach. Without servers on a side there is one
/// answer only.
#[must_use]
pub fn nearest_share(step: f64, candidates: usize, stables: usize) -> f64 {
    let (candidates, stables) = (candidates as f64, stables as f64);
    if candidates == 0.0 {
        return 0.0;
    }
    if stables == 0.0 || step >= 100.0 {
        return 100.0;
    }
    let mut best = 0.0_f64;
    for weight in 1..=MOST as u32 {
        let ours = candidates * f64::from(weight);
        // the stable weight that would be exact, and its two neighbours that exist
        let exact = ours * (100.0 - step) / (step.max(f64::MIN_POSITIVE) * stables);
        for other in [exact.floor(), exact.ceil()] {
            let share = 100.0 * ours / (ours + stables * other.clamp(0.0, MOST));
            if (share - step).abs() < (best - step).abs() {
                best = share;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_trying_all(step: f64, candidates: usize, stables: usize) -> f64 {
        let mut least = f64::INFINITY;
        for ours in 0..=256_usize {
            for theirs in 0..=256_usize {
                let (ours, theirs) = ((candidates * ours) as f64, (stables * theirs) as f64);
                if ours + theirs > 0.0 {
                    least = least.min((100.0 * ours / (ours + theirs) - step).abs());
                }
            }
        }
        least
    }

    #[test]
    fn the_short_way_finds_what_trying_all_finds() {
        for (candidates, stables) in [(1, 1), (1, 3), (1, 9), (10, 1), (7, 5), (2, 40)] {
            for step in [0.01, 0.2, 0.39, 1.0, 3.3, 10.0, 33.3, 50.0, 66.6, 96.6, 99.0, 99.9, 100.0]
            {
                let (fast, slow) = (
                    step_miss(step, candidates, stables),
                    by_trying_all(step, candidates, stables),
                );
                assert!(
                    (fast - slow).abs() < 1e-9,
                    "{step} of {candidates}+{stables}: {fast} {slow}"
                );
            }
        }
    }

    #[test]
    fn one_candidate_among_nine_has_a_ceiling() {
        assert!((nearest_share(99.0, 1, 9) - 100.0).abs() < 1e-9);
        assert!((nearest_share(98.0, 1, 9) - 96.603).abs() < 1e-3);
        assert!(step_miss(98.0, 1, 9) > 0.5);
        assert!(step_miss(10.0, 1, 1) < 1e-9);
    }
}
