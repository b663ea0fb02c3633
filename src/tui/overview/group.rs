//! Targets put together under a heading, in an order.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use crate::control::Standing;
use crate::tui::panes::{Glance, words};

use super::arrange::{Arrangement, Grouping, Heading};

/// How many targets stand how. They add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Nothing to do and nothing under way.
    pub ok: usize,
    /// Nothing to do while something is rolled out.
    pub moving: usize,
    /// Somebody should look.
    pub attention: usize,
    /// It cannot be told.
    pub unknown: usize,
    /// It harms.
    pub critical: usize,
}

impl Counts {
    fn add(&mut self, look: &Glance<'_>) {
        let count = match (look.seen.standing, is_moving(look)) {
            (Standing::Ok, false) => &mut self.ok,
            (Standing::Ok, true) => &mut self.moving,
            (Standing::Attention, _) => &mut self.attention,
            (Standing::Unknown, _) => &mut self.unknown,
            (Standing::Critical, _) => &mut self.critical,
        };
        *count += 1;
    }
}

/// A heading and the targets under it.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it is found by again.
    pub heading: Heading,
    /// The worst standing of any.
    pub worst: Standing,
    /// Which target that is.
    pub lead: usize,
    /// How they stand.
    pub counts: Counts,
    /// Its targets in order, by their places in the configuration.
    pub members: Vec<usize>,
    /// Whether only the heading is shown.
    pub folded: bool,
    /// How many wait for a person.
    pub waiting: usize,
}

impl Group {
    /// Whether all is well: nothing harms, moves or waits.
    pub fn is_calm(&self) -> bool {
        self.counts.ok == self.members.len() && self.waiting == 0
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match &self.heading {
            Heading::Waiting => "waiting",
            Heading::Group(_, name) => name,
        }
    }
}

/// What a group is made by. Ordered as groups are, where the configuration's order does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Name(&'a str),
    State(Reverse<Standing>, &'static str),
    Wave(bool, Option<&'a str>, Option<u32>),
}

impl<'a> Key<'a> {
    fn of(grouping: Grouping, look: &Glance<'a>) -> Self {
        let spec = &look.state.spec;
        match grouping {
            Grouping::Service => Self::Name(look.target().service()),
            Grouping::Environment => Self::Name(look.target().environment()),
            Grouping::Waves => Self::Wave(spec.group.is_none(), spec.group.as_deref(), spec.wave),
            Grouping::State => {
                let standing = look.seen.standing;
                let moving = standing == Standing::Ok && is_moving(look);
                let name = if moving { "moving" } else { standing.word() };
                Self::State(Reverse(standing), name)
            }
        }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) | Self::State(_, name) => f.write_str(name),
            Self::Wave(_, None, _) => f.write_str("no group"),
            Self::Wave(_, Some(group), None) => f.write_str(group),
            Self::Wave(_, Some(group), Some(wave)) => write!(f, "{group}, wave {wave}"),
        }
    }
}

/// The heading that a target is under.
pub fn heading_of(grouping: Grouping, look: &Glance<'_>) -> Heading {
    Heading::Group(grouping, Key::of(grouping, look).to_string().into())
}

/// Groups the targets that are shown.
pub(super) fn groups(looks: &[Glance<'_>], shown: &[usize], wanted: &Arrangement) -> Vec<Group> {
    let grouping = wanted.grouping();
    let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    let mut groups: Vec<(Key<'_>, Group)> = Vec::new();
    let mut last = None;
    for &index in shown {
        let Some(look) = looks.get(index) else { continue };
        let key = Key::of(grouping, look);
        // neighbours in the configuration are mostly of one group
        let place = match last {
            Some((of, place)) if of == key => place,
            _ => *places.entry(key).or_insert_with(|| {
                groups.push((key, begun(heading_of(grouping, look), index, look)));
                groups.len() - 1
            }),
        };
        last = Some((key, place));
        let group = &mut groups[place].1;
        group.members.push(index);
        group.counts.add(look);
        group.waiting += usize::from(look.seen.wait.is_some());
        if look.seen.standing > group.worst {
            (group.worst, group.lead) = (look.seen.standing, index);
        }
    }
    match grouping {
        Grouping::State | Grouping::Waves => groups.sort_by_key(|(key, _)| *key),
        Grouping::Service | Grouping::Environment => {}
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    if wanted.is_worst_first() {
        if grouping != Grouping::State {
            groups.sort_by_key(|group| Reverse(group.worst));
        }
        for group in &mut groups {
            group.members.sort_by_key(|index| urgency(&looks[*index]));
        }
    }
    groups
}

fn begun(heading: Heading, lead: usize, look: &Glance<'_>) -> Group {
    Group {
        heading,
        worst: look.seen.standing,
        lead,
        counts: Counts::default(),
        members: Vec::new(),
        folded: false,
        waiting: 0,
    }
}

/// What comes first where the worst does: how it stands, whether it waits, production, what moves.
fn urgency(look: &Glance<'_>) -> impl Ord + use<> {
    let waits = look.seen.wait.is_some();
    Reverse((look.seen.standing, waits, look.state.spec.production, is_moving(look)))
}

fn is_moving(look: &Glance<'_>) -> bool {
    look.seen.phase.is_some_and(words::is_moving)
}
