//! When what an open question stands on may be read: at once, and again after a while for as long as it is
//! still to be read. Pure: time is a value.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// How long is waited after a try before the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    first: Duration,
    longest: Duration,
}

/// For what is read.
pub(super) const READING: Pace =
    Pace { first: Duration::from_secs(10), longest: Duration::from_secs(300) };

/// For what is done by itself and was refused: it is there for harm that goes on.
pub(super) const ACTING: Pace =
    Pace { first: Duration::from_secs(2), longest: Duration::from_secs(10) };

/// For what is written down: it comes back as an event, and then it is due no more. Where it still is, the
/// journal is no place for a flood.
pub(super) const NOTING: Pace =
    Pace { first: Duration::from_secs(1), longest: Duration::from_secs(60) };

/// The looks of this process, by their keys.
#[derive(Debug, Default)]
pub(super) struct Looks(BTreeMap<String, Look>);

#[derive(Debug, Clone, Copy)]
enum Look {
    /// It is being read.
    UnderWay { wait: Duration },
    /// It was read, or could not be; until then it is not read again.
    Over { wait: Duration, next: Instant },
}

impl Looks {
    /// Begins a look; false where it is under way or was tried too lately.
    pub(super) fn begin(&mut self, key: &str, pace: Pace, now: Instant) -> bool {
        let wait = match self.0.get(key) {
            None => pace.first,
            // what was quiet for long begins anew
            Some(Look::Over { next, .. }) if now > *next + pace.longest => pace.first,
            Some(Look::Over { wait, next }) if *next <= now => (*wait * 2).min(pace.longest),
            Some(_) => return false,
        };
        self.0.insert(key.to_owned(), Look::UnderWay { wait });
        true
    }

    /// A look is over. One that told everything is not asked for any more.
    pub(super) fn end(&mut self, key: &str, now: Instant) {
        if let Some(look) = self.0.get_mut(key)
            && let Look::UnderWay { wait } = *look
        {
            *look = Look::Over { wait, next: now + wait };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_tried_again_ever_more_rarely() {
        let (mut looks, mut now) = (Looks::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..8 {
            assert!(looks.begin("a", READING, now));
            assert!(!looks.begin("a", READING, now + READING.longest), "one is under way");
            looks.end("a", now);
            let second = Duration::from_secs(1);
            let waited = (0..=READING.longest.as_secs()).find(|s| {
                let mut later = Looks(looks.0.clone());
                later.begin("a", READING, now + second * u32::try_from(*s).unwrap())
            });
            waits.push(waited.unwrap());
            now += second * u32::try_from(waited.unwrap()).unwrap();
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
    }

    #[test]
    fn what_comes_back_after_a_quiet_time_is_new() {
        let (mut looks, mut now) = (Looks::default(), Instant::now());
        for _ in 0..6 {
            assert!(looks.begin("a", NOTING, now));
            looks.end("a", now);
            now += NOTING.longest * 2 + NOTING.first;
        }
        assert!(looks.begin("a", NOTING, now));
        looks.end("a", now);
        assert!(looks.begin("a", NOTING, now + NOTING.first), "it waits no longer than at first");
    }

    #[test]
    fn each_has_its_own_time() {
        let (mut looks, now) = (Looks::default(), Instant::now());
        assert!(looks.begin("a", READING, now) && looks.begin("b", READING, now));
        looks.end("a", now);
        let later = now + READING.first;
        assert!(looks.begin("a", READING, later) && !looks.begin("b", READING, later));
        looks.end("nobody's", later);
        assert!(looks.begin("nobody's", READING, later));
    }
}
