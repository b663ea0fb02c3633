//! The functions of expressions that can be answered from texts alone.

use super::value::{Got, Value};

/// The answer of a function; unknown for one that is not known, and where an argument is not.
pub(super) fn call(name: &str, given: &[Got]) -> Got {
    let name = name.to_lowercase();
    match (name.as_str(), given) {
        ("always" | "success", []) => return Got::Value(Value::Bool(true)),
        ("failure" | "cancelled", []) => return Got::Value(Value::Bool(false)),
        _ => {}
    }
    let texts: Option<Vec<String>> = given
        .iter()
        .map(|got| match got {
            Got::Value(value) => Some(value.text()),
            Got::Truth(_) | Got::Unknown => None,
        })
        .collect();
    let Some(texts) = texts else { return Got::Unknown };
    let lower = |at: usize| texts[at].to_lowercase();
    let truth = |on| Got::Value(Value::Bool(on));
    match (name.as_str(), texts.len()) {
        ("contains", 2) => truth(lower(0).contains(&lower(1))),
        ("startswith", 2) => truth(lower(0).starts_with(&lower(1))),
        ("endswith", 2) => truth(lower(0).ends_with(&lower(1))),
        ("format", 1..) => {
            format(&texts[0], &texts[1..]).map_or(Got::Unknown, |text| Got::Value(text.into()))
        }
        _ => Got::Unknown,
    }
}

/// A text with `{0}`, `{1}` … filled in; `{{` and `}}` stand for braces.
fn format(text: &str, given: &[String]) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            out.push_str(&tail[..1]);
            rest = &tail[2..];
        } else {
            let (index, after) = tail.strip_prefix('{')?.split_once('}')?;
            out.push_str(given.get(index.parse::<usize>().ok()?)?);
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}
