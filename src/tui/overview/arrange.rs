//! How the operator wants the overview: grouping, order, what is folded, what is marked. Must not know
//! what the targets are like.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::Target;

/// What the targets are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Grouping {
    /// Service, as configured.
    #[default]
    Service,
    /// State, the worst first.
    State,
    /// Environment, as configured.
    Environment,
    /// Group and wave.
    Waves,
}

impl Grouping {
    /// All, in the order in which the key goes through them.
    pub const ALL: [Self; 4] = [Self::Service, Self::State, Self::Environment, Self::Waves];

    /// Its word on the command line and in the title.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::State => "state",
            Self::Environment => "environment",
            Self::Waves => "waves",
        }
    }

    /// The grouping of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grouping| grouping.word() == word)
    }

    fn next(self) -> Self {
        let here = Self::ALL.iter().position(|grouping| *grouping == self).unwrap_or(0);
        Self::ALL[(here + 1) % Self::ALL.len()]
    }
}

/// A line above others, which can be folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// Above what waits for a person.
    Waiting,
    /// Above a group of that name.
    Group(Grouping, Arc<str>),
}

/// The operator's wishes. Every change counts up its edition.
#[derive(Debug, Clone, Default)]
pub struct Arrangement {
    grouping: Grouping,
    worst_first: bool,
    folds: BTreeMap<Heading, bool>,
    marks: BTreeSet<Target>,
    edition: u64,
}

impl Arrangement {
    /// What the targets are grouped by.
    pub fn grouping(&self) -> Grouping {
        self.grouping
    }

    /// Whether the worst comes first, instead of the order of the configuration.
    pub fn is_worst_first(&self) -> bool {
        self.worst_first || self.grouping == Grouping::State
    }

    /// A number that changes with every wish.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// Groups by something else.
    pub fn group_by(&mut self, grouping: Grouping) {
        self.grouping = grouping;
        self.edition += 1;
    }

    /// Groups by what comes next.
    pub fn next_grouping(&mut self) {
        self.group_by(self.grouping.next());
    }

    /// As configured, or worst first.
    pub fn turn_order(&mut self) {
        self.worst_first = !self.worst_first;
        self.edition += 1;
    }

    /// What the operator wants of a heading's lines, if anything: folded or not.
    pub fn fold(&self, heading: &Heading) -> Option<bool> {
        self.folds.get(heading).copied()
    }

    /// Folds or unfolds what is under a heading.
    pub fn set_fold(&mut self, heading: Heading, folded: bool) {
        if self.folds.insert(heading, folded) != Some(folded) {
            self.edition += 1;
        }
    }

    /// Whether a target is marked.
    pub fn is_marked(&self, target: &Target) -> bool {
        self.marks.contains(target)
    }

    /// Marks a target, or takes its mark away; whether it is marked now.
    pub fn mark(&mut self, target: &Target) -> bool {
        self.edition += 1;
        let marked = !self.marks.remove(target);
        if marked {
            self.marks.insert(target.clone());
        }
        marked
    }

    /// Takes the mark of a target away.
    pub fn done(&mut self, target: &Target) {
        if self.marks.remove(target) {
            self.edition += 1;
        }
    }

    /// Takes all marks away; false when nothing was marked.
    pub fn unmark(&mut self) -> bool {
        let marked = !self.marks.is_empty();
        if marked {
            self.marks.clear();
            self.edition += 1;
        }
        marked
    }

    /// How many targets are marked.
    pub fn marks(&self) -> usize {
        self.marks.len()
    }
}
