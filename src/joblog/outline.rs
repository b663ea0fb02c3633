//! What a log consists of: steps, groups, errors. Bounded: a log of nothing but heads has an end too.

use std::ops::Range;

use crate::model::{Conclusion, JobStep};
use crate::text;

use super::line::{Kind, cleaned};

/// Groups that are told apart.
const GROUPS: usize = 10_000;
/// Errors whose places are kept.
const ERRORS: usize = 1_000;
/// Columns of a name.
const NAME: usize = 160;
/// Bytes of a name that are looked at.
pub(super) const HEAD: usize = 512;

/// A step or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is called, clean.
    pub name: String,
    /// The number of a step; groups have none.
    pub step: Option<u64>,
    /// Whether it is a step that failed.
    pub failed: bool,
    /// Its lines, its head included.
    pub lines: Range<u64>,
}

/// Where things are in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The job's steps that wrote something, as far as their times tell.
    pub steps: Vec<Section>,
    /// Groups, in order; none within another.
    pub groups: Vec<Section>,
    /// Lines that are errors: the first thousand.
    pub errors: Vec<u64>,
    /// Errors in all.
    pub error_count: u64,
}

impl Outline {
    /// Where to look first: the first error of the step that failed, else its beginning, else the first
    /// error of all. None: nothing failed, or it cannot be told.
    #[must_use]
    pub fn failure(&self) -> Option<u64> {
        let Some(step) = self.steps.iter().find(|step| step.failed) else {
            return self.errors.first().copied();
        };
        let within = self.errors.iter().find(|line| step.lines.contains(line));
        Some(within.copied().unwrap_or(step.lines.start))
    }

    /// The lines of the steps that failed; without any, of what leads from the last group before the first
    /// error to the end. Empty when there is no sign of a failure.
    #[must_use]
    pub fn failed(&self, len: u64) -> Vec<Range<u64>> {
        let steps: Vec<_> =
            self.steps.iter().filter(|step| step.failed).map(|step| step.lines.clone()).collect();
        if !steps.is_empty() {
            return steps;
        }
        let Some(error) = self.errors.first() else { return Vec::new() };
        let before = self.groups.iter().rfind(|group| group.lines.start <= *error);
        std::iter::once(before.map_or(0, |group| group.lines.start)..len).collect()
    }

    /// The step that a line belongs to.
    #[must_use]
    pub fn step_at(&self, line: u64) -> Option<&Section> {
        let behind = self.steps.partition_point(|step| step.lines.start <= line);
        self.steps.get(behind.checked_sub(1)?).filter(|step| step.lines.contains(&line))
    }

    /// The group that a line belongs to.
    #[must_use]
    pub fn group_at(&self, line: u64) -> Option<&Section> {
        let behind = self.groups.partition_point(|group| group.lines.start <= line);
        self.groups.get(behind.checked_sub(1)?).filter(|group| group.lines.contains(&line))
    }
}

/// A step that may still come.
struct Coming {
    section: Section,
    /// `2026-01-01T00:00:00`: compares as it sorts.
    begins: String,
}

/// An outline being made, line by line.
pub(super) struct Draft {
    outline: Outline,
    coming: std::vec::IntoIter<Coming>,
    next: Option<Coming>,
    open: bool,
    /// Where the runner puts things away and no step is left that this could be.
    rest: Option<u64>,
}

impl Draft {
    pub(super) fn new(steps: &[JobStep]) -> Self {
        let wrote = |step: &&JobStep| step.conclusion != Some(Conclusion::Skipped);
        let mut coming: Vec<Coming> = steps.iter().filter(wrote).filter_map(coming).collect();
        // as they began; of those that began together, as they are counted
        coming.sort_by(|a, b| (&a.begins, a.section.step).cmp(&(&b.begins, b.section.step)));
        let mut coming = coming.into_iter();
        let next = coming.next();
        Self { outline: Outline::default(), coming, next, open: false, rest: None }
    }

    /// Takes the next line: its place, time and what it says.
    pub(super) fn line(&mut self, number: u64, stamp: Option<&[u8]>, said: &[u8]) {
        let (kind, rest) = Kind::split(said);
        self.steps(number, stamp, kind, rest);
        match kind {
            Kind::Group => {
                self.close_group(number);
                if self.outline.groups.len() < GROUPS {
                    self.open = true;
                    self.outline.groups.push(Section {
                        name: text::line(&cleaned(rest), NAME),
                        step: None,
                        failed: false,
                        lines: number..number + 1,
                    });
                }
            }
            Kind::EndGroup => self.close_group(number + 1),
            Kind::Error => {
                self.outline.error_count += 1;
                if self.outline.errors.len() < ERRORS {
                    self.outline.errors.push(number);
                }
            }
            _ => {}
        }
    }

    /// GitHub tells when a step began in whole seconds. A line of a later second begins it; one of the same
    /// second does only when it looks like a beginning, for the step before may still have been writing.
    fn steps(&mut self, number: u64, stamp: Option<&[u8]>, kind: Kind, rest: &[u8]) {
        let Some(second) = stamp.and_then(|stamp| stamp.get(..19)) else { return };
        let ends = kind == Kind::Plain
            && (rest.starts_with(b"Post job cleanup") || rest.starts_with(b"Cleaning up orphan"));
        if ends && self.next.is_none() {
            self.rest.get_or_insert(number);
        }
        let begins = ends || kind == Kind::Group && rest.starts_with(b"Run ");
        let first = self.outline.steps.is_empty();
        while let Some(next) = self.next.take_if(|next| match second.cmp(next.begins.as_bytes()) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => begins || first,
            std::cmp::Ordering::Greater => true,
        }) {
            self.next = self.coming.next();
            let same = next.begins.as_bytes() == second;
            self.close_group(number);
            let mut section = next.section;
            section.lines = number..number;
            match self.outline.steps.last_mut() {
                // nothing was written between the two beginnings
                Some(last) if last.lines.start == number && !last.failed => *last = section,
                Some(last) => {
                    last.lines.end = number;
                    self.outline.steps.push(section);
                }
                None => self.outline.steps.push(section),
            }
            if same {
                break;
            }
        }
    }

    fn close_group(&mut self, end: u64) {
        if std::mem::take(&mut self.open)
            && let Some(group) = self.outline.groups.last_mut()
        {
            group.lines.end = end;
        }
    }

    /// The outline of a log with so many lines.
    pub(super) fn done(mut self, lines: u64) -> Outline {
        self.close_group(lines);
        if let Some(last) = self.outline.steps.last_mut() {
            last.lines.end = self.rest.map_or(lines, |rest| rest.max(last.lines.start));
        }
        self.outline
    }
}

fn coming(step: &JobStep) -> Option<Coming> {
    let section = Section {
        name: text::line(&step.name, NAME),
        step: Some(step.number),
        failed: step.conclusion.as_ref().is_some_and(Conclusion::is_bad),
        lines: 0..0,
    };
    let begins = step.started_at?.format("%Y-%m-%dT%H:%M:%S").to_string();
    Some(Coming { section, begins })
}
