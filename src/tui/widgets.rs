//! The small parts that panes are put together from: values in, styled text out. They know roles, never
//! colours, nothing of the store, and fit into any space, also none.
//!
//! Text from outside is cleaned here ([`Modal`], [`value`]); everything else takes numbers.

mod amount;
mod ascii;
mod bar;
mod elapsed;
mod modal;
mod scroll;
mod spark;

use ratatui::style::Style;
use ratatui::symbols::border;

use super::theme::{Role, Theme};

pub use amount::{count, number, percent, value};
pub use ascii::{is_ascii_locale, to_ascii};
pub use bar::WeightBar;
pub use elapsed::millis;
pub use modal::Modal;
pub use scroll::into_view;
pub use spark::Spark;

/// How things look: colours, and whether the terminal has more than ASCII.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The styles.
    pub theme: &'a Theme,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
}

impl Look<'_> {
    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The lines around a pane.
    #[must_use]
    pub fn border(&self) -> border::Set<'static> {
        if self.ascii { ASCII_BORDER } else { border::PLAIN }
    }
}

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
