//! In which order weights are set, so that what is refused or cut off on the way never gives the candidate more
//! than it has before or is to get. Pure; knows neither counts nor calls.

/// A server's weight and what it is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move<'a> {
    /// Its name.
    pub server: &'a str,
    /// What was read; none at an address that cannot be read.
    pub now: Option<u32>,
    /// What it gets.
    pub to: u32,
    /// Whether it takes traffic.
    pub eligible: bool,
}

impl<'a> Move<'a> {
    /// Whether it takes weight away.
    fn lowers(&self) -> bool {
        self.now.is_some_and(|now| self.to < now)
    }

    fn set(self) -> (&'a str, u32) {
        (self.server, self.to)
    }
}

/// Weights that one line sets.
type Line<'a> = Vec<(&'a str, u32)>;

/// The lines of a promotion at one address. HAProxy goes on after a command that it refuses, a promotion ends
/// with a line that was not accepted: so it is one line only where any of its commands may be refused.
pub(super) fn promotion<'a>(stable: Vec<Move<'a>>, candidate: Vec<Move<'a>>) -> Vec<Line<'a>> {
    // between two commands there is never nothing
    let whole = stable.iter().all(|stable| stable.to == 0);
    let bears = bears_refusal(&stable, &candidate);
    let (stable_down, stable_up) = parted(stable);
    let (candidate_down, candidate_up) = parted(candidate);
    let lines = if whole {
        [candidate_up, candidate_down, stable_up, stable_down]
    } else {
        [stable_up, candidate_down, stable_down, candidate_up]
    };
    if bears {
        return vec![lines.concat()];
    }
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// Whether the candidate has no more than before or after, and somebody has traffic, whichever commands are
/// refused.
fn bears_refusal(stable: &[Move<'_>], candidate: &[Move<'_>]) -> bool {
    let sum = |moves: &[Move<'_>], weight: fn(u32, u32) -> u32| {
        let counted = moves.iter().filter(|it| it.eligible);
        f64::from(counted.map(|it| weight(it.now.unwrap_or(it.to), it.to)).sum::<u32>())
    };
    let share = |candidate: f64, stable: f64| {
        if candidate > 0.0 { candidate / (candidate + stable) } else { 0.0 }
    };
    let before = share(sum(candidate, |now, _| now), sum(stable, |now, _| now));
    let after = share(sum(candidate, |_, to| to), sum(stable, |_, to| to));
    let (low, lowest) = (sum(stable, u32::min), sum(candidate, u32::min));
    share(sum(candidate, u32::max), low) <= before.max(after) + 1e-9 && low + lowest > 0.0
}

/// The heaviest weight that HAProxy takes.
const HEAVIEST: u32 = 256;

/// The same shares of each other, so much heavier that none loses weight: where the candidate's zero is refused,
/// less weight on stable would be more traffic for the candidate.
pub(super) fn raised(moves: Vec<Move<'_>>) -> Vec<Move<'_>> {
    let over = moves.iter().filter(|it| it.to > 0 && it.lowers());
    let most = over.max_by_key(|it| it.now.unwrap_or_default() * 10_000 / it.to);
    let Some((now, to)) = most.and_then(|it| Some((it.now?, it.to))) else { return moves };
    let heavier = |weight: u32| (weight * now).div_ceil(to).min(HEAVIEST);
    moves.into_iter().map(|it| Move { to: heavier(it.to), ..it }).collect()
}

/// The one line of a rollback at one address: what stable gains, nothing for the candidate, what stable loses.
pub(super) fn rollback<'a>(stable: Vec<Move<'a>>, candidate: Vec<&'a str>) -> Line<'a> {
    let (down, up) = parted(stable);
    up.into_iter().chain(candidate.into_iter().map(|server| (server, 0))).chain(down).collect()
}

/// What is lowered, and what is raised or stays.
fn parted(moves: Vec<Move<'_>>) -> (Line<'_>, Line<'_>) {
    let (down, up): (Vec<_>, Vec<_>) = moves.into_iter().partition(Move::lowers);
    (down.into_iter().map(Move::set).collect(), up.into_iter().map(Move::set).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const SERVERS: [&str; 6] = ["c1", "c2", "c3", "s1", "s2", "s3"];

    type Weights<'a> = BTreeMap<&'a str, u32>;

    fn moves<'a>(now: &Weights<'a>, side: &str, to: u32) -> Vec<Move<'a>> {
        let mine = now.iter().filter(|(server, _)| server.starts_with(side));
        mine.map(|(server, now)| Move { server, now: Some(*now), to, eligible: true }).collect()
    }

    fn share(weights: &Weights<'_>) -> Option<f64> {
        let sum = |side| {
            let mine = weights.iter().filter(|(server, _)| server.starts_with(side));
            f64::from(mine.map(|(_, weight)| weight).sum::<u32>())
        };
        let all = sum("c") + sum("s");
        (all > 0.0).then(|| sum("c") / all)
    }

    fn set<'a>(weights: &mut Weights<'a>, sets: &[(&'a str, u32)]) {
        weights.extend(sets.iter().copied());
    }

    fn weights() -> impl Strategy<Value = Weights<'static>> {
        let one = prop_oneof![Just(0_u32), Just(1), 0..=256_u32];
        let six = prop::array::uniform6(one).prop_map(|now| SERVERS.into_iter().zip(now).collect());
        six.prop_filter("somebody takes traffic", |now| share(now).is_some())
    }

    #[test]
    fn a_first_step_from_the_default_weight_raises_stable_before_the_candidate() {
        let now = Weights::from([("c1", 0), ("s1", 1)]);
        let lines = promotion(moves(&now, "s", 90), moves(&now, "c", 10));
        assert_eq!(lines, [[("s1", 90)], [("c1", 10)]]);
        let now = Weights::from([("c1", 0), ("s1", 100)]);
        let lines = promotion(moves(&now, "s", 90), moves(&now, "c", 10));
        assert_eq!(lines, [[("s1", 90), ("c1", 10)]]);
        let now = Weights::from([("c1", 10), ("s1", 90)]);
        let line = rollback(raised(moves(&now, "s", 1)), vec!["c1"]);
        assert_eq!(line, [("s1", 90), ("c1", 0)]);
    }

    proptest! {
        /// Whichever commands of a line are refused, and whatever comes before the next.
        #[test]
        fn a_promotion_never_overshoots_on_its_way(
            now in weights(),
            to in prop_oneof![Just((100, 0)), (1..=256_u32, 1..=256_u32)],
            refused in any::<u32>(),
        ) {
            let mut then = now.clone();
            let lines = promotion(moves(&now, "s", to.1), moves(&now, "c", to.0));
            lines.iter().for_each(|line| set(&mut then, line));
            let most = share(&now).unwrap().max(share(&then).unwrap()) + 1e-9;
            let mut seen = now.clone();
            for line in &lines {
                let mut cut = seen.clone();
                for (at, one) in line.iter().enumerate() {
                    if refused >> at & 1 == 0 {
                        set(&mut cut, &[*one]);
                    }
                    let share = share(&cut);
                    prop_assert!(share.is_some_and(|share| share <= most), "{cut:?} of {lines:?}");
                }
                set(&mut seen, line);
            }
            prop_assert_eq!(seen, then);
        }

        #[test]
        fn a_rollback_only_ever_takes_away(
            now in weights(),
            to in prop::array::uniform3(1..=256_u32),
        ) {
            let mut stable = moves(&now, "s", 0);
            stable.iter_mut().zip(to).for_each(|(stable, to)| stable.to = to);
            let mut most = share(&now).unwrap();
            let mut seen = now.clone();
            for one in rollback(stable, SERVERS[..3].to_vec()) {
                set(&mut seen, &[one]);
                let share = share(&seen);
                prop_assert!(share.is_some_and(|share| share <= most + 1e-9), "{:?}", seen);
                most = share.unwrap();
            }
            prop_assert_eq!(most.to_bits(), 0_f64.to_bits());
        }
    }
}
