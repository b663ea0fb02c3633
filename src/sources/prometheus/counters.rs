//! From counters at one time after the other to what was counted between them. Pure.
//!
//! Counters start anew with their process, which shows as a smaller number: all of it was counted since. What
//! is seen for the first time has a past that nobody saw, and counts from then on; but where a side was counted
//! already, a series of failures that appears is its first failure, for a counter is made when it first counts.
//! A counter of requests that falls, and not to the little that a process counts after its start, is a sum of
//! several of which one went: what was counted then nobody knows, and it is not taken for news.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Tally;

/// Series that are remembered, more or less.
const SERIES: usize = 4_096;

/// What a process counts in its first moments.
const YOUNG: f64 = 200.0;

/// How much of what was counted cannot have been counted anew between two looks.
const LEFT: f64 = 0.1;

/// A series' labels.
pub(super) type Labels = BTreeMap<String, String>;

/// What one query says at one time.
pub(super) type Values = BTreeMap<Labels, f64>;

/// The counters of one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Counters {
    part: BTreeMap<Labels, f64>,
    total: BTreeMap<Labels, f64>,
}

impl Counters {
    /// What was counted since the time before; none where there is no counter of requests at all, or there
    /// was none before. `is_good`: the part counts what is no failure.
    pub(super) fn take(&mut self, part: &Values, total: &Values, is_good: bool) -> Option<Tally> {
        let was_counted = !self.total.is_empty();
        let fresh: BTreeSet<&Labels> =
            total.keys().filter(|labels| !self.total.contains_key(*labels)).collect();
        // a first failure is news of a series that was counted, not of one that is seen for the first time
        let begins = |labels: &Labels| was_counted && !fresh.contains(labels);
        let torn = total
            .iter()
            .any(|(labels, now)| self.total.get(labels).is_some_and(|held| is_torn(*held, *now)));
        let part_grew = grown(&self.part, part, begins);
        let total_grew = grown(&self.total, total, |_| false);
        self.part.extend(part.iter().map(|(labels, value)| (labels.clone(), *value)));
        self.total.extend(total.iter().map(|(labels, value)| (labels.clone(), *value)));
        for (held, now) in [(&mut self.part, part), (&mut self.total, total)] {
            // processes come and go: of very many those that are gone are forgotten
            if held.len() > SERIES {
                held.retain(|labels, _| now.contains_key(labels));
            }
        }
        if !was_counted || total.is_empty() || torn {
            return None;
        }
        let bad = if is_good { total_grew - part_grew } else { part_grew };
        Some(Tally { bad: bad.clamp(0.0, total_grew), total: total_grew })
    }
}

/// Whether a counter fell without having begun anew. A young process that starts again is taken for that too:
/// one look is lost, and no other.
fn is_torn(before: f64, now: f64) -> bool {
    before > YOUNG && now < before && now > before * LEFT
}

