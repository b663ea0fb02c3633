//! The answer to announced rollbacks: which one a key is about, and what was answered.

use crate::model::{Target, Time};
use crate::tui::keymap::Action;

use super::moved;

/// The list of what is announced, as it was when a key asked which one it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Which {
    /// The key.
    pub action: Action,
    /// The targets in the order of their digits.
    pub targets: Vec<Target>,
    /// The line under the cursor.
    pub line: usize,
}

impl Which {
    /// Moves the cursor; it stops at the ends.
    pub fn go(&mut self, by: isize) {
        self.line = moved(self.line, by, self.targets.len(), false);
    }
}

/// An answer that was given to an announced rollback, whatever came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Of which target.
    pub target: Target,
    /// Held, instead of done now.
    pub holds: bool,
    /// When the key was pressed.
    pub at: Time,
    /// Since when the alarm was raised.
    pub raised: Time,
    /// When it would have acted.
    pub acts_at: Time,
}
