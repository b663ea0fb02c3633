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
    println!(
        "an hour, a tenth active; \"all\" is everything of every repository each 5 s, unconditional"
    );
    println!(
        "repos     all   sent  of all  counted  of all  a minute  refused  oldest active  widened to"
    );
    for repos in SIZES {
        let hour = polite::hour::run_for(repos, Duration::from_secs(3600));
        let percent = |part: usize| part as f64 * 100.0 / hour.naive as f64;
        let (sent, counted) = (percent(hour.sent), percent(hour.counted));
        let widened = hour.widened_s.map_or("-".to_owned(), |every| format!("{every} s"));
        println!(
            "{repos:>5} {:>7} {:>6} {sent:>6.1}% {:>8} {counted:>6.2}% {:>9} {:>8} {:>12.2} s  {widened:>10}",
            hour.naive, hour.sent, hour.counted, hour.minute, hour.refused, hour.oldest_s
        );
        hour.told.iter().for_each(|line| println!("      {line}"));
        if repos == 50 {
            assert!(sent <= 20.0 && counted <= 5.0, "{hour:?}");
            assert!(hour.refused == 0 && hour.oldest_s <= 7.5, "{hour:?}");
        }
    }
}
