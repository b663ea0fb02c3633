//! Finds a text in a log, whatever its case, in what the lines show: not in their times, nor across
//! escape sequences. Reads as much as it must and keeps a piece of a line.

use std::io;

use super::JobLog;
use super::line::{self, Kind};
use super::reader::{Piece, Reader};

/// Bytes of a line looked at together.
const PIECE: usize = 64 << 10;

/// Lines looked at together on the way back.
const BLOCK: u64 = 4_096;

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the end.
    Forward,
    /// To the beginning.
    Backward,
}

impl JobLog {
    /// The nearest line with `needle`, from the line `from` on (itself included); an empty one is nowhere.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, needle: &str, from: u64, way: Way) -> io::Result<Option<u64>> {
        let needle = Needle::new(needle);
        if needle.folded.is_empty() || self.is_empty() {
            return Ok(None);
        }
        match way {
            Way::Forward => self.first(&needle, from, self.len()),
            Way::Backward => self.last(&needle, from.min(self.len() - 1)),
        }
    }

    /// How many lines have `needle`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, needle: &str) -> io::Result<u64> {
        let needle = Needle::new(needle);
        if needle.folded.is_empty() {
            return Ok(0);
        }
        let mut reader = self.reader_at(0)?;
        let mut scratch = Scratch::default();
        let mut count = 0;
        for _ in 0..self.len() {
            count += u64::from(needle.is_in_line(&mut reader, &mut scratch)?);
        }
        Ok(count)
    }

    fn first(&self, needle: &Needle, from: u64, end: u64) -> io::Result<Option<u64>> {
        let mut reader = self.reader_at(from.min(end))?;
        let mut scratch = Scratch::default();
        for number in from..end {
            if needle.is_in_line(&mut reader, &mut scratch)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Block by block towards the beginning, each read forward.
    fn last(&self, needle: &Needle, from: u64) -> io::Result<Option<u64>> {
        let mut scratch = Scratch::default();
        let mut end = from + 1;
        while end > 0 {
            let (begin, _) = self.marks.before(end.saturating_sub(BLOCK));
            let mut reader = self.reader_at(begin)?;
            let mut found = None;
            for number in begin..end {
                if needle.is_in_line(&mut reader, &mut scratch)? {
                    found = Some(number);
                }
            }
            if found.is_some() {
                return Ok(found);
            }
            end = begin;
        }
        Ok(None)
    }
}

/// What is kept from line to line, so that nothing is made anew.
#[derive(Default)]
struct Scratch {
    piece: Vec<u8>,
}

struct Needle {
    folded: String,
    chars: usize,
}

impl Needle {
    fn new(text: &str) -> Self {
        let folded = text.to_lowercase();
        Self { chars: folded.chars().count(), folded }
    }

    /// Reads the line at hand to its end.
    fn is_in_line(&self, reader: &mut Reader<'_>, scratch: &mut Scratch) -> io::Result<bool> {
        let piece = &mut scratch.piece;
        let Some(read) = reader.piece(piece, PIECE)? else { return Ok(false) };
        let (_, said) = line::split(piece);
        if read == Piece::Last {
            return Ok(match line::plain(said).filter(|_| !said.starts_with(b"##[")) {
                Some(plain) => self.is_in_plain(plain),
                None => self.is_in(&line::shown(said).1.to_lowercase()),
            });
        }
        let (kind, said) = Kind::split(said);
        let mut text = format!("{}{}", kind.word(), line::cleaned(said)).to_lowercase();
        loop {
            if self.is_in(&text) {
                reader.skip()?;
                return Ok(true);
            }
            // what may be the beginning of a match that goes on in the next piece
            let tail = text.char_indices().rev().take(self.chars - 1).last();
            text = tail.map_or_else(String::new, |(at, _)| text[at..].to_owned());
            let Some(read) = reader.piece(piece, PIECE)? else { return Ok(false) };
            text.push_str(&line::cleaned(piece).to_lowercase());
            if read == Piece::Last {
                return Ok(self.is_in(&text));
            }
        }
    }

    fn is_in(&self, folded: &str) -> bool {
        folded.contains(&self.folded)
    }

    /// Without a copy: nearly every line of nearly every log.
    fn is_in_plain(&self, plain: &str) -> bool {
        let (hay, needle) = (plain.as_bytes(), self.folded.as_bytes());
        let mut windows = hay.windows(needle.len());
        windows.any(|window| window.eq_ignore_ascii_case(needle))
    }
}
