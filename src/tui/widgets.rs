//! The small parts that panes are put together from: values in, styled text out. They know roles, never
//! colours, nothing of the store, and fit into any space, also none.
//!
//! Text from outside is cleaned here ([`Modal`], [`value`]); everything else takes numbers.

mod amount;
mod bar;
mod elapsed;
mod modal;
mod scroll;
mod spark;

use ratatui::style::Style;
use ratatui::symbols::border;

use super::theme::{Role, Theme};

pub use amount::{count, number, percent, value};
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

/// Whether the locale knows only ASCII; `get` reads one variable of the environment.
pub fn is_ascii_locale(get: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| get(name).filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        !(locale.contains("utf-8") || locale.contains("utf8"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_tells_what_can_be_drawn() {
        let ascii = |vars: &[(&str, &str)]| {
            is_ascii_locale(|name| {
                vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(ascii(&[]));
        assert!(ascii(&[("LANG", "C")]));
        assert!(!ascii(&[("LANG", "C.UTF-8")]));
        assert!(!ascii(&[("LC_ALL", ""), ("LANG", "de_DE.utf8")]));
        assert!(ascii(&[("LC_ALL", "POSIX"), ("LANG", "de_DE.utf8")]));
    }
}
