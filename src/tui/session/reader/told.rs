//! What is told of a log that was asked for, and what follows from it.

use crate::joblog::{Line, Outline};

use super::{Phase, Place, Reader};

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Bytes so far, and in all when that is known.
    Progress(u64, Option<u64>),
    /// It is there.
    Ready {
        /// Lines in all.
        len: u64,
        /// Bytes in all.
        bytes: u64,
        /// Whether it goes on behind what was fetched.
        cut: bool,
        /// Its steps, groups and errors.
        outline: Outline,
    },
    /// Lines that were asked for, in order.
    Lines(Vec<Line>),
    /// What a search brought.
    Found {
        /// The line.
        line: Option<u64>,
        /// Lines with that text.
        count: u64,
        /// Whether it went round an end.
        round: bool,
    },
    /// There is none, or it cannot be read; why.
    Failed(String),
}

impl Reader {
    /// Takes what is told.
    pub fn told(&mut self, told: Told) {
        match told {
            Told::Progress(bytes, total) => self.phase = Phase::Fetching(bytes, total),
            Told::Ready { len, bytes, cut, outline } => {
                (self.len, self.bytes, self.cut, self.outline) = (len, bytes, cut, outline);
                self.phase = Phase::Ready;
                self.begin();
            }
            Told::Lines(lines) => self.lines = lines,
            Told::Found { line, count, round } => {
                let round = if round { ", went round the end" } else { "" };
                self.found = match count {
                    0 => "no line has that".to_owned(),
                    1 => format!("1 line{round}"),
                    _ => format!("{count} lines{round}"),
                };
                if let Some(line) = line {
                    self.jump(line);
                }
            }
            Told::Failed(why) => self.phase = Phase::Failed(why),
        }
    }

    /// Opens it at the step asked for, else at the failure, else at its beginning.
    fn begin(&mut self) {
        let step = self.step.take();
        let step = step.and_then(|name| self.outline.steps.iter().find(|step| step.name == name));
        let first = Place { line: 0, is_line: self.step(0).is_none() };
        (self.top, self.cursor) = (first, first);
        match (step.map(|step| step.lines.start), self.outline.failure()) {
            (Some(line), _) if self.step(line).is_some_and(|step| !step.failed) => {
                self.cursor = Place { line, is_line: false };
                self.top = self.cursor;
            }
            (_, Some(line)) | (Some(line), None) => self.jump(line),
            (None, None) => {}
        }
    }
}
