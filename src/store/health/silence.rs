//! Probes in a row that could not reach a check at all: its own doing, or the network of who asks? A machine
//! without a network finds everything so.

use crate::model::Time;

/// A check that cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Silence {
    /// When the first probe of it was asked.
    since: Time,
    /// When something else answered first since then.
    heard: Option<Time>,
    /// Whether something else could not be reached either.
    shared: bool,
    its_own: bool,
}

impl Silence {
    /// It begins with a probe asked at `since`; something else answered last at `heard`. `alone`: nothing else
    /// is asked that could tell.
    pub(super) fn new(since: Time, heard: Option<Time>, alone: bool) -> Self {
        let begun = Self { since, heard: None, shared: false, its_own: alone };
        heard.map_or(begun, |heard| begun.heard_another(heard))
    }

    /// Whether it is the check's own doing.
    pub(super) fn is_its_own(self) -> bool {
        self.its_own
    }

    /// Another probe, asked at this time, did not reach it either: it did not come back with what else was lost.
    pub(super) fn goes_on(self, asked_at: Time) -> Self {
        let after = self.heard.is_some_and(|heard| heard <= asked_at);
        Self { its_own: self.its_own || after, ..self }
    }

    /// Something else answered at this time.
    pub(super) fn heard_another(self, at: Time) -> Self {
        if at < self.since {
            return self;
        }
        let its_own = self.its_own || !self.shared;
        Self { heard: self.heard.or(Some(at)), its_own, ..self }
    }

    /// Something else could not be reached.
    pub(super) fn lost_another(self) -> Self {
        Self { shared: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(s: i64) -> Time {
        DateTime::from_timestamp(s, 0).unwrap()
    }

    #[test]
    fn it_is_its_own_where_something_else_answers() {
        let begun = Silence::new(at(10), Some(at(9)), false);
        assert!(!begun.is_its_own() && !begun.goes_on(at(15)).is_its_own());
        assert!(begun.heard_another(at(11)).is_its_own());
        assert!(Silence::new(at(10), Some(at(11)), false).is_its_own(), "it answered meanwhile");
        assert!(Silence::new(at(10), None, true).is_its_own(), "nothing else is asked");
    }

    #[test]
    fn where_all_was_lost_only_what_stays_away_is_its_own() {
        let all = Silence::new(at(10), None, false).lost_another().goes_on(at(15));
        let back = all.heard_another(at(18));
        assert!(!back.is_its_own() && !back.goes_on(at(17)).is_its_own(), "the network is back");
        assert!(back.heard_another(at(19)).goes_on(at(20)).is_its_own());
    }
}
