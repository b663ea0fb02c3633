//! `[[freeze]]` as it is written.

use serde::Deserialize;
use toml::Spanned;

use super::{Moment, Text, Texts};

/// When nothing should be promoted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Freeze {
    pub(crate) name: Option<Text>,
    pub(crate) targets: Option<Spanned<Texts>>,
    pub(crate) zone: Option<Text>,
    pub(crate) days: Option<Spanned<Texts>>,
    pub(crate) from: Option<Text>,
    pub(crate) to: Option<Text>,
    pub(crate) start: Option<Spanned<Moment>>,
    pub(crate) end: Option<Spanned<Moment>>,
    #[serde(default)]
    pub(crate) except: Vec<Spanned<Except>>,
    pub(crate) reason: Option<Text>,
}

/// A time in which it does not hold.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "{ start = 2027-01-01T00:00:00, end = 2027-01-02T00:00:00 }"
)]
pub(crate) struct Except {
    pub(crate) start: Option<Spanned<Moment>>,
    pub(crate) end: Option<Spanned<Moment>>,
}
