//! Where the cursor of the overview is. It stays with its target or heading when lines come, go or change
//! their order; while those are hidden it is on what is shown first.

use crate::model::Target;
use crate::tui::overview::{Grid, Grouping, Heading, Line, heading_of};
use crate::tui::panes::{Glance, Pane, View};

use super::{Mode, Session, moved};

/// What the cursor stays with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Spot {
    /// The selected target in its group.
    #[default]
    Listed,
    /// The selected target among those that wait.
    OnTop,
    /// A heading.
    Heading(Heading),
}

/// Where it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its line.
    pub line: usize,
    /// The target that the other panes show, by its place in the configuration.
    pub index: usize,
    /// Whether that target is the line; else the line is a heading, and no key acts.
    pub exact: bool,
}

impl Session {
    /// Brings the overview up to the view and finds the cursor in it. Called before anything asks for
    /// the selected target, and after every change of what is shown.
    pub fn settle(&mut self, view: &View<'_>) {
        if self.selected.is_none()
            && let Some(first) = view.looks.first()
        {
            self.open(first);
        }
        let typing = self.mode == Mode::Filter;
        self.overview.refresh(view, &self.arrangement, self.filter.text(), typing);
        self.cursor = self.find(view);
    }

    fn find(&self, view: &View<'_>) -> Option<Cursor> {
        let overview = &self.overview;
        let remembered = self.selected.as_ref().and_then(|target| self.index(view, target));
        if let Spot::Heading(heading) = &self.spot
            && let Some(line) = overview.line_of(heading)
        {
            return Some(self.on(line, remembered));
        }
        if let Some(index) = remembered {
            let on_top = (self.spot == Spot::OnTop).then_some(Line::Waiter(index));
            let lines = on_top.into_iter().chain([Line::Target(index)]);
            if let Some(line) = lines.into_iter().find_map(|line| overview.place(line)) {
                return Some(Cursor { line, index, exact: true });
            }
            // it is in a folded group
            if let Some(line) =
                overview.group_with(index).and_then(|group| overview.place(Line::Group(group)))
            {
                return Some(Cursor { line, index, exact: false });
            }
        }
        let lines = overview.lines();
        let first = lines.iter().position(|line| matches!(line, Line::Target(_)));
        let first = first.or_else(|| lines.iter().position(|line| matches!(line, Line::Group(_))));
        first.map(|line| self.on(line, remembered))
    }

    /// The cursor on a line. A heading stands for the remembered target if it is one of its own, else
    /// for the worst of them.
    fn on(&self, line: usize, remembered: Option<usize>) -> Cursor {
        let (index, exact) = match self.overview.lines().get(line) {
            Some(Line::Waiter(index) | Line::Target(index)) => (*index, true),
            Some(Line::Group(place)) => {
                let group = self.overview.group_at(*place);
                let own = remembered.filter(|i| group.is_some_and(|g| g.members.contains(i)));
                (own.or(group.map(|group| group.lead)).unwrap_or(0), false)
            }
            Some(Line::Waiting) | None => (remembered.unwrap_or(0), false),
        };
        Cursor { line, index, exact }
    }

    fn index(&self, view: &View<'_>, target: &Target) -> Option<usize> {
        let here = self.cursor.map(|cursor| cursor.index);
        let same = |index: &usize| view.looks.get(*index).is_some_and(|l| l.target() == target);
        here.filter(same).or_else(|| view.looks.iter().position(|look| look.target() == target))
    }

    /// The selected target, as the lists show it now: the one remembered while the filter shows it, else
    /// the first that is shown.
    pub fn selected<'l, 'a>(&self, view: &'l View<'a>) -> Option<&'l Glance<'a>> {
        // what is open stays open, whatever the filter shows by now
        if let Some(open) = self.trail.target() {
            return view.looks.iter().find(|look| look.target() == open);
        }
        view.looks.get(self.cursor?.index)
    }

    /// Whether a target is under the cursor, and not a heading above several.
    pub fn is_on_target(&self) -> bool {
        self.matrix || !self.trail.is_empty() || self.cursor.is_none_or(|cursor| cursor.exact)
    }

    /// The group of targets, as configured, whose heading is under the cursor.
    pub fn group_here(&self, view: &View<'_>) -> Option<String> {
        let cursor = self.cursor.filter(|cursor| !cursor.exact)?;
        let Some(Line::Group(place)) = self.overview.lines().get(cursor.line) else { return None };
        let members = &self.overview.group_at(*place)?.members;
        let by_waves = self.arrangement.grouping() == Grouping::Waves;
        let first = view.looks.get(*members.first()?).filter(|_| by_waves)?;
        first.state.spec.group.clone()
    }

    /// The target that is selected whatever the lists show, when none of it can be hidden.
    pub fn pinned(&self) -> Option<&Target> {
        let plain = self.spot == Spot::Listed && self.filter.text().is_empty();
        self.selected.as_ref().filter(|_| plain)
    }

    /// The selected target, whether it is shown or not.
    pub fn remembered(&self) -> Option<&Target> {
        self.selected.as_ref()
    }

