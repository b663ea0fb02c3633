//! What is condemned, what is cleared, and what is left open.

use proptest::prelude::*;

use super::*;

const RULE: Rule = Rule { alpha: 0.025, points: 0.0025, part: 0.2 };

/// A tenth of the traffic, look by look, as often bad as asked, without chance.
fn seen(looks: u32, (ours, theirs): (f64, f64)) -> Trial {
    let mut trial = Trial::new(RULE);
    for look in 0..looks {
        let whole =
            |rate: f64| (rate * f64::from(look + 1)).floor() - (rate * f64::from(look)).floor();
        trial.add(Count::new(whole(ours * 100.0), 100.0), Count::new(whole(theirs * 900.0), 900.0));
    }
    trial
}

#[test]
fn harm_fails_and_stays_failed() {
    let mut trial = seen(60, (0.03, 0.01));
    assert_eq!(trial.verdict(), Verdict::Fail);
    let at = trial.failed_at().unwrap();
    assert!(at < 60, "{at}");
    (0..2000).for_each(|_| trial.add(Count::new(0.0, 100.0), Count::new(9.0, 900.0)));
    assert_eq!((trial.verdict(), trial.failed_at()), (Verdict::Fail, Some(at)));
}

#[test]
fn what_is_as_good_is_cleared_in_time_and_before_it_says_how_much_it_lacks() {
    let early = seen(3, (0.01, 0.01));
    assert_eq!(early.verdict(), Verdict::Insufficient);
    let lacks = early.lacks().unwrap();
    assert!(lacks > 1000.0, "{lacks}");
    let later = seen(6, (0.01, 0.01)).lacks().unwrap();
    assert!(later < lacks, "{later} < {lacks}");
    assert_eq!(seen(900, (0.01, 0.01)).verdict(), Verdict::Pass);
}

#[test]
fn worse_by_less_than_matters_does_not_fail() {
    let trial = seen(20_000, (0.0105, 0.01));
    assert!(trial.evidence().of_harm() > 40.0, "it is proven to be worse");
    assert_eq!(trial.verdict(), Verdict::Pass);
}

#[test]
fn where_nothing_fails_three_over_the_share_is_enough() {
    let trial = seen(10, (0.0, 0.0));
    assert_eq!(trial.verdict(), Verdict::Insufficient);
    let lacks = trial.lacks().unwrap();
    assert!((700.0..800.0).contains(&lacks), "{lacks}: ln 80 / 0.0025 in all");
    assert_eq!(seen(18, (0.0, 0.0)).verdict(), Verdict::Pass);
}

#[test]
fn without_requests_on_both_sides_nothing_is_told() {
    let mut trial = Trial::new(RULE);
    assert_eq!((trial.verdict(), trial.lacks()), (Verdict::Insufficient, None));
    (0..100).for_each(|_| trial.add(Count::new(90.0, 100.0), Count::default()));
    assert_eq!((trial.verdict(), trial.lacks()), (Verdict::Insufficient, None));
    let mut trial = Trial::new(RULE);
    (0..100).for_each(|_| trial.add(Count::default(), Count::new(1.0, 100.0)));
    assert_eq!((trial.verdict(), trial.difference()), (Verdict::Insufficient, None));
}

proptest! {
    #[test]
    fn never_better_and_failed(looks in proptest::collection::vec((0u32..5, 0u32..50), 1..40)) {
        let mut trial = Trial::new(RULE);
        for (x, y) in looks {
            trial.add(Count::new(x.into(), 100.0), Count::new(y.into(), 900.0));
            if trial.difference() < Some(0.0) && trial.failed_at().is_none() {
                prop_assert_ne!(trial.verdict(), Verdict::Fail);
            }
        }
    }
}
