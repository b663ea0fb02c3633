//! All targets as one list of lines: what waits for a person on top, then groups, which fold. Lines are
//! small values, made when something was decided anew or the operator wants another list; rows are made
//! elsewhere, of those in sight. Must not know how anything looks.

mod arrange;
mod filter;
mod fuzzy;
mod grid;
mod group;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crate::model::{FeedId, FeedState};
use crate::tui::panes::{Glance, View};

pub use arrange::{Arrangement, Grouping, Heading};
pub use filter::{Filter, complete};
use fuzzy::Finder;
pub use grid::{Grid, runs};
pub use group::{Counts, Group, heading_of};

/// Of those that wait, as many stand on top; the rest is counted.
pub const WAITERS: usize = 5;

/// A list longer than this starts with those groups folded in which all is well.
const LONG: usize = 30;

/// One line. Targets are named by their place in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Above what waits for a person.
    Waiting,
    /// A target that waits for a person; it stands in its group as well.
    Waiter(usize),
    /// Above a group, by its place among the groups.
    Group(usize),
    /// A target in its group.
    Target(usize),
}

/// What the lines were made from; while it is the same, they are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    edition: u64,
    arrangement: u64,
    filter: String,
    typing: bool,
    total: usize,
}

/// The lines.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    lines: Vec<Line>,
    groups: Vec<Group>,
    waiting: usize,
    elsewhere: usize,
    inbox: (usize, usize),
    shown: Vec<usize>,
    total: usize,
    ranked: bool,
    longest: usize,
    oldest: Option<FeedId>,
    filter: Filter,
    finder: Finder,
    stamp: Option<Stamp>,
}

impl Overview {
    /// Brings the lines up to what is decided and wanted; false when they are so already. While the
    /// filter is being typed, the best match comes first.
    pub fn refresh(
        &mut self,
        view: &View<'_>,
        wanted: &Arrangement,
        filter: &str,
        typing: bool,
    ) -> bool {
        let fresh = |stamp: &Stamp| {
            (stamp.edition, stamp.arrangement) == (view.edition, wanted.edition())
                && (stamp.filter.as_str(), stamp.typing) == (filter, typing)
                && stamp.total == view.looks.len()
        };
        if self.stamp.as_ref().is_some_and(fresh) {
            return false;
        }
        let items = view.inbox();
        let possible = items.iter().filter(|item| item.is_possible()).count();
        self.inbox = (possible, items.len());
        self.elsewhere = items.iter().filter(|item| item.target.is_none()).count();
        self.build(&view.looks, wanted, filter, typing);
        self.oldest = oldest(view);
        self.stamp = Some(Stamp {
            edition: view.edition,
            arrangement: wanted.edition(),
            filter: filter.to_owned(),
            typing,
            total: view.looks.len(),
        });
        true
    }

