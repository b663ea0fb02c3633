//! The targets in the order of the configuration, each found by its name.

use std::collections::BTreeMap;

use crate::model::{Target, TargetSpec};

use super::TargetState;

/// Every target's state.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Targets {
    states: Vec<TargetState>,
    places: BTreeMap<Target, usize>,
}

impl Targets {
    /// The configured ones; a name that comes twice is one target.
    pub(super) fn new(specs: &[TargetSpec], seq: u64) -> Self {
        let mut targets = Self::default();
        for spec in specs {
            if targets.places.contains_key(&spec.target) {
                continue;
            }
            targets.places.insert(spec.target.clone(), targets.states.len());
            let mut state = TargetState::new(spec.clone());
            state.touched = seq;
            targets.states.push(state);
        }
        targets
    }

    pub(super) fn get(&self, target: &Target) -> Option<&TargetState> {
        self.states.get(*self.places.get(target)?)
    }

    pub(super) fn get_mut(&mut self, target: &Target) -> Option<&mut TargetState> {
        self.states.get_mut(*self.places.get(target)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &TargetState> {
        self.states.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut TargetState> {
        self.states.iter_mut()
    }
}
