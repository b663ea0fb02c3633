//! Where a replay is and when it goes on. A pure value: real time is handed in, as time since the start.

use std::time::Duration;

use chrono::TimeDelta;

use crate::control::{Motion, Play, Playing};
use crate::model::Time;

use super::Tape;

/// Speeds that keys reach: those that the command line takes.
const SPEEDS: (f64, f64) = (0.01, 10_000.0);
/// The longest that is waited at once.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Where a replay is: it runs from `time`, which it had at `since`, with `speed`.
#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    times: Vec<Time>,
    changes: Vec<usize>,
    alerts: Vec<usize>,
    position: usize,
    time: Time,
    since: Duration,
    speed: f64,
    paused: bool,
}

impl Player {
    /// At the beginning of a tape, running, with so many seconds of the recording in a second.
    #[must_use]
    pub fn new(tape: &Tape, speed: f64) -> Self {
        Self {
            times: tape.times().to_vec(),
            changes: tape.changes().to_vec(),
            alerts: tape.alerts().to_vec(),
            position: 1,
            time: tape.times().first().copied().unwrap_or_default(),
            since: Duration::ZERO,
            speed,
            paused: false,
        }
    }

    /// The recording's time at `at`.
    #[must_use]
    pub fn now(&self, at: Duration) -> Time {
        if self.motion() != Motion::Playing {
            return self.time;
        }
        let passed = at.saturating_sub(self.since).as_secs_f64() * self.speed;
        let passed = TimeDelta::nanoseconds((passed * 1e9) as i64);
        let end = self.times.last().copied().unwrap_or(self.time);
        self.time.checked_add_signed(passed).map_or(end, |now| now.min(end))
    }

    /// Events that are to be folded in.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// For the screen.
    #[must_use]
    pub fn playing(&self) -> Playing {
        Playing {
            event: self.position,
            of: self.times.len(),
            speed: self.speed,
            motion: self.motion(),
        }
    }

    fn motion(&self) -> Motion {
        if self.position >= self.times.len() {
            Motion::Ended
        } else if self.paused {
            Motion::Paused
        } else {
            Motion::Playing
        }
    }

    /// How long after `at` the next event is due; none when it stands still.
    #[must_use]
    pub fn due(&self, at: Duration) -> Option<Duration> {
        if self.motion() != Motion::Playing {
            return None;
        }
        let left = (*self.times.get(self.position)? - self.now(at)).as_seconds_f64() / self.speed;
        Some(Duration::try_from_secs_f64(left.max(0.0)).unwrap_or(LONGEST).min(LONGEST))
    }

    /// Goes on to `at`.
    pub fn advance(&mut self, at: Duration) {
        let now = self.now(at);
        let come = self.times[self.position..].iter().take_while(|time| **time <= now).count();
        self.position += come;
        (self.time, self.since) = (now, at);
    }

    /// Does what the operator wants.
    pub fn play(&mut self, play: Play, at: Duration) {
        self.advance(at);
        let here = self.position;
        let after = |marks: &[usize]| marks.iter().copied().find(|mark| *mark > here);
        let before = |marks: &[usize]| marks.iter().copied().rfind(|mark| *mark < here);
        let to = match play {
            Play::Toggle => {
                self.paused = !self.paused;
                return;
            }
            Play::Faster | Play::Slower => {
                let factor = if play == Play::Faster { 2.0 } else { 0.5 };
                let (slowest, fastest) = SPEEDS;
                self.speed = (self.speed * factor).clamp(slowest, fastest);
                return;
            }
            Play::Begin => {
                self.go(1);
                return;
            }
            Play::End => Some(self.times.len()),
            Play::Forward => Some(here + 1),
            Play::Back => Some(here - 1),
            Play::NextChange => after(&self.changes),
            Play::PreviousChange => before(&self.changes),
            Play::NextAlert => after(&self.alerts),
        };
        self.paused = true;
        if let Some(to) = to {
            self.go(to);
        }
    }

    fn go(&mut self, position: usize) {
        self.position = position.clamp(1, self.times.len().max(1));
        if let Some(time) = self.times.get(self.position - 1) {
            self.time = *time;
        }
    }

    /// Goes to a time of the recording, or the nearest it has, and stops there.
    pub fn seek(&mut self, time: Time) {
        let come = self.times.partition_point(|come| *come <= time);
        self.go(come);
        self.paused = true;
        if come > 0 && self.motion() != Motion::Ended {
            self.time = time;
        }
    }
}

#[cfg(test)]
mod tests;
