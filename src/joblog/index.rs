//! One pass over a file: where lines begin, sparsely, and what the log consists of.

use std::fs::File;
use std::io;

use crate::model::JobStep;

use super::line;
use super::outline::{Draft, HEAD, Outline};
use super::reader::Reader;

/// Places kept at most; then every second one is forgotten.
const MOST: usize = 1 << 16;

/// Where every so many lines begin.
#[derive(Debug)]
pub(super) struct Marks {
    offsets: Vec<u64>,
    /// Lines from one to the next.
    stride: u64,
    /// Lines in all.
    pub(super) lines: u64,
}

impl Marks {
    fn new() -> Self {
        Self { offsets: Vec::new(), stride: 64, lines: 0 }
    }

    /// Takes the place of the next line.
    fn push(&mut self, offset: u64) {
        if self.lines.is_multiple_of(self.stride) {
            if self.offsets.len() == MOST {
                let mut keep = false;
                self.offsets.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
            self.offsets.push(offset);
        }
        self.lines += 1;
    }

    /// The nearest line at or before `line` whose place is known, and that place.
    pub(super) fn before(&self, line: u64) -> (u64, u64) {
        let last = self.offsets.len().saturating_sub(1) as u64;
        let at = (line / self.stride).min(last);
        (at * self.stride, self.offsets.get(at as usize).copied().unwrap_or(0))
    }
}

/// Reads the first `bytes` of a file to their end.
pub(super) fn read(file: &File, bytes: u64, steps: &[JobStep]) -> io::Result<(Marks, Outline)> {
    let mut reader = Reader::new(file, 0, bytes);
    let mut marks = Marks::new();
    let mut draft = Draft::new(steps);
    let (mut head, mut offset) = (Vec::with_capacity(HEAD), 0);
    while let Some(length) = reader.line(&mut head, HEAD)? {
        let (stamp, said) = line::split(&head);
        draft.line(marks.lines, stamp, said);
        marks.push(offset);
        offset += length;
    }
    let outline = draft.done(marks.lines);
    Ok((marks, outline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_few_and_right() {
        let mut marks = Marks::new();
        for line in 0..(MOST as u64 * 64 * 2 + 77) {
            marks.push(line * 10);
        }
        assert!(marks.offsets.len() <= MOST && marks.stride == 256);
        for line in [0, 63, 64, 255, 256, 5_000_001, marks.lines - 1] {
            let (marked, offset) = marks.before(line);
            assert!(marked <= line && line - marked < marks.stride);
            assert_eq!(offset, marked * 10);
        }
    }
}
