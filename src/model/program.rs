//! A program to be run: argv, never a shell. Owns how placeholders are filled in, so that what is shown,
//! confirmed and run is one value. Must not know how a program is run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::Target;

/// The words that are filled in, each written `{word}`.
pub const PLACEHOLDERS: [&str; 3] = ["target", "revision", "weight"];

/// The words that are filled in besides in a request to GitHub.
const IN_REQUESTS: [&str; 2] = ["action", "comment"];

/// A program with its arguments and its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Program and arguments. The arguments may hold `{target}`, `{revision}` and `{weight}`.
    pub argv: Vec<String>,
    /// Its time limit.
    pub timeout: Duration,
    /// Names of variables of ours that it gets besides the usual ones. Never their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}

/// What placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// `{target}`.
    pub target: &'a Target,
    /// `{revision}`, when one is known.
    pub revision: Option<&'a str>,
    /// `{weight}`, 0–100, when one is known.
    pub weight: Option<f64>,
    /// `{action}`, in requests only: the id of the action.
    pub action: &'a str,
    /// `{comment}`, in requests only: what is said with a decision.
    pub comment: &'a str,
}

impl Values<'_> {
    /// An argument with its placeholders filled in, once: what a value holds is not filled in again.
    ///
    /// # Errors
    /// One sentence: a placeholder without a value, or with one that a program could take for something
    /// else than a value.
    pub fn fill(&self, argument: &str) -> Result<String, String> {
        self.fill_words(argument, &PLACEHOLDERS, |value| value)
    }

    /// A request with its placeholders filled in, each inside a JSON string.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn fill_quoted(&self, request: &str) -> Result<String, String> {
        let words: Vec<&str> = PLACEHOLDERS.into_iter().chain(IN_REQUESTS).collect();
        let quote = |value: String| value.replace('\\', r"\\").replace('"', r#"\""#);
        self.fill_words(request, &words, quote)
    }

    fn fill_words(
        &self,
        argument: &str,
        words: &[&str],
        put: impl Fn(String) -> String,
    ) -> Result<String, String> {
        let mut out = String::with_capacity(argument.len());
        let mut rest = argument;
        while let Some(at) = rest.find('{') {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            let word = words
                .iter()
                .copied()
                .find(|word| tail[1..].strip_prefix(word).is_some_and(|end| end.starts_with('}')));
            let Some(word) = word else {
                out.push('{');
                rest = &tail[1..];
                continue;
            };
            out.push_str(&put(self.value(word)?));
            rest = &tail[word.len() + 2..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn value(&self, word: &str) -> Result<String, String> {
        let value = match word {
            "target" => Some(self.target.as_str().to_owned()),
            "revision" => self.revision.map(str::to_owned),
            "action" => Some(self.action.to_owned()),
            "comment" => Some(self.comment.to_owned()),
            _ => self.weight.map(|weight| weight.to_string()),
        };
        match value {
            None => Err(format!("nobody knows a value for {{{word}}} now")),
            Some(value) if value.is_empty() => Err(format!("the value of {{{word}}} is empty")),
            Some(value) if value.starts_with('-') => Err(format!(
                "the value of {{{word}}} is `{}`, which a program takes for an option",
                value.escape_debug()
            )),
            Some(value) if value.chars().any(char::is_control) => {
                Err(format!("the value of {{{word}}} has control characters in it"))
            }
            Some(value) => Ok(value),
        }
    }
}

impl Program {
    /// Whether an argument holds a placeholder.
    #[must_use]
    pub fn mentions(&self, word: &str) -> bool {
        let place = format!("{{{word}}}");
        self.argv.iter().skip(1).any(|argument| argument.contains(&place))
    }

    /// The program with every placeholder filled in. What is run is never filled in, only its arguments.
    ///
    /// # Errors
    /// As [`Values::fill`].
    pub fn filled(&self, values: &Values<'_>) -> Result<Self, String> {
        let mut program = self.clone();
        for argument in program.argv.iter_mut().skip(1) {
            *argument = values.fill(argument)?;
        }
        Ok(program)
    }

    /// The command line as a shell would want it: each argument can be told from the next.
    #[must_use]
    pub fn line(&self) -> String {
        self.argv.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ")
    }
}

fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,{}".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(argument: &str, revision: Option<&str>) -> Result<String, String> {
        let target: Target = "ledger/production".parse().unwrap();
        let weight = Some(12.5);
        Values { target: &target, revision, weight, action: "a1", comment: "" }.fill(argument)
    }

    #[test]
    fn values_are_filled_in_once_and_only_whole_words() {
        let fine = |argument| filled(argument, Some("{weight}")).unwrap();
        assert_eq!(fine("{target}={weight}%"), "ledger/production=12.5%");
        assert_eq!(fine("--rev={revision}"), "--rev={weight}");
        assert_eq!(fine("{other} { {weight"), "{other} { {weight");
        assert_eq!(fine(""), "");
    }

    #[test]
    fn what_is_no_value_refuses() {
        for (revision, why) in [
            (None, "nobody knows"),
            (Some(""), "empty"),
            (Some("--force"), "an option"),
            (Some("1\n2"), "control characters"),
            (Some("1\u{1b}[2J"), "control characters"),
        ] {
            let error = filled("{revision}", revision).unwrap_err();
            assert!(error.contains(why) && !error.chars().any(char::is_control), "{error}");
        }
    }

    #[test]
    fn lines_show_where_an_argument_ends() {
        let argv = ["./x", "a b", "", "it's", "--to=1.4"].map(str::to_owned).to_vec();
        let program = Program { argv, timeout: Duration::ZERO, env: Vec::new() };
        assert_eq!(program.line(), r"./x 'a b' '' 'it'\''s' --to=1.4");
    }
}
