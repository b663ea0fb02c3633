//! What evidence must do: hold its promise when nothing is wrong, find harm, and not mind a bad hour of both.

use proptest::prelude::*;

use super::*;

fn count(bad: f64, total: f64) -> Count {
    Count::new(bad, total)
}

/// How many of `n` happen that each have the chance `p`.
fn happen(chance: &mut fastrand::Rng, n: u32, p: f64) -> f64 {
    f64::from((0..n).map(|_| u32::from(chance.f64() < p)).sum::<u32>())
}

/// The most evidence of harm at any of 100 looks, each at 20 of ours and 180 of theirs.
fn most(seed: u64, ours: f64, theirs: impl Fn(u32) -> f64) -> f64 {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut evidence = Evidence::default();
    let mut most = 0.0_f64;
    for look in 0..100 {
        let base = theirs(look);
        let bad = happen(&mut chance, 20, base * ours);
        evidence.add(count(bad, 20.0), count(happen(&mut chance, 180, base), 180.0));
        most = most.max(evidence.of_harm());
    }
    most
}

fn alarms(ours: f64, theirs: impl Fn(u32) -> f64 + Copy) -> usize {
    (0..400).filter(|seed| most(*seed, ours, theirs) >= 20.0).count()
}

#[test]
fn where_nothing_is_wrong_an_alarm_at_any_of_all_looks_is_rare() {
    let found = alarms(1.0, |_| 0.02);
    assert!(found <= 20, "{found} of 400 releases, 20 are 5 %");
    let found = alarms(0.5, |_| 0.02);
    assert!(found <= 2, "{found} of 400 that are better");
}

#[test]
fn a_bad_hour_of_both_is_no_evidence_against_one() {
    let found = alarms(1.0, |look| if (40..60).contains(&look) { 0.3 } else { 0.01 });
    assert!(found <= 20, "{found} of 400 releases");
}

#[test]
fn failures_in_clumps_are_rarely_taken_for_harm() {
    let most = |seed: u64, ours: f64| {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut evidence = Evidence::default();
        let mut most = 0.0_f64;
        for _ in 0..100 {
            let mut clumped =
                |n: u32, p: f64| count(5.0 * happen(&mut chance, n, p / 5.0), f64::from(n));
            evidence.add(clumped(40, 0.05 * ours), clumped(360, 0.05));
            most = most.max(evidence.of_harm());
        }
        most
    };
    let alarms = |ours: f64| (0..200).filter(|seed| most(*seed, ours) >= 20.0).count();
    let found = alarms(1.0);
    assert!(found <= 20, "{found} of 200 releases, 20 are 10 %");
    let found = alarms(3.0);
    assert!(found >= 150, "{found} of 200 that fail three times as often");
}

#[test]
fn harm_is_found() {
    let found = alarms(3.0, |_| 0.02);
    assert!(found >= 380, "{found} of 400");
}

#[test]
fn an_interval_holds_the_truth_and_narrows() {
    let mut evidence = Evidence::default();
    assert_eq!(evidence.interval(0.05), (0.0, f64::INFINITY), "nothing is known");
    let mut width = f64::INFINITY;
    for _ in 0..4 {
        for _ in 0..50 {
            evidence.add(count(4.0, 100.0), count(18.0, 900.0));
        }
        let (low, high) = evidence.interval(0.05);
        assert!(low < 2.0 && 2.0 < high, "{low} … {high}");
        assert!(high - low <= width, "{low} … {high}");
        width = high - low;
    }
    let (low, high) = evidence.interval(0.05);
    assert!(low > 1.5 && high < 2.6, "{low} … {high}");
}

#[test]
fn what_cannot_be_compared_is_counted_and_proves_nothing() {
    let mut evidence = Evidence::default();
    evidence.add(count(50.0, 100.0), count(0.0, 0.0));
    evidence.add(count(0.0, 0.0), count(50.0, 100.0));
    evidence.add(count(0.0, 100.0), count(0.0, 100.0));
    evidence.add(count(f64::NAN, f64::INFINITY), count(-3.0, 7.0));
    assert!((evidence.of_harm() - 1.0).abs() < 1e-9);
    assert_eq!(evidence.interval(0.05), (0.0, f64::INFINITY));
    assert_eq!((evidence.ours().total, evidence.theirs().total), (200.0, 207.0));
}

#[test]
fn the_requests_that_are_foretold_are_about_those_it_takes() {
    assert_eq!(needed(0.0, 2.0, 9.0, 0.05), None);
    assert_eq!(needed(0.01, 1.0, 9.0, 0.05), None);
    let foretold = needed(0.02, 3.0, 9.0, 0.05).unwrap();
    let mut taken: Vec<f64> = Vec::new();
    for seed in 0..200 {
        let (mut chance, mut evidence) = (fastrand::Rng::with_seed(seed), Evidence::default());
        while evidence.of_harm() < 20.0 {
            let bad = happen(&mut chance, 5, 0.06);
            evidence.add(count(bad, 5.0), count(happen(&mut chance, 45, 0.02), 45.0));
        }
        taken.push(evidence.ours().total);
    }
    taken.sort_by(f64::total_cmp);
    let middle = taken[100];
    assert!((0.5..2.0).contains(&(foretold / middle)), "{foretold} foretold, {middle} taken");
}

proptest! {
    #[test]
    fn looks_may_be_put_together_where_the_parts_stay((x, y) in (0u32..20, 0u32..20)) {
        let (x, y) = (f64::from(x), f64::from(y));
        let (mut once, mut twice) = (Evidence::default(), Evidence::default());
        once.add(count(2.0 * x, 40.0), count(2.0 * y, 360.0));
        (0..2).for_each(|_| twice.add(count(x, 20.0), count(y, 180.0)));
        for place in 0..once.likelihood.len() {
            // what all ratios have in common differs: the failures of one look, or of two
            let of = |evidence: &Evidence| evidence.likelihood[place] - evidence.likelihood[HALF];
            prop_assert!((of(&once) - of(&twice)).abs() < 1e-9, "{place}");
        }
    }

    #[test]
    fn any_numbers_end_in_an_answer(
        looks in proptest::collection::vec((any::<f64>(), any::<f64>(), any::<f64>(), any::<f64>()), 0..20)
    ) {
        let mut evidence = Evidence::default();
        for (x, n, y, m) in looks {
            evidence.add(count(x, n), count(y, m));
        }
        let (low, high) = evidence.interval(0.05);
        prop_assert!(low <= high || high.is_infinite());
        prop_assert!(!evidence.of_harm().is_sign_negative());
    }
}
