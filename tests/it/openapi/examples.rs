//! Whether the judge judges: GitHub's own examples are right, and each is wrong as soon as a field is of
//! another kind, or one that must be there is not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::description::Description;
use super::schema::{Finding, check};

/// Fields that an example lacks as it is published: the pointer of what they belong in, name, value.
type Lacking = &'static [(&'static str, &'static str, &'static str)];

/// Operations whose example of a good answer is taken.
const EXAMPLES: [(&str, &str, Lacking); 13] = [
    ("GET", "/actions/runs", &[]),
    ("GET", "/actions/runs/1", &[]),
    ("GET", "/actions/runs/1/jobs", &[("/jobs/0", "created_at", "2020-01-20T17:42:40Z")]),
    ("GET", "/actions/runs/1/approvals", &[]),
    (
        "GET",
        "/actions/runs/1/pending_deployments",
        &[("/0/reviewers/1/reviewer", "type", "organization")],
    ),
    ("GET", "/actions/workflows", &[]),
    ("GET", "/actions/workflows/deploy.yml/runs", &[]),
    ("GET", "/deployments", &[]),
    ("GET", "/deployments/1/statuses", &[]),
    (
        "GET",
        "/environments",
        &[("/environments/0/protection_rules/1/reviewers/1/reviewer", "type", "organization")],
    ),
    ("GET", "/releases", &[]),
    ("GET", "/tags", &[]),
    ("POST", "/actions/workflows/deploy.yml/dispatches", &[]),
];

/// Schema and example of an operation's answer.
fn example<'a>(description: &'a Description, method: &str, path: &str) -> (&'a Value, Value) {
    let path = format!("/repos/acme/checkout{path}");
    let operation = description.operation(method, &path).expect("an operation");
    let answer = description.resolve(&operation.value["responses"]["200"]);
    let content = &answer["content"]["application/json"];
    let examples = content["examples"].as_object().expect("examples");
    let example = examples.values().next().expect("an example");
    (&content["schema"], description.resolve(example)["value"].clone())
}

/// The pointers of all that is within a value.
fn within(value: &Value, at: &str) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(n, value)| (format!("{at}/{n}"), value)).collect()
        }
        _ => Vec::new(),
    };
    let deeper = parts.into_iter().flat_map(|(at, value)| {
        let mut found = within(value, &at);
        found.push(at);
        found
    });
    deeper.collect()
}

/// A pointer as findings have it.
fn starred(pointer: &str) -> String {
    let parts = pointer.split('/').map(|part| if part.parse::<u32>().is_ok() { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn examples_are_right_until_something_in_them_is_not() {
    let Some(description) = super::description("GitHub's own examples") else { return };
    for (method, path, lacking) in EXAMPLES {
        let (schema, mut example) = example(description, method, path);
        for (parent, name, value) in lacking {
            example.pointer_mut(parent).expect("it is there")[name] = json!(value);
        }
        let judge = |value: &Value| check(description, schema, value);
        assert_eq!(judge(&example), BTreeSet::new(), "{method} {path}");

        let mut required = 0;
        for pointer in within(&example, "") {
            let at = starred(&pointer);
            let mut other = example.clone();
            let place = other.pointer_mut(&pointer).expect("it is there");
            *place = if place.is_array() { json!(true) } else { json!([[]]) };
            assert_ne!(judge(&other), BTreeSet::new(), "{method} {path}: {at} of another kind");

            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            let mut shorter = example.clone();
            let fields = shorter.pointer_mut(parent).and_then(Value::as_object_mut);
            if fields.is_some_and(|fields| fields.remove(name).is_some()) {
                let found = judge(&shorter);
                let is_told = |one: &Finding| one.at == at && one.what == "is missing";
                assert!(found.iter().all(is_told), "{method} {path}: without {at}: {found:?}");
                required += found.len();
            }
        }
        assert!(required > 0, "{method} {path}: nothing is required");
    }
}
