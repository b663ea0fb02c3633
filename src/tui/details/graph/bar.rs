//! When a job ran, as a bar between the run's beginning and its end.

use crate::model::{Job, Time};
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;
use crate::workflow::Graph;

/// The time that all bars share.
pub(super) struct Strip {
    from: Option<Time>,
    now: Time,
    whole_ms: i64,
}

impl Strip {
    pub(super) fn new(graph: &Graph, jobs: &[Job], now: Time) -> Self {
        let spans: Vec<_> = graph.nodes.iter().filter_map(|node| node.span(jobs)).collect();
        let from = spans.iter().map(|(from, _)| *from).min();
        let to = spans.iter().map(|(_, to)| to.unwrap_or(now)).max();
        let whole_ms = from.zip(to).map_or(0, |(from, to)| (to - from).num_milliseconds());
        Self { from, now, whole_ms: whole_ms.max(1) }
    }

    /// The bar of a span; blank where nothing ran.
    pub(super) fn bar(&self, span: Option<(Time, Option<Time>)>, role: Role, width: usize) -> Row {
        let row = Row::new(width);
        let Some(((from, to), start)) = span.zip(self.from) else {
            return row.gap(width);
        };
        let columns = width as i64;
        let place = |at: Time| (at - start).num_milliseconds().max(0) * columns / self.whole_ms;
        let left = place(from).clamp(0, columns - 1);
        let right = place(to.unwrap_or(self.now)).clamp(left + 1, columns);
        row.gap(left as usize)
            .put("━".repeat((right - left) as usize), role)
            .gap((columns - right) as usize)
    }
}
