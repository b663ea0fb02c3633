//! GitHub's JSON made into our nouns, leniently: an unknown word, a null, a missing field or one of another
//! type costs that field, an element without an id costs that element, and neither costs the page. Must not
//! know how an answer was fetched.

pub(super) mod backing;
mod deployments;
mod jobs;
mod queue;
mod refs;
pub(super) mod revisions;
mod runs;
mod waits;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

pub(super) use backing::head;
pub use deployments::DeploymentStatus;
pub(super) use queue::Group;
pub(super) use refs::{Release, Tag};
pub(super) use waits::{apps, login, protection};

use crate::model::{Run, Status};

/// Items of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// How many elements could not, not even as a flagged row.
    pub skipped: usize,
    /// Whether GitHub has more than was asked for.
    pub more: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), skipped: 0, more: false }
    }
}

impl<T> List<T> {
    /// The same list of other items.
    pub(super) fn map<U>(self, f: impl FnMut(T) -> U) -> List<U> {
        List {
            items: self.items.into_iter().map(f).collect(),
            skipped: self.skipped,
            more: self.more,
        }
    }

    /// Adds the next page.
    pub(super) fn append(&mut self, page: Self) {
        self.items.extend(page.items);
        self.skipped += page.skipped;
    }
}

/// Something that GitHub lists.
pub(super) trait Item: Sized {
    /// The list's name in its envelope; none where the answer is the list itself.
    const KEY: Option<&'static str>;

    /// Reads one element; none when it cannot even be named.
    fn decode(json: &str) -> Option<Self>;
}

/// Reads one page; none when it is not a list at all.
pub(super) fn list<T: Item>(body: &[u8]) -> Option<List<T>> {
    // A stray byte in somebody's commit title must not cost the page.
    let text = String::from_utf8_lossy(body);
    let elements: Option<Vec<&RawValue>> = match T::KEY {
        None => serde_json::from_str(&text).ok()?,
        Some(key) => {
            let envelope: HashMap<String, &RawValue> = serde_json::from_str(&text).ok()?;
            serde_json::from_str(envelope.get(key)?.get()).ok()?
        }
    };
    let mut page = List::default();
    for element in elements.unwrap_or_default() {
        match T::decode(element.get()) {
            Some(item) => page.items.push(item),
            None => page.skipped += 1,
        }
    }
    Some(page)
}

/// Reads a page of workflow runs; none when it is not one.
#[must_use]
pub fn runs(body: &[u8]) -> Option<List<Run>> {
    list(body)
}

/// One field as it came.
#[derive(Debug, Default)]
enum Field<T> {
    /// Missing or null, which GitHub's schema allows nearly everywhere.
    #[default]
    Absent,
    /// As documented.
    Is(T),
    /// Something else.
    Odd,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(match serde_json::from_str::<Option<T>>(raw) {
            Ok(Some(value)) => Self::Is(value),
            Ok(None) => Self::Absent,
            Err(_) => Self::Odd,
        })
    }
}

impl<T> Field<T> {
    /// The value, when it is there and as documented.
    fn known(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Odd => None,
        }
    }
}

/// Who did something.
#[derive(Debug, Deserialize)]
struct User {
    login: String,
}

/// What was odd about one element, for its flagged row.
#[derive(Debug, Default)]
struct Oddities(Vec<String>);

impl Oddities {
    /// An optional field; another type is odd.
    fn optional<T>(&mut self, name: &str, field: Field<T>) -> Option<T> {
        if matches!(field, Field::Odd) {
            self.0.push(format!("{name} is not what GitHub documents"));
        }
        field.known()
    }

    /// A field that the row is hard to understand without; its absence is odd too.
    fn needed<T>(&mut self, name: &str, field: Field<T>) -> Option<T> {
        if matches!(field, Field::Absent) {
            self.0.push(format!("{name} is missing"));
        }
        self.optional(name, field)
    }

    /// A status, which without a word follows from whether there is a conclusion.
    fn status(&mut self, field: Field<String>, concluded: bool) -> Status {
        match self.needed("status", field) {
            Some(word) => Status::from(word),
            None if concluded => Status::Completed,
            None => Status::Other("unknown".to_owned()),
        }
    }

    /// The flag.
    fn flag(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(", "))
    }
}

#[cfg(test)]
mod tests;
