//! A recording made ready to be played: its events, the moments worth a jump, and stores to begin from,
//! so that going back costs a bounded number of events. Must not know where the events came from.

mod no_journal;
mod player;

use std::collections::{BTreeMap, BTreeSet};

use crate::control::{Standing, assess};
use crate::model::{Envelope, Event, Phase, Target, Time};
use crate::store::{Store, TargetState};

pub(super) use no_journal::NoJournal;
pub use player::Player;

/// Stores that are kept along the way.
const CHECKPOINTS: usize = 32;
/// Events that are folded anew without a second thought.
const STRIDE: usize = 500;

/// A recording made ready to be played. A position is a number of events that were folded in, from 1: the
/// configuration is always there.
#[derive(Debug, Clone)]
pub struct Tape {
    envelopes: Vec<Envelope>,
    checkpoints: Vec<(usize, Store)>,
    times: Vec<Time>,
    changes: Vec<usize>,
    alerts: Vec<usize>,
    /// Whether what is shown says that it is a replay.
    is_marked: bool,
}

impl Tape {
    /// Folds all events once, to find what is worth a jump. None when they do not begin with a
    /// configuration.
    #[must_use]
    pub fn new(envelopes: Vec<Envelope>) -> Option<Self> {
        Self::of(envelopes, true)
    }

    /// The same for pictures: it is shown as the session that it was, and the guard answers as it did then.
    #[must_use]
    pub fn as_lived(envelopes: Vec<Envelope>) -> Option<Self> {
        Self::of(envelopes, false)
    }

    fn of(mut envelopes: Vec<Envelope>, is_marked: bool) -> Option<Self> {
        let Some(Envelope { event: Event::Configured(_), at: began, .. }) = envelopes.first()
        else {
            return None;
        };
        let mut last = *began;
        let mut times = Vec::with_capacity(envelopes.len());
        for (seq, envelope) in (1..).zip(&mut envelopes) {
            envelope.seq = seq;
            // a clock that was set back does not let a replay go back
            last = last.max(envelope.at);
            times.push(last);
            if let Event::Configured(fleet) = &mut envelope.event {
                fleet.replay = is_marked;
            }
        }
        let mut tape = Self {
            envelopes,
            checkpoints: Vec::new(),
            times,
            changes: Vec::new(),
            alerts: Vec::new(),
            is_marked,
        };
        tape.survey();
        Some(tape)
    }

    /// How many events there are; never 0.
    #[must_use]
    pub fn len(&self) -> usize {
        self.envelopes.len()
    }

    /// Never: a tape begins with a configuration.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.envelopes.is_empty()
    }

    /// Whether what is shown says that it is a replay.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// Who sat there last, by the journal.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.envelopes.iter().rev().find_map(|envelope| match &envelope.event {
            Event::Journaled { record } => Some(record.operator.as_str()),
            _ => None,
        })
    }

    /// The events, in order.
    #[must_use]
    pub fn envelopes(&self) -> &[Envelope] {
        &self.envelopes
    }

    /// When each event came, never earlier than the one before.
    #[must_use]
    pub fn times(&self) -> &[Time] {
        &self.times
    }

    /// Positions at which a target began to stand differently, or a line of the journal came.
    #[must_use]
    pub fn changes(&self) -> &[usize] {
        &self.changes
    }

    /// Positions at which an alert began.
    #[must_use]
    pub fn alerts(&self) -> &[usize] {
        &self.alerts
    }

    /// Brings a store that holds `folded` events to a position.
    pub(super) fn fold(&self, store: &mut Store, folded: usize, position: usize) {
        let near = self.checkpoints.iter().rev().find(|(at, _)| *at <= position);
        let from = match near {
            Some((at, kept)) if folded > position || *at > folded => {
                store.clone_from(kept);
                *at
            }
            None if folded > position => {
                *store = Store::default();
                0
            }
            _ => folded,
        };
        for envelope in &self.envelopes[from..position] {
            store.apply(envelope);
        }
    }

    fn survey(&mut self) {
        let stride = (self.len() / CHECKPOINTS).max(STRIDE);
        let mut store = Store::default();
        let mut known: BTreeMap<Target, Look> = BTreeMap::new();
        for (position, envelope) in (1..).zip(&self.envelopes) {
            store.apply(envelope);
            if position % stride == 0 {
                self.checkpoints.push((position, store.clone()));
            }
            if matches!(envelope.event, Event::Heartbeat { .. }) {
                continue;
            }
            let mut changed = matches!(envelope.event, Event::Journaled { .. });
            let mut alarmed = false;
            for state in store.targets().filter(|state| state.touched == envelope.seq) {
                let look = Look::at(&store, state, envelope.at);
                let held = known.get(&state.spec.target);
                changed |= held.is_some_and(|held| held.stand != look.stand);
                alarmed |= held.is_some_and(|held| !look.firing.is_subset(&held.firing));
                known.insert(state.spec.target.clone(), look);
            }
            if changed {
                self.changes.push(position);
            }
            if alarmed {
                self.alerts.push(position);
            }
        }
    }
}

/// What a jump looks for.
struct Look {
    /// Standing, phase, and whole percent asked for and routed.
    stand: (Option<Standing>, Option<Phase>, [Option<i64>; 2]),
    firing: BTreeSet<String>,
}

impl Look {
    fn at(store: &Store, state: &TargetState, now: Time) -> Self {
        let seen = assess(store, &state.spec.target, now);
        let whole = |weight: Option<f64>| weight.map(|weight| weight.round() as i64);
        let stand = seen.map_or((None, None, [None; 2]), |seen| {
            (Some(seen.standing), seen.phase, [whole(seen.weight), whole(seen.routed)])
        });
        let firing = state.alerts.firing().map(|alert| alert.fingerprint.clone()).collect();
        Self { stand, firing }
    }
}
