//! How much of GitHub's allowance is used: the whole stack against a server that counts, on a clock that
//! needs no waiting. `benches/polite.rs` holds the same for a whole hour, and prints more sizes.

pub mod hour;
pub mod server;

use std::time::Duration;

#[test]
fn fifty_repositories_are_cheap_and_nothing_active_grows_old() {
    let hour = hour::run_for(50, Duration::from_secs(3600));
    let brief = format!("{hour:?}");
    // even beside a poller that reads the lists of runs and nothing else
    assert!(hour.counted * 100 <= hour.lists * 5, "{brief}");
    assert!(hour.sent * 100 <= hour.lists * 20, "{brief}");
    assert!(hour.lists < hour.naive, "{brief}");
    assert_eq!(hour.refused, 0, "{brief}");
    assert!(hour.oldest_s <= 1.5 * 5.0, "{brief}");
    assert!(hour.unseen_s <= 1.5 * 60.0, "{brief}");
    assert!(hour.stale.is_empty() && hour.told.is_empty(), "{brief}");
}

#[test]
fn two_hundred_repositories_are_asked_less_often_and_the_operator_is_told() {
    let hour = hour::run_for(200, Duration::from_secs(600));
    let brief = format!("{hour:?}");
    assert_eq!(hour.refused, 0, "{brief}");
    assert!(hour.minute <= 780, "{brief}");
    assert!(hour.stale.is_empty(), "{brief}");
    assert!(hour.told.iter().any(|line| line.contains("200 repositories")), "{brief}");
    assert!(hour.widened_s.is_some_and(|every| (61..900).contains(&every)), "{brief}");
}
