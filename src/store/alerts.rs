//! A target's alerts, worst first.

use std::collections::{BTreeSet, VecDeque};

use crate::model::{Alert, AlertState, Envelope, Severity, Target, Time};

use super::caps;
use super::timeline::Line;

/// A target's alerts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alerts {
    /// Worst first, then newest.
    pub list: Vec<Alert>,
    /// How many more there are that could not be read.
    pub unread: usize,
    /// When they were asked for; none: never heard.
    pub asked_at: Option<Time>,
    /// The last ones that were seen firing and are not any more, oldest first.
    pub ended: VecDeque<Ended>,
}

/// An alert that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// How bad it was.
    pub severity: Severity,
    /// Since when it was firing, where that is known.
    pub since: Option<Time>,
}

/// Alerts that are over that are kept.
const ENDED: usize = 50;

impl Alerts {
    /// Alerts that want somebody.
    pub fn firing(&self) -> impl Iterator<Item = &Alert> {
        self.list.iter().filter(|alert| alert.state == AlertState::Firing)
    }

    pub(super) fn apply(
        &mut self,
        target: &Target,
        alerts: &[Alert],
        unread: usize,
        envelope: &Envelope,
    ) -> Vec<Line> {
        if self.asked_at.is_some_and(|held| envelope.asked_at < held) {
            return Vec::new();
        }
        let mut list = alerts.to_vec();
        list.sort_by(|a, b| {
            (a.state, std::cmp::Reverse(a.severity), std::cmp::Reverse(a.since), &a.fingerprint)
                .cmp(&(
                    b.state,
                    std::cmp::Reverse(b.severity),
                    std::cmp::Reverse(b.since),
                    &b.fingerprint,
                ))
        });
        list.truncate(caps::ALERTS);
        let lines = if self.asked_at.is_some() {
            self.changes(target, &list, envelope.at)
        } else {
            Vec::new()
        };
        self.asked_at = Some(envelope.asked_at);
        self.unread = unread;
        self.ended.extend(
            self.firing()
                .filter(|old| !list.iter().any(|new| new.fingerprint == old.fingerprint))
                .map(|old| Ended { severity: old.severity, since: old.since })
                .collect::<Vec<_>>(),
        );
        while self.ended.len() > ENDED {
            self.ended.pop_front();
        }
        self.list = list;
        lines
    }

    fn changes(&self, target: &Target, list: &[Alert], at: Time) -> Vec<Line> {
        let names = |alerts: &[Alert]| -> BTreeSet<String> {
            let firing = alerts.iter().filter(|alert| alert.state == AlertState::Firing);
            firing.map(|alert| alert.fingerprint.clone()).collect()
        };
        let (before, after) = (names(&self.list), names(list));
        let began = list
            .iter()
            .filter(|a| after.contains(&a.fingerprint) && !before.contains(&a.fingerprint));
        let ended = self
            .list
            .iter()
            .filter(|a| before.contains(&a.fingerprint) && !after.contains(&a.fingerprint));
        began
            .map(|alert| Line::alert(alert.since.unwrap_or(at), target, alert, true))
            .chain(ended.map(|alert| Line::alert(at, target, alert, false)))
            .collect()
    }
}