    /// Lets what is shown as selected be so whatever is shown from here on.
    pub fn remember(&mut self, target: &Target) {
        if self.selected.as_ref() != Some(target) {
            self.selected = Some(target.clone());
        }
    }

    /// Selects a target wherever it is.
    pub fn select(&mut self, target: Target) {
        self.spot = Spot::Listed;
        self.selected = Some(target);
    }

    /// Selects a target and unfolds its group for good.
    pub fn open(&mut self, look: &Glance<'_>) {
        self.select(look.target().clone());
        let heading = heading_of(self.arrangement.grouping(), look);
        self.arrangement.set_fold(heading, false);
    }

    /// Puts the cursor on the line `by` places further; it stops at the ends.
    pub fn step(&mut self, view: &View<'_>, by: isize) {
        let lines = self.overview.lines();
        let Some(cursor) = self.cursor else { return };
        let mut next = moved(cursor.line, by, lines.len(), false);
        // the first of all is a target where there is one, not the heading above it
        let far = by.unsigned_abs() > lines.len();
        if far && next == 0 && matches!(lines.get(1), Some(Line::Target(_) | Line::Waiter(_))) {
            next = 1;
        }
        self.land(view, next);
    }

    /// Puts the cursor on the next or previous target, round and round, past all headings.
    pub fn next(&mut self, view: &View<'_>, by: isize) {
        let targets =
            |(place, line): (usize, &Line)| matches!(line, Line::Target(_)).then_some(place);
        let places: Vec<usize> =
            self.overview.lines().iter().enumerate().filter_map(targets).collect();
        let Some(cursor) = self.cursor else { return };
        let after = places.partition_point(|place| *place < cursor.line);
        // from a heading, one forward is the target right below it
        let between = places.get(after) != Some(&cursor.line);
        let by = if between && by > 0 { by - 1 } else { by };
        if let Some(place) = places.get(moved(after, by, places.len(), true)) {
            self.land(view, *place);
        }
    }

    fn land(&mut self, view: &View<'_>, place: usize) {
        let before = self.cursor.map(|cursor| cursor.index);
        match self.overview.lines().get(place).copied() {
            Some(Line::Target(index)) => {
                if let Some(look) = view.looks.get(index) {
                    self.open(look);
                }
            }
            Some(Line::Waiter(index)) => {
                self.selected = view.looks.get(index).map(|look| look.target().clone());
                self.spot = Spot::OnTop;
            }
            Some(line) => {
                let heading = self.overview.heading(line).cloned();
                self.spot = heading.map_or(Spot::Listed, Spot::Heading);
            }
            None => {}
        }
        self.settle(view);
        if self.cursor.map(|cursor| cursor.index) != before {
            self.forget_lines();
        }
    }

    /// What was scrolled to belongs to another target.
    fn forget_lines(&mut self) {
        self.cursors.clear();
        for pane in Pane::ALL.into_iter().filter(|pane| *pane != Pane::Targets) {
            self.scroll.remove(&pane);
        }
    }

    /// Folds or unfolds the group whose heading is under the cursor; false when none is, why not when it
    /// cannot.
    pub fn toggle_fold(&mut self, view: &View<'_>) -> Result<bool, &'static str> {
        let Some(cursor) = self.cursor.filter(|cursor| !cursor.exact) else { return Ok(false) };
        let line = self.overview.lines().get(cursor.line).copied();
        let Some(heading) = line.and_then(|line| self.overview.heading(line)).cloned() else {
            return Ok(false);
        };
        let folded = match line {
            Some(Line::Group(place)) => self.overview.group_at(place).is_some_and(|g| g.folded),
            _ => self.arrangement.fold(&heading) == Some(true),
        };
        if !self.filter.text().trim().is_empty() {
            return Err("nothing is folded while there is a filter; Esc clears it");
        }
        self.spot = Spot::Heading(heading.clone());
        self.arrangement.set_fold(heading, !folded);
        self.settle(view);
        Ok(true)
    }

    /// Folds all groups, or unfolds them when all are folded.
    pub fn fold_all(&mut self, view: &View<'_>) {
        let all = self.overview.groups();
        let fold = all.iter().any(|group| !group.folded);
        for heading in all.iter().map(|group| group.heading.clone()).collect::<Vec<_>>() {
            self.arrangement.set_fold(heading, fold);
        }
        self.settle(view);
    }

    /// Goes about the matrix by rows and columns.
    pub fn step_matrix(&mut self, view: &View<'_>, rows: isize, columns: isize) {
        let Some(cursor) = self.cursor else { return };
        let grid = Grid::new(&view.looks, self.overview.shown());
        let Some((_, column)) = grid.place(cursor.index) else { return };
        let next = if columns == 0 {
            let wish = self.wish.unwrap_or(column);
            self.wish = Some(wish);
            grid.down(cursor.index, rows, wish)
        } else {
            self.wish = None;
            grid.aside(cursor.index, columns > 0)
        };
        if let Some(look) = next.and_then(|index| view.looks.get(index)) {
            self.select(look.target().clone());
            self.settle(view);
            self.forget_lines();
        }
    }
}
