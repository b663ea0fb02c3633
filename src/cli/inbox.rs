//! `flightdeck inbox`: all that waits for a person, as a table, Markdown or JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::control::{Item, Need, inbox, tally};
use crate::model::{FeedId, FeedState, Refusal, Target, Time};
use crate::store::{FeedView, Store};

use super::exit::Exit;
use super::output::{Format, Output};

/// The whole answer; version 1.
#[derive(Debug, Serialize)]
pub struct Inbox {
    version: u32,
    at: Time,
    items: Vec<Row>,
    /// What could not be read: something may wait there too.
    unread: Vec<Unread>,
    #[serde(skip)]
    table: Vec<Vec<String>>,
    #[serde(skip)]
    tally: String,
}

#[derive(Debug, Serialize)]
struct Row {
    target: Option<Target>,
    service: String,
    need: Need,
    environment: Option<String>,
    run: Option<u64>,
    since: Option<Time>,
    waited_s: Option<f64>,
    detail: String,
    may_decide: Option<bool>,
    why_not: Option<String>,
    reviewers: Vec<String>,
    refusals: Vec<Refusal>,
    /// Whether the operator could answer it now.
    possible: bool,
    command: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Unread {
    name: String,
    error: String,
}

impl Inbox {
    /// All that waits now.
    #[must_use]
    pub fn of(store: &Store, now: Time) -> Self {
        let found = inbox(store, now);
        let table = found.iter().map(|item| line(item, now)).collect();
        let tally = tally(&found);
        let items = found.into_iter().map(|item| row(item, now)).collect();
        let unread = unread(store, now);
        Self { version: 1, at: now, items, unread, table, tally }
    }

    /// 0: nothing waits; 1: something does; 4: nobody can tell.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match (self.items.is_empty(), self.unread.is_empty()) {
            (false, _) => Exit::No,
            (true, false) => Exit::Failed,
            (true, true) => Exit::Done,
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
        if self.table.is_empty() {
            let known = if self.unread.is_empty() { "" } else { " as far as can be told" };
            out.line(format!("nothing waits for a person{known}"))?;
        } else {
            out.table(&["WHERE", "WHAT", "WAITED", "DETAIL", "ANSWER"], &self.table)?;
            if out.format == Format::Markdown {
                // else it were another row
                out.line("")?;
            }
            out.line(&self.tally)?;
        }
        for unread in &self.unread {
            out.line(format!("{}: {}", unread.name, unread.error))?;
        }
        Ok(())
    }
}

fn row(item: Item, now: Time) -> Row {
    Row {
        command: item.command(),
        possible: item.is_possible(),
        waited_s: item.waited(now).map(chrono::TimeDelta::as_seconds_f64),
        target: item.target,
        service: item.service,
        need: item.need,
        environment: item.environment,
        run: item.run,
        since: item.since,
        detail: item.detail,
        may_decide: item.may_decide,
        why_not: item.why_not,
        reviewers: item.reviewers,
        refusals: item.refusals,
        url: item.url,
    }
}

fn line(item: &Item, now: Time) -> Vec<String> {
    let mut detail = item.detail.clone();
    if item.may_decide == Some(false) {
        let why = item.why_not.as_deref().unwrap_or("this token may not decide it");
        detail.push_str(&format!("; not by you: {why}"));
    }
    if !item.reviewers.is_empty() {
        detail.push_str(&format!("; reviewers: {}", item.reviewers.join(", ")));
    }
    let answer = item.command().filter(|_| item.may_decide != Some(false));
    let answer = answer.or_else(|| item.url.clone()).unwrap_or_else(|| "–".to_owned());
    vec![
        item.place().to_owned(),
        item.need.word().to_owned(),
        item.age(now).unwrap_or_else(|| "?".to_owned()),
        detail,
        answer,
    ]
}

/// What something may wait in unseen: feeds that do not answer.
fn unread(store: &Store, now: Time) -> Vec<Unread> {
    if let Some(inert) = &store.fleet().inert {
        return vec![Unread { name: "configuration".into(), error: inert.clone() }];
    }
    let heard = store.feeds().map(|(id, feed)| (id, feed.view(now)));
    let silent = store.silent_feeds().map(|id| (id, FeedView::never()));
    let lost = |(_, view): &(&FeedId, FeedView)| view.state != FeedState::Live;
    heard
        .chain(silent)
        .filter(lost)
        .map(|(id, view)| Unread { name: id.to_string(), error: view.reason() })
        .collect()
}
