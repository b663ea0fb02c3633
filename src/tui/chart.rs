//! Charts over time as lines of text: axes, limits, marks, one or two series. Nothing is drawn where
//! nothing was read; what is missing is named beneath. Decides nothing.

mod canvas;
mod legend;
mod scale;
mod span;
mod subject;
#[cfg(test)]
mod tests;
mod trace;

use unicode_width::UnicodeWidthStr;

use crate::model::Time;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{Look, value};

use canvas::{Canvas, Pen};
use scale::Scale;
use span::{Span, place};
use trace::{Kind, Trace};

pub use subject::{latency, metric};

/// The narrowest plot that still has an axis beside it.
const NARROW: usize = 8;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: usize,
    /// Lines.
    pub lines: usize,
}

/// Something that happened, drawn as an upright line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    at: Time,
    glyph: char,
    label: String,
    role: Role,
}

/// What is drawn.
#[derive(Debug, Clone)]
struct Chart<'a> {
    /// The first is drawn solid and over the others.
    traces: Vec<Trace>,
    marks: Vec<Mark>,
    span: Span,
    /// `ratio` is shown in percent, anything else as a suffix.
    unit: &'a str,
}

/// How the lines are shared out: what matters least goes first.
struct Plan {
    plot: usize,
    clock: bool,
    legend: usize,
}

impl Plan {
    fn of(lines: usize, legend: usize) -> Self {
        let (clock, most) = match lines {
            0..=2 => (false, 0),
            3..=4 => (false, 1),
            5..=9 => (true, 1),
            _ => (true, lines / 4),
        };
        let legend = legend.min(most);
        Self { plot: lines - legend - if clock { 2 } else { 0 }, clock, legend }
    }
}

