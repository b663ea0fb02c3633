//! A theme file as it is written: names resolved to colours, every complaint with its line and key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::role::Role;

/// Something wrong: at which line, from 1, and at which key.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) line: Option<usize>,
    pub(super) key: String,
    pub(super) text: String,
}

/// Colours by the names that files give them.
pub(super) type Palette = BTreeMap<String, Color>;

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// A theme file by itself, without what it inherits.
#[derive(Debug)]
pub(super) struct File<'t> {
    text: &'t str,
    table: DeTable<'t>,
}

type Key<'t> = Spanned<Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

impl<'t> File<'t> {
    /// Reads a file's text; its tables are read when they are asked for.
    pub(super) fn read(text: &'t str) -> Result<Self, Problem> {
        let table = DeTable::parse(text).map_err(|error| Problem {
            line: error.span().map(|span| line(text, span.start)),
            key: String::new(),
            text: format!("this is not TOML: {}", error.message()),
        })?;
        let file = Self { text, table: table.into_inner() };
        let known = ["inherits", "palette", "roles"];
        match file.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            Some(key) => {
                let text = format!(
                    "`{}` is not known here; a theme has `inherits`, `palette` and `roles`",
                    key.get_ref()
                );
                Err(file.at(key, "", text))
            }
            None => Ok(file),
        }
    }

    /// The theme it changes, and the line that says so.
    pub(super) fn inherits(&self) -> Result<Option<(String, usize)>, Problem> {
        let Some(value) = self.table.get("inherits") else { return Ok(None) };
        let name = self.word(value, "inherits")?.to_owned();
        Ok(Some((name, line(self.text, value.span().start))))
    }

    /// The colours that it names.
    pub(super) fn palette(&self) -> Result<Palette, Problem> {
        let mut palette = Palette::new();
        for (name, value) in self.section("palette")? {
            let key = format!("palette.{}", name.get_ref());
            let color = self.color(value, &key, &Palette::new())?;
            palette.insert(name.get_ref().to_string(), color);
        }
        Ok(palette)
    }

    /// Its roles, coloured from a palette.
    pub(super) fn styles(&self, palette: &Palette) -> Result<BTreeMap<Role, Style>, Problem> {
        let mut styles = BTreeMap::new();
        for (name, value) in self.section("roles")? {
            let Some(role) = Role::named(name.get_ref()) else {
                let known: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
                let known = known.join(", ");
                let text = format!("`{}` is not a role; roles are {known}", name.get_ref());
                return Err(self.at(name, "roles", text));
            };
            styles.insert(role, self.style(value, &format!("roles.{}", role.name()), palette)?);
        }
        Ok(styles)
    }

    fn at<T>(&self, place: &Spanned<T>, key: &str, text: String) -> Problem {
        Problem { line: Some(line(self.text, place.span().start)), key: key.to_owned(), text }
    }

    fn section(&self, name: &str) -> Result<Vec<(&Key<'t>, &Value<'t>)>, Problem> {
        match self.table.get(name) {
            None => Ok(Vec::new()),
            Some(value) => match value.get_ref() {
                DeValue::Table(table) => Ok(table.iter().collect()),
                other => Err(self.at(value, name, format!("found {}; write a table", kind(other)))),
            },
        }
    }

    fn word<'v>(&self, value: &'v Value<'t>, key: &str) -> Result<&'v str, Problem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            other => {
                Err(self.at(value, key, format!("found {}; write a text in quotes", kind(other))))
            }
        }
    }

    /// A name of the palette, a number of the palette of 256, a name of one of the sixteen, or `#rrggbb`.
    fn color(&self, value: &Value<'t>, key: &str, palette: &Palette) -> Result<Color, Problem> {
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            _ => self.word(value, key)?,
        };
        if let Some(color) = palette.get(text) {
            return Ok(*color);
        }
        text.parse().map_err(|_| {
            self.at(value, key, format!("`{text}` is not a colour; write `#rrggbb`, a name such as `red` or one of the palette, or 0 to 255"))
        })
    }

    /// A colour alone is the foreground; else `{ fg, bg, modifiers }`.
    fn style(&self, value: &Value<'t>, key: &str, palette: &Palette) -> Result<Style, Problem> {
        let DeValue::Table(table) = value.get_ref() else {
            return Ok(Style::new().fg(self.color(value, key, palette)?));
        };
        let mut style = Style::new();
        for (name, value) in table {
            let below = format!("{key}.{}", name.get_ref());
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("fg", _) => style.fg = Some(self.color(value, &below, palette)?),
                ("bg", _) => style.bg = Some(self.color(value, &below, palette)?),
                ("modifiers", DeValue::Array(words)) => {
                    for word in words {
                        style = style.add_modifier(self.modifier(word, &below)?);
                    }
                }
                ("modifiers", other) => {
                    let text = format!("found {}; write a list such as [\"bold\"]", kind(other));
                    return Err(self.at(value, &below, text));
                }
                (other, _) => {
                    let text = format!(
                        "`{other}` is not known here; a role has `fg`, `bg` and `modifiers`"
                    );
                    return Err(self.at(name, key, text));
                }
            }
        }
        Ok(style)
    }

    fn modifier(&self, value: &Value<'t>, key: &str) -> Result<Modifier, Problem> {
        let word = self.word(value, key)?;
        let found = MODIFIERS.iter().find(|(known, _)| *known == word);
        found.map(|(_, modifier)| *modifier).ok_or_else(|| {
            let known = MODIFIERS.map(|(known, _)| known).join(", ");
            self.at(value, key, format!("`{word}` is not a modifier; they are {known}"))
        })
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
