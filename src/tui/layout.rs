//! Where each pane goes, by the size of the screen. A smaller screen drops panes in the order in which a
//! person in an incident would miss them least: timeline, pipeline, metrics, health, alerts. The rollout
//! with its gates stays to the end, and the pane with the keys is always there. The operator may hide and
//! order panes. Pure geometry.

mod arrangement;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::panes::Pane;

pub use arrangement::Arrangement;

/// How a pane is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chrome {
    /// On all sides, borders shared with its neighbours.
    Box,
    /// A line with its title on top.
    Rule,
    /// Not at all.
    Bare,
}

/// What shape the screen allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Targets on the left, the rest in a grid.
    Wide,
    /// Targets on the left, the rest one under the other.
    Narrow,
    /// One pane, or targets above the rollout.
    Single,
}

/// The panes of one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    area: Rect,
    shape: Shape,
    zoom: bool,
    focus: Pane,
    panes: Arrangement,
}

impl Layout {
    /// The layout of an area (without header and footer).
    pub fn new(area: Rect, panes: &Arrangement, focus: Pane, zoom: bool) -> Self {
        let shape = if area.width < 64 || area.height < 12 {
            Shape::Single
        } else if area.width < 100 {
            Shape::Narrow
        } else {
            Shape::Wide
        };
        Self { area, shape, zoom, focus, panes: panes.clone() }
    }

    /// How panes are framed.
    pub fn chrome(&self) -> Chrome {
        match self.shape {
            _ if self.area.height < 3 => Chrome::Bare,
            Shape::Single => Chrome::Rule,
            _ => Chrome::Box,
        }
    }

    /// Whether there is room for what is merely good to know.
    pub fn is_roomy(&self) -> bool {
        self.zoom || (self.area.height >= 44 && self.area.width >= 120)
    }

    /// Lines of the whole area: no pane has more.
    pub fn height(&self) -> usize {
        usize::from(self.area.height)
    }

    /// Columns inside a pane.
    pub fn inner_width(&self, pane: Pane) -> usize {
        let outer = match self.columns(pane) {
            (left, right) if self.chrome() == Chrome::Box => (right - left).saturating_sub(4),
            (left, right) => right - left,
        };
        usize::from(outer)
    }

    /// The first and the last-but-one column of a pane.
    fn columns(&self, pane: Pane) -> (u16, u16) {
        let Rect { width, .. } = self.area;
        if self.zoom || self.shape == Shape::Single {
            return (0, width);
        }
        let left = match self.shape {
            Shape::Narrow => 29,
            _ if width < 160 => 34,
            _ => 42,
        };
        let middle = left - 1 + (width - left + 1) * 3 / 5;
        let pair = self.blocks().into_iter().find(|block| block.len() == 2);
        match pair.and_then(|pair| pair.iter().position(|held| *held == pane)) {
            _ if pane == Pane::Targets => (0, left),
            Some(0) => (left - 1, middle),
            Some(_) => (middle - 1, width),
            None if self.across().contains(&pane) => (0, width),
            None => (left - 1, width),
        }
    }

    /// The panes besides the targets, those that stand side by side together.
    fn blocks(&self) -> Vec<Vec<Pane>> {
        let mut blocks: Vec<Vec<Pane>> = Vec::new();
        for pane in self.panes.panes().iter().copied().filter(|pane| *pane != Pane::Targets) {
            match blocks.last_mut() {
                Some(last) if self.shape == Shape::Wide && pairs(last, pane) => last.push(pane),
                _ => blocks.push(vec![pane]),
            }
        }
        blocks
    }

    /// The panes below all others, where these may use the whole width.
    fn across(&self) -> &[Pane] {
        let panes = self.panes.panes();
        let last = panes.iter().rposition(|pane| !matches!(pane, Pane::Alerts | Pane::Timeline));
        match self.shape {
            Shape::Wide => &panes[last.map_or(0, |at| at + 1)..],
            Shape::Narrow | Shape::Single => &[],
        }
    }

    /// Places the panes by the number of lines that each needs.
    pub fn place(&self, needs: &BTreeMap<Pane, usize>) -> Vec<(Pane, Rect)> {
        let need = |pane: Pane| needs.get(&pane).copied().unwrap_or(1).max(1);
        if self.area.is_empty() {
            return Vec::new();
        }
        if self.zoom {
            return vec![(self.focus, self.area)];
        }
        match self.shape {
            Shape::Single => self.single(need(Pane::Targets)),
            Shape::Narrow | Shape::Wide => {
                let across = self.across();
                let placed = self.stack(&self.blocks(), &need);
                let bottom = match self.shape {
                    Shape::Wide => placed
                        .iter()
                        .filter(|(pane, _)| !across.contains(pane))
                        .map(|(_, rect)| rect.bottom())
                        .max(),
                    _ => None,
                };
                let height = bottom.unwrap_or(self.area.bottom()) - self.area.y;
                let mut panes = vec![(Pane::Targets, self.rect(Pane::Targets, 0, height))];
                panes.extend(placed);
                panes
            }
        }
    }

