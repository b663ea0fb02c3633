//! GitHub's limit of points a minute: what was sent, and what is booked to be sent, by the second. Pure:
//! time is handed in. Must not know whose points they are.

use std::collections::BTreeMap;

use chrono::DateTime;

use crate::model::Time;

/// Seconds looked at together. One more than a minute, for what is counted by whole seconds.
const SPAN: i64 = 61;

/// Points of the last minute, and of the next.
#[derive(Debug, Default)]
pub(super) struct Minute {
    by_second: BTreeMap<i64, u32>,
}

impl Minute {
    /// Counts points at a moment, past or booked.
    pub(super) fn add(&mut self, at: Time, points: u32) {
        *self.by_second.entry(at.timestamp()).or_default() += points;
    }

    /// Gives back booked points that were not needed.
    pub(super) fn give_back(&mut self, at: Time, points: u32) {
        if let Some(held) = self.by_second.get_mut(&at.timestamp()) {
            *held = held.saturating_sub(points);
        }
    }

    /// Forgets what no minute from now on holds.
    pub(super) fn forget(&mut self, now: Time) {
        self.by_second = self.by_second.split_off(&(now.timestamp() - SPAN + 1));
    }

    /// The first moment from `now` on at which `points` more leave every minute at `ceiling` or below.
    pub(super) fn room(&self, now: Time, points: u32, ceiling: u32) -> Time {
        let points = points.min(ceiling);
        let second = now.timestamp();
        if self.fits(second, points, ceiling) {
            return now;
        }
        let freed = self.by_second.keys().map(|key| key + SPAN).filter(|freed| *freed > second);
        freed
            .into_iter()
            .find(|freed| self.fits(*freed, points, ceiling))
            .and_then(|freed| DateTime::from_timestamp(freed, 0))
            .unwrap_or(now)
    }

    /// Whether every minute that holds `second` has room.
    fn fits(&self, second: i64, points: u32, ceiling: u32) -> bool {
        let later = self.by_second.range(second + 1..second + SPAN).map(|(key, _)| *key);
        std::iter::once(second).chain(later).all(|last| {
            let held: u32 =
                self.by_second.range(last - SPAN + 1..=last).map(|(_, held)| held).sum();
            held + points <= ceiling
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        DateTime::from_timestamp(1_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_full_minute_has_room_when_its_first_points_are_a_minute_old() {
        let mut minute = Minute::default();
        minute.add(at(0), 6);
        minute.add(at(10), 4);
        assert_eq!(minute.room(at(20), 1, 10), at(61));
        assert_eq!(minute.room(at(20), 7, 10), at(71));
        assert_eq!(minute.room(at(20), 1, 11), at(20));
        // more than a minute takes waits for an empty one
        assert_eq!(minute.room(at(20), 99, 10), at(71));
        minute.give_back(at(10), 3);
        assert_eq!(minute.room(at(20), 3, 10), at(20));
    }

    #[test]
    fn what_is_booked_for_later_counts_now() {
        let mut minute = Minute::default();
        minute.add(at(30), 10);
        assert_eq!(minute.room(at(0), 1, 10), at(91));
        minute.forget(at(200));
        assert_eq!(minute.room(at(200), 10, 10), at(200));
    }
}
