//! Reads a recording, to its end or to where it was cut off.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use flate2::read::GzDecoder;

use super::{FORM, Header, Recording, RecordingError};
use crate::model::{Envelope, Event};

/// The most text that is read, in bytes: a small file may unfold to any size.
const MOST: u64 = 1 << 30;

/// Reads a whole recording. One that was cut off, as a crash leaves it, is read up to there, and says so.
///
/// # Errors
/// When the file cannot be opened, is no recording, has another form, or holds no event at all.
pub fn read(path: &Path) -> Result<Recording, RecordingError> {
    let name = || path.display().to_string();
    let file = File::open(path).map_err(|error| RecordingError::io("open", path, &error))?;
    let mut lines = Lines { text: BufReader::new(GzDecoder::new(file).take(MOST)) };
    let foreign = || RecordingError::Foreign { path: name() };
    let Step::Line(first) = lines.next() else { return Err(foreign()) };
    let header: Header = serde_json::from_slice(&first).map_err(|_| foreign())?;
    if header.form != FORM {
        return Err(RecordingError::Form {
            path: name(),
            program: crate::text::line(&header.program, 40),
            form: header.form,
        });
    }
    let mut envelopes: Vec<Envelope> = Vec::new();
    let lost = loop {
        match lines.next() {
            Step::Line(line) => match serde_json::from_slice(&line) {
                Ok(envelope) => envelopes.push(envelope),
                Err(error) => {
                    let left = line.len() as u64 + lines.rest();
                    break Some(format!("a line cannot be understood ({error}): {left} bytes"));
                }
            },
            Step::End => break None,
            Step::Torn(left) => break Some(format!("the recording was cut off: {left} bytes")),
        }
    };
    let Some(Envelope { event: Event::Configured(_), .. }) = envelopes.first() else {
        return Err(RecordingError::Empty { path: name() });
    };
    let n = envelopes.len();
    let lost = lost.map(|why| format!("after event {n} {why} are left out"));
    Ok(Recording { header, envelopes, lost })
}

struct Lines {
    text: BufReader<std::io::Take<GzDecoder<File>>>,
}

enum Step {
    /// A whole line.
    Line(Vec<u8>),
    /// The end of a file that was ended well.
    End,
    /// The end of one that was not, after so many bytes of an unfinished line.
    Torn(usize),
}

impl Lines {
    fn next(&mut self) -> Step {
        let mut line = Vec::new();
        match self.text.read_until(b'\n', &mut line) {
            Ok(0) if self.text.get_ref().limit() > 0 => Step::End,
            Ok(_) if line.ends_with(b"\n") => Step::Line(line),
            // a broken stream gives what it had before it broke
            Ok(_) | Err(_) => Step::Torn(line.len()),
        }
    }

    /// Bytes that follow.
    fn rest(&mut self) -> u64 {
        let mut left = 0;
        loop {
            match self.next() {
                Step::Line(line) => left += line.len() as u64,
                Step::Torn(torn) => return left + torn as u64,
                Step::End => return left,
            }
        }
    }
}
