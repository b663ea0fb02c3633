//! The errors of one file: turns places in its text into lines, columns and key paths. Must not know
//! what a key means.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;

/// Errors that are told; the rest is counted.
const ENOUGH: usize = 100;

/// What is found where nothing is.
const MISSING: &str = "missing";

/// What is found where a key is that no table there knows.
pub(super) const UNKNOWN_KEY: &str = "unknown key";

/// Collects what is wrong with one file.
pub(super) struct Problems<'t> {
    path: &'t Path,
    text: &'t str,
    tree: DeTable<'t>,
    errors: Vec<ConfigError>,
    untold: usize,
}

impl<'t> Problems<'t> {
    /// For a file's text and the tree it parsed to.
    pub(super) fn new(path: &'t Path, text: &'t str, tree: DeTable<'t>) -> Self {
        Self { path, text, tree, errors: Vec::new(), untold: 0 }
    }

    /// What stands at `span` is wrong; the empty span is the file itself.
    pub(super) fn at(
        &mut self,
        span: Range<usize>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if self.has_room() {
            let key = self.key_at(&span);
            self.push(&span, key, found.into(), fix.into());
        }
    }

    /// What stands at `span` is wrong, and so much that nothing else matters.
    pub(super) fn only(
        &mut self,
        span: Range<usize>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.errors.clear();
        self.untold = 0;
        self.at(span, found, fix);
    }

    /// The table at `table` lacks `key`.
    pub(super) fn missing(&mut self, table: Range<usize>, key: &str, fix: impl Into<String>) {
        if self.has_room() {
            let path = join(&self.key_at(&table), key);
            self.push(&table, path, MISSING.to_owned(), fix.into());
        }
    }

    /// Where `span` begins.
    pub(super) fn place(&self, span: &Range<usize>) -> (usize, usize) {
        line_and_column(self.text, span.start)
    }

    /// The value at `span`, if a value stands exactly there.
    pub(super) fn value_at(&self, span: &Range<usize>) -> Option<&DeValue<'t>> {
        let mut found = None;
        walk(&self.tree, "", &mut |_, value_span, value| {
            if value_span == span {
                found = value;
            }
        });
        found
    }

    /// The errors, in the order of the file. What is missing only because it could not be read is noise.
    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        let mut errors = self.errors;
        let wrong: BTreeSet<String> = errors
            .iter()
            .filter(|error| error.found != MISSING)
            .map(|error| error.key.clone())
            .collect();
        errors.retain(|error| error.found != MISSING || !wrong.contains(&error.key));
        errors.sort_by_key(|error| error.place);
        errors.dedup();
        if self.untold > 0 {
            let found = format!("{} more mistakes", self.untold);
            errors.push(ConfigError::file(self.path, found, "mend these first"));
        }
        errors
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Drops the unknown keys below the table at `table`: an error there says why they are unknown.
    pub(super) fn forgive_below(&mut self, table: &Range<usize>) {
        let below = join(&self.key_at(table), "");
        self.errors.retain(|error| !(error.key.starts_with(&below) && error.found == UNKNOWN_KEY));
    }

    /// Whether another error is worth its place; a hostile file must not keep us busy.
    fn has_room(&mut self) -> bool {
        let room = self.errors.len() < ENOUGH;
        self.untold += usize::from(!room);
        room
    }

    fn push(&mut self, span: &Range<usize>, key: String, found: String, fix: String) {
        self.errors.push(ConfigError {
            path: self.path.to_owned(),
            place: Some(line_and_column(self.text, span.start)),
            key,
            found,
            fix,
        });
    }

    fn key_at(&self, span: &Range<usize>) -> String {
        if span.is_empty() {
            return String::new();
        }
        let mut best: Option<(usize, String)> = None;
        walk(&self.tree, "", &mut |path, candidate, _| {
            let width = candidate.len();
            if candidate.start <= span.start
                && span.end <= candidate.end
                && best.as_ref().is_none_or(|(least, _)| width <= *least)
            {
                best = Some((width, path.to_owned()));
            }
        });
        best.map_or_else(String::new, |(_, path)| path)
    }
}

/// The table without the key or the value that stands exactly at `span`, and whether there was one.
pub(super) fn without<'t>(table: DeTable<'t>, span: &Range<usize>) -> (DeTable<'t>, bool) {
    let mut removed = false;
    let table = prune(table, span, &mut removed);
    (table, removed)
}

fn prune<'t>(table: DeTable<'t>, span: &Range<usize>, removed: &mut bool) -> DeTable<'t> {
    let mut rest = DeTable::new();
    for (key, value) in table {
        if !*removed && key.span() == *span {
            *removed = true;
        } else if let Some(value) = prune_value(value, span, removed) {
            rest.insert(key, value);
        }
    }
    rest
}

fn prune_value<'t>(
    value: Spanned<DeValue<'t>>,
    span: &Range<usize>,
    removed: &mut bool,
) -> Option<Spanned<DeValue<'t>>> {
    let place = value.span();
    // what is inside goes first: the first of `[[tables]]` stands where their list stands
    let value = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(prune(table, span, removed)),
        DeValue::Array(list) => DeValue::Array(
            list.into_iter().filter_map(|item| prune_value(item, span, removed)).collect(),
        ),
        other => other,
    };
    if !*removed && place == *span {
        *removed = true;
        return None;
    }
    Some(Spanned::new(place, value))
}

type Visit<'v, 't, 'a> = &'v mut dyn FnMut(&str, &Range<usize>, Option<&'a DeValue<'t>>);

/// Visits every key and value with its path. A visit without a value is the key's own.
fn walk<'t, 'a>(table: &'a DeTable<'t>, path: &str, visit: Visit<'_, 't, 'a>) {
    for (key, value) in table {
        let here = join(path, key.get_ref());
        visit(&here, &key.span(), None);
        walk_value(value, &here, visit);
    }
}

fn walk_value<'t, 'a>(value: &'a Spanned<DeValue<'t>>, path: &str, visit: Visit<'_, 't, 'a>) {
    visit(path, &value.span(), Some(value.get_ref()));
    match value.get_ref() {
        DeValue::Table(table) => walk(table, path, visit),
        DeValue::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                let label = name_of(item.get_ref()).unwrap_or_else(|| index.to_string());
                walk_value(item, &format!("{path}[{label}]"), visit);
            }
        }
        _ => {}
    }
}

fn name_of(value: &DeValue<'_>) -> Option<String> {
    match value.as_table()?.get("name")?.get_ref() {
        DeValue::String(name) if !name.is_empty() => Some(name.to_string()),
        _ => None,
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Line and column of a byte, both from 1; columns count characters.
pub(super) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let head = text.get(..byte).unwrap_or(text);
    let start = head.rfind('\n').map_or(0, |at| at + 1);
    (head.matches('\n').count() + 1, head[start..].chars().count() + 1)
}
