//! What was asked for a target's further gates: its error budget, the way of its alerts, its backup. The
//! newest answer of each. Must not know what follows from them.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::{Envelope, Link, LinkKind, Observation, Reading, Spent, Time};

/// The newest answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard<T> {
    /// The answer.
    pub said: T,
    /// When it was asked for.
    pub asked_at: Time,
}

impl<T> Heard<T> {
    /// How long ago it was asked for.
    #[must_use]
    pub fn age(&self, now: Time) -> TimeDelta {
        now - self.asked_at
    }
}

/// The answers for a target's further gates; none: never heard.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assurances {
    /// The share of errors in each window.
    pub burn: Option<Heard<Vec<Spent>>>,
    /// The links of the way of its alerts.
    pub path: BTreeMap<LinkKind, Heard<Link>>,
    /// When the last good backup was made, in seconds since 1970; or why nobody could say.
    pub backup: Option<Heard<Result<Reading, String>>>,
}

impl Assurances {
    pub(super) fn apply(&mut self, item: &Observation, envelope: &Envelope) {
        match item {
            Observation::Burn { spent, .. } => renew(&mut self.burn, spent.clone(), envelope),
            Observation::Path { links, .. } => {
                for link in links {
                    let mut held = self.path.remove(&link.kind);
                    renew(&mut held, link.clone(), envelope);
                    self.path.extend(held.map(|held| (link.kind, held)));
                }
            }
            Observation::Backup { made, fault, .. } => {
                let said = fault.clone().map_or(Ok(*made), Err);
                renew(&mut self.backup, said, envelope);
            }
            _ => {}
        }
    }
}

/// Takes an answer unless it was asked for before the one that is held.
fn renew<T>(held: &mut Option<Heard<T>>, said: T, envelope: &Envelope) {
    let asked_at = envelope.asked_at;
    if held.as_ref().is_none_or(|held| asked_at >= held.asked_at) {
        *held = Some(Heard { said, asked_at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, LinkState};

    fn at(s: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    fn told(assurances: &mut Assurances, asked: i64, item: &Observation) {
        let event = Event::Notice { text: String::new(), target: None };
        let envelope = Envelope { seq: 1, at: at(asked), asked_at: at(asked), event };
        assurances.apply(item, &envelope);
    }

    fn path(kind: LinkKind, state: LinkState) -> Observation {
        let links = vec![Link { kind, state, detail: String::new() }];
        Observation::Path { target: "a/b".parse().unwrap(), links }
    }

    #[test]
    fn links_are_renewed_one_by_one_and_never_by_an_old_answer() {
        let mut held = Assurances::default();
        told(&mut held, 10, &path(LinkKind::Rules, LinkState::Broken));
        told(&mut held, 5, &path(LinkKind::Rules, LinkState::Holds));
        told(&mut held, 5, &path(LinkKind::Watchdog, LinkState::Holds));
        let found: Vec<_> = held.path.values().map(|l| (l.said.state, l.asked_at)).collect();
        assert_eq!(found, [(LinkState::Broken, at(10)), (LinkState::Holds, at(5))]);
    }

    #[test]
    fn a_failure_replaces_what_was_known() {
        let mut held = Assurances::default();
        let target = || "a/b".parse().unwrap();
        let made = Reading::Number(1.0);
        told(&mut held, 1, &Observation::Backup { target: target(), made, fault: None });
        let fault = Some("query timed out".to_owned());
        let made = Reading::Empty;
        told(&mut held, 2, &Observation::Backup { target: target(), made, fault });
        assert_eq!(held.backup.unwrap().said, Err("query timed out".to_owned()));
    }
}
