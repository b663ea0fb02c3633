//! All themes there are, loaded at once, so that one can be tried on without reading a file. Must not
//! know which one is worn.

use std::path::Path;

use super::{Depth, Theme, ThemeError, files};

/// A theme to choose, or why it cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// Whether it is the operator's own file, which may stand before a built-in one of its name.
    pub own: bool,
    /// The theme.
    pub theme: Result<Theme, ThemeError>,
}

/// Every theme there is: the built-in ones, then the operator's own by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    offers: Vec<Offer>,
}

impl Shelf {
    /// Loads the built-in themes and those of a folder, for a terminal of that many colours.
    #[must_use]
    pub fn load(folder: Option<&Path>, depth: Depth) -> Self {
        let offers = files::names(folder)
            .into_iter()
            .map(|name| Offer {
                own: folder.is_some_and(|folder| folder.join(format!("{name}.toml")).exists()),
                theme: Theme::load(&name, folder, depth),
                name,
            })
            .collect();
        Self { offers }
    }

    /// What there is to choose from.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The place of the theme of that name.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.offers.iter().position(|offer| offer.name == name)
    }

    /// The theme at a place, when it can be used.
    #[must_use]
    pub fn theme(&self, place: usize) -> Option<&Theme> {
        self.offers.get(place)?.theme.as_ref().ok()
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.offers.iter().map(|offer| offer.name.clone()).collect()
    }
}
