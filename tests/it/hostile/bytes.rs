//! What may be among the bytes for a terminal.

use flightdeck::text::is_hostile;
use unicode_width::UnicodeWidthChar;

/// Marks in a row that a reader can bear.
const MARKS: usize = 8;

/// Fails unless the bytes are text with line ends and nothing else.
pub fn plain(what: &str, bytes: &[u8]) {
    let text = utf8(what, bytes);
    for line in text.split('\n') {
        characters(what, line);
    }
}

/// Fails unless the bytes are text and sequences that we use ourselves.
pub fn drawn(what: &str, bytes: &[u8]) {
    let text = utf8(what, bytes);
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        characters(what, &rest[..at]);
        let length = own(&rest[at..]);
        assert!(length > 0, "{what}: not ours: {:?}", clip(&rest[at..]));
        rest = &rest[at + length..];
    }
    characters(what, rest);
}

fn utf8<'a>(what: &str, bytes: &'a [u8]) -> &'a str {
    std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Fails at the first character that may not reach a terminal, and at a heap of marks.
pub fn characters(what: &str, text: &str) {
    let before = |at: usize| {
        let from = text[..at].char_indices().rev().nth(20).map_or(0, |(from, _)| from);
        text[from..at].to_owned()
    };
    let mut marks = 0;
    for (at, c) in text.char_indices() {
        assert!(!is_hostile(c), "{what}: {c:?} after {:?}", before(at));
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        assert!(marks <= MARKS, "{what}: a heap of marks after {:?}", before(at));
    }
}

/// How long the sequence at the beginning is, when it is one of ours; else 0.
fn own(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let Some(end) = rest.find(|c: char| ('@'..='~').contains(&c)) else { return 0 };
    let (parameters, last) = (&rest[..end], &rest[end..=end]);
    let numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':'));
    let known = match parameters.strip_prefix('?') {
        // alternate screen, cursor, synchronized update, bracketed paste, focus, mouse
        Some(mode) => {
            matches!(mode, "1049" | "25" | "2026" | "2004" | "1004" | "1000" | "1006")
                && "hl".contains(last)
        }
        // colours, moves, clearing
        None => numbers(parameters) && "mHABCDGJK".contains(last),
    };
    if known { "\u{1b}[".len() + end + 1 } else { 0 }
}

#[test]
fn the_examiner_sees_what_is_not_ours() {
    drawn("ours", "\u{1b}[?2026h\u{1b}[1;1H\u{1b}[38;5;12mtext é\u{1b}[0m\u{1b}[?2026l".as_bytes());
    for bad in
        ["\u{1b}]52;c;eA==\u{7}", "\u{1b}[6n", "\u{9b}2J", "\u{1b}[?1003h", "a\u{202e}b", "\r"]
    {
        let seen = std::panic::catch_unwind(|| drawn("theirs", bad.as_bytes()));
        assert!(seen.is_err(), "{bad:?}");
    }
    assert!(std::panic::catch_unwind(|| plain("colour", b"\x1b[0m")).is_err());
    let heap = format!("a{}", "\u{301}".repeat(9));
    assert!(std::panic::catch_unwind(|| plain("marks", heap.as_bytes())).is_err());
}
