//! `flightdeck watch`: a rollout line by line, one line for each change, as text or JSON. Decides nothing.

mod sight;
mod what;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Target, Time};
use crate::store::Store;

use super::output::{Format, Output};

use sight::sights;
pub use what::{Stop, What};

/// One line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    version: u32,
    at: Time,
    target: &'a Target,
    #[serde(flatten)]
    what: &'a What,
    text: &'a str,
}

/// What of a target was told already.
#[derive(Debug)]
pub struct Watcher {
    target: Target,
    began: Time,
    told: BTreeMap<String, String>,
}

impl Watcher {
    /// Nothing was told yet. What was over by now is not told.
    #[must_use]
    pub fn new(target: Target, now: Time) -> Self {
        Self { target, began: now, told: BTreeMap::new() }
    }

    /// Prints a line for each thing that differs from what was told.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn look<W: Write>(
        &mut self,
        store: &Store,
        now: Time,
        out: &mut Output<W>,
    ) -> io::Result<()> {
        let seen = sights(store, &self.target, self.began, now);
        let mut told = BTreeMap::new();
        for sight in &seen {
            if self.told.get(&sight.key) != Some(&sight.mark) {
                self.tell(&sight.what, now, out)?;
            }
            told.insert(sight.key.clone(), sight.mark.clone());
        }
        for key in self.told.keys().filter(|key| !told.contains_key(*key)) {
            if let Some(what) = What::gone(key) {
                self.tell(&what, now, out)?;
            }
        }
        self.told = told;
        Ok(())
    }

    /// Prints one line.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn tell<W: Write>(&self, what: &What, now: Time, out: &mut Output<W>) -> io::Result<()> {
        let text = what.text();
        if out.format == Format::Json {
            let target = &self.target;
            out.json(&Line { version: 1, at: now, target, what, text: &text })?;
        } else {
            let at = now.format("%Y-%m-%d %H:%M:%S UTC");
            out.line(format!("{at}  {:<9}  {}", what.word(), one_line(&text)))?;
        }
        out.flush()
    }
}

/// Whatever came from outside, a change is one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
