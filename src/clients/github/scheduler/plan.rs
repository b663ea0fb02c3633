//! How far apart polls have to be so that all of them fit: what is needed most keeps its cadence longest,
//! and the least is never given up. Pure arithmetic; must not know repositories or time.

/// How much an answer is needed; the first is the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A rollout is under way there.
    Rollout,
    /// One of its runs is active.
    Active,
    /// It is looked at.
    Visible,
    /// The rest.
    Rest,
}

/// A number for each priority.
pub(super) type Each = [f64; 4];

/// How many times longer than usual something waits at most, while that is enough for all.
const LONGEST: f64 = 8.0;

/// How many times longer than usual polls of each priority wait, so that what they want of something (in
/// units a second) fits into what there is. Each priority has what those before it leave, and what those
/// after it need at the least is theirs.
pub(super) fn stretches(wanted: Each, supply: f64) -> Each {
    let mut stretches = [1.0; 4];
    let least: f64 = wanted.iter().sum::<f64>() / LONGEST;
    if least >= supply {
        // even the least is too much: all share alike, from there
        let over = if supply > 0.0 { least / supply } else { f64::INFINITY };
        return [LONGEST * over; 4];
    }
    let mut left = supply;
    let mut below = least;
    for (stretch, wanted) in stretches.iter_mut().zip(wanted) {
        below -= wanted / LONGEST;
        if wanted > 0.0 {
            let room = left - below;
            *stretch = (wanted / room).clamp(1.0, LONGEST);
            left -= wanted / *stretch;
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_fits_and_nobody_pays_for_a_lesser(
            wanted in proptest::array::uniform4(0.0..50.0_f64),
            supply in 0.01..100.0_f64,
        ) {
            let stretches = stretches(wanted, supply);
            let used: f64 = wanted.iter().zip(stretches).map(|(wanted, by)| wanted / by).sum();
            prop_assert!(used <= supply * 1.000_001, "{used}");
            prop_assert!(stretches.iter().all(|by| *by >= 1.0));
            // what wants nothing waits no longer than what comes after it
            let asked: Vec<f64> =
                wanted.iter().zip(stretches).filter(|(w, _)| **w > 0.0).map(|(_, by)| by).collect();
            prop_assert!(asked.windows(2).all(|pair| pair[0] <= pair[1] * 1.000_001), "{asked:?}");
            let total: f64 = wanted.iter().sum();
            prop_assert!(total > supply || stretches.iter().all(|by| *by <= 1.0));
        }
    }

    #[test]
    fn nothing_left_is_no_poll_at_all() {
        assert!(stretches([1.0; 4], 0.0).into_iter().all(f64::is_infinite));
        assert!(stretches([9.0; 4], f64::INFINITY).into_iter().all(|by| by <= 1.0));
    }
}
