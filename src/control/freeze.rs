//! Whether a freeze is on, until when, and when the next one begins. Pure: the time is handed in.
//!
//! A time of the clock that comes twice (clocks are put back) counts so that the freeze is the longer; one
//! that does not come (clocks are put forward) is the moment at which they are put forward.

use chrono::{MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::model::Time;
use crate::model::freeze::{FreezeSpec, Weekly};

/// Days before and after a moment in which the windows about it begin: none is longer than a week.
const REACH: i64 = 8;

/// Beginnings and ends that are looked at for the end of a freeze; one that lasts longer has no end in sight.
const CHANGES: usize = 60;

/// A freeze that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen<'a> {
    /// Which; of several, the first that is configured.
    pub by: &'a FreezeSpec,
    /// When it is over, and no other holds; none: not in sight.
    pub until: Option<Time>,
}

impl Frozen<'_> {
    /// `until Mon 08:00 CET`, as seen from `now`.
    #[must_use]
    pub fn until_words(&self, now: Time) -> String {
        let until = self.until.map(|until| moment(self.by.zone, until, now));
        until.map_or_else(|| "with no end in sight".to_owned(), |until| format!("until {until}"))
    }
}

/// The freeze that is on; none: promoting is allowed by all of them.
#[must_use]
pub fn frozen(freezes: &[FreezeSpec], now: Time) -> Option<Frozen<'_>> {
    let by = freezes.iter().find(|freeze| is_on(freeze, now))?;
    let is_over = |at: &Time| !freezes.iter().any(|freeze| is_on(freeze, *at));
    Some(Frozen { by, until: changes(freezes, now).take(CHANGES).find(is_over) })
}

/// The next freeze and when it begins, if that is `within` a time.
pub(super) fn next(
    freezes: &[FreezeSpec],
    now: Time,
    within: TimeDelta,
) -> Option<(&FreezeSpec, Time)> {
    changes(freezes, now)
        .take(CHANGES)
        .take_while(|at| *at - now <= within)
        .find_map(|at| Some((freezes.iter().find(|freeze| is_on(freeze, at))?, at)))
}

/// A moment by the clocks of a zone, which is named: `Mon 08:00 CET`; with its date when it is far away.
pub(super) fn moment(zone: Tz, at: Time, now: Time) -> String {
    let near = (at - now).abs() < TimeDelta::days(6);
    let format = if near { "%a %H:%M %Z" } else { "%a %-d %b %H:%M %Z" };
    at.with_timezone(&zone).format(format).to_string()
}

/// Every time after `now` at which a window or an exception begins or ends, in their order.
fn changes(freezes: &[FreezeSpec], now: Time) -> impl Iterator<Item = Time> + '_ {
    let after = |at: &Time| freezes.iter().filter_map(|freeze| next_change(freeze, *at)).min();
    std::iter::successors(after(&now), after)
}

fn is_on(freeze: &FreezeSpec, now: Time) -> bool {
    let within = |(start, end): &(Time, Time)| *start <= now && now < *end;
    windows(freeze, now).iter().any(within) && !exceptions(freeze).any(|span| within(&span))
}

fn next_change(freeze: &FreezeSpec, now: Time) -> Option<Time> {
    let spans = windows(freeze, now).into_iter().chain(exceptions(freeze));
    let (start, end) = bounds(freeze);
    let edges = spans.flat_map(|(start, end)| [start, end]).chain([start, end]);
    // what has no beginning or no end does not change there
    edges.filter(|at| *at > now && *at < Time::MAX_UTC).min()
}

/// The times between which it may be on.
fn bounds(freeze: &FreezeSpec) -> (Time, Time) {
    let start = freeze.start.map(|start| instant(freeze.zone, start, Twice::First));
    let end = freeze.end.map(|end| instant(freeze.zone, end, Twice::Second));
    (start.unwrap_or(Time::MIN_UTC), end.unwrap_or(Time::MAX_UTC))
}

/// The windows about `now`, each from its beginning to its end.
fn windows(freeze: &FreezeSpec, now: Time) -> Vec<(Time, Time)> {
    let (start, end) = bounds(freeze);
    let Some(weekly) = &freeze.weekly else { return vec![(start, end)] };
    let today = now.with_timezone(&freeze.zone).date_naive();
    let days = (-REACH..=REACH).filter_map(|n| today.checked_add_signed(TimeDelta::days(n)));
    let own = days.filter_map(|day| weekly.on(day));
    let own = own.map(|(from, to)| {
        let from = instant(freeze.zone, from, Twice::First).max(start);
        (from, instant(freeze.zone, to, Twice::Second).min(end))
    });
    own.filter(|(from, to)| from < to).collect()
}

fn exceptions(freeze: &FreezeSpec) -> impl Iterator<Item = (Time, Time)> + '_ {
    freeze.except.iter().map(|except| {
        let start = instant(freeze.zone, except.start, Twice::Second);
        (start, instant(freeze.zone, except.end, Twice::First))
    })
}

impl Weekly {
    /// The window that begins on a day, by the clock.
    fn on(&self, day: NaiveDate) -> Option<(NaiveDateTime, NaiveDateTime)> {
        use chrono::Datelike as _;
        if !self.days.contains(&day.weekday()) {
            return None;
        }
        let later = i64::from(self.to <= self.from);
        let days = match self.to_day {
            None => later,
            Some(end) => match i64::from(end.days_since(day.weekday())) {
                0 => later * 7,
                days => days,
            },
        };
        let last = day.checked_add_signed(TimeDelta::days(days))?;
        Some((day.and_time(self.from), last.and_time(self.to)))
    }
}

/// Which of two moments is meant where the clock shows a time twice.
#[derive(Debug, Clone, Copy)]
enum Twice {
    First,
    Second,
}

/// The moment at which the clocks of a zone show a time.
fn instant(zone: Tz, local: NaiveDateTime, twice: Twice) -> Time {
    // clocks are put forward by whole minutes, and by a day at most
    let minutes = (0..=24 * 60).map(TimeDelta::minutes);
    let shown = minutes.filter_map(|past| local.checked_add_signed(past));
    let found = shown.map(|local| zone.from_local_datetime(&local)).find_map(|shown| match shown {
        MappedLocalTime::None => None,
        MappedLocalTime::Single(at) => Some(at),
        MappedLocalTime::Ambiguous(first, second) => Some(match twice {
            Twice::First => first,
            Twice::Second => second,
        }),
    });
    found.map_or_else(|| Utc.from_utc_datetime(&local), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests;
