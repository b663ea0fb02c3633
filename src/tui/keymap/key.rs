//! A key press as the rest of the cockpit sees it, and its text in the configuration. Must not know
//! where keys come from.

use std::fmt;
use std::str::FromStr;

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character; its case is the shift key.
    Char(char),
    /// A function key, from 1.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab with shift.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// Names of keys that are not a visible character, as the configuration writes them.
const NAMES: [(&str, Code); 19] = [
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift-tab", Code::BackTab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("escape", Code::Esc),
    ("return", Code::Enter),
];

/// One press of a key, or its repetition while it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl; a letter is then lower case.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// Whether the terminal says that the key is being held. Most terminals cannot tell.
    pub repeat: bool,
}

impl Key {
    /// A key without Ctrl and Alt.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, repeat: false }
    }

    /// A character without Ctrl and Alt.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with Ctrl. Terminals do not tell its case.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        let mut key = Self::char(c.to_ascii_lowercase());
        key.ctrl = true;
        key
    }

    /// The same key, not repeated: what bindings compare.
    #[must_use]
    pub const fn pressed(mut self) -> Self {
        self.repeat = false;
        self
    }

    /// The character that typing it into a text field adds.
    #[must_use]
    pub const fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match self.code {
            Code::F(n) => write!(f, "f{n}"),
            code => match (NAMES.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, Code::Char(c)) => write!(f, "{c}"),
                (None, other) => write!(f, "{other:?}"),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut ctrl, mut alt) = (false, false);
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (alt, rest) = (true, after);
            } else {
                break;
            }
        }
        let code = code(rest).ok_or_else(|| {
            format!(
                "`{}` is not a key; write one character, or such as `ctrl-d`, `alt-x`, `space`, `esc`, `f5`, `pageup`",
                crate::text::line(text, 40)
            )
        })?;
        let mut key = Self::plain(code);
        (key.ctrl, key.alt) = (ctrl, alt);
        if let (true, Code::Char(c)) = (ctrl, code) {
            key.code = Code::Char(c.to_ascii_lowercase());
        }
        Ok(key)
    }
}

fn code(text: &str) -> Option<Code> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!crate::text::is_hostile(c) && !c.is_whitespace()).then_some(Code::Char(c));
    }
    let lower = text.to_ascii_lowercase();
    if let Some(n) = lower.strip_prefix('f').and_then(|n| n.parse().ok()) {
        return (1..=12).contains(&n).then_some(Code::F(n));
    }
    NAMES.iter().find(|(name, _)| *name == lower).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in [
            "j",
            "G",
            "/",
            "?",
            "-",
            "ctrl-d",
            "ctrl--",
            "alt-x",
            "ctrl-alt-x",
            "space",
            "esc",
            "enter",
            "tab",
            "shift-tab",
            "f5",
            "f12",
            "ctrl-up",
            "alt-enter",
            "pagedown",
            "é",
            "1",
            "ctrl-space",
        ] {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
        for (loose, exact) in
            [("Esc", "esc"), ("escape", "esc"), ("ctrl-D", "ctrl-d"), ("F1", "f1")]
        {
            assert_eq!(loose.parse::<Key>().unwrap().to_string(), exact);
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_sentence() {
        for text in ["", "ctrl-", "f13", "f0", "gg", "meta-x", "\u{1b}", "shift-x", "ctrl-alt-"] {
            let error = text.parse::<Key>().unwrap_err();
            assert!(error.contains("is not a key"), "{text:?}: {error}");
        }
    }
}
