//! Moments of a recording and speeds of a replay, as they are typed.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta};

use crate::model::Time;

use super::duration;

/// A time of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A time of day, UTC: the first after its beginning.
    Clock(NaiveTime),
    /// A date and time.
    At(Time),
    /// So long after its beginning.
    After(Duration),
}

impl Moment {
    /// The time that is meant, in a recording that began then.
    #[must_use]
    pub fn after(self, began: Time) -> Time {
        match self {
            Self::At(time) => time,
            Self::After(span) => began + span,
            Self::Clock(clock) => {
                let day = began.date_naive().and_time(clock).and_utc();
                // its first second counts from its beginning
                let early = day < began - TimeDelta::seconds(1);
                if early { day + TimeDelta::days(1) } else { day }
            }
        }
    }
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    if let Some(span) = text.strip_prefix('+') {
        return duration(span).map(Moment::After);
    }
    let clock = text.trim_end_matches('Z');
    let clock =
        ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|f| NaiveTime::parse_from_str(clock, f).ok());
    if let Some(clock) = clock {
        return Ok(Moment::Clock(clock));
    }
    DateTime::parse_from_rfc3339(text).map(|time| Moment::At(time.to_utc())).map_err(|_| {
        let text = text.escape_debug();
        format!("`{text}` is not a time; write 14:32:07, 2026-01-01T14:32:07Z or +1m30s")
    })
}

pub(super) fn speed(text: &str) -> Result<f64, String> {
    let speed = text.trim_end_matches(['x', '×']).parse().ok();
    let known = speed.filter(|speed: &f64| (0.01..=10_000.0).contains(speed));
    known.ok_or_else(|| {
        format!("`{}` is not a speed; write a number such as 0.5 or 8", text.escape_debug())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_found_in_a_recording() {
        let began = "2026-01-01T23:59:58.500Z".parse().unwrap();
        for (text, expected) in [
            ("23:59:59", "2026-01-01T23:59:59Z"),
            ("23:59:58", "2026-01-01T23:59:58Z"),
            ("00:01Z", "2026-01-02T00:01:00Z"),
            ("+1m30s", "2026-01-02T00:01:28.500Z"),
            ("2026-01-02T01:00:00+01:00", "2026-01-02T00:00:00Z"),
        ] {
            let found = moment(text).unwrap().after(began);
            assert_eq!(found, expected.parse::<Time>().unwrap(), "{text}");
        }
        for bad in ["", "+", "noon", "25:00:00", "-1m"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
        assert_eq!(speed("8x"), Ok(8.0));
        for bad in ["0", "-1", "NaN", "inf", "fast"] {
            assert!(speed(bad).is_err(), "{bad}");
        }
    }
}
