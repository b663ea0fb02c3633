//! A theme file as it is written: names resolved to colours, every complaint with its line.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::role::Role;

/// Something wrong at a line, from 1.
pub(super) type Problem = (Option<usize>, String);

/// A theme file by itself, without what it inherits.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) inherits: Option<String>,
    pub(super) styles: BTreeMap<Role, Style>,
}

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// Reads a theme file.
pub(super) fn parse(text: &str) -> Result<Parsed, Problem> {
    let table = DeTable::parse(text).map_err(|error| {
        (error.span().map(|span| line(text, span.start)), error.message().to_owned())
    })?;
    let mut file = File { text, palette: BTreeMap::new() };
    let mut parsed = Parsed::default();
    if let Some(palette) = find(table.get_ref(), "palette") {
        for (name, value) in file.table(palette, "palette")? {
            let color = file.color(value)?;
            file.palette.insert(name.get_ref().to_string(), color);
        }
    }
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "palette" => {}
            "inherits" => parsed.inherits = Some(file.word(value)?.to_owned()),
            "roles" => {
                for (name, value) in file.table(value, "roles")? {
                    let Some(role) = Role::named(name.get_ref()) else {
                        let known: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
                        let known = known.join(", ");
                        return Err(file.at(
                            name,
                            format!("`{}` is not a role; roles are {known}", name.get_ref()),
                        ));
                    };
                    parsed.styles.insert(role, file.style(value)?);
                }
            }
            other => {
                return Err(file.at(
                    key,
                    format!(
                        "`{other}` is not known here; a theme has `inherits`, `palette` and `roles`"
                    ),
                ));
            }
        }
    }
    Ok(parsed)
}

struct File<'a> {
    text: &'a str,
    palette: BTreeMap<String, Color>,
}

impl File<'_> {
    fn at<T>(&self, spanned: &Spanned<T>, problem: String) -> Problem {
        (Some(line(self.text, spanned.span().start)), problem)
    }

    fn table<'t, 'i>(
        &self,
        value: &'t Spanned<DeValue<'i>>,
        name: &str,
    ) -> Result<&'t DeTable<'i>, Problem> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.at(value, format!("`{name}` must be a table"))),
        }
    }

    fn word<'t>(&self, value: &'t Spanned<DeValue<'_>>) -> Result<&'t str, Problem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.at(value, "a text in quotes is expected here".to_owned())),
        }
    }

    /// A number of the palette of 256, a name of this file's palette, a name of one of the sixteen, or `#rrggbb`.
    fn color(&self, value: &Spanned<DeValue<'_>>) -> Result<Color, Problem> {
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            _ => self.word(value)?,
        };
        if let Some(color) = self.palette.get(text) {
            return Ok(*color);
        }
        text.parse().map_err(|_| {
            self.at(value, format!("`{text}` is not a colour; write `#rrggbb`, a name such as `red` or one of the palette, or 0 to 255"))
        })
    }

    /// A colour alone is the foreground; else `{ fg, bg, modifiers }`.
    fn style(&self, value: &Spanned<DeValue<'_>>) -> Result<Style, Problem> {
        let DeValue::Table(table) = value.get_ref() else {
            return Ok(Style::new().fg(self.color(value)?));
        };
        let mut style = Style::new();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("fg", _) => style.fg = Some(self.color(value)?),
                ("bg", _) => style.bg = Some(self.color(value)?),
                ("modifiers", DeValue::Array(words)) => {
                    for word in words {
                        let name = self.word(word)?;
                        let Some((_, modifier)) =
                            MODIFIERS.iter().find(|(known, _)| *known == name)
                        else {
                            let known = MODIFIERS.map(|(known, _)| known).join(", ");
                            return Err(self.at(
                                word,
                                format!("`{name}` is not a modifier; they are {known}"),
                            ));
                        };
                        style = style.add_modifier(*modifier);
                    }
                }
                ("modifiers", _) => {
                    return Err(
                        self.at(value, "`modifiers` must be a list such as [\"bold\"]".to_owned())
                    );
                }
                (other, _) => {
                    return Err(self.at(
                        key,
                        format!(
                            "`{other}` is not known here; a role has `fg`, `bg` and `modifiers`"
                        ),
                    ));
                }
            }
        }
        Ok(style)
    }
}

fn find<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<&'t Spanned<DeValue<'i>>> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
