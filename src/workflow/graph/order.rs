//! Layers: what needs nothing comes first, what needs it comes after.

use std::collections::HashMap;

use super::{Job, Node};
use crate::model::Time;

/// By what each needs. Those that wait for each other in a circle, which GitHub refuses, come last.
pub(super) fn by_needs(nodes: &mut [Node]) {
    let places: HashMap<&str, usize> =
        nodes.iter().enumerate().map(|(place, node)| (node.id.as_str(), place)).collect();
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut left = vec![0_usize; nodes.len()];
    for (place, node) in nodes.iter().enumerate() {
        for need in node.needs.iter().filter_map(|need| places.get(need.as_str())) {
            waiting[*need].push(place);
            left[place] += 1;
        }
    }
    let mut layers = vec![None; nodes.len()];
    let mut ready: Vec<usize> = (0..nodes.len()).filter(|place| left[*place] == 0).collect();
    let mut layer = 0;
    while !ready.is_empty() {
        let mut next = Vec::new();
        for place in ready {
            layers[place] = Some(layer);
            for after in &waiting[place] {
                left[*after] -= 1;
                if left[*after] == 0 {
                    next.push(*after);
                }
            }
        }
        ready = next;
        layer += 1;
    }
    for (node, found) in nodes.iter_mut().zip(layers) {
        node.layer = found.unwrap_or(layer);
    }
}

/// By their times: what began after others had ended needed them, as far as one can see. What has not begun
/// comes last.
pub(super) fn by_times(nodes: &mut [Node], jobs: &[Job]) {
    let spans: Vec<Option<(Time, Option<Time>)>> =
        nodes.iter().map(|node| node.span(jobs)).collect();
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|place| (spans[*place].is_none(), spans[*place].map(|(from, _)| from)));
    let mut done: Vec<(Time, usize)> = Vec::new();
    let mut last = 0;
    for place in order {
        let layer = match spans[place] {
            Some((from, to)) => {
                let before =
                    done.iter().filter(|(end, _)| *end <= from).map(|(_, layer)| layer + 1);
                let layer = before.max().unwrap_or(0);
                done.extend(to.map(|to| (to, layer)));
                last = last.max(layer);
                layer
            }
            None if done.is_empty() => 0,
            None => last + 1,
        };
        nodes[place].layer = layer;
    }
}
