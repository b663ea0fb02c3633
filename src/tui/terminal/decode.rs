//! Bytes of a terminal become input. Pure: no reading, no waiting.
//!
//! Our own rather than crossterm's, whose reader takes an end of input for "nothing yet" and then
//! spins for ever, blocks in the middle of a sequence, and takes a sequence that arrives in two pieces
//! (a slow ssh line) for the Escape key and letters.

use super::input::Input;
use super::mouse;
use crate::tui::keymap::{Code, Key};

/// What a paste keeps, in bytes; the rest is dropped.
const PASTE_MAX: usize = 64 * 1024;

/// A sequence longer than this is none; its bytes are dropped.
const SEQUENCE_MAX: usize = 256;

const PASTE_END: &[u8] = b"\x1b[201~";

/// Collects bytes until they mean something.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// Keys that mean something together with Alt. With all others an escape before them is the Escape key:
    /// on a slow line the two arrive as one, and must not be taken for neither.
    alts: Vec<Key>,
    /// The paste under way, and whether it is full.
    paste: Option<Vec<u8>>,
}

/// What the bytes at the front are.
enum Step {
    /// This many bytes, with this meaning.
    Take(usize, Option<Input>),
    /// This many bytes, and a paste begins.
    Paste(usize),
    /// The beginning of something.
    Wait,
}

impl Decoder {
    /// One that knows these keys with Alt.
    pub(super) fn new(alts: Vec<Key>) -> Self {
        Self { alts, ..Self::default() }
    }

    /// Adds what was read and takes out what it means.
    pub(super) fn feed(&mut self, read: &[u8], out: &mut Vec<Input>) {
        self.bytes.extend_from_slice(read);
        self.advance(false, out);
    }

    /// Nothing more came for a while: an escape on its own is the Escape key.
    pub(super) fn settle(&mut self, out: &mut Vec<Input>) {
        self.advance(true, out);
    }

    /// Whether [`settle`](Self::settle) would decide something.
    pub(super) fn unsettled(&self) -> bool {
        self.paste.is_none() && !self.bytes.is_empty()
    }

    fn advance(&mut self, settled: bool, out: &mut Vec<Input>) {
        let mut at = 0;
        while at < self.bytes.len() {
            if let Some(paste) = &mut self.paste {
                let rest = &self.bytes[at..];
                let end = rest.windows(PASTE_END.len()).position(|w| w == PASTE_END);
                // Without an end, what may be its beginning stays for the next read.
                let text = end.unwrap_or(rest.len().saturating_sub(PASTE_END.len() - 1));
                let room = PASTE_MAX.saturating_sub(paste.len());
                paste.extend_from_slice(&rest[..text.min(room)]);
                at += text;
                if end.is_none() {
                    break;
                }
                at += PASTE_END.len();
                let paste = self.paste.take().unwrap_or_default();
                out.push(Input::Paste(String::from_utf8_lossy(&paste).into_owned()));
                continue;
            }
            match step(&self.bytes[at..], settled, &self.alts) {
                Step::Take(length, input) => {
                    at += length;
                    out.extend(input);
                }
                Step::Paste(length) => {
                    at += length;
                    self.paste = Some(Vec::new());
                }
                Step::Wait => break,
            }
        }
        self.bytes.drain(..at);
    }
}

/// Reads one thing from the front of `bytes`, which is not empty.
fn step(bytes: &[u8], settled: bool, alts: &[Key]) -> Step {
    let alt = |length, key| alt(length, key, alts);
    match bytes {
        [0x1b] if settled => take(1, Code::Esc),
        [0x1b, 0x1b, ..] => take(1, Code::Esc),
        [0x1b, b'[', ..] => match csi(bytes) {
            Step::Wait if bytes == b"\x1b[" && settled => alt(2, Key::char('[')),
            Step::Wait if settled => Step::Take(bytes.len(), None),
            step => step,
        },
        [0x1b, b'O'] if settled => alt(2, Key::char('O')),
        [0x1b] | [0x1b, b'O'] => Step::Wait,
        [0x1b, b'O', last @ 0x20..0x7f, ..] => match ss3(*last) {
            Some(code) => take(3, code),
            None => Step::Take(3, None),
        },
        [0x1b, b']' | b'P' | b'_' | b'^', ..] => answer(bytes, settled, alts),
        [0x1b, rest @ ..] => match character(rest, settled) {
            Step::Take(n, Some(Input::Key(key))) => alt(n + 1, key),
            Step::Take(n, other) => Step::Take(n + 1, other),
            step => step,
        },
        _ => character(bytes, settled),
    }
}

fn take(length: usize, code: Code) -> Step {
    Step::Take(length, Some(Input::Key(Key::plain(code))))
}

fn alt(length: usize, key: Key, alts: &[Key]) -> Step {
    let key = Key { alt: true, ..key };
    if alts.contains(&key) { Step::Take(length, Some(Input::Key(key))) } else { take(1, Code::Esc) }
}

