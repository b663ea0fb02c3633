//! Reads a file line by line from anywhere, without moving anybody else's place in it. Must not know what
//! a line says.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::FileExt as _;

/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// A place in a file.
struct At<'a> {
    file: &'a File,
    offset: u64,
    end: u64,
}

impl Read for At<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let most = into.len().min(left);
        let count = self.file.read_at(&mut into[..most], self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

/// What was read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Its end.
    Last,
    /// There may be more of it.
    More,
}

/// Reads forward.
pub(super) struct Reader<'a>(BufReader<At<'a>>);

impl<'a> Reader<'a> {
    /// Begins at `offset` and ends at `end`.
    pub(super) fn new(file: &'a File, offset: u64, end: u64) -> Self {
        Self(BufReader::with_capacity(CHUNK, At { file, offset, end }))
    }

    /// Reads at most `most` bytes of the line at hand, without its end; none when there is nothing left.
    pub(super) fn piece(&mut self, into: &mut Vec<u8>, most: usize) -> io::Result<Option<Piece>> {
        into.clear();
        let count = self.0.by_ref().take(most as u64).read_until(b'\n', into)?;
        if count == 0 {
            return Ok(None);
        }
        if into.last() == Some(&b'\n') {
            into.pop();
            return Ok(Some(Piece::Last));
        }
        Ok(Some(if count < most { Piece::Last } else { Piece::More }))
    }

    /// Goes behind the end of the line at hand; how many bytes that are.
    pub(super) fn skip(&mut self) -> io::Result<u64> {
        Ok(self.0.skip_until(b'\n')? as u64)
    }

    /// Reads a line of which `most` bytes are wanted; how many it has in all, its end included.
    pub(super) fn line(&mut self, head: &mut Vec<u8>, most: usize) -> io::Result<Option<u64>> {
        Ok(match self.piece(head, most)? {
            None => None,
            Some(Piece::Last) => Some(head.len() as u64 + 1),
            Some(Piece::More) => Some(head.len() as u64 + self.skip()?),
        })
    }

    /// Writes all that is left.
    pub(super) fn copy(&mut self, to: &mut impl Write) -> io::Result<u64> {
        io::copy(&mut self.0, to)
    }
}
