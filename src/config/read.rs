//! Text to the raw shape: syntax, unknown keys and values of the wrong kind, as many at once as there
//! are. Must not know what a value means.

use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::error::ConfigError;
use super::problems::{Problems, UNKNOWN_KEY, line_and_column, without};
use super::raw::{Github, Named, Root, tables};
use super::suggest::suggest;

/// Mistakes of shape after which reading stops: the file is something else.
const ENOUGH: usize = 100;

/// Keys of a table that says where a secret is; see [`split_hosts`].
const SECRET: [&str; 3] = ["env", "file", "command"];

/// Reads as much as can be read; what cannot is in the problems. An error when it is not TOML at all.
pub(super) fn read<'t>(
    text: &'t str,
    path: &'t Path,
) -> Result<(Root, Problems<'t>), Vec<ConfigError>> {
    let (mut tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax(error, text, path)).collect());
    }
    let mut problems = Problems::new(path, text, tree.get_ref().clone());
    let hosts = split_hosts(tree.get_mut());
    let mut root: Root = shape(tree, &mut problems).unwrap_or_default();
    root.hosts = shape::<Named<Spanned<Github>>>(hosts, &mut problems).unwrap_or_default();
    Ok((root, problems))
}

fn syntax(error: &toml::de::Error, text: &str, path: &Path) -> ConfigError {
    ConfigError {
        path: path.to_owned(),
        place: error.span().map(|span| line_and_column(text, span.start)),
        key: String::new(),
        found: format!("this is not TOML: {}", error.message()),
        fix: "see https://toml.io or config.example.toml for the form".to_owned(),
    }
}

/// Takes the tables of `[github]` that are hosts of their own, `[github.NAME]`, out of it. A table that
/// only says where a secret is is a mistyped `token`, not a host.
fn split_hosts<'t>(tree: &mut DeTable<'t>) -> Spanned<DeTable<'t>> {
    let Some(DeValue::Table(github)) = tree.get_mut("github").map(Spanned::get_mut) else {
        return Spanned::new(0..0, DeTable::new());
    };
    let (hosts, own): (DeTable<'t>, DeTable<'t>) = std::mem::take(github)
        .into_iter()
        .partition(|(key, value)| key.get_ref() != "token" && is_host(value.get_ref()));
    let alone = own.is_empty() && !hosts.is_empty();
    *github = own;
    if alone {
        tree.remove("github");
    }
    Spanned::new(0..0, hosts)
}

fn is_host(value: &DeValue<'_>) -> bool {
    value.as_table().is_some_and(|table| {
        table.is_empty() || table.keys().any(|key| !SECRET.contains(&key.get_ref().as_ref()))
    })
}

/// Deserialises, and where that fails says why, leaves the culprit out and tries again.
fn shape<T: DeserializeOwned>(
    mut tree: Spanned<DeTable<'_>>,
    problems: &mut Problems<'_>,
) -> Option<T> {
    for _ in 0..ENOUGH {
        let error = match T::deserialize(Deserializer::from(tree.clone())) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_default();
        report(error.message(), &span, problems);
        let (rest, removed) = without(tree.into_inner(), &span);
        if !removed {
            return None;
        }
        tree = Spanned::new(0..0, rest);
    }
    None
}

fn report(message: &str, span: &Range<usize>, problems: &mut Problems<'_>) {
    if let Some(known) = message.strip_prefix("unknown field `") {
        let (field, known) = known.split_once('`').unwrap_or((known, ""));
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let fix = match elsewhere(field) {
            Some(table) => format!("it belongs in {table}"),
            None => suggest(field, known, "nothing is known here"),
        };
        problems.at(span.clone(), UNKNOWN_KEY, fix);
        return;
    }
    let found = problems.value_at(span).map_or_else(
        || "found a value of another kind".to_owned(),
        |value| format!("found {}", describe(value)),
    );
    let fix = message
        .rsplit_once(", expected ")
        .map_or(String::new(), |(_, expected)| format!("write {}", kind(expected)));
    problems.at(span.clone(), found, fix);
}

/// The one table that knows a key.
fn elsewhere(key: &str) -> Option<&'static str> {
    let mut tables = tables().into_iter().filter(|(_, keys)| keys.contains(&key));
    let (table, _) = tables.next()?;
    tables.next().is_none().then_some(table)
}

/// What a value is. Strings are not shown: one may be a secret in a wrong place.
fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a string".to_owned(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(answer) => format!("`{answer}`"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn kind(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "i64" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        "a string" => "a string in quotes",
        other => other,
    }
}
