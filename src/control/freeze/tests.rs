//! Freezes by the clock of Berlin: nights, weekends, clocks that are put forward and back.

use chrono::Weekday;

use super::*;
use crate::model::freeze::Exception;

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn weekly(days: &[Weekday], from: &str, to_day: Option<Weekday>, to: &str) -> FreezeSpec {
    let time = |text: &str| text.parse().unwrap();
    let weekly = Weekly { days: days.to_vec(), from: time(from), to_day, to: time(to) };
    FreezeSpec { weekly: Some(weekly), ..dated(None, None) }
}

fn dated(start: Option<&str>, end: Option<&str>) -> FreezeSpec {
    FreezeSpec {
        name: "f".into(),
        zone: Tz::Europe__Berlin,
        weekly: None,
        start: start.map(local),
        end: end.map(local),
        except: Vec::new(),
        reason: None,
    }
}

/// Until when it is frozen at a time, as that is said; none: it is not.
fn until(freezes: &[FreezeSpec], now: &str) -> Option<String> {
    frozen(freezes, at(now)).map(|frozen| frozen.until_words(at(now)))
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
    let nights = [weekly(&[Weekday::Fri, Weekday::Sat], "16:00", None, "08:00")];
    // 2026-11-20 is a Friday; Berlin is an hour before UTC
    for (now, expected) in [
        ("2026-11-20T14:59:59Z", None),
        ("2026-11-20T15:00:00Z", Some("until Sat 08:00 CET")),
        ("2026-11-21T06:59:59Z", Some("until Sat 08:00 CET")),
        ("2026-11-21T07:00:00Z", None),
        ("2026-11-21T15:00:00Z", Some("until Sun 08:00 CET")),
        ("2026-11-22T15:00:00Z", None),
    ] {
        assert_eq!(until(&nights, now).as_deref(), expected, "{now}");
    }
}

#[test]
fn a_window_may_name_the_day_it_ends_on() {
    let weekend = [weekly(&[Weekday::Fri], "16:00", Some(Weekday::Mon), "08:00")];
    let monday = Some("until Mon 08:00 CET".to_owned());
    assert_eq!(until(&weekend, "2026-11-22T12:00:00Z"), monday);
    assert_eq!(until(&weekend, "2026-11-23T07:00:00Z"), None);
    let week = [weekly(&[Weekday::Fri], "16:00", Some(Weekday::Fri), "08:00")];
    assert_eq!(until(&week, "2026-11-26T12:00:00Z").unwrap(), "until Fri 08:00 CET");
    assert_eq!(until(&week, "2026-11-27T12:00:00Z"), None);
}

#[test]
fn windows_that_touch_or_overlap_are_one() {
    let days = weekly(&[Weekday::Sat, Weekday::Sun], "00:00", None, "00:00");
    let night = weekly(&[Weekday::Sun], "22:00", None, "06:00");
    let both = [days, night];
    assert_eq!(until(&both, "2026-11-21T12:00:00Z").unwrap(), "until Mon 06:00 CET");
}

#[test]
fn every_day_all_day_has_no_end_in_sight() {
    let week = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let always = [weekly(&week, "00:00", None, "00:00")];
    assert_eq!(until(&always, "2026-11-21T12:00:00Z").unwrap(), "with no end in sight");
}

#[test]
fn a_time_that_the_clock_skips_is_when_it_skips() {
    // 2026-03-29, Berlin: 02:00 CET is followed by 03:00 CEST, at 01:00 UTC
    let begins = [weekly(&[Weekday::Sun], "02:30", None, "04:00")];
    assert_eq!(until(&begins, "2026-03-29T00:59:59Z"), None);
    assert_eq!(until(&begins, "2026-03-29T01:00:00Z").unwrap(), "until Sun 04:00 CEST");
    assert_eq!(until(&begins, "2026-03-29T02:00:00Z"), None);
    let ends = [weekly(&[Weekday::Sun], "01:00", None, "02:30")];
    assert_eq!(until(&ends, "2026-03-29T00:30:00Z").unwrap(), "until Sun 03:00 CEST");
    assert_eq!(until(&ends, "2026-03-29T01:00:00Z"), None);
    let inside = [weekly(&[Weekday::Sun], "02:15", None, "02:45")];
    assert_eq!(until(&inside, "2026-03-29T01:00:00Z"), None, "it does not come");
    assert_eq!(
        instant(Tz::Pacific__Apia, local("2011-12-30T12:00:00"), Twice::First),
        at("2011-12-30T10:00:00Z"),
        "a day that never was"
    );
}

