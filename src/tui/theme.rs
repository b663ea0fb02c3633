//! Colours by role: built-in themes, the operator's own, and what is left of them where the terminal
//! shows fewer colours or none. Must not know what is drawn.

mod depth;
mod files;
mod parse;
mod role;
mod shelf;

use std::fmt;
use std::path::Path;

use ratatui::style::Style;

pub use depth::Depth;
pub use role::Role;
pub use shelf::{Offer, Shelf};

/// The theme that is used when none is named, and in place of a broken one.
pub const DEFAULT: &str = "dark";

/// A style for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    styles: Vec<Style>,
}

/// Why a theme cannot be used: which file and line, and what would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeError {
    /// The file, or a built-in theme's name.
    pub file: String,
    /// The line, from 1, when it is about one.
    pub line: Option<usize>,
    /// The key, such as `roles.ok`; empty when it is not about one.
    pub key: String,
    /// One sentence: what was found, and what would do.
    pub text: String,
}

impl ThemeError {
    /// The same with the name of the file in place of its path: for where there is little room.
    #[must_use]
    pub fn brief(&self) -> String {
        let name = std::path::Path::new(&self.file).file_name();
        let file = name.map_or_else(|| self.file.clone(), |name| name.to_string_lossy().into());
        Self { file, ..self.clone() }.to_string()
    }
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.text)
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// The names of the built-in themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        files::BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The theme of that name: `folder/NAME.toml`, else a built-in one. What it does not say comes from
    /// the theme that it inherits from; a colour that it renames changes in the inherited roles, too.
    ///
    /// # Errors
    /// When there is none, or it cannot be read, or a file that it inherits from cannot.
    pub fn load(name: &str, folder: Option<&Path>, depth: Depth) -> Result<Self, ThemeError> {
        let line = files::lineage(name, folder)?;
        let mut palette = parse::Palette::new();
        for source in line.iter().rev() {
            palette.extend(source.read(|file| file.palette())?);
        }
        let mut styles = vec![Style::new(); Role::ALL.len()];
        for source in line.iter().rev() {
            for (role, style) in source.read(|file| file.styles(&palette))? {
                styles[role as usize] = style;
            }
        }
        for (role, style) in Role::ALL.iter().zip(&mut styles) {
            *style = degrade(*role, *style, depth);
        }
        Ok(Self { name: name.to_owned(), styles })
    }

    /// The theme of that name, or the default and the reason why not.
    #[must_use]
    pub fn load_or_default(
        name: &str,
        folder: Option<&Path>,
        depth: Depth,
    ) -> (Self, Option<ThemeError>) {
        match Self::load(name, folder, depth) {
            Ok(theme) => (theme, None),
            Err(error) => (Self::built_in(depth), Some(error)),
        }
    }

    /// The default theme.
    #[must_use]
    pub fn built_in(depth: Depth) -> Self {
        let plain = || Self {
            name: DEFAULT.to_owned(),
            styles: Role::ALL
                .iter()
                .map(|role| degrade(*role, Style::new(), Depth::Mono))
                .collect(),
        };
        Self::load(DEFAULT, None, depth).unwrap_or_else(|_| plain())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

fn degrade(role: Role, mut style: Style, depth: Depth) -> Style {
    style.fg = style.fg.and_then(|color| depth.nearest(color));
    style.bg = style.bg.and_then(|color| depth.nearest(color));
    if depth == Depth::Mono { style.add_modifier(role.plain()) } else { style }
}

#[cfg(test)]
mod tests;