    fn single(&self, targets: usize) -> Vec<(Pane, Rect)> {
        let height = self.area.height;
        if self.focus == Pane::Targets && height >= 6 {
            let upper = (targets as u16 + 1).min(height / 2);
            return vec![
                (Pane::Targets, self.rect(Pane::Targets, 0, upper)),
                (Pane::Rollout, self.rect(Pane::Rollout, upper, height - upper)),
            ];
        }
        vec![(self.focus, self.area)]
    }

    fn rect(&self, pane: Pane, y: u16, height: u16) -> Rect {
        let (left, right) = self.columns(pane);
        Rect::new(self.area.x + left, self.area.y + y, right - left, height)
    }

    /// Places blocks one under the other; neighbours share a border line.
    fn stack(&self, order: &[Vec<Pane>], need: &dyn Fn(Pane) -> usize) -> Vec<(Pane, Rect)> {
        let blocks: Vec<Block> = order.iter().map(|panes| self.block(panes, need)).collect();
        let across = self.across();
        let upper = order.iter().take_while(|panes| !across.contains(&panes[0])).count();
        let list = List { upper, need: need(Pane::Targets) };
        let heights = allot(usize::from(self.area.height), &blocks, &list);
        let mut y = 0;
        let mut placed = Vec::new();
        for (panes, height) in order.iter().zip(heights) {
            let Some(height) = height else { continue };
            for pane in panes {
                placed.push((*pane, self.rect(*pane, y, height as u16 + 2)));
            }
            y += height as u16 + 1;
        }
        placed
    }

    fn block(&self, panes: &[Pane], need: &dyn Fn(Pane) -> usize) -> Block {
        let need = panes.iter().map(|pane| need(*pane)).max().unwrap_or(1);
        let rank = panes.iter().map(|pane| self.panes.rank(*pane)).min().unwrap_or(0);
        let least = if panes.contains(&Pane::Rollout) { 11 } else { 2 };
        let rank = if panes.contains(&self.focus) { rank.min(1) } else { rank };
        Block { rank, least: need.min(least), need }
    }
}

/// Whether a pane stands beside the only one of a block: numbers and checks are read together.
fn pairs(block: &[Pane], pane: Pane) -> bool {
    matches!((block, pane), ([Pane::Metrics], Pane::Health) | ([Pane::Health], Pane::Metrics))
}

/// What a block of panes asks for, in lines inside its frame.
struct Block {
    rank: usize,
    least: usize,
    need: usize,
}

/// The list of targets, which is as high as the blocks that it stands beside.
struct List {
    /// How many blocks it stands beside.
    upper: usize,
    need: usize,
}

impl List {
    /// Lines that the list would need and has not, at most `most` of them, to the last block beside it.
    fn grow(&self, given: &mut [Option<usize>], most: usize) -> usize {
        let beside = given.get_mut(..self.upper).unwrap_or_default();
        let lines: usize = beside.iter().flatten().map(|lines| lines + 1).sum();
        let more = (self.need + 1).saturating_sub(lines).min(most);
        match beside.iter_mut().rev().find_map(Option::as_mut) {
            Some(last) => {
                *last += more;
                more
            }
            None => 0,
        }
    }
}

/// Lines for each block, none for those that are dropped. One line between two blocks, above the first
/// and below the last is their border.
fn allot(rows: usize, blocks: &[Block], list: &List) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|&i| blocks[i].rank);
    let mut given: Vec<Option<usize>> = vec![None; blocks.len()];
    let mut left = rows.saturating_sub(1);
    for (n, &i) in order.iter().enumerate() {
        let cost = blocks[i].least + 1;
        if cost <= left {
            given[i] = Some(blocks[i].least);
            left -= cost;
        } else if n == 0 {
            given[i] = Some(left.saturating_sub(1));
            left = 0;
        } else {
            break;
        }
    }
    // all that the first needs, a helping for each, half of the rest to the list of targets, then as much
    // as they need, then the lowest block takes what is left
    let helpings = [(1, usize::MAX), (order.len(), 8), (order.len(), usize::MAX)];
    for (first, cap) in helpings {
        for &i in &order[..first.min(order.len())] {
            if let Some(lines) = &mut given[i] {
                let more = blocks[i].need.min(cap).saturating_sub(*lines).min(left);
                *lines += more;
                left -= more;
            }
        }
        match cap {
            8 => left -= list.grow(&mut given, left.div_ceil(2)),
            _ if first > 1 => left -= list.grow(&mut given, left),
            _ => {}
        }
    }
    if let Some(lines) = given.iter_mut().rev().find_map(Option::as_mut) {
        *lines += left;
    }
    given
}

#[cfg(test)]
mod tests;