#[test]
fn a_time_that_the_clock_shows_twice_makes_the_freeze_longer_and_an_exception_shorter() {
    // 2026-10-25, Berlin: 03:00 CEST is followed by 02:00 CET, at 01:00 UTC
    let begins = [weekly(&[Weekday::Sun], "02:30", None, "04:00")];
    assert_eq!(until(&begins, "2026-10-25T00:29:59Z"), None);
    assert_eq!(until(&begins, "2026-10-25T00:30:00Z").unwrap(), "until Sun 04:00 CET");
    let ends = [weekly(&[Weekday::Sun], "01:00", None, "02:30")];
    assert_eq!(until(&ends, "2026-10-25T00:45:00Z").unwrap(), "until Sun 02:30 CET");
    assert_eq!(until(&ends, "2026-10-25T01:30:00Z"), None);
    let except = |start: &str, end: &str| Exception { start: local(start), end: local(end) };
    let mut day = weekly(&[Weekday::Sun], "00:00", None, "00:00");
    day.except = vec![except("2026-10-25T02:30:00", "2026-10-25T05:00:00")];
    assert!(frozen(std::slice::from_ref(&day), at("2026-10-25T01:00:00Z")).is_some());
    assert!(frozen(std::slice::from_ref(&day), at("2026-10-25T01:30:00Z")).is_none());
    day.except = vec![except("2026-10-25T01:00:00", "2026-10-25T02:30:00")];
    assert!(frozen(&[day], at("2026-10-25T00:30:00Z")).is_some());
}

#[test]
fn dates_bound_a_freeze_and_exceptions_interrupt_it() {
    let mut holidays = dated(Some("2026-12-20T00:00:00"), Some("2027-01-06T08:00:00"));
    holidays.except =
        vec![Exception { start: local("2026-12-28T10:00:00"), end: local("2026-12-28T16:00:00") }];
    let freezes = [holidays];
    assert_eq!(until(&freezes, "2026-12-19T22:59:59Z"), None);
    let first = until(&freezes, "2026-12-19T23:00:00Z").unwrap();
    assert_eq!(first, "until Mon 28 Dec 10:00 CET");
    assert_eq!(until(&freezes, "2026-12-28T09:00:00Z"), None);
    assert_eq!(until(&freezes, "2026-12-28T15:00:00Z").unwrap(), "until Wed 6 Jan 08:00 CET");
    assert_eq!(until(&freezes, "2027-01-06T07:00:00Z"), None);

    let nights = weekly(&[Weekday::Mon], "20:00", None, "06:00");
    let bounded = FreezeSpec { end: Some(local("2026-11-16T22:00:00")), ..nights };
    assert_eq!(
        until(std::slice::from_ref(&bounded), "2026-11-16T20:00:00Z").unwrap(),
        "until Mon 22:00 CET"
    );
    assert_eq!(until(&[bounded], "2026-11-23T20:00:00Z"), None);
}

#[test]
fn the_next_one_is_told_when_it_is_near() {
    let nights = [weekly(&[Weekday::Fri], "16:00", None, "08:00")];
    let found = next(&nights, at("2026-11-20T12:00:00Z"), TimeDelta::hours(24));
    assert_eq!(found.map(|(_, begins)| begins), Some(at("2026-11-20T15:00:00Z")));
    assert_eq!(next(&nights, at("2026-11-18T12:00:00Z"), TimeDelta::hours(24)), None);
}

#[test]
fn zones_without_a_name_for_their_time_show_the_offset() {
    let mut nights = weekly(&[Weekday::Fri], "16:00", None, "20:00");
    nights.zone = Tz::America__Sao_Paulo;
    assert_eq!(until(&[nights], "2026-11-20T20:00:00Z").unwrap(), "until Fri 20:00 -03");
}
