//! Alertmanager's matchers, as far as the demo needs them: anchored, with `.*` and `|` in expressions.

use serde_json::Value;

/// How a label's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Like,
    NotLike,
}

/// One condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    name: String,
    operator: Operator,
    value: String,
}

impl Matcher {
    /// Reads `name="value"`, `name!=value`, `name=~"a.*|b"`, `name!~x`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("bad matcher format: {text}");
        let at = text.find(['=', '!']).ok_or_else(bad)?;
        let (name, rest) = text.split_at(at);
        let (operator, value) = [
            ("=~", Operator::Like),
            ("!~", Operator::NotLike),
            ("!=", Operator::NotEqual),
            ("=", Operator::Equal),
        ]
        .into_iter()
        .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)))
        .ok_or_else(bad)?;
        let name = name.trim();
        let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(known) {
            return Err(bad());
        }
        let value = value.trim();
        let value = match value.strip_prefix('"') {
            Some(inner) => inner.strip_suffix('"').ok_or_else(bad)?,
            None => value,
        };
        Ok(Self {
            name: name.to_owned(),
            operator,
            value: value.replace("\\\"", "\"").replace("\\\\", "\\"),
        })
    }

    /// Whether labels satisfy it; a missing label is an empty one.
    pub fn holds(&self, labels: &Value) -> bool {
        let value = labels[self.name.as_str()].as_str().unwrap_or_default();
        match self.operator {
            Operator::Equal => value == self.value,
            Operator::NotEqual => value != self.value,
            Operator::Like => like(&self.value, value),
            Operator::NotLike => !like(&self.value, value),
        }
    }
}

fn like(pattern: &str, value: &str) -> bool {
    let pattern = pattern
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(pattern);
    pattern.split('|').any(|one| {
        let mut parts = one.split(".*");
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = value.strip_prefix(first) else {
            return false;
        };
        let parts: Vec<_> = parts.collect();
        let Some((last, between)) = parts.split_last() else {
            return rest.is_empty();
        };
        for part in between {
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn matchers_match_whole_values() {
        let labels = json!({"service": "checkout", "env": "production-eu"});
        for (text, expected) in [
            (r#"service="checkout""#, true),
            ("service=checkout", true),
            (r#"service="check""#, false),
            (r#"service!="search""#, true),
            (r#"env=~"production.*""#, true),
            (r#"env=~"production""#, false),
            (r#"env=~".*-eu""#, true),
            (r#"env=~"p.*d.*eu""#, true),
            (r#"service=~"search|checkout""#, true),
            (r#"service=~"(search|check)""#, false),
            (r#"env!~"staging.*""#, true),
            (r#"missing="""#, true),
        ] {
            assert_eq!(
                Matcher::parse(text).unwrap().holds(&labels),
                expected,
                "{text}"
            );
        }
        for bad in ["", "service", "=x", "a b=c", "a=\"x"] {
            assert!(Matcher::parse(bad).is_err(), "{bad}");
        }
    }
}