/// A control byte or a character in UTF-8.
fn character(bytes: &[u8], settled: bool) -> Step {
    let first = bytes[0];
    let key = match first {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        // Which of the two a terminal sends for Backspace is a matter of taste.
        0x08 | 0x7f => Key::plain(Code::Backspace),
        0 => Key::ctrl(' '),
        0x01..=0x1a => Key::ctrl((first - 1 + b'a') as char),
        0x1c..=0x1f => Key::ctrl((first - 0x1c + b'\\') as char),
        0x20..0x7f => Key::char(first as char),
        _ => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Step::Take(1, None),
            };
            return match std::str::from_utf8(&bytes[..length.min(bytes.len())]) {
                Ok(text) => {
                    let key = text.chars().next().map(|c| Input::Key(Key::char(c)));
                    Step::Take(length, key)
                }
                Err(error) if error.error_len().is_none() && !settled => Step::Wait,
                Err(_) => Step::Take(1, None),
            };
        }
    };
    Step::Take(1, Some(Input::Key(key)))
}

/// `ESC [`, parameters, a final byte.
fn csi(bytes: &[u8]) -> Step {
    let body = &bytes[2..];
    // The Linux console's own form of F1 to F5.
    if let [b'[', rest @ ..] = body {
        return match rest {
            [] => Step::Wait,
            [n @ b'A'..=b'E', ..] => take(4, Code::F(n - b'A' + 1)),
            _ => Step::Take(4, None),
        };
    }
    // the mouse in its old form: three bytes behind the final one, which are no keys
    if body.first() == Some(&b'M') {
        return if bytes.len() < 6 { Step::Wait } else { Step::Take(6, None) };
    }
    let Some(end) = body.iter().position(|b| !(0x20..0x40).contains(b)) else {
        return if bytes.len() > SEQUENCE_MAX { Step::Take(bytes.len(), None) } else { Step::Wait };
    };
    let length = 2 + end + 1;
    let last = body[end];
    if !(0x40..0x7f).contains(&last) {
        // A control in the middle: the sequence is broken off, the control counts.
        return Step::Take(length - 1, None);
    }
    let parameters = std::str::from_utf8(&body[..end]).unwrap_or_default();
    if let (Some(mouse), b'M' | b'm') = (parameters.strip_prefix('<'), last) {
        return Step::Take(length, mouse::read(mouse, last == b'M').map(Input::Mouse));
    }
    let mut fields = parameters.split(';').map(|field| {
        let mut parts = field.split(':').map(|part| part.parse::<u32>().ok());
        (parts.next().flatten(), parts.next().flatten())
    });
    let (number, _) = fields.next().unwrap_or_default();
    let (modifiers, event) = fields.next().unwrap_or_default();
    match (last, number) {
        (b'I', None) => return Step::Take(length, Some(Input::FocusGained)),
        (b'O', None) => return Step::Take(length, Some(Input::FocusLost)),
        (b'~', Some(200)) => return Step::Paste(length),
        _ => {}
    }
    let key = key(last, number).filter(|_| event != Some(3)).map(|key| {
        let bits = modifiers.unwrap_or(1).saturating_sub(1);
        let ctrl = bits & 4 != 0;
        let shift = bits & 1 != 0;
        let code = match key {
            Code::Tab if shift => Code::BackTab,
            Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
            Code::Char(c) if shift => Code::Char(c.to_ascii_uppercase()),
            code => code,
        };
        Input::Key(Key { code, ctrl, alt: bits & 2 != 0, repeat: event == Some(2) })
    });
    Step::Take(length, key)
}

fn key(last: u8, number: Option<u32>) -> Option<Code> {
    Some(match (last, number) {
        (b'Z', _) => Code::BackTab,
        (b'~', Some(n)) => match n {
            1 | 7 => Code::Home,
            2 => Code::Insert,
            3 => Code::Delete,
            4 | 8 => Code::End,
            5 => Code::PageUp,
            6 => Code::PageDown,
            11..=15 => Code::F(n as u8 - 10),
            17..=21 => Code::F(n as u8 - 11),
            23 | 24 => Code::F(n as u8 - 12),
            _ => return None,
        },
        // Terminals that were told to by someone else name keys by their character.
        (b'u', Some(n)) => match n {
            9 => Code::Tab,
            13 => Code::Enter,
            27 => Code::Esc,
            127 => Code::Backspace,
            n => Code::Char(char::from_u32(n).filter(|c| !crate::text::is_hostile(*c))?),
        },
        (b'A'..=b'S', None | Some(1)) => return ss3(last),
        _ => return None,
    })
}

/// The last byte of `ESC O x`, which `ESC [ 1 ; m x` shares.
fn ss3(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'M' => Code::Enter,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// A terminal's answer to a question (not ours: some other program's, that came late). Never keys.
fn answer(bytes: &[u8], settled: bool, alts: &[Key]) -> Step {
    let end = bytes.iter().enumerate().skip(2).find_map(|(at, byte)| match byte {
        0x07 => Some(at + 1),
        b'\\' if bytes[at - 1] == 0x1b => Some(at + 1),
        _ => None,
    });
    match end {
        Some(length) => Step::Take(length, None),
        None if settled && bytes.len() == 2 => alt(2, Key::char(bytes[1] as char), alts),
        None if settled || bytes.len() > 16 * SEQUENCE_MAX => Step::Take(bytes.len(), None),
        None => Step::Wait,
    }
}

#[cfg(test)]
mod tests;
