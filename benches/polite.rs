//! What polling costs of GitHub's allowance: an hour of many repositories, a tenth of them active at any
//! time, through the whole stack against a server that counts. The clock is moved by hand, so that an hour
//! takes seconds and the figures are nearly the same each time. Fails when a bound of 50 repositories is
//! broken. `cargo bench --profile dev --bench polite`

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench; it shares the tests' world"
)]

#[path = "../tests/it/polite"]
mod polite {
    pub mod hour;
    pub mod server;
}

use std::time::Duration;

const SIZES: [usize; 5] = [5, 10, 50, 100, 200];

fn main() {
    println!("an hour, a tenth active at any time; polling each 5 s, unconditionally, would send");
    println!("all: everything that is read of a repository; runs: its list of runs alone");
    println!(
        "repos      all    runs    sent  of all of runs  counted  of all of runs  a minute  refused  \
         oldest active  widened to"
    );
    for repos in SIZES {
        let hour = polite::hour::run_for(repos, Duration::from_secs(3600));
        let runs = hour.lists;
        let percent = |part: usize, whole: usize| part as f64 * 100.0 / whole as f64;
        let (sent, counted) = (percent(hour.sent, hour.naive), percent(hour.counted, hour.naive));
        let widened = hour.widened_s.map_or("-".to_owned(), |every| format!("{every} s"));
        println!(
            "{repos:>5} {:>8} {runs:>7} {:>7} {sent:>6.1}% {:>6.1}% {:>8} {counted:>6.2}% {:>6.2}% \
             {:>9} {:>8} {:>12.2} s  {widened:>10}",
            hour.naive,
            hour.sent,
            percent(hour.sent, runs),
            hour.counted,
            percent(hour.counted, runs),
            hour.minute,
            hour.refused,
            hour.oldest_s
        );
        hour.told.iter().for_each(|line| println!("      {line}"));
        if repos == 50 {
            // of the lists alone, and so of everything
            let (sent, counted) = (percent(hour.sent, runs), percent(hour.counted, runs));
            assert!(sent <= 20.0 && counted <= 5.0, "{hour:?}");
            assert!(hour.refused == 0 && hour.oldest_s <= 7.5, "{hour:?}");
            assert!(hour.unseen_s <= 90.0 && hour.stale.is_empty(), "{hour:?}");
        }
    }
}
