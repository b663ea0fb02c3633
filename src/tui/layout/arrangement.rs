//! Which panes there are, and in which order: numbered, placed, and the last dropped first. Must not
//! know how large the screen is.

use crate::tui::panes::Pane;

/// The panes that are shown where there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    panes: Vec<Pane>,
    /// Whether the operator chose the order, which then says what is missed least, too.
    chosen: bool,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { panes: Pane::ALL.to_vec(), chosen: false }
    }
}

impl Arrangement {
    /// The operator's own order; a pane left out is hidden. Targets and rollout are always there, in
    /// front when they are not named.
    pub fn of(named: impl IntoIterator<Item = Pane>) -> Self {
        let mut panes: Vec<Pane> = Vec::new();
        for pane in named {
            if !panes.contains(&pane) {
                panes.push(pane);
            }
        }
        for pane in [Pane::Rollout, Pane::Targets] {
            if !panes.contains(&pane) {
                panes.insert(0, pane);
            }
        }
        Self { panes, chosen: true }
    }

    /// The panes, in order.
    pub fn panes(&self) -> &[Pane] {
        &self.panes
    }

    /// A pane's number, from 1; none when it is hidden.
    pub fn number(&self, pane: Pane) -> Option<usize> {
        self.panes.iter().position(|held| *held == pane).map(|at| at + 1)
    }

    /// The pane of a number, from 1.
    pub fn at(&self, number: usize) -> Option<Pane> {
        self.panes.get(number.checked_sub(1)?).copied()
    }

    /// How early it is missed: 0 is never dropped, the highest goes first.
    pub fn rank(&self, pane: Pane) -> usize {
        match pane {
            Pane::Rollout | Pane::Targets => 0,
            _ if self.chosen => self.number(pane).unwrap_or(0) + 1,
            Pane::Alerts => 2,
            Pane::Health => 3,
            Pane::Metrics => 4,
            Pane::Pipeline => 5,
            Pane::Timeline => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_order_and_two_panes_are_always_there() {
        let own = Arrangement::of([Pane::Rollout, Pane::Timeline, Pane::Targets, Pane::Timeline]);
        assert_eq!(own.panes(), [Pane::Rollout, Pane::Timeline, Pane::Targets]);
        assert_eq!(own.number(Pane::Timeline), Some(2));
        assert_eq!((own.at(3), own.at(0), own.at(4)), (Some(Pane::Targets), None, None));
        assert_eq!(own.number(Pane::Alerts), None);
        let bare = Arrangement::of([Pane::Alerts]);
        assert_eq!(bare.panes(), [Pane::Targets, Pane::Rollout, Pane::Alerts]);
    }

    #[test]
    fn the_last_of_a_chosen_order_goes_first() {
        let own = Arrangement::of([Pane::Timeline, Pane::Rollout, Pane::Targets, Pane::Alerts]);
        assert!(own.rank(Pane::Alerts) > own.rank(Pane::Timeline));
        assert_eq!(own.rank(Pane::Targets), 0);
        let usual = Arrangement::default();
        assert!(usual.rank(Pane::Timeline) > usual.rank(Pane::Alerts));
    }
}
