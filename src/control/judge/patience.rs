//! How long a side of a comparison may be silent before nothing is known of it. A server tells of a counter as
//! often as it scrapes it, whoever looks more often: how often that is shows in what was counted. Pure.

use chrono::TimeDelta;

use crate::model::{JudgeSpec, Look, Tally, Time};
use crate::store::Compared;

/// Looks without an answer after which nothing is known any more.
const SILENCE: i32 = 6;

/// How often a server scrapes of which that is not seen yet: Prometheus' own default.
const SCRAPE: TimeDelta = TimeDelta::minutes(1);

/// What is older than this Prometheus does not tell of either.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// Looks in which it is seen how often a server scrapes.
const LOOKED_AT: usize = 120;

/// How long a side may be silent: some looks, two scrapes, and the time that an answer takes to come here.
pub(super) fn patience(
    judge: &JudgeSpec,
    compared: &Compared,
    side: fn(&Look) -> Option<Tally>,
) -> TimeDelta {
    let every = TimeDelta::from_std(judge.every).unwrap_or(LONGEST);
    let looks = every * SILENCE;
    let scrapes = scrape(compared, side).unwrap_or(SCRAPE) * 2;
    let way = every * 2 + compared.pace.unwrap_or_default();
    (looks.max(scrapes) + way).min(LONGEST.max(looks))
}

/// How long it usually is from one growth of a side's counters to the next; none before that was seen twice.
fn scrape(compared: &Compared, side: fn(&Look) -> Option<Tally>) -> Option<TimeDelta> {
    let newest = compared.looks.iter().rev().take(LOOKED_AT);
    let grew = newest.filter(|look| side(look).is_some_and(|tally| tally.total > 0.0));
    let times: Vec<Time> = grew.map(|look| look.at).collect();
    let mut gaps: Vec<TimeDelta> = times.windows(2).map(|two| two[0] - two[1]).collect();
    gaps.sort_unstable();
    (gaps.len() >= 2).then(|| gaps[gaps.len() / 2])
}
