//! Lengths of time as people say them.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long ago: `3 s`, `12 m`, `5 h`, `3 d`. Whole units, rounded down.
#[must_use]
pub fn age(age: Duration) -> String {
    let (unit, name) = unit(age);
    format!("{} {name}", age.as_secs() / unit)
}

/// When the text of [`age`] will be another one, if nothing else changes.
#[must_use]
pub fn age_changes_in(age: Duration) -> Duration {
    let (unit, _) = unit(age);
    let unit = Duration::from_secs(unit).as_millis();
    let left = unit - age.as_millis() % unit;
    Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX))
}

fn unit(age: Duration) -> (u64, &'static str) {
    match age.as_secs() {
        0..MINUTE => (1, "s"),
        MINUTE..HOUR => (MINUTE, "m"),
        // Whole days tell too little until there are two.
        s if s < 2 * DAY => (HOUR, "h"),
        _ => (DAY, "d"),
    }
}

/// A countdown or a soak: `6:12`, `1:02:03`.
#[must_use]
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / HOUR, seconds / MINUTE % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long something took, from milliseconds: `0.4 ms`, `34 ms`, `1.24 s`.
#[must_use]
pub fn millis(ms: f64) -> String {
    if ms >= 999.5 {
        format!("{} s", super::number(ms / 1000.0))
    } else if ms >= 9.95 {
        format!("{ms:.0} ms")
    } else {
        format!("{} ms", super::number((ms * 10.0).round() / 10.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 m"),
            (3_599, "59 m"),
            (3_600, "1 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
            (u64::MAX, "213503982334601 d"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn an_age_stays_until_it_changes() {
        for ms in [0, 1, 999, 1_000, 59_999, 60_000, 61_500, 3_599_999, 3_600_001, 172_799_999] {
            let now = Duration::from_millis(ms);
            let wait = age_changes_in(now);
            assert_ne!(age(now + wait), age(now), "{ms}");
            assert_eq!(age(now + wait.saturating_sub(Duration::from_millis(1))), age(now), "{ms}");
        }
    }

    #[test]
    fn clocks_and_milliseconds() {
        for (seconds, text) in [(0, "0:00"), (372, "6:12"), (900, "15:00"), (3_723, "1:02:03")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
        for (ms, text) in [
            (0.0, "0 ms"),
            (0.44, "0.4 ms"),
            (9.96, "10 ms"),
            (34.2, "34 ms"),
            (999.4, "999 ms"),
            (999.6, "1 s"),
            (1_240.0, "1.24 s"),
            (f64::NAN, "NaN ms"),
        ] {
            assert_eq!(millis(ms), text);
        }
    }
}
