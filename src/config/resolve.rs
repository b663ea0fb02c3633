//! The raw shape to the resolved configuration: every rule of meaning, every default, every reference.
//! Goes on after a mistake, so that one look shows them all. Contacts, reads and runs nothing.

mod action;
mod after;
mod alerts;
mod assurance;
mod at_github;
mod auto;
mod budget;
mod command;
mod environment;
mod freeze;
mod github_engine;
mod haproxy;
mod health;
mod hooks;
mod image;
mod judge;
mod metric;
mod pattern;
mod rollout;
mod screen;
mod server;
mod service;
mod values;

use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use crate::model::Severity;

use super::problems::Problems;
use super::raw;
use super::resolved::{BindingConfig, Config, Placed};

pub(super) use screen::PANES;

/// The versions of the file's format that this program reads.
const VERSION: i64 = 1;

/// What resolving carries along.
struct Resolver<'r, 't> {
    /// The raw file, for references.
    raw: &'r raw::Root,
    /// Relative paths start here.
    folder: &'r Path,
    /// What is wrong.
    problems: &'r mut Problems<'t>,
    /// What comes out.
    config: Config,
}

/// Resolves as much as can be resolved; what is wrong is in the problems.
pub(super) fn resolve(raw: &raw::Root, path: &Path, problems: &mut Problems<'_>) -> Config {
    match &raw.version {
        None => problems.missing(0..0, "version", "write `version = 1` at the top"),
        Some(version) if *version.get_ref() != VERSION => {
            let found = format!("found version {}", version.get_ref());
            problems.only(version.span(), found, "this program reads version 1");
            return Config::default();
        }
        Some(_) => {}
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut resolver = Resolver {
        raw,
        folder,
        problems,
        config: Config { path: path.to_owned(), ..Config::default() },
    };
    resolver.config.fleet.origin = path.display().to_string();
    resolver.config.fleet.read_only = raw.read_only.unwrap_or(false);
    resolver.screen();
    resolver.journal();
    resolver.severities();
    resolver.keys();
    resolver.servers();
    resolver.registries();
    resolver.services();
    resolver.freezes();
    resolver.settle_cadences();
    resolver.config
}

impl Resolver<'_, '_> {
    fn severities(&mut self) {
        for (label, value) in &self.raw.severity {
            match Severity::from_str(value.get_ref()) {
                Ok(severity) => {
                    let label = label.get_ref().to_lowercase();
                    self.config.severity.insert(label, severity);
                }
                Err(_) => self.not(value, "write P0, P1, P2 or P3"),
            }
        }
    }

    fn journal(&mut self) {
        let dir = self.raw.journal.as_ref().and_then(|journal| journal.dir.as_ref());
        self.config.journal = dir.and_then(|dir| self.file(dir));
        self.config.fleet.shared = self.config.journal.is_some();
    }

    fn keys(&mut self) {
        for (action, keys) in &self.raw.keys {
            let keys = match keys.get_ref() {
                raw::OneOrMany::One(key) => vec![self.placed(key, keys.span())],
                raw::OneOrMany::Many(keys) => {
                    keys.iter().map(|key| self.placed(key.get_ref(), key.span())).collect()
                }
            };
            let action = self.placed(action.get_ref(), action.span());
            self.config.keys.push(BindingConfig { action, keys });
        }
        self.config.keys.sort_by_key(|binding| binding.action.place);
    }

    fn placed(&self, text: &str, span: Range<usize>) -> Placed {
        Placed { text: text.to_owned(), place: self.problems.place(&span) }
    }
}
