//! When the last good backup was made.

use chrono::TimeDelta;

use crate::config::BackupConfig;
use crate::model::{Observation, Point, Reading, Time};
use crate::ports::Polled;
use crate::sources::prometheus::ask::{Asker, Trouble};
use crate::sources::prometheus::query::SKEW;

/// Asks for its time or its age.
pub(super) async fn ask(
    config: &BackupConfig,
    asker: &Asker<'_>,
    now: Time,
    polled: &mut Polled,
) -> Result<(), Trouble> {
    let read = match asker.query("api/v1/query", &[("query", &config.query)]).await {
        Ok(data) => {
            polled.warnings.extend(data.warnings);
            asker.instant(&data.data)
        }
        Err(Trouble::Feed(fault)) => return Err(Trouble::Feed(fault)),
        Err(Trouble::Query(why)) => Err(why),
    };
    polled.items.push(match read {
        Ok(point) => {
            let made = point.map_or(Reading::Empty, |point| made(config.is_age, point, now));
            Observation::Backup { target: config.target.clone(), made, fault: None }
        }
        Err(why) => failed(config, &why),
    });
    Ok(())
}

/// Its time by our clock, in seconds since 1970.
fn made(is_age: bool, point: Point, now: Time) -> Reading {
    let Reading::Number(value) = point.reading else { return point.reading };
    let ahead = point.at - now;
    let ahead = if ahead.abs() > SKEW { ahead } else { TimeDelta::zero() };
    let stamp = point.at.timestamp_millis() as f64 / 1000.0;
    let theirs = if is_age { stamp - value } else { value };
    Reading::of(theirs - ahead.as_seconds_f64())
}

/// Nobody knows.
pub(super) fn failed(config: &BackupConfig, why: &str) -> Observation {
    let fault = Some(why.to_owned());
    Observation::Backup { target: config.target.clone(), made: Reading::Empty, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_and_an_age_are_told_by_our_clock() {
        let at = |s: i64| Time::from_timestamp(s, 0).unwrap();
        let point = |s, value| Point { at: at(s), reading: Reading::of(value) };
        let now = at(10_000);
        assert_eq!(made(false, point(10_000, 4_000.0), now), Reading::Number(4_000.0));
        assert_eq!(made(true, point(10_000, 6_000.0), now), Reading::Number(4_000.0));
        // its clock is an hour ahead
        assert_eq!(made(false, point(13_600, 7_600.0), now), Reading::Number(4_000.0));
        assert_eq!(made(true, point(13_600, 6_000.0), now), Reading::Number(4_000.0));
        assert_eq!(made(true, point(1, f64::NAN), now), Reading::NotANumber);
    }
}
