//! What the cursor of a pane can stand on, in the order of its lines. Large lists are only looked at:
//! nothing is copied for what the cursor is not on.

use crate::model::Alert;
use crate::store::{Line, Store};
use crate::tui::details::Detail;

use super::{Glance, Pane, metrics, pipeline, rollout, timeline};

/// The things of a pane.
#[derive(Debug)]
pub enum Items<'a> {
    /// Few enough to name them all.
    Few(Vec<Detail>),
    /// Alerts.
    Alerts(&'a [Alert]),
    /// Lines of the timeline.
    Lines(Vec<&'a Line>),
}

impl<'a> Items<'a> {
    /// The things of a pane of the selected target; none for the list of targets, whose cursor is the
    /// selection.
    pub fn of(pane: Pane, store: &'a Store, look: &Glance<'a>) -> Self {
        let state = look.state;
        match pane {
            Pane::Targets => Self::Few(Vec::new()),
            Pane::Rollout => Self::Few(rollout::items(look)),
            Pane::Metrics => Self::Few(metrics::items(state)),
            Pane::Health => Self::Few(
                state
                    .checks
                    .iter()
                    .map(|check| Detail::Check(check.spec.name.clone(), check.spec.track))
                    .collect(),
            ),
            Pane::Pipeline => Self::Few(pipeline::items(store, look)),
            Pane::Alerts => Self::Alerts(&state.alerts.list),
            Pane::Timeline => Self::Lines(timeline::lines(store, Some(look.target()))),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(all) => all.len(),
            Self::Alerts(all) => all.len(),
            Self::Lines(all) => all.len(),
        }
    }

    /// The one in a place.
    pub fn at(&self, place: usize) -> Option<Detail> {
        match self {
            Self::Few(all) => all.get(place).cloned(),
            Self::Alerts(all) => {
                all.get(place).map(|alert| Detail::Alert(alert.fingerprint.clone()))
            }
            Self::Lines(all) => {
                all.get(place).map(|line| Detail::Happening(Box::new((*line).clone())))
            }
        }
    }

    fn is(&self, place: usize, item: &Detail) -> bool {
        match (self, item) {
            (Self::Few(all), item) => all.get(place) == Some(item),
            (Self::Alerts(all), Detail::Alert(print)) => {
                all.get(place).is_some_and(|alert| alert.fingerprint == *print)
            }
            (Self::Lines(all), Detail::Happening(line)) => {
                all.get(place).is_some_and(|held| **held == **line)
            }
            _ => false,
        }
    }

    /// Where a thing stands now, looked for first where it stood before.
    pub fn find(&self, item: &Detail, before: usize) -> Option<usize> {
        // two lines of the timeline may be the same
        if self.is(before, item) {
            return Some(before);
        }
        (0..self.len()).find(|place| self.is(*place, item))
    }
}
