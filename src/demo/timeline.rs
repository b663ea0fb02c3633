//! World time and real time: what the script and the traffic count, and what clocks show.

use std::time::Duration;

use chrono::TimeDelta;

use crate::model::Time;

/// How world time runs. World seconds are whole and count from the start; before it they are negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeline {
    start: Time,
    speed: f64,
}

impl Timeline {
    /// World time runs `speed` times as fast as the clock and is 0 at `start`.
    pub fn new(start: Time, speed: f64) -> Self {
        Self { start, speed }
    }

    /// When the world was started.
    pub fn start(&self) -> Time {
        self.start
    }

    /// World seconds per real second.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// The world second that a real time falls into.
    pub fn second(&self, at: Time) -> i64 {
        let elapsed = (at - self.start).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6;
        (elapsed * self.speed).floor() as i64
    }

    /// The real time at which a world second begins.
    pub fn time(&self, second: i64) -> Time {
        let micros = (second as f64 / self.speed * 1e6).ceil() as i64;
        self.start + TimeDelta::microseconds(micros)
    }

    /// What a clock shows for so many world seconds; at least a millisecond.
    pub fn real(&self, seconds: f64) -> Duration {
        Duration::from_millis(((seconds / self.speed) * 1e3).round().max(1.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_times_agree() {
        let start = Time::from_timestamp(1_700_000_000, 0).unwrap();
        for speed in [0.3, 1.0, 7.0, 60.0, 1000.0] {
            let line = Timeline::new(start, speed);
            for second in [-1000, -1, 0, 1, 59, 12_345] {
                assert_eq!(line.second(line.time(second)), second, "{speed} {second}");
            }
        }
        assert_eq!(
            Timeline::new(start, 10.0).real(120.0),
            Duration::from_secs(12)
        );
    }
}
