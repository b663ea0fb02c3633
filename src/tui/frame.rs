//! When to draw: at most 30 frames a second for data, at once for a key, never when nothing changed.
//! Pure arithmetic on the time since the start; must not know the clock or the terminal.

use std::time::Duration;

/// The shortest time between two frames that show new data.
pub const DATA_INTERVAL: Duration = Duration::from_millis(33);

/// The shortest time between two frames that answer a key.
pub const KEY_INTERVAL: Duration = Duration::from_millis(16);

/// Why a frame is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Something visible changed by itself.
    Data,
    /// The operator did something and waits for the answer.
    Key,
}

/// Collects reasons to draw and says when the time has come. Times are since the start of the program.
#[derive(Debug, Clone, Default)]
pub struct FrameGate {
    wanted: Option<Cause>,
    last: Option<Duration>,
}

impl FrameGate {
    /// Asks for a frame. The most urgent cause counts.
    pub fn request(&mut self, cause: Cause) {
        self.wanted = self.wanted.max(Some(cause));
    }

    /// How long to wait for the next frame: zero when it is due, none when nothing changed.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        let interval = match self.wanted? {
            Cause::Data => DATA_INTERVAL,
            Cause::Key => KEY_INTERVAL,
        };
        let next = self.last.map_or(Duration::ZERO, |last| last + interval);
        Some(next.saturating_sub(now))
    }

    /// Whether to draw now.
    pub fn due(&self, now: Duration) -> bool {
        self.wait(now) == Some(Duration::ZERO)
    }

    /// Notes that a frame was drawn, with everything that was asked for so far.
    pub fn drawn(&mut self, now: Duration) {
        self.wanted = None;
        self.last = Some(now);
    }
}

/// When ages change by themselves: once a second at most, and never while nobody looks.
#[derive(Debug, Clone)]
pub struct Ticks {
    focused: bool,
    due: Option<Duration>,
}

impl Default for Ticks {
    /// Somebody looks until the terminal says otherwise; many never do.
    fn default() -> Self {
        Self { focused: true, due: None }
    }
}

impl Ticks {
    /// Notes whether the terminal has the operator's eyes.
    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
        if !focused {
            self.due = None;
        }
    }

    /// Notes that a frame was drawn whose picture changes by itself after `wait`.
    pub fn drawn(&mut self, now: Duration, wait: Option<Duration>) {
        self.due = wait.filter(|_| self.focused).map(|wait| now + wait);
    }

    /// How long to wait for the next tick: zero when it is due, none when nothing ticks.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        self.due.map(|due| due.saturating_sub(now))
    }

    /// Whether it is time.
    pub fn due(&self, now: Duration) -> bool {
        self.wait(now) == Some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn waits_by_cause_and_last_frame() {
        use Cause::{Data, Key};
        // last frame, causes, now → wait; all in milliseconds
        type Row = (Option<u64>, &'static [Cause], u64, Option<u64>);
        let table: [Row; 11] = [
            (None, &[], 0, None),
            (Some(5), &[], 5_000, None),
            (None, &[Data], 0, Some(0)),
            (Some(100), &[Data], 100, Some(33)),
            (Some(100), &[Data], 120, Some(13)),
            (Some(100), &[Data], 133, Some(0)),
            (Some(100), &[Key], 110, Some(6)),
            (Some(100), &[Key], 116, Some(0)),
            (Some(100), &[Data, Key], 116, Some(0)),
            (Some(100), &[Key, Data], 116, Some(0)),
            (Some(100), &[Data], 9_000, Some(0)),
        ];
        for (last, causes, now, expected) in table {
            let mut gate = FrameGate { wanted: None, last: last.map(ms) };
            for cause in causes {
                gate.request(*cause);
            }
            let case = format!("{last:?} {causes:?} {now}");
            assert_eq!(gate.wait(ms(now)), expected.map(ms), "{case}");
            assert_eq!(gate.due(ms(now)), expected == Some(0), "{case}");
        }
    }

    #[test]
    fn a_flood_of_data_is_thirty_frames_a_second_and_silence_is_none() {
        let mut gate = FrameGate::default();
        let mut frames = 0;
        for now in (0..1_000).map(ms) {
            gate.request(Cause::Data);
            if gate.due(now) {
                gate.drawn(now);
                frames += 1;
            }
        }
        assert_eq!(frames, 31, "one at zero, then every 33 ms");
        gate.drawn(ms(1_033));
        assert!((1_033..60_000).all(|now| gate.wait(ms(now)).is_none()));
    }

    #[test]
    fn ages_tick_while_somebody_looks_and_stand_still_otherwise() {
        let second = Some(ms(1_000));
        let mut ticks = Ticks::default();
        assert_eq!(ticks.wait(ms(0)), None, "nothing was drawn yet");
        ticks.drawn(ms(100), second);
        assert_eq!((ticks.wait(ms(400)), ticks.due(ms(1_099))), (Some(ms(700)), false));
        assert!(ticks.due(ms(1_100)) && ticks.due(ms(9_000)));
        ticks.drawn(ms(1_100), second);
        assert!(!ticks.due(ms(1_101)), "one tick is one frame");
        ticks.focus(false);
        assert_eq!(ticks.wait(ms(5_000)), None);
        ticks.drawn(ms(5_000), second);
        assert!((5_000..90_000).all(|now| ticks.wait(ms(now)).is_none()), "data alone draws");
        ticks.focus(true);
        ticks.drawn(ms(90_000), second);
        assert!(ticks.due(ms(91_000)));
        ticks.drawn(ms(91_000), None);
        assert_eq!(ticks.wait(ms(92_000)), None, "a picture without ages does not tick");
    }
}
