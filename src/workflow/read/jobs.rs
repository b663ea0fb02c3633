//! The part of a workflow file that says what is done.

use super::super::yaml::Node;
use super::{concurrency, switch};
use crate::model::workflow::{Matrix, WorkflowJob, WorkflowStep};

pub(super) fn job(id: &str, body: &Node) -> WorkflowJob {
    let text = |key: &str| body.get(key).and_then(Node::owned);
    let uses = text("uses");
    let with = body.get("with").filter(|_| uses.is_some());
    WorkflowJob {
        id: id.to_owned(),
        name: text("name"),
        needs: body.get("needs").map(Node::texts).unwrap_or_default(),
        matrix: body.get("strategy").and_then(|strategy| strategy.get("matrix")).map(matrix),
        with: with
            .into_iter()
            .flat_map(Node::pairs)
            .filter_map(|(key, value)| Some((key.to_owned(), value.owned()?)))
            .collect(),
        uses,
        environment: body.get("environment").and_then(named),
        continue_on_error: body.get("continue-on-error").and_then(switch),
        condition: text("if"),
        concurrency: body.get("concurrency").and_then(concurrency),
        runs_on: body.get("runs-on").map(labels).unwrap_or_default(),
        steps: body.get("steps").map(Node::items).unwrap_or_default().iter().map(step).collect(),
        timeout: text("timeout-minutes"),
    }
}

/// A name written alone, or as the `name` of a map.
fn named(node: &Node) -> Option<String> {
    node.owned().or_else(|| node.get("name")?.owned())
}

fn labels(node: &Node) -> Vec<String> {
    if !node.is_map() {
        return node.texts();
    }
    let group = node.get("group").and_then(Node::text).map(|group| format!("group {group}"));
    let labels = node.get("labels").map(Node::texts).unwrap_or_default();
    group.into_iter().chain(labels).collect()
}

fn step(node: &Node) -> WorkflowStep {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let script = || text("run")?.trim().lines().next();
    let own = || format!("Run {}", text("uses").or_else(script).unwrap_or_default());
    let name = text("name").map_or_else(own, str::to_owned);
    WorkflowStep { name, continue_on_error: node.get("continue-on-error").and_then(switch) }
}

/// Adjustments of a matrix; every other key is an axis.
const ADJUSTMENTS: [&str; 2] = ["include", "exclude"];

fn matrix(node: &Node) -> Matrix {
    let axes: Vec<(&str, &Node)> =
        node.pairs().filter(|(name, _)| !ADJUSTMENTS.contains(name)).collect();
    Matrix {
        axes: axes.iter().map(|(name, _)| (*name).to_owned()).collect(),
        size: size(node, &axes),
    }
}

/// How many jobs a matrix makes; none when an expression has a say in it.
fn size(node: &Node, axes: &[(&str, &Node)]) -> Option<u32> {
    let listed = |node: &Node| matches!(node, Node::List(_));
    let adjustments: Vec<Option<&Node>> = ADJUSTMENTS.map(|key| node.get(key)).into();
    let readable = node.is_map()
        && axes.iter().all(|(_, values)| listed(values))
        && adjustments.iter().flatten().all(|items| listed(items));
    if !readable {
        return None;
    }
    let entries = |at: usize| adjustments[at].map(Node::items).unwrap_or_default();
    let width = |values: &Node| u32::try_from(values.items().len()).unwrap_or(u32::MAX);
    let product = |named: &dyn Fn(&str) -> bool| {
        let axes = axes.iter().filter(|(name, _)| named(name));
        axes.fold(1_u32, |product, (_, values)| product.saturating_mul(width(values)))
    };
    let all = if axes.is_empty() { 0 } else { product(&|_| true) };
    let excluded = entries(1)
        .iter()
        .fold(0_u32, |sum, entry| sum.saturating_add(product(&|name| entry.get(name).is_none())));
    // an entry that fits a combination adds to it; one that fits none is a job of its own
    let own = entries(0).iter().filter(|entry| {
        axes.is_empty()
            || entry.pairs().any(|(name, value)| {
                let axis = axes.iter().find(|(axis, _)| *axis == name);
                axis.is_some_and(|(_, values)| {
                    values.items().iter().all(|item| item.text() != value.text())
                })
            })
    });
    let own = u32::try_from(own.count()).unwrap_or(u32::MAX);
    Some(all.saturating_sub(excluded).saturating_add(own))
}
