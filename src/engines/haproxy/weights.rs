//! Integer weights for a percentage. Pure arithmetic over counts; must not know servers or calls.

/// HAProxy's largest weight.
const MAX: u32 = 256;

/// The sum that is preferred among equally exact pairs, because it reads like percent.
const NICE_SUM: u32 = 100;

/// How far, in points, integer weights may miss a step.
pub const TOLERANCE: f64 = 0.5;

/// What each server of a side gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weights {
    /// Each candidate server's.
    pub candidate: u32,
    /// Each stable server's.
    pub stable: u32,
    /// The percentage that follows from them.
    pub share: f64,
}

impl Weights {
    /// How many points it misses `percent` by.
    pub(super) fn error(self, percent: f64) -> f64 {
        (self.share - percent).abs()
    }
}

/// The pair nearest to `percent` for so many eligible servers; none when a side that must carry traffic
/// has no server. Never all zero.
pub(super) fn nearest(percent: f64, candidates: usize, stable: usize) -> Option<Weights> {
    if percent <= 0.0 {
        return (stable > 0).then_some(Weights {
            candidate: 0,
            stable: NICE_SUM,
            share: 0.0,
        });
    }
    if percent >= 100.0 {
        return (candidates > 0).then_some(Weights {
            candidate: NICE_SUM,
            stable: 0,
            share: 100.0,
        });
    }
    if percent.is_nan() || candidates == 0 || stable == 0 {
        return None;
    }
    let (candidates, servers) = (candidates as f64, stable as f64);
    let mut best: Option<Weights> = None;
    for candidate in 1..=MAX {
        let given = candidates * f64::from(candidate);
        let ideal = given * (100.0 - percent) / (percent * servers);
        // below the largest weight this is exact; above, the cast is clamped anyway
        let below = ideal.floor().clamp(1.0, f64::from(MAX)) as u32;
        for stable in [below, (below + 1).min(MAX)] {
            let share = 100.0 * given / (given + servers * f64::from(stable));
            let pair = Weights {
                candidate,
                stable,
                share,
            };
            if best.is_none_or(|best| is_better(pair, best, percent)) {
                best = Some(pair);
            }
        }
    }
    best
}

fn is_better(pair: Weights, best: Weights, percent: f64) -> bool {
    // equal up to rounding: the arithmetic of 10/90 and 1/9 differs in the last bit
    let gain = best.error(percent) - pair.error(percent);
    let sum = |weights: Weights| (weights.candidate + weights.stable).abs_diff(NICE_SUM);
    gain > 1e-9 || (gain > -1e-9 && sum(pair) < sum(best))
}

/// Why steps cannot be set with so many candidate and stable servers: the first one that integer weights
/// miss by more than half a point. None when all can be set.
#[must_use]
pub fn step_error(steps: &[f64], candidates: usize, stable: usize) -> Option<String> {
    steps
        .iter()
        .find_map(|&step| miss(step, candidates, stable))
}

/// Why one step cannot be set.
pub(super) fn miss(step: f64, candidates: usize, stable: usize) -> Option<String> {
    let servers = format!("{candidates} candidate and {stable} stable servers");
    let Some(weights) = nearest(step, candidates, stable) else {
        return Some(format!("{step} % cannot be set with {servers}"));
    };
    (weights.error(step) > TOLERANCE).then(|| {
        format!(
            "{step} % cannot be set with {servers}: haproxy's weights (1 to {MAX}) come no nearer than {:.1} %",
            weights.share
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(percent: f64, candidates: usize, stable: usize) -> (u32, u32) {
        let weights = nearest(percent, candidates, stable).unwrap();
        (weights.candidate, weights.stable)
    }

    #[test]
    fn exact_pairs_read_like_percent() {
        assert_eq!(pair(10.0, 1, 1), (10, 90));
        assert_eq!(pair(50.0, 1, 1), (50, 50));
        assert_eq!(pair(10.0, 2, 2), (10, 90));
        assert_eq!(pair(10.0, 1, 9), (50, 50));
        assert_eq!(pair(0.0, 1, 1), (0, 100));
        assert_eq!(pair(100.0, 1, 1), (100, 0));
    }

    #[test]
    fn every_percent_of_one_and_one_is_near_and_in_range() {
        for tenth in 1..1000 {
            let percent = f64::from(tenth) / 10.0;
            let weights = nearest(percent, 1, 1).unwrap();
            assert!((1..=MAX).contains(&weights.candidate) && (1..=MAX).contains(&weights.stable));
            assert!(weights.error(percent) < 0.3, "{percent}: {weights:?}");
        }
    }

    #[test]
    fn the_search_finds_what_trying_all_pairs_finds() {
        for (percent, candidates, stable) in [(33.3, 1, 2), (7.0, 3, 5), (0.5, 1, 1), (96.0, 1, 9)]
        {
            let found = nearest(percent, candidates, stable).unwrap().error(percent);
            let best = (1..=MAX)
                .flat_map(|c| (1..=MAX).map(move |s| (c, s)))
                .map(|(c, s)| {
                    let given = candidates as f64 * f64::from(c);
                    (100.0 * given / (given + stable as f64 * f64::from(s)) - percent).abs()
                })
                .fold(f64::INFINITY, f64::min);
            assert!(
                (found - best).abs() < 1e-9,
                "{percent}: {found} against {best}"
            );
        }
    }

    #[test]
    fn limits_of_integers_are_refused() {
        // one of ten cannot exceed 96.6 %, ten of eleven cannot go below 3.8 %
        assert!(step_error(&[96.5], 1, 9).is_none());
        assert!(step_error(&[98.0], 1, 9).is_some());
        assert!(step_error(&[4.0], 10, 1).is_none());
        assert!(step_error(&[3.0], 10, 1).is_some());
        assert_eq!(
            step_error(&[10.0, 99.0, 100.0], 1, 9).unwrap(),
            "99 % cannot be set with 1 candidate and 9 stable servers: haproxy's weights (1 to 256) come \
             no nearer than 96.6 %"
        );
        assert!(step_error(&[10.0, 50.0, 100.0], 1, 1).is_none());
        assert!(step_error(&[10.0], 0, 1).is_some());
        assert!(nearest(f64::NAN, 1, 1).is_none());
    }
}
