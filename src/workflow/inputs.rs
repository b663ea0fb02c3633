//! Whether what a workflow is started with is what its file asks for.

use std::collections::BTreeMap;

use crate::model::workflow::{Dispatch, Input, InputKind};

/// What is wrong with inputs, one sentence each; none: the file asks for just these. What a placeholder
/// stands for is not known yet, so it may be anything, as an environment may where not all are known.
#[must_use]
pub fn complaints(
    asked: &Dispatch,
    given: &BTreeMap<String, String>,
    environments: Option<&[String]>,
) -> Vec<String> {
    let known = |name: &str| asked.inputs.iter().any(|input| input.name == name);
    let unknown = given.keys().filter(|name| !known(name)).map(|name| {
        let names: Vec<&str> = asked.inputs.iter().map(|input| input.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        format!("it has no input `{name}`; there are: {names}")
    });
    let wrong = asked.inputs.iter();
    let wrong = wrong.filter_map(|input| complaint(input, given.get(&input.name), environments));
    unknown.chain(wrong).collect()
}

/// Whether there is an environment of this name. GitHub compares it without regard to case.
#[must_use]
pub fn is_one_of(environments: &[String], name: &str) -> bool {
    environments.iter().any(|known| known.to_lowercase() == name.to_lowercase())
}

fn complaint(
    input: &Input,
    given: Option<&String>,
    environments: Option<&[String]>,
) -> Option<String> {
    let name = &input.name;
    let Some(value) = given else {
        let missing = input.required && input.default.is_none();
        return missing.then(|| format!("input `{name}` is required"));
    };
    if input.required && value.is_empty() {
        return Some(format!("input `{name}` is required, and empty"));
    }
    if value.contains('{') {
        return None;
    }
    let is = |what: String| Some(format!("input `{name}` is {what}, not `{value}`"));
    match &input.kind {
        InputKind::Boolean if !matches!(value.as_str(), "true" | "false") => {
            is("true or false".to_owned())
        }
        InputKind::Number if value.trim().parse::<f64>().is_err() => is("a number".to_owned()),
        InputKind::Choice(choices) if !choices.contains(value) => {
            is(format!("one of {}", choices.join(", ")))
        }
        InputKind::Environment if !value.is_empty() => {
            environments.filter(|known| !is_one_of(known, value)).and_then(|known| {
                is(format!("an environment of the repository ({})", known.join(", ")))
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, kind: InputKind, required: bool, default: Option<&str>) -> Input {
        let default = default.map(str::to_owned);
        Input { name: name.to_owned(), description: None, kind, required, default }
    }

    #[test]
    fn what_the_file_does_not_ask_for_is_named() {
        let choices = InputKind::Choice(vec!["eu".into(), "us".into()]);
        let asked = Dispatch {
            inputs: vec![
                input("version", InputKind::String, true, None),
                input("dry", InputKind::Boolean, true, Some("false")),
                input("share", InputKind::Number, false, None),
                input("region", choices, false, None),
                input("where", InputKind::Environment, false, None),
            ],
        };
        let environments = ["staging".to_owned(), "production".to_owned()];
        let given = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            complaints(&asked, &pairs.collect(), Some(&environments))
        };
        assert!(given(&[("version", "1"), ("dry", "true"), ("share", "0.5")]).is_empty());
        assert!(given(&[("version", "{revision}"), ("region", "{target}")]).is_empty());
        assert!(given(&[("version", "1"), ("where", "Staging")]).is_empty());
        let blind = BTreeMap::from(["version", "where"].map(|name| (name.into(), "x".into())));
        assert!(complaints(&asked, &blind, None).is_empty(), "nobody knows the environments");
        for (pairs, says) in [
            (&[][..], "`version` is required"),
            (&[("version", "")], "required, and empty"),
            (&[("version", "1"), ("dry", "yes")], "`dry` is true or false, not `yes`"),
            (&[("version", "1"), ("share", "half")], "`share` is a number"),
            (&[("version", "1"), ("region", "mars")], "one of eu, us"),
            (&[("version", "1"), ("where", "prod")], "(staging, production), not `prod`"),
            (&[("version", "1"), ("regoin", "eu")], "no input `regoin`; there are: version, dry"),
        ] {
            let said = given(pairs);
            assert!(said.len() == 1 && said[0].contains(says), "{said:?}");
        }
    }
}
