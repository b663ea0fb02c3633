//! A line of text being typed. Keys that move or act elsewhere are text here.

use crate::text::is_hostile;
use crate::tui::keymap::{Code, Key};

/// The most characters a field takes.
const MAX: usize = 200;

/// A text field; the cursor is at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field(String);

impl Field {
    /// A field with a text in it.
    pub fn with(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Forgets it.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes a key; false when it is none of a text field's.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl) {
            (Code::Backspace, _) | (Code::Char('h'), true) => {
                self.0.pop();
            }
            (Code::Char('u'), true) => self.0.clear(),
            (Code::Char('w'), true) => {
                let kept = self.0.trim_end();
                let kept = kept.rfind(' ').map_or(0, |i| i + 1);
                self.0.truncate(kept);
            }
            _ => match key.typed() {
                Some(c) => self.push(c),
                None => return false,
            },
        }
        true
    }

    /// Takes the first line of a pasted text.
    pub fn paste(&mut self, text: &str) {
        // terminals send a line's end as a carriage return
        for c in text.chars().take_while(|c| !matches!(c, '\r' | '\n')) {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        if !is_hostile(c) && self.0.chars().count() < MAX {
            self.0.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_text_and_nothing_hostile() {
        let mut field = Field::default();
        for c in "jk two".chars() {
            assert!(field.key(Key::char(c)));
        }
        field.key(Key::ctrl('w'));
        assert_eq!(field.text(), "jk ");
        field.paste("a\u{1b}[31mb\u{202e}\rsecond");
        assert_eq!(field.text(), "jk a[31mb");
        assert!(!field.key(Key::plain(Code::Enter)));
        assert!(!field.key(Key::ctrl('x')));
        field.key(Key::ctrl('u'));
        assert_eq!(field.text(), "");
    }
}
