//! Colours by role: built-in themes, the operator's own, and what is left of them where the terminal
//! shows fewer colours or none. Must not know what is drawn.

mod depth;
mod parse;
mod role;

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ratatui::style::Style;

pub use depth::Depth;
pub use role::Role;

/// The built-in themes: name and file.
const BUILT_IN: [(&str, &str); 3] = [
    (DEFAULT, include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
];

/// The theme that is used when none is named, and in place of a broken one.
pub const DEFAULT: &str = "dark";

/// How many files may inherit from one another.
const GENERATIONS: usize = 8;

/// The longest theme file, in bytes.
const FILE_MAX: u64 = 64 * 1024;

/// A style for every role.
#[derive(Debug, Clone, PartialEq)]
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
    /// One sentence.
    pub text: String,
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.text),
            None => write!(f, "{}: {}", self.file, self.text),
        }
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// The names of the built-in themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The theme of that name: `folder/NAME.toml`, else a built-in one.
    ///
    /// # Errors
    /// When there is none, or it cannot be read, or a file that it inherits from cannot.
    pub fn load(name: &str, folder: Option<&Path>, depth: Depth) -> Result<Self, ThemeError> {
        // The oldest ancestor comes last.
        let mut line = Vec::new();
        let mut next = Some(name.to_owned());
        let mut beneath = folder;
        while let Some(name) = next {
            let (file, text, own) = source(&name, beneath)?;
            let fail = |(line, text)| ThemeError { file: file.clone(), line, text };
            let parsed = parse::parse(&text).map_err(fail)?;
            if line.len() == GENERATIONS {
                return Err(fail((None, "themes inherit from one another in a circle".to_owned())));
            }
            // A file that inherits from its own name means the built-in theme of that name.
            beneath = if parsed.inherits.as_deref() == Some(&name) { None } else { folder };
            next = parsed.inherits.or(own.then(|| DEFAULT.to_owned()));
            line.push(parsed.styles);
        }
        let styles = Role::ALL
            .iter()
            .map(|role| {
                let style = line.iter().find_map(|styles| styles.get(role)).copied();
                degrade(*role, style.unwrap_or_default(), depth)
            })
            .collect();
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

/// Name of the file, its text, and whether it is the operator's own.
fn source(name: &str, folder: Option<&Path>) -> Result<(String, String, bool), ThemeError> {
    let shown = crate::text::line(name, 40);
    let fail = |file: &str, text: String| ThemeError { file: file.to_owned(), line: None, text };
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) || name.is_empty() {
        return Err(fail(&shown, "a theme's name has letters, digits, - and _ only".to_owned()));
    }
    if let Some(path) =
        folder.map(|folder| folder.join(format!("{name}.toml"))).filter(|path| path.exists())
    {
        let shown = crate::text::clean(&path.to_string_lossy());
        let mut text = String::new();
        let read =
            File::open(&path).and_then(|file| file.take(FILE_MAX + 1).read_to_string(&mut text));
        return match read {
            Ok(n) if n as u64 > FILE_MAX => Err(fail(&shown, "is longer than 64 KiB".to_owned())),
            Ok(_) => Ok((shown, text, true)),
            Err(error) => Err(fail(&shown, format!("cannot be read: {error}"))),
        };
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return Ok((shown, (*text).to_owned(), false));
    }
    let known = BUILT_IN.map(|(name, _)| name).join(", ");
    Err(fail(&shown, format!("there is no such theme; the built-in ones are {known}")))
}

fn degrade(role: Role, mut style: Style, depth: Depth) -> Style {
    style.fg = style.fg.and_then(|color| depth.nearest(color));
    style.bg = style.bg.and_then(|color| depth.nearest(color));
    if depth == Depth::Mono { style.add_modifier(role.plain()) } else { style }
}

#[cfg(test)]
mod tests;
