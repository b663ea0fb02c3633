//! Values that may be written in more than one way, each saying what it expects.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Named, Text, Texts, Time};

/// A duration, not read yet.
#[derive(Debug)]
pub(crate) struct Timespan(pub(crate) String);

/// A date and a time by some clock, not read yet: written as TOML's own, or in quotes.
#[derive(Debug)]
pub(crate) struct Moment(pub(crate) String);

/// One string or a list of them.
#[derive(Debug)]
pub(crate) enum OneOrMany {
    /// One.
    One(String),
    /// A list, each with its place.
    Many(Texts),
}

/// A value that a health endpoint must show: text, a number or a boolean, as JSON would print it.
#[derive(Debug)]
pub(crate) struct Expected(pub(crate) String);

/// Where a secret is. A literal is remembered as a mistake, without its value.
#[derive(Debug)]
pub(crate) enum SecretRef {
    /// Written into the file itself.
    Literal,
    /// As it should be.
    Place(SecretPlace),
}

/// Where a secret is: one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretPlace {
    pub(crate) env: Option<Text>,
    pub(crate) file: Option<Text>,
    pub(crate) command: Option<Texts>,
}

/// A command: its argv alone, or a table.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "HookForm")]
pub(crate) struct Hook {
    pub(crate) argv: Texts,
    pub(crate) timeout: Option<Time>,
    pub(crate) required: Option<bool>,
}

/// How an engine is asked for something: a program's argv, a word, or a workflow that is started.
#[derive(Debug)]
pub(crate) enum Way {
    /// A word of the engine's own.
    Word(String),
    /// A program with its arguments.
    Argv(Texts),
    /// A workflow.
    Start(Box<Start>),
}

/// A workflow that is started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    pub(crate) workflow: Option<Text>,
    #[serde(rename = "ref")]
    pub(crate) git_ref: Option<Text>,
    #[serde(default)]
    pub(crate) inputs: Named<Text>,
}

/// What has to come first: an environment alone, or a table.
#[derive(Debug)]
pub(crate) enum After {
    /// An environment.
    Environment(String),
    /// An environment and a workflow.
    Table(AfterTable),
}

/// The long form of what has to come first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AfterTable {
    pub(crate) environment: Option<Text>,
    pub(crate) workflow: Option<Text>,
}

impl After {
    /// The environment, when one is named.
    pub(crate) fn environment(&self) -> Option<&str> {
        match self {
            Self::Environment(name) => Some(name),
            Self::Table(table) => table.environment.as_ref().map(|name| name.get_ref().as_str()),
        }
    }

    /// The workflow, when one is named.
    pub(crate) fn workflow(&self) -> Option<&Text> {
        match self {
            Self::Environment(_) => None,
            Self::Table(table) => table.workflow.as_ref(),
        }
    }
}

/// The long form of a command.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookTable {
    #[serde(default)]
    argv: Texts,
    timeout: Option<Time>,
    required: Option<bool>,
}

enum HookForm {
    Argv(Texts),
    Table(HookTable),
}

impl From<HookForm> for Hook {
    fn from(form: HookForm) -> Self {
        match form {
            HookForm::Argv(argv) => Self { argv, ..Self::default() },
            HookForm::Table(HookTable { argv, timeout, required }) => {
                Self { argv, timeout, required }
            }
        }
    }
}

/// Implements `Deserialize` by a visitor that says what it expects and takes the listed forms.
macro_rules! forms {
    ($type:ty, $expecting:literal, { $($visit:item)* }) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Form;
                impl<'de> Visitor<'de> for Form {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    $($visit)*
                }
                deserializer.deserialize_any(Form)
            }
        }
    };
}

forms!(Timespan, "a duration in quotes, such as \"30s\" or \"1h30m\"", {
    fn visit_str<E: Error>(self, text: &str) -> Result<Timespan, E> {
        Ok(Timespan(text.to_owned()))
    }
});

forms!(Moment, "a date and a time without a zone, 2026-12-23T16:00:00", {
    fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
        Ok(Moment(text.to_owned()))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Moment, A::Error> {
        let own = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Moment(own.to_string()))
    }
});

forms!(OneOrMany, "a string or a list of strings", {
    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
        texts(seq).map(OneOrMany::Many)
    }
});

forms!(Expected, "text, a number, true or false", {
    fn visit_str<E: Error>(self, text: &str) -> Result<Expected, E> {
        Ok(Expected(text.to_owned()))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Expected, E> {
        Ok(Expected(number.to_string()))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Expected, E> {
        Ok(Expected(serde_json::Value::from(number).to_string()))
    }
    fn visit_bool<E: Error>(self, answer: bool) -> Result<Expected, E> {
        Ok(Expected(answer.to_string()))
    }
});

forms!(After, "\"ENVIRONMENT\" or { environment = \"NAME\", workflow = \"FILE\" }", {
    fn visit_str<E: Error>(self, text: &str) -> Result<After, E> {
        Ok(After::Environment(text.to_owned()))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<After, A::Error> {
        AfterTable::deserialize(MapAccessDeserializer::new(map)).map(After::Table)
    }
});

forms!(SecretRef, "{ env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", …] }", {
    fn visit_str<E: Error>(self, _: &str) -> Result<SecretRef, E> {
        Ok(SecretRef::Literal)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretRef, A::Error> {
        SecretPlace::deserialize(MapAccessDeserializer::new(map)).map(SecretRef::Place)
    }
});

forms!(
    HookForm,
    "a list of program and arguments, or { argv = […], timeout = \"30s\", required = false }",
    {
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<HookForm, A::Error> {
            texts(seq).map(HookForm::Argv)
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HookForm, A::Error> {
            HookTable::deserialize(MapAccessDeserializer::new(map)).map(HookForm::Table)
        }
    }
);

forms!(
    Way,
    "a list of program and arguments, a word, or { workflow = \"FILE\", ref = \"main\", inputs = { … } }",
    {
        fn visit_str<E: Error>(self, text: &str) -> Result<Way, E> {
            Ok(Way::Word(text.to_owned()))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Way, A::Error> {
            texts(seq).map(Way::Argv)
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Way, A::Error> {
            let start = Start::deserialize(MapAccessDeserializer::new(map))?;
            Ok(Way::Start(Box::new(start)))
        }
    }
);

fn texts<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Texts, A::Error> {
    let mut texts = Texts::new();
    while let Some(text) = seq.next_element()? {
        texts.push(text);
    }
    Ok(texts)
}
