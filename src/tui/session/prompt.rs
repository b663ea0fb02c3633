//! The command line being typed, and the list beside it being chosen from. Knows neither what is on the
//! list nor what a line means.

use super::{Field, moved};

/// Lines that are remembered.
const MEMORY: usize = 50;

/// A command line under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    /// What is typed.
    pub field: Field,
    /// Whether it is about choosing (the palette): an entry is always chosen.
    pub choosing: bool,
    /// Why the last line was not understood.
    pub error: Option<String>,
    /// The names of the themes there are.
    pub themes: Vec<String>,
    chosen: Option<usize>,
    /// How far back in the session's lines it is.
    back: Option<usize>,
}

impl Prompt {
    /// A line to type.
    pub fn line() -> Self {
        Self::default()
    }

    /// A list to choose from.
    pub fn palette() -> Self {
        Self { choosing: true, ..Self::default() }
    }

    /// The same, and what may stand behind `theme`.
    #[must_use]
    pub fn with_themes(self, themes: Vec<String>) -> Self {
        Self { themes, ..self }
    }

    /// The entry that Enter does, of so many; none: what is typed.
    pub fn chosen(&self, len: usize) -> Option<usize> {
        let last = len.checked_sub(1)?;
        let chosen = self.chosen.or(self.choosing.then_some(0))?;
        Some(chosen.min(last))
    }

    /// Goes to the next or the one before, of so many. Above the first is the line itself.
    pub fn choose(&mut self, down: bool, len: usize) {
        self.error = None;
        self.chosen = match (self.chosen(len), down) {
            (None, true) if len > 0 => Some(0),
            (None | Some(0), false) => None,
            (here, _) => here.map(|here| moved(here, if down { 1 } else { -1 }, len, false)),
        };
    }

    /// Something was typed: what was chosen is another list's.
    pub fn typed(&mut self) {
        (self.error, self.chosen, self.back) = (None, None, None);
    }

    /// Puts a line in place of what is typed.
    pub fn put(&mut self, line: impl Into<String>) {
        self.typed();
        self.field = Field::with(line);
    }

    /// Whether the arrows go through the session's lines: from an empty line, until something is typed or
    /// chosen.
    pub fn remembers(&self) -> bool {
        let begins = self.field.text().is_empty() && self.chosen.is_none();
        !self.choosing && (begins || self.back.is_some())
    }

    /// An older line of the session, or a newer one.
    pub fn recall(&mut self, history: &History, newer: bool) {
        let back = match (self.back, newer) {
            (None, false) => Some(0),
            (Some(back), false) => Some(moved(back, 1, history.0.len(), false)),
            (Some(back), true) => back.checked_sub(1),
            (None, true) => None,
        };
        let line = back.and_then(|back| history.0.iter().rev().nth(back));
        let line = line.cloned().unwrap_or_default();
        self.put(line);
        self.back = back.filter(|_| !history.0.is_empty());
    }
}

/// The lines done in this session, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(Vec<String>);

impl History {
    /// Remembers a line, as the newest.
    pub fn keep(&mut self, line: &str) {
        let line = line.trim();
        self.0.retain(|kept| kept != line);
        self.0.push(line.to_owned());
        let over = self.0.len().saturating_sub(MEMORY);
        self.0.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_the_first_entry_is_the_line() {
        let mut line = Prompt::line();
        assert_eq!(line.chosen(3), None);
        for (down, chosen) in [(true, Some(0)), (true, Some(1)), (false, Some(0)), (false, None)] {
            line.choose(down, 3);
            assert_eq!(line.chosen(3), chosen);
        }
        let mut palette = Prompt::palette();
        assert_eq!((palette.chosen(3), palette.chosen(0)), (Some(0), None));
        for _ in 0..9 {
            palette.choose(true, 3);
        }
        assert_eq!((palette.chosen(3), palette.chosen(2)), (Some(2), Some(1)));
        palette.typed();
        assert_eq!(palette.chosen(3), Some(0));
    }

    #[test]
    fn lines_come_back_newest_first() {
        let mut history = History::default();
        let mut prompt = Prompt::line();
        prompt.recall(&history, false);
        assert_eq!(prompt.field.text(), "");
        for line in ["zoom", "go a/b", "zoom "] {
            history.keep(line);
        }
        for line in ["zoom", "go a/b", "go a/b"] {
            assert!(prompt.remembers());
            prompt.recall(&history, false);
            assert_eq!(prompt.field.text(), line);
        }
        prompt.recall(&history, true);
        assert_eq!(prompt.field.text(), "zoom");
        prompt.recall(&history, true);
        assert_eq!(prompt.field.text(), "");
        prompt.put("z");
        assert!(!prompt.remembers() && !Prompt::palette().remembers());
        (0..200).for_each(|n| history.keep(&n.to_string()));
        assert_eq!(history.0.len(), MEMORY);
    }
}