impl Chart<'_> {
    /// The chart in lines, never more nor wider than `size`.
    fn rows(&self, size: Size, look: &Look<'_>) -> Vec<Row> {
        let Size { columns, lines } = size;
        if columns == 0 || lines == 0 {
            return Vec::new();
        }
        if let Some(sentence) = legend::silence(self) {
            return wrap(&sentence, Role::Unknown, columns, lines);
        }
        let mut legend = legend::rows(self, columns, lines, look);
        let plan = Plan::of(lines, legend.len());
        if plan.legend < legend.len() {
            legend = legend::rows(self, columns, plan.legend, look);
        }
        let scale = self.scale(plan.plot);
        let axis = self.axis(&scale, columns, plan.plot, look);
        let canvas = self.draw(&scale, columns - axis.width, plan.plot, look);
        let mut rows: Vec<Row> = (0..plan.plot)
            .map(|line| canvas.write(line, axis.write(line, Row::new(columns), look)))
            .collect();
        if plan.clock {
            rows.extend(self.clock(columns, axis.width, look));
        }
        rows.extend(legend);
        rows
    }

    /// The traces with their pens.
    fn traces(&self) -> impl DoubleEndedIterator<Item = (&Trace, Pen)> + ExactSizeIterator {
        let pen = |n| if n == 0 { Pen::Solid } else { Pen::Dotted };
        self.traces.iter().enumerate().map(move |(n, trace)| (trace, pen(n)))
    }

    /// The marks within the span, oldest first.
    fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(|mark| self.span.holds(mark.at))
    }

    /// The limits of all traces: word and value.
    fn limits(&self) -> Vec<(&'static str, f64)> {
        let mut limits = Vec::new();
        for trace in &self.traces {
            for limit in [("max", trace.max), ("min", trace.min)] {
                if let (word, Some(value)) = limit
                    && value.is_finite()
                    && !limits.contains(&(word, value))
                {
                    limits.push((word, value));
                }
            }
        }
        limits
    }

    /// The scale of everything that is drawn, the limits too.
    fn scale(&self, lines: usize) -> Scale {
        let numbers = self.traces.iter().flat_map(|trace| {
            let held = trace.samples().iter().enumerate();
            held.filter(|(_, (at, _))| self.span.holds(*at))
                .flat_map(|(i, _)| trace.numbers(i..i + 1).map(|(_, value)| value))
        });
        let limits = self.limits().into_iter().map(|(_, limit)| limit);
        Scale::over(numbers.chain(limits), (lines / 3).clamp(1, 8))
    }

    fn draw(&self, scale: &Scale, columns: usize, lines: usize, look: &Look<'_>) -> Canvas {
        let mut canvas = Canvas::new(columns, lines, look.ascii);
        for (trace, pen) in self.traces().rev() {
            for stretch in trace.stretches(&self.span) {
                let (wide, _) = canvas.grid(pen);
                let numbers = trace.numbers(stretch.samples);
                // a number alone is a line onto itself
                let next = numbers.clone().skip(1);
                let pairs =
                    numbers.clone().zip(next).chain(numbers.last().map(|last| (last, last)));
                for ((from, a), (to, b)) in pairs {
                    let end = |at, value| (self.span.column(at, wide), scale.share(value));
                    let ink = |way: f64| trace.ink(a * (1.0 - way) + b * way);
                    canvas.stroke(pen, end(from, a), end(to, b), ink);
                }
            }
        }
        let kept = self.limits().into_iter().map(|(_, limit)| canvas.line_of(scale.share(limit)));
        let kept = kept.collect();
        canvas.keep(kept);
        for (trace, _) in self.traces().rev() {
            self.signs(&mut canvas, trace, columns, lines, look);
        }
        let [dash, bar] = if look.ascii { ['-', ':'] } else { ['╌', '┊'] };
        for (_, limit) in self.limits() {
            let line = canvas.line_of(scale.share(limit));
            (0..columns).for_each(|column| canvas.behind(column, line, dash, Role::Attention));
        }
        for mark in self.marks() {
            let column = self.span.column(mark.at, columns);
            (0..lines).for_each(|line| canvas.behind(column, line, bar, Role::Dim));
        }
        canvas
    }

    /// What cannot be a line: the infinities at the edges, NaN and failures at the bottom.
    fn signs(
        &self,
        canvas: &mut Canvas,
        trace: &Trace,
        columns: usize,
        lines: usize,
        look: &Look<'_>,
    ) {
        let [up, down, cross] = if look.ascii { ['^', 'v', 'x'] } else { ['↑', '↓', '✗'] };
        for stretch in trace.stretches(&self.span) {
            let mut drawn = None;
            for (at, _) in &trace.samples()[stretch.samples] {
                let column = self.span.column(*at, columns);
                if drawn.replace(column) == Some(column) {
                    continue;
                }
                match stretch.kind {
                    Kind::Up => canvas.sign(column, 0, up, trace.ink(f64::INFINITY)),
                    Kind::Down => {
                        canvas.sign(column, lines - 1, down, trace.ink(f64::NEG_INFINITY));
                    }
                    Kind::NotANumber => canvas.settle(column, '?', Role::Unknown),
                    Kind::Failed => canvas.settle(column, cross, Role::Critical),
                    Kind::Numbers | Kind::Missing => {}
                }
            }
        }
    }

    /// The labels at the left, where there is room for them beside a plot.
    fn axis(&self, scale: &Scale, columns: usize, lines: usize, look: &Look<'_>) -> Axis {
        let place = Canvas::new(1, lines, look.ascii);
        let mut labels: Vec<Option<(String, Role)>> = vec![None; lines];
        let row = |at: f64| place.line_of(scale.share(at)).min(lines - 1);
        for (word, limit) in self.limits() {
            let row = &mut labels[row(limit)];
            let label = format!("{word} {}", value(Some(limit), self.unit));
            let label = match row.take() {
                Some((other, _)) => format!("{other}, {label}"),
                None => label,
            };
            *row = Some((label, Role::Attention));
        }
        let is_end = |row| columns >= NARROW * 5 && (row == 0 || row == lines - 1);
        let is_limit = |tick: f64| {
            self.limits().iter().any(|(_, limit)| (limit - tick).abs() <= tick.abs() * 1e-9)
        };
        for tick in scale.ticks() {
            let text = scale.label(tick, self.unit);
            match &mut labels[row(tick)] {
                // where the scale ends is said beside a limit: that is not the same place
                Some((label, _)) if is_end(row(tick)) && !is_limit(tick) => {
                    *label = format!("{label}, {text}");
                }
                Some(_) => {}
                free => *free = Some((text, Role::Dim)),
            }
        }
        let widest = labels.iter().flatten().map(|(label, _)| label.width()).max().unwrap_or(0);
        let width = if lines > 1 && widest + 1 + NARROW <= columns { widest + 1 } else { 0 };
        Axis { width, labels }
    }

    /// The line under the plot with the marks, and the clock under it.
    fn clock(&self, columns: usize, axis: usize, look: &Look<'_>) -> [Row; 2] {
        let plot = columns - axis;
        let labels = self.span.clock(plot);
        let [flat, tick, corner] = if look.ascii { ['-', '+', '+'] } else { ['─', '┬', '└'] };
        let mut line = vec![(flat, Role::Dim); plot];
        for (column, _) in &labels {
            line[*column] = (tick, Role::Dim);
        }
        for mark in self.marks() {
            line[self.span.column(mark.at, plot)] = (mark.glyph, mark.role);
        }
        let mut row = Row::new(columns).gap(axis.saturating_sub(1));
        if axis > 0 {
            row = row.put(corner.to_string(), Role::Dim);
        }
        for run in line.chunk_by(|a, b| a.1 == b.1) {
            row = row.put(run.iter().map(|(sign, _)| sign).collect::<String>(), run[0].1);
        }
        [row, Row::new(columns).gap(axis).put(place(&labels, plot), Role::Dim)]
    }
}

/// The labels at the left, one for a line at most.
struct Axis {
    width: usize,
    labels: Vec<Option<(String, Role)>>,
}

impl Axis {
    fn write(&self, line: usize, row: Row, look: &Look<'_>) -> Row {
        let Some(room) = self.width.checked_sub(1) else { return row };
        let [tick, bar] = if look.ascii { ["+", "|"] } else { ["┤", "│"] };
        match self.labels.get(line).and_then(Option::as_ref) {
            Some((label, role)) => row.number(label, room, *role).put(tick, Role::Dim),
            None => row.gap(room).put(bar, Role::Dim),
        }
    }
}