    fn build(&mut self, looks: &[Glance<'_>], wanted: &Arrangement, filter: &str, typing: bool) {
        self.filter = Filter::new(filter);
        self.total = looks.len();
        let mut scored: Vec<(usize, u32)> = Vec::with_capacity(looks.len());
        for (index, look) in looks.iter().enumerate() {
            let marked = wanted.is_marked(look.target());
            if let Some(score) = self.filter.score(look, marked, &mut self.finder) {
                scored.push((index, score));
            }
        }
        self.ranked = typing && self.filter.is_fuzzy();
        if self.ranked {
            scored.sort_by_key(|(index, score)| (Reverse(*score), *index));
        }
        self.shown = scored.into_iter().map(|(index, _)| index).collect();
        self.lines.clear();
        self.groups.clear();
        self.waiting = 0;
        if self.ranked {
            self.lines.extend(self.shown.iter().map(|index| Line::Target(*index)));
        } else {
            // a filter asks for something else than what waits; `is:waiting` asks for that
            let filtered = !filter.trim().is_empty();
            if !filtered {
                self.wait(looks, wanted);
            }
            self.group(looks, wanted, filtered);
        }
        let whole = self.ranked || wanted.grouping() != Grouping::Service;
        let name = |index: &usize| {
            let target = looks[*index].target();
            if whole { target.as_str().len() } else { target.environment().len() }
        };
        self.longest = self.shown.iter().map(name).max().unwrap_or(0);
    }

    /// What waits for a person: the most urgent kind first, the longest of a kind first.
    fn wait(&mut self, looks: &[Glance<'_>], wanted: &Arrangement) {
        let mut waiters: Vec<_> = looks
            .iter()
            .enumerate()
            .filter_map(|(index, look)| {
                let wait = look.seen.wait?;
                Some((wait.need, wait.since.is_none(), wait.since, index))
            })
            .collect();
        self.waiting = waiters.len();
        if waiters.is_empty() && self.inbox.1 == 0 {
            return;
        }
        waiters.sort_unstable();
        self.lines.push(Line::Waiting);
        if wanted.fold(&Heading::Waiting) != Some(true) {
            let longest = waiters.iter().take(WAITERS);
            self.lines.extend(longest.map(|(.., index)| Line::Waiter(*index)));
        }
    }

    fn group(&mut self, looks: &[Glance<'_>], wanted: &Arrangement, filtered: bool) {
        self.groups = group::groups(looks, &self.shown, wanted);
        for (place, group) in self.groups.iter_mut().enumerate() {
            let calm = looks.len() > LONG && group.is_calm() && group.members.len() > 1;
            group.folded = !filtered && wanted.fold(&group.heading).unwrap_or(calm);
            self.lines.push(Line::Group(place));
            if !group.folded {
                self.lines.extend(group.members.iter().map(|index| Line::Target(*index)));
            }
        }
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// A group by its place.
    pub fn group_at(&self, place: usize) -> Option<&Group> {
        self.groups.get(place)
    }

    /// All groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many targets wait for a person, for one thing or several.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many things wait for a person that are no target's: only the inbox lists them.
    pub fn elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// How many things wait for a person that could be done now, and in all.
    pub fn inbox(&self) -> (usize, usize) {
        self.inbox
    }

    /// The targets that the filter shows, by their places in the configuration.
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// How many targets there are.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Whether the lines are ranked by how well they match, without groups.
    pub fn is_ranked(&self) -> bool {
        self.ranked
    }

    /// Columns of the longest name in the groups.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The engine whose word is the oldest.
    pub fn oldest(&self) -> Option<&FeedId> {
        self.oldest.as_ref()
    }

    /// What was not understood of the filter, and what would be.
    pub fn complaint(&self) -> Option<&str> {
        self.filter.complaint()
    }

    /// Which characters of a target's name the filter found.
    pub fn found(&mut self, name: &str) -> Vec<u32> {
        self.filter.found(name, &mut self.finder)
    }

    /// The heading that a line is.
    pub fn heading(&self, line: Line) -> Option<&Heading> {
        match line {
            Line::Waiting => Some(&Heading::Waiting),
            Line::Group(place) => self.groups.get(place).map(|group| &group.heading),
            Line::Waiter(_) | Line::Target(_) => None,
        }
    }

    /// Where a heading stands among the lines.
    pub fn line_of(&self, heading: &Heading) -> Option<usize> {
        self.lines.iter().position(|line| self.heading(*line) == Some(heading))
    }

    /// Where a line stands.
    pub fn place(&self, line: Line) -> Option<usize> {
        self.lines.iter().position(|held| *held == line)
    }

    /// The group that has a target, by its place.
    pub fn group_with(&self, index: usize) -> Option<usize> {
        self.groups.iter().position(|group| group.members.contains(&index))
    }
}

/// The engine that said nothing for the longest time, or worse.
fn oldest(view: &View<'_>) -> Option<FeedId> {
    let heard = view.store.feeds().map(|(id, feed)| (id, Some(feed)));
    let all = heard.chain(view.store.silent_feeds().map(|id| (id, None)));
    let aged = all.filter(|(id, _)| id.source == "engine").map(|(id, feed)| {
        let (state, age_s) = feed.map_or((FeedState::Lost, None), |feed| feed.standing(view.now));
        (state, age_s.unwrap_or(f64::INFINITY), id)
    });
    let worst = aged.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    worst.map(|(.., id)| id.clone())
}