/// By how much counters grew. `begins`: whether one that was not there before began at 0.
fn grown(before: &Values, now: &Values, begins: impl Fn(&Labels) -> bool) -> f64 {
    let growth = |(labels, value): (&Labels, &f64)| match before.get(labels) {
        Some(before) if value >= before => value - before,
        Some(_) => *value,
        None if begins(labels) => *value,
        None => 0.0,
    };
    now.iter().filter(|(_, value)| value.is_finite() && **value >= 0.0).map(growth).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(of: Said<'_>) -> Values {
        let labels = |name: &str| Labels::from([("pod".to_owned(), name.to_owned())]);
        of.iter().map(|(name, value)| (labels(name), *value)).collect()
    }

    /// What counters say at a time.
    type Said<'a> = &'a [(&'a str, f64)];

    /// What is counted at each time: failures, requests.
    fn counted(times: &[(Said<'_>, Said<'_>)]) -> Vec<Option<(f64, f64)>> {
        let mut counters = Counters::default();
        let take = |(part, total): &(Said<'_>, Said<'_>)| {
            counters.take(&values(part), &values(total), false).map(|t| (t.bad, t.total))
        };
        times.iter().map(take).collect()
    }

    #[test]
    fn counters_count_from_first_sight_and_a_restart_loses_nothing() {
        let found = counted(&[
            (&[("a", 7.0)], &[("a", 1000.0)]),
            (&[("a", 9.0)], &[("a", 1100.0)]),
            // restarted: 3 and 40 since then
            (&[("a", 3.0)], &[("a", 40.0)]),
        ]);
        assert_eq!(found, [None, Some((2.0, 100.0)), Some((3.0, 40.0))]);
    }

    #[test]
    fn a_sum_that_loses_a_process_counts_nothing_at_that_time() {
        let found = counted(&[
            (&[("a", 70.0)], &[("a", 10_000.0)]),
            (&[("a", 71.0)], &[("a", 10_100.0)]),
            // one of four processes is gone, and its counts with it
            (&[("a", 55.0)], &[("a", 7_600.0)]),
            (&[("a", 56.0)], &[("a", 7_700.0)]),
        ]);
        assert_eq!(found, [None, Some((1.0, 100.0)), None, Some((1.0, 100.0))]);
    }

    #[test]
    fn a_first_failure_counts_and_the_past_of_a_new_process_does_not() {
        let found = counted(&[
            (&[], &[("a", 1000.0)]),
            (&[("a", 1.0)], &[("a", 1010.0)]),
            // b was not scraped until now: what it did before nobody saw
            (&[("a", 1.0), ("b", 50.0)], &[("a", 1020.0), ("b", 100.0)]),
            (&[("a", 1.0), ("b", 51.0)], &[("a", 1030.0), ("b", 110.0)]),
        ]);
        assert_eq!(found, [None, Some((1.0, 10.0)), Some((0.0, 10.0)), Some((1.0, 20.0))]);
    }

    #[test]
    fn no_series_is_not_zero_and_a_gap_loses_nothing() {
        let found = counted(&[
            (&[], &[("a", 1000.0)]),
            (&[], &[("a", 1000.0)]),
            (&[], &[]),
            (&[("a", 2.0)], &[("a", 1040.0)]),
        ]);
        assert_eq!(found, [None, Some((0.0, 0.0)), None, Some((2.0, 40.0))]);
    }

    #[test]
    fn what_is_not_a_number_counts_nothing() {
        let found = counted(&[
            (&[("a", 1.0)], &[("a", 10.0)]),
            (&[("a", f64::NAN)], &[("a", f64::INFINITY)]),
            (&[("a", -4.0)], &[("a", 20.0)]),
        ]);
        assert_eq!(found[1], Some((0.0, 0.0)));
        assert!(found[2].is_some_and(|(bad, total)| bad <= total && total >= 0.0), "{found:?}");
    }

    #[test]
    fn good_ones_are_taken_from_all() {
        let mut counters = Counters::default();
        counters.take(&values(&[("a", 90.0)]), &values(&[("a", 100.0)]), true);
        let tally = counters.take(&values(&[("a", 170.0)]), &values(&[("a", 200.0)]), true);
        assert_eq!(tally, Some(Tally { bad: 20.0, total: 100.0 }));
    }

    proptest! {
        #[test]
        fn never_more_failures_than_requests(
            times in proptest::collection::vec((0u32..50, 0u32..100, any::<bool>()), 1..30)
        ) {
            let mut counters = Counters::default();
            let (mut bad, mut total) = (0.0, 0.0);
            for (x, n, restarts) in times {
                if restarts {
                    (bad, total) = (0.0, 0.0);
                }
                bad += f64::from(x.min(n));
                total += f64::from(n);
                let tally = counters.take(&values(&[("a", bad)]), &values(&[("a", total)]), false);
                if let Some(tally) = tally {
                    prop_assert!(0.0 <= tally.bad && tally.bad <= tally.total);
                }
            }
        }
    }
}
