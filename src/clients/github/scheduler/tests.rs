//! Many polled repositories against a GitHub that counts, by a clock that jumps from event to event.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::DateTime;
use proptest::prelude::*;

use super::*;

const IDLE: Duration = Duration::from_secs(30);
const ACTIVE: Duration = Duration::from_secs(5);

/// Requests of a poll.
const REQUESTS: usize = 3;

fn at(ms: i64) -> Time {
    DateTime::from_timestamp_millis(1_700_000_000_000 + ms).unwrap()
}

/// What is simulated.
#[derive(Debug, Clone)]
struct Case {
    seed: u64,
    repos: usize,
    active: usize,
    /// Of a hundred answers, those that GitHub counts: of active repositories, and of the others.
    counted: (u64, u64),
    limit: u64,
    remaining: u64,
    /// Seconds until the window ends, and until the simulation does.
    reset: i64,
    lasts: i64,
    /// Whether the host is down.
    down: bool,
}

impl Case {
    fn new(repos: usize, active: usize) -> Self {
        Self {
            seed: 7,
            repos,
            active,
            counted: (20, 1),
            limit: 5000,
            remaining: 5000,
            reset: 3600,
            lasts: 3600,
            down: false,
        }
    }
}

/// What happened.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    /// When each repository was asked, in milliseconds.
    asked: Vec<Vec<i64>>,
    /// The least that was left, in each window.
    least: [u64; 2],
    news: Vec<String>,
}

impl Seen {
    /// The longest time between two polls, or from the last to the end, in seconds.
    fn longest(&self, repo: usize, end: i64) -> f64 {
        let asked = &self.asked[repo];
        let ends = asked.iter().skip(1).chain([&end]);
        let gaps = asked.iter().zip(ends).map(|(from, to)| to - from);
        gaps.max().unwrap_or(end) as f64 / 1000.0
    }

    /// The most requests within any minute.
    fn minute(&self) -> usize {
        let mut all: Vec<i64> = self.asked.iter().flatten().copied().collect();
        all.sort_unstable();
        let within = |i: usize| all.partition_point(|ms| *ms < all[i] + 60_000) - i;
        (0..all.len()).map(within).max().unwrap_or(0) * REQUESTS
    }
}

/// Runs it. As the poller does: book, begin, and after the answer wait until it is due.
fn run(case: &Case) -> Seen {
    let names: Vec<String> = (0..case.repos).map(|n| format!("acme/{n}")).collect();
    let mut scheduler = Scheduler::new("github".to_owned(), case.seed);
    names.iter().for_each(|name| scheduler.enter(name, IDLE, ACTIVE));
    let mut seen = Seen { asked: vec![Vec::new(); case.repos], ..Seen::default() };
    seen.least = [u64::MAX; 2];
    let mut left = case.remaining;
    let (mut window, mut roll) = (0, case.seed);
    // what comes next: when, whom, and whether it is booked
    let mut queue: BinaryHeap<Reverse<(i64, usize, bool)>> =
        (0..case.repos).map(|repo| Reverse((0, repo, false))).collect();
    while let Some(Reverse((ms, repo, booked))) = queue.pop() {
        if ms > case.lasts * 1000 {
            break;
        }
        let (now, name) = (at(ms), names[repo].as_str());
        let since = |time: Time| (time - at(0)).num_milliseconds();
        if window == 0 && ms >= case.reset * 1000 {
            (window, left) = (1, case.limit);
        }
        if !booked {
            queue.push(Reverse((since(scheduler.book(name, now)), repo, true)));
            continue;
        }
        if let Err(fault) = scheduler.begin(name, REQUESTS, now) {
            let again = fault.retry_at.unwrap();
            assert!(again > now, "{fault}");
            queue.push(Reverse((since(again), repo, false)));
            continue;
        }
        seen.asked[repo].push(ms);
        let is_active = repo < case.active;
        for _ in 0..REQUESTS {
            scheduler.sent(name, now);
            roll = mix(roll);
            let share = if is_active { case.counted.0 } else { case.counted.1 };
            let counts = seen.asked[repo].len() == 1 || roll % 100 < share;
            left = left.saturating_sub(u64::from(counts));
            seen.least[window] = seen.least[window].min(left);
            let reset = at((case.reset + 3600 * window as i64) * 1000);
            let budget = Budget {
                remaining: left,
                limit: case.limit,
                reset,
                widened_s: None,
                usual_s: None,
            };
            if !case.down {
                scheduler.answered(name, counts, Some(&budget), now, now);
            }
        }
        let priority = if is_active { Priority::Active } else { Priority::Rest };
        let down = Fault::new(FaultKind::Upstream, "502");
        let outcome = if case.down { Err(&down) } else { Ok(()) };
        scheduler.polled(name, priority, outcome, now);
        seen.news.extend(scheduler.news(now));
        queue.push(Reverse((since(scheduler.due(name, now)), repo, false)));
    }
    seen
}

