//! What of a journal is missing or cannot be read, as far as that shows in its numbers: cheap enough for every
//! look. What only the chain shows is for `verify`.

/// The numbers so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps {
    /// The highest number that was read.
    last: u64,
    /// The highest number before which a line is missing.
    lost: Option<u64>,
    /// Whether the last lines could not be read: their numbers are not known.
    garbled: bool,
    /// The number that the last line should have at least.
    named: u64,
}

impl Gaps {
    /// A line was read.
    pub(super) fn line(&mut self, seq: u64) {
        if self.garbled || seq > self.last + 1 {
            self.lost = self.lost.max(Some(seq.saturating_sub(1)));
        }
        self.garbled = false;
        self.last = self.last.max(seq);
    }

    /// A line is there that is no record.
    pub(super) fn unreadable(&mut self) {
        self.garbled = true;
    }

    /// The lines are over; the last one should have at least this number.
    pub(super) fn end(&mut self, named: u64) {
        self.named = named;
    }

    /// Up to which number not every line is known; none while all of them are.
    pub(super) fn lost(&self) -> Option<u64> {
        let at_end = if self.garbled {
            Some(self.named.max(self.last + 1))
        } else {
            Some(self.named).filter(|named| *named > self.last)
        };
        self.lost.max(at_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(lines: &[Option<u64>], named: u64) -> Option<u64> {
        let mut gaps = Gaps::default();
        for line in lines {
            match line {
                Some(seq) => gaps.line(*seq),
                None => gaps.unreadable(),
            }
        }
        gaps.end(named);
        gaps.lost()
    }

    #[test]
    fn what_is_missing_shows_in_the_numbers() {
        type Case<'c> = (&'c [Option<u64>], u64, Option<u64>);
        let cases: [Case<'_>; 10] = [
            (&[], 0, None),
            (&[Some(1), Some(2)], 2, None),
            // the head lags behind the lines after a crash
            (&[Some(1), Some(2)], 1, None),
            (&[], 3, Some(3)),
            (&[Some(1)], 3, Some(3)),
            (&[Some(4), Some(5)], 5, Some(3)),
            (&[Some(1), None], 3, Some(3)),
            (&[Some(1), None], 1, Some(2)),
            (&[Some(1), None, None, Some(4)], 4, Some(3)),
            (&[None, Some(1)], 1, Some(0)),
        ];
        for (lines, named, expected) in cases {
            assert_eq!(lost(lines, named), expected, "{lines:?} of {named}");
        }
    }
}
