//! Values held against schemas in the dialect of `OpenAPI` 3.0. A keyword or format that is not known here is
//! itself a finding, so that nothing is passed over in silence.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::description::Description;

/// Keywords that say nothing about which values are right.
const NOTES: [&str; 8] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "readOnly",
    "deprecated",
    "discriminator",
];

/// What is wrong, and where: a JSON pointer in which `*` stands for every place of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where.
    pub at: String,
    /// What.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.what)
    }
}

/// What is wrong with a value.
pub fn check(description: &Description, schema: &Value, value: &Value) -> BTreeSet<Finding> {
    let mut judge = Judge { description, found: BTreeSet::new() };
    judge.whole(schema, value, "");
    judge.found
}

struct Judge<'a> {
    description: &'a Description,
    found: BTreeSet<Finding>,
}

impl Judge<'_> {
    fn say(&mut self, at: &str, what: impl Into<String>) {
        self.found.insert(Finding { at: at.to_owned(), what: what.into() });
    }

    /// All that a schema says, and that no field goes beyond it.
    fn whole(&mut self, schema: &Value, value: &Value, at: &str) {
        self.part(schema, value, at);
        if let Value::Object(fields) = value
            && let Some(declared) = declared(self.description, schema)
        {
            for name in fields.keys().filter(|name| !declared.contains(name.as_str())) {
                self.say(&format!("{at}/{name}"), "is not declared");
            }
        }
    }

    /// What one of several schemas for the same value says.
    fn part(&mut self, schema: &Value, value: &Value, at: &str) {
        let schema = self.description.resolve(schema);
        let Some(keywords) = schema.as_object() else { return self.say(at, "has no schema") };
        // what GitHub writes when it has nothing to write
        if schema.get("default").is_some_and(|default| default == value && *value == "") {
            return;
        }
        if value.is_null() {
            let listed = keywords.get("enum").and_then(Value::as_array);
            if schema["nullable"] == true || listed.is_some_and(|listed| listed.contains(value)) {
                return;
            }
        }
        for (keyword, rule) in keywords {
            self.keyword(keyword, rule, keywords, value, at);
        }
    }

    fn keyword(
        &mut self,
        keyword: &str,
        rule: &Value,
        all: &Map<String, Value>,
        value: &Value,
        at: &str,
    ) {
        match keyword {
            "type" => self.kind(rule, value, at),
            "enum" if !rule.as_array().is_some_and(|listed| listed.contains(value)) => {
                self.say(at, format!("is {value}, none of its values"));
            }
            "format" => {
                if let Value::String(text) = value {
                    self.format(rule.as_str().unwrap_or_default(), text, at);
                }
            }
            "required" => {
                let Value::Object(fields) = value else { return };
                let names = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                for name in names.filter(|name| !fields.contains_key(*name)) {
                    self.say(&format!("{at}/{name}"), "is missing");
                }
            }
            "properties" => {
                let Value::Object(fields) = value else { return };
                for (name, value) in fields {
                    if let Some(schema) = rule.get(name) {
                        self.whole(schema, value, &format!("{at}/{name}"));
                    }
                }
            }
            "additionalProperties" if rule.is_object() => {
                let Value::Object(fields) = value else { return };
                let own = all.get("properties");
                let is_own = |name: &str| own.is_some_and(|own| own.get(name).is_some());
                for (_, value) in fields.iter().filter(|(name, _)| !is_own(name)) {
                    self.whole(rule, value, &format!("{at}/*"));
                }
            }
            "items" => {
                let Value::Array(items) = value else { return };
                items.iter().for_each(|item| self.whole(rule, item, &format!("{at}/*")));
            }
            "allOf" => {
                let parts = rule.as_array().into_iter().flatten();
                parts.for_each(|part| self.part(part, value, at));
            }
            // GitHub's alternatives overlap, so one of them is as good as exactly one
            "oneOf" | "anyOf" => {
                let parts = rule.as_array().into_iter().flatten();
                let shares = all.contains_key("properties") || all.contains_key("allOf");
                let tried = parts.map(|part| {
                    let mut alone = Judge { description: self.description, found: BTreeSet::new() };
                    if shares {
                        alone.part(part, value, at);
                    } else {
                        alone.whole(part, value, at);
                    }
                    alone.found
                });
                let nearest = tried.min_by_key(BTreeSet::len);
                self.found.extend(nearest.into_iter().flatten());
            }
            "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems"
            | "minProperties" | "maxProperties" => self.bound(keyword, rule, value, at),
            // these are judged above, with what they qualify
            "enum" | "nullable" | "additionalProperties" => {}
            note if NOTES.contains(&note) || note.starts_with("x-") => {}
            unknown => self.say(at, format!("has the rule `{unknown}`, which is not known here")),
        }
    }

    fn kind(&mut self, rule: &Value, value: &Value, at: &str) {
        let (kind, fits) = match value {
            Value::Null => ("null", false),
            Value::Bool(_) => ("a boolean", rule == "boolean"),
            Value::Number(number) => {
                let whole = number.is_i64() || number.is_u64();
                ("a number", rule == "number" || (rule == "integer" && whole))
            }
            Value::String(_) => ("a string", rule == "string"),
            Value::Array(_) => ("a list", rule == "array"),
            Value::Object(_) => ("an object", rule == "object"),
        };
        if !fits {
            self.say(at, format!("is {kind}, not {}", rule.as_str().unwrap_or("anything known")));
        }
    }

    fn format(&mut self, format: &str, text: &str, at: &str) {
        let fits = match format {
            "date-time" => DateTime::parse_from_rfc3339(text).is_ok(),
            "date" => text.parse::<NaiveDate>().is_ok(),
            "uri" => is_uri(text),
            "email" => text.contains('@'),
            // templates and numbers in words have no shape of their own
            "uri-template" | "repo.nwo" | "binary" | "timestamp" => true,
            unknown => {
                return self
                    .say(at, format!("has the format `{unknown}`, which is not known here"));
            }
        };
        if !fits {
            self.say(at, format!("is no {format}"));
        }
    }

    fn bound(&mut self, keyword: &str, rule: &Value, value: &Value, at: &str) {
        let measured = match (&keyword[3..], value) {
            ("imum", Value::Number(number)) => number.as_f64(),
            ("Length", Value::String(text)) => Some(text.chars().count() as f64),
            ("Items", Value::Array(items)) => Some(items.len() as f64),
            ("Properties", Value::Object(fields)) => Some(fields.len() as f64),
            _ => None,
        };
        let (Some(measured), Some(bound)) = (measured, rule.as_f64()) else { return };
        let fits = if keyword.starts_with("min") { measured >= bound } else { measured <= bound };
        if !fits {
            self.say(at, format!("breaks {keyword} {rule}"));
        }
    }
}

/// Whether a text has a scheme, something after it, and nothing that must be encoded. There are so many of them
/// that parsing each would be most of what a test does.
fn is_uri(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let mut letters = scheme.bytes();
        !scheme.is_empty() && letters.all(|b| b.is_ascii_lowercase()) && !rest.is_empty()
    }) && text.bytes().all(is_plain)
}

/// The fields that a schema names; none when it leaves them open.
fn declared<'a>(description: &'a Description, schema: &'a Value) -> Option<BTreeSet<&'a str>> {
    let schema = description.resolve(schema);
    let mut names = BTreeSet::new();
    let mut says = false;
    match schema.get("additionalProperties") {
        None => {}
        Some(Value::Bool(false)) => says = true,
        Some(_) => return None,
    }
    if let Some(own) = schema.get("properties").and_then(Value::as_object) {
        says = true;
        names.extend(own.keys().map(String::as_str));
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let parts = schema.get(keyword).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            let part = description.resolve(part);
            // a part may be about something else than fields
            let Some(declared) = declared(description, part) else {
                if part["type"] == "object" {
                    return None;
                }
                continue;
            };
            says = true;
            names.extend(declared);
        }
    }
    says.then_some(names)
}