prop_compose! {
    fn any_case()(
        seed: u64,
        repos in 1usize..160,
        share in 0usize..=100,
        counted in (0u64..=100, 0u64..=100),
        limit in prop::sample::select(vec![60u64, 1000, 5000, 15_000]),
        left in 0u64..=100,
        reset in 1i64..900,
    ) -> Case {
        let remaining = limit * left / 100;
        let active = repos * share / 100;
        Case { seed, repos, active, counted, limit, remaining, reset, lasts: 1200, down: false }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_reserve_and_the_minute_are_kept_and_nobody_is_forgotten(case in any_case()) {
        let seen = run(&case);
        let reserve = 500.max(case.limit / 10).min(case.limit / 2);
        // before the first answer nothing is known; those polls are under way then
        let first = case.remaining.saturating_sub(REQUESTS as u64);
        prop_assert!(seen.least[0] >= reserve.min(first), "{} of {reserve}", seen.least[0]);
        prop_assert!(seen.least[1] >= reserve, "{} of {reserve}", seen.least[1]);
        prop_assert!(seen.minute() <= 780, "{} in a minute", seen.minute());
        // where all may wait eight times as long and then fit, if every answer counts
        let idle = case.repos - case.active;
        if case.limit >= 5000 && case.active * 6 + idle <= 90 {
            for repo in 0..case.repos {
                let longest = seen.longest(repo, case.lasts * 1000);
                // until the reset, and then at most eight times the usual
                prop_assert!(longest <= case.reset as f64 + 360.0, "{repo}: {longest} s");
            }
        }
    }

    #[test]
    fn an_active_run_stays_young_while_there_is_enough(
        seed: u64,
        active in 0usize..=4,
        rest in 0usize..150,
        counted in (0u64..=30, 0u64..=5),
    ) {
        let case = Case { seed, counted, lasts: 600, ..Case::new(active + rest, active) };
        let seen = run(&case);
        for repo in 0..active {
            let longest = seen.longest(repo, case.lasts * 1000);
            prop_assert!(longest <= 1.5 * ACTIVE.as_secs_f64(), "{repo}: {longest} s");
        }
    }

    #[test]
    fn the_seed_decides_every_chance(seed: u64) {
        let case = Case { seed, lasts: 300, ..Case::new(5, 1) };
        prop_assert_eq!(run(&case), run(&case));
        let other = Case { seed: seed.wrapping_add(1), ..case.clone() };
        prop_assert_ne!(run(&case).asked, run(&other).asked);
    }
}

#[test]
fn few_repositories_keep_their_cadence_and_nothing_is_said() {
    let case = Case { lasts: 900, ..Case::new(10, 1) };
    let seen = run(&case);
    for repo in 0..case.repos {
        let usual = if repo == 0 { 5.0 } else { 30.0 };
        let longest = seen.longest(repo, case.lasts * 1000);
        assert!(longest <= 1.2 * usual, "{repo}: {longest} s");
    }
    assert_eq!(seen.news, [""; 0]);
}

#[test]
fn two_hundred_repositories_wait_longer_and_it_is_said_once() {
    let case = Case { lasts: 900, ..Case::new(200, 0) };
    let seen = run(&case);
    let longest = (0..200).map(|repo| seen.longest(repo, case.lasts * 1000)).fold(0.0, f64::max);
    assert!((33.0..150.0).contains(&longest), "{longest} s");
    assert_eq!(
        seen.news,
        [
            "github: 200 repositories, asked every 60 s instead of 30 s; more than 600 requests a minute would not be polite"
        ]
    );
}

#[test]
fn what_comes_and_goes_is_said_once_and_its_end_after_a_calm_while() {
    let names: Vec<String> = (0..30).map(|n| format!("acme/{n}")).collect();
    let mut scheduler = Scheduler::new("github".to_owned(), 7);
    names.iter().for_each(|name| scheduler.enter(name, IDLE, ACTIVE));
    let budget = Budget {
        remaining: 2000,
        limit: 5000,
        reset: at(3_600_000),
        widened_s: None,
        usual_s: None,
    };
    scheduler.answered("acme/0", true, Some(&budget), at(0), at(0));
    // in each minute all are active, and then none is
    let mut news = Vec::new();
    for minute in 0..40 {
        for (half, active) in [(0, minute < 20), (30, false)] {
            let now = at((minute * 60 + half) * 1000);
            let priority = if active { Priority::Active } else { Priority::Rest };
            names.iter().for_each(|name| scheduler.polled(name, priority, Ok(()), now));
            news.extend(scheduler.news(now).map(|text| (minute, text)));
        }
    }
    let said: Vec<_> = news.iter().map(|(minute, text)| (*minute, text.as_str())).collect();
    let [(0, first), (29, "github: every repository is asked as usual again")] = said[..] else {
        panic!("{said:?}");
    };
    assert!(first.starts_with("github: 30 repositories, asked every"), "{first}");
}

#[test]
fn a_dear_hour_is_stretched_and_what_is_active_pays_last() {
    let case = Case { counted: (30, 100), lasts: 1500, ..Case::new(50, 2) };
    let seen = run(&case);
    assert!(seen.longest(0, case.lasts * 1000) <= 7.5);
    assert!(seen.asked[10].len() < 30, "{}", seen.asked[10].len());
    assert!(seen.news[0].contains("kept for actions"), "{:?}", seen.news);
}

#[test]
fn a_dead_host_is_hardly_asked() {
    let case = Case { down: true, lasts: 600, ..Case::new(100, 10) };
    let polls: usize = run(&case).asked.iter().map(Vec::len).sum();
    assert!((10..40).contains(&polls), "{polls} polls in ten minutes");
}
