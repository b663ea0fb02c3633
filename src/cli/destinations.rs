//! `flightdeck destinations`: where a rollback can go, as a table, Markdown or JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::control::{Destination, Evidence, Proof, Sure, destinations};
use crate::model::{FeedState, Revision, Target, Time};
use crate::store::Store;

use super::exit::Exit;
use super::output::{Format, Output};

/// The whole answer; version 1.
#[derive(Debug, Serialize)]
pub struct Destinations {
    version: u32,
    at: Time,
    target: Target,
    /// What a rollback would leave.
    from: Option<Revision>,
    /// Why the engine could not be asked: what it would go back to is not known then.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The first is where a rollback goes when nobody says where.
    #[serde(rename = "destinations")]
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    revision: Revision,
    /// `soaked`, `stable`, `deployed` or `asked`.
    sure: &'static str,
    /// When it was last known to be good.
    at: Option<Time>,
    why: String,
    /// Whether it was rolled back from itself.
    bad: bool,
    /// Whether something stands behind its name; none when that cannot be told.
    proven: Option<bool>,
    proof: String,
    commits_lost: Option<u64>,
    migrations: Option<Vec<String>>,
    #[serde(skip)]
    loss: String,
}

impl Destinations {
    /// What is known now.
    #[must_use]
    pub fn of(store: &Store, target: &Target, now: Time) -> Self {
        let state = store.target(target);
        let evidence = state.map(|state| Evidence::of(store, state));
        let found = state.zip(evidence.as_ref());
        let rows = found.map(|(state, evidence)| {
            let globs = &state.spec.migrations;
            let all = destinations(store, state, evidence).into_iter();
            all.map(|one| row(one, globs, now)).collect()
        });
        let silent = state.and_then(|state| {
            let feed = &state.spec.rollout.as_ref()?.feed;
            let lost = store.feed_state(feed, now) == FeedState::Lost;
            let reason =
                || format!("the engine did not answer: {}", store.feed_view(feed, now).reason());
            (lost || state.reading.is_none()).then(reason)
        });
        Self {
            version: 1,
            at: now,
            target: target.clone(),
            error: silent,
            from: evidence.as_ref().and_then(|evidence| evidence.candidate.clone()),
            rows: rows.unwrap_or_default(),
        }
    }

    /// 0: the first is proven; 1: there is one, and it is not; 4: there is none that is known. (Where no
    /// engine is configured, a guard refuses it: 3.)
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.rows.first() {
            Some(first) if first.proven == Some(true) && !first.bad => Exit::Done,
            Some(_) => Exit::No,
            None => Exit::Failed,
        }
    }

    /// Prints it.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn print<W: Write>(&self, out: &mut Output<W>) -> io::Result<()> {
        if out.format == Format::Json {
            return out.json(self);
        }
        if let Some(error) = &self.error {
            out.line(format!("{}: {error}", self.target))?;
        }
        if self.rows.is_empty() {
            let none = "nothing is known that it could go back to";
            let known = self.error.is_none();
            return if known { out.line(format!("{}: {none}", self.target)) } else { Ok(()) };
        }
        let rows: Vec<Vec<String>> = self.rows.iter().map(Row::cells).collect();
        out.table(&["TO", "WHY", "LOST", "PROOF"], &rows)
    }
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let bad = if self.bad { "! rolled back from before; " } else { "" };
        vec![
            self.revision.to_string(),
            format!("{bad}{}", self.why),
            self.loss.clone(),
            self.proof.clone(),
        ]
    }
}

fn row(one: Destination, globs: &[String], now: Time) -> Row {
    let (sure, at) = match one.sure {
        Sure::Soaked(at) => ("soaked", Some(at)),
        Sure::Stable => ("stable", None),
        Sure::Deployed(at) => ("deployed", at),
        Sure::Asked => ("asked", None),
    };
    let migrations = one.migrations(globs);
    let crossed = match migrations.as_ref().map_or(0, Vec::len) {
        0 => String::new(),
        1 => "; 1 migration lies between".to_owned(),
        n => format!("; {n} migrations lie between"),
    };
    Row {
        sure,
        at,
        why: one.why(now),
        bad: one.is_bad,
        proven: match one.proof {
            Proof::Shown(_) => Some(true),
            Proof::Missing(_) => Some(false),
            Proof::Unknown(_) => None,
        },
        proof: one.shown(),
        commits_lost: one.between.as_ref().ok().map(|between| between.lost),
        loss: one.loss() + &crossed,
        migrations,
        revision: one.revision,
    }
}
