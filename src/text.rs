//! Text from outside, made safe for a terminal. A leaf: pure functions over strings, but for the secrets to be
//! hidden, which it remembers.
//!
//! Everything that came over a wire or out of a file is hostile until it went through [`clean`]: the
//! cockpit, plain output, logs and panic reports all print only what comes out of here. The original
//! stays in the store, in JSON (escaped, see [`escape_json`]) and in the journal.

pub mod secrets;

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Combining marks that one grapheme may carry.
const MARKS: usize = 4;

/// What takes the place of something that must not be printed.
const REPLACEMENT: char = '\u{fffd}';

/// Whether a character may never reach a terminal: controls, bidi, invisible and private-use ones.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// One line of safe text: escape sequences removed whole, tabs and line ends become spaces, other
/// controls, bidi and invisible characters become U+FFFD, and a grapheme keeps at most four marks.
#[must_use]
pub fn clean(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let stripped = strip_sequences(text);
    let mut out = String::with_capacity(stripped.len());
    for grapheme in stripped.graphemes(true) {
        let mut marks = 0;
        for c in grapheme.chars() {
            if matches!(c, '\t' | '\n' | '\r') {
                out.push(' ');
            } else if is_hostile(c) {
                out.push(REPLACEMENT);
            } else if c == '\u{200d}' || c.width() == Some(0) {
                marks += 1;
                if marks <= MARKS {
                    out.push(c);
                }
            } else {
                out.push(c);
            }
        }
    }
    out
}

/// Printable ASCII: safe as it is, and as wide as it is long.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// [`clean`], and cut to `max` columns with an ellipsis.
#[must_use]
pub fn line(text: &str, max: usize) -> String {
    // nearly every text of nearly every frame
    if text.len() <= max && is_plain(text) {
        return text.to_owned();
    }
    // A field of a megabyte is not cleaned whole to show eighty columns of it.
    let bound = max.saturating_mul(64).max(4096);
    let head = match text.char_indices().nth(bound) {
        Some((at, _)) => &text[..at],
        None => text,
    };
    cut(&clean(head), max)
}

/// Cuts clean text to `max` columns by display width; an ellipsis shows that something is missing.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if text.width() <= max {
        return text.to_owned();
    }
    if max == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let width = grapheme.width();
        if used + width > max - 1 {
            break;
        }
        out.push_str(grapheme);
        used += width;
    }
    out.push('…');
    out
}

/// Escapes what a JSON text may hold and a terminal must not see, heaps of marks too. Works on
/// serialised JSON: outside ASCII, characters stand only inside strings, where `\u` escapes mean the same.
#[must_use]
pub fn escape_json(json: &str) -> String {
    if json.bytes().all(|b| b == b'\n' || (0x20..0x7f).contains(&b)) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    let mut units = [0u16; 2];
    let mut marks = 0;
    for c in json.chars() {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if c != '\n' && (is_hostile(c) || marks > MARKS) {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Removes CSI, OSC, DCS, APC, PM and SOS sequences whole, 7-bit and 8-bit, and lone escapes. An
/// unfinished string sequence ends at the line's end, so it cannot swallow what follows.
fn strip_sequences(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let kind = match c {
            '\u{1b}' => match chars.peek() {
                Some('[') => {
                    chars.next();
                    Sequence::Csi
                }
                Some(']' | 'P' | '_' | '^' | 'X') => {
                    chars.next();
                    Sequence::Text
                }
                Some(' '..='~') => {
                    // two-character escapes, with intermediates
                    while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
                    chars.next_if(|c| ('0'..='~').contains(c));
                    continue;
                }
                _ => continue,
            },
            '\u{9b}' => Sequence::Csi,
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => Sequence::Text,
            _ => {
                out.push(c);
                continue;
            }
        };
        match kind {
            Sequence::Csi => {
                while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
                chars.next_if(|c| ('@'..='~').contains(c));
            }
            Sequence::Text => {
                while let Some(c) = chars.next_if(|c| *c != '\n') {
                    if matches!(c, '\u{7}' | '\u{9c}') {
                        break;
                    }
                    if c == '\u{1b}' {
                        chars.next_if(|c| *c == '\\');
                        break;
                    }
                }
            }
        }
    }
    out
}

enum Sequence {
    Csi,
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_whole_and_text_stays() {
        for (dirty, expected) in [
            ("plain", "plain"),
            ("a\tb\nc", "a b c"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]52;c;ZXZpbA==\u{1b}\\after", "after"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}52;c;x\u{9c}after", "after"),
            ("\u{1b}Pdcs\u{1b}\\x", "x"),
            ("\u{1b}]unfinished\nnext", " next"),
            ("a\u{202e}b", "a\u{fffd}b"),
            ("a\u{0}b\u{7f}c", "a\u{fffd}b\u{fffd}c"),
            ("zażółć 漢字 👩‍🚀", "zażółć 漢字 👩‍🚀"),
            ("\u{1b}(Bx", "x"),
        ] {
            assert_eq!(clean(dirty), expected, "{dirty:?}");
        }
    }

    #[test]
    fn marks_are_bounded() {
        let dirty = format!("a{}", "\u{301}".repeat(100_000));
        assert_eq!(clean(&dirty).chars().count(), 1 + MARKS);
    }

    #[test]
    fn cuts_by_columns() {
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn json_keeps_its_meaning_without_dangerous_bytes() {
        let text = "x\u{9b}31m\u{202e}\u{e0001}";
        let json = serde_json::to_string(text).unwrap();
        let safe = escape_json(&json);
        assert!(!safe.chars().any(is_hostile), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }
}
