//! The file as it is written: names and shapes only. Everything is optional here, so that reading can go
//! on past a mistake; what must be there, what it may be and what it defaults to is `resolve`'s.

mod action;
mod assurance;
mod freeze;
mod health;
mod judge;
mod keys;
mod metric;
mod rollout;
mod server;
mod service;
mod value;

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub(super) use action::{Action, DatabaseRollback};
pub(super) use assurance::{AlertPath, Backup, Burn};
pub(super) use freeze::{Except, Freeze};
pub(super) use health::Health;
pub(super) use judge::{Comparison, Counters, Judge, Split};
pub(super) use keys::tables;
pub(super) use metric::Metric;
pub(super) use rollout::{Rollout, Stage};
pub(super) use server::{Basic, Github, Registry, Server};
pub(super) use service::{Environment, Incident, Service};
pub(super) use value::{
    After, Expected, Hook, Moment, OneOrMany, SecretPlace, SecretRef, Start, Timespan, Way,
};

/// A string with its place.
pub(super) type Text = Spanned<String>;
/// A duration with its place.
pub(super) type Time = Spanned<Timespan>;
/// A list of strings with their places.
pub(super) type Texts = Vec<Text>;
/// A table whose keys are names of the operator's.
pub(super) type Named<T> = BTreeMap<Text, T>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct Root {
    pub(super) version: Option<Spanned<i64>>,
    pub(super) theme: Option<Text>,
    pub(super) read_only: Option<bool>,
    pub(super) screen: Option<Screen>,
    pub(super) journal: Option<Journal>,
    pub(super) github: Option<Spanned<Github>>,
    /// `[github.NAME]`, taken out of `[github]` before reading.
    #[serde(skip)]
    pub(super) hosts: Named<Spanned<Github>>,
    #[serde(default)]
    pub(super) prometheus: Named<Spanned<Server>>,
    #[serde(default)]
    pub(super) alertmanager: Named<Spanned<Server>>,
    #[serde(default)]
    pub(super) registry: Named<Spanned<Registry>>,
    #[serde(default)]
    pub(super) severity: Named<Text>,
    #[serde(default)]
    pub(super) keys: Named<Spanned<OneOrMany>>,
    #[serde(default)]
    pub(super) freeze: Vec<Spanned<Freeze>>,
    #[serde(default)]
    pub(super) service: Vec<Spanned<Service>>,
}

/// Where the journal is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct Journal {
    pub(super) dir: Option<Text>,
}

/// The cockpit's looks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct Screen {
    pub(super) theme: Option<Text>,
    pub(super) panes: Option<Spanned<Texts>>,
    pub(super) ascii: Option<bool>,
    pub(super) mouse: Option<bool>,
}
