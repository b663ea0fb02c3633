//! GitHub's published description: which operation a request is, and what a reference leads to.

use std::cmp::Reverse;
use std::path::Path;

use serde_json::{Map, Value};

use super::segments;

/// The description, parsed once.
pub struct Description(Value);

/// One operation of it.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// `/repos/{owner}/{repo}/…`
    pub template: &'a str,
    /// What is said of it.
    pub value: &'a Value,
}

impl Description {
    /// Reads the file.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::new(serde_json::from_str(&text).expect("the description is JSON"))
    }

    /// A description as JSON.
    pub fn new(value: Value) -> Self {
        let dialect = value["openapi"].as_str().unwrap_or_default();
        assert!(dialect.starts_with("3.0."), "the schemas are read as OpenAPI 3.0's: {dialect}");
        Self(value)
    }

    /// The operation of a request: of several templates that fit, the one with most words.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let asked = segments(path);
        let verb = method.to_ascii_lowercase();
        let fitting = self.paths().iter().filter_map(|(template, item)| {
            let (name, value) = item.as_object()?.get_key_value(&verb)?;
            let found = Operation { method: name, template, value };
            self.bind(found, &asked)?;
            Some(found)
        });
        fitting.min_by_key(|found| {
            let parts = segments(found.template).into_iter();
            let named: Vec<bool> = parts.map(|part| part.starts_with('{')).collect();
            // a parameter that spans several parts of a path takes none that a word could take
            let words = named.iter().filter(|named| !**named).count();
            (Reverse(words), named)
        })
    }

    /// Every operation that reads.
    pub fn reads(&self) -> impl Iterator<Item = Operation<'_>> {
        self.paths().iter().filter_map(|(template, item)| {
            Some(Operation { method: "get", template, value: item.get("get")? })
        })
    }

    /// The values of the path's parameters, still encoded; none when the path does not fit.
    pub fn bind<'p>(
        &self,
        operation: Operation<'_>,
        asked: &[&'p str],
    ) -> Option<Vec<(String, Vec<&'p str>)>> {
        let parts = segments(operation.template);
        let mut bound = Vec::new();
        let mut rest = asked;
        for (at, part) in parts.iter().enumerate() {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                let (word, after) = rest.split_first()?;
                if word != part {
                    return None;
                }
                rest = after;
                continue;
            };
            let following = parts.len() - at - 1;
            let takes = if self.spans(operation, name) {
                rest.len().checked_sub(following).filter(|takes| *takes > 0)?
            } else {
                1
            };
            let (value, after) = rest.split_at_checked(takes)?;
            bound.push((name.to_owned(), value.to_vec()));
            rest = after;
        }
        rest.is_empty().then_some(bound)
    }

    /// The parameters of an operation.
    pub fn parameters<'a>(
        &'a self,
        operation: Operation<'a>,
    ) -> impl Iterator<Item = &'a Value> + 'a {
        let own = operation.value["parameters"].as_array().into_iter().flatten();
        own.map(|parameter| self.resolve(parameter))
    }

    /// What a reference leads to, or the value itself.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#');
            let found = pointer.and_then(|pointer| self.0.pointer(pointer));
            value = found.unwrap_or_else(|| panic!("{reference} leads nowhere"));
        }
        value
    }

    /// A schema that several operations share.
    pub fn schema(&self, name: &str) -> &Value {
        let found = self.0["components"]["schemas"].get(name);
        found.unwrap_or_else(|| panic!("no schema {name}"))
    }

    fn spans(&self, operation: Operation<'_>, name: &str) -> bool {
        self.parameters(operation).any(|parameter| {
            parameter["name"] == *name
                && parameter["in"] == "path"
                && parameter["x-multi-segment"] == true
        })
    }

    fn paths(&self) -> &Map<String, Value> {
        self.0["paths"].as_object().expect("paths")
    }
}

impl Operation<'_> {
    /// `GET /repos/{owner}/{repo}/…`
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.template)
    }
}
