//! What was counted for the judge: looks, bounded. Must not know what follows from them.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{Envelope, Look, Time};

use super::caps;

/// The looks of one comparison, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// The looks.
    pub looks: VecDeque<Look>,
    /// Why the newest could not be had, when it could not.
    pub fault: Option<String>,
    /// When the newest answer was asked for.
    pub asked_at: Option<Time>,
    /// How long after the one before.
    pub pace: Option<TimeDelta>,
}

impl Compared {
    pub(super) fn apply(&mut self, looks: &[Look], fault: Option<&str>, envelope: &Envelope) {
        if self.asked_at.is_some_and(|held| envelope.asked_at < held) {
            return;
        }
        self.pace = self.asked_at.map(|before| envelope.asked_at - before).or(self.pace);
        self.asked_at = Some(envelope.asked_at);
        self.fault = fault.map(str::to_owned);
        if let Some(first) = looks.first() {
            // what is told again is told better
            let begins = first.at - span(first);
            self.looks.retain(|held| held.at <= begins);
        }
        self.looks.extend(looks);
        while self.looks.len() > caps::LOOKS {
            self.thin();
        }
    }

    /// Puts the older half together by twos.
    fn thin(&mut self) {
        let old: Vec<Look> = self.looks.drain(..self.looks.len() / 2).collect();
        let twos = old.chunks(2).map(|two| match two {
            [one, other] => one.and(*other),
            rest => rest[0],
        });
        for look in twos.collect::<Vec<_>>().into_iter().rev() {
            self.looks.push_front(look);
        }
    }

    /// The looks that lie after `from` as a whole, up to `now`.
    pub fn since(&self, from: Time, now: Time) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(move |look| look.at - span(look) >= from && look.at <= now)
    }
}

fn span(look: &Look) -> TimeDelta {
    TimeDelta::milliseconds((look.span_s * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Tally};

    fn at(s: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    fn look(s: i64) -> Look {
        let tally = |total| Some(Tally { bad: 1.0, total });
        Look { at: at(s), span_s: 5.0, candidate: tally(10.0), stable: tally(90.0) }
    }

    fn told(compared: &mut Compared, asked: i64, looks: &[Look]) {
        let event = Event::Notice { text: String::new(), target: None };
        let envelope = Envelope { seq: 1, at: at(asked), asked_at: at(asked), event };
        compared.apply(looks, None, &envelope);
    }

    #[test]
    fn looks_are_kept_in_order_and_an_old_answer_changes_nothing() {
        let mut compared = Compared::default();
        told(&mut compared, 20, &[look(5), look(10), look(15)]);
        told(&mut compared, 10, &[look(5)]);
        told(&mut compared, 25, &[look(15), look(20)]);
        let ends: Vec<i64> =
            compared.looks.iter().map(|look| (look.at - at(0)).num_seconds()).collect();
        assert_eq!(ends, [5, 10, 15, 20]);
        let since = |from| compared.since(at(from), at(20)).count();
        assert_eq!((since(0), since(1), since(15), since(16)), (4, 3, 1, 0));
    }

    #[test]
    fn memory_is_bounded_and_nothing_counted_is_lost() {
        let mut compared = Compared::default();
        let all: Vec<Look> = (1..=4000).map(|n| look(n * 5)).collect();
        for some in all.chunks(7) {
            told(&mut compared, (some[0].at - at(0)).num_seconds(), some);
        }
        assert!(compared.looks.len() <= caps::LOOKS);
        let total: f64 =
            compared.looks.iter().filter_map(|look| look.candidate).map(|t| t.total).sum();
        assert!((total - 40_000.0).abs() < 1e-6, "{total}");
        let newest: Vec<f64> =
            compared.looks.iter().rev().take(100).map(|look| look.span_s).collect();
        assert!(newest.iter().all(|span| (span - 5.0).abs() < 1e-9), "the newest stay fine");
        assert_eq!(compared.looks.back().unwrap().at - TimeDelta::seconds(20_000), at(0));
    }
}
