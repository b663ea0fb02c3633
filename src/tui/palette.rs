//! What the command line and the palette offer: entries, how well they match what is typed, what Tab makes
//! of it, and what a line would do. Pure; an entry is a line of the command line's grammar and nothing
//! else, so choosing and typing cannot differ.

mod complete;
mod entries;
mod rank;
mod revisions;

#[cfg(test)]
mod tests;

use crate::control::Request;
use crate::model::{Target, Verb};

use super::keymap::{Action, Keymap};
use super::panes::rollout::{hold_verb, pause_verb};
use super::panes::{Glance, View};
use super::session::{Command, Prompt, parse};

pub use complete::complete;

/// A line that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What would have to be typed.
    pub line: String,
    /// What it does, in a few words.
    pub what: String,
    /// The key that does the same to the selected target.
    pub key: Option<String>,
}

/// What a line would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// What it asks for, when it is about changing a target.
    pub request: Option<Request>,
    /// The shell command it equals, when there is one.
    pub shell: Option<String>,
}

/// What fits the line so far, best first.
pub fn offer(
    prompt: &Prompt,
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
    keymap: &Keymap,
) -> Vec<Entry> {
    let line = prompt.field.text().trim_start();
    let themes = || entries::themes(line, &prompt.themes);
    let Some(more) = entries::arguments(line, view, selected).or_else(themes) else {
        return rank::rank(line, entries::all(view, selected, keymap));
    };
    let mut fits = rank::rank(line, more);
    let whole = line.trim_end();
    if read(whole, view, selected).is_ok() {
        fits.retain(|entry| entry.line != whole);
        let what = "as it is typed".to_owned();
        fits.insert(0, Entry { line: whole.to_owned(), what, key: None });
    }
    fits
}

/// Whether a line is a command by itself, whatever is offered beside it.
pub fn stands_alone(line: &str, view: &View<'_>, selected: Option<&Glance<'_>>) -> bool {
    matches!(read(line, view, selected), Ok(Some(_)))
}

/// What a line would do; nothing when it is blank.
///
/// # Errors
/// Why it is not understood.
pub fn meaning(
    line: &str,
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
) -> Result<Option<Meaning>, String> {
    Ok(read(line, view, selected)?.map(|command| {
        let request = match &command {
            Command::Ask(request) => Some(request.clone()),
            Command::Do(action) => selected.and_then(|look| request(*action, look)),
            Command::Form(_) | Command::Go(_) | Command::Theme(_) | Command::Group(_) => None,
        };
        let shell = match &command {
            Command::Go(target) => Some(format!("flightdeck status {target}")),
            _ => request.as_ref().map(Request::command),
        };
        Meaning { request, shell }
    }))
}

/// Understands a line in front of a view.
///
/// # Errors
/// Why it is not understood.
pub fn read(
    line: &str,
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
) -> Result<Option<Command>, String> {
    let known: Vec<&Target> = view.looks.iter().map(Glance::target).collect();
    parse(line, selected.map(Glance::target), &known)
}

/// What an acting key asks for; nothing for the other keys.
pub fn request(action: Action, look: &Glance<'_>) -> Option<Request> {
    let verb = match action {
        Action::Promote | Action::PromoteFull => Verb::Promote,
        Action::PauseResume => pause_verb(look),
        Action::Rollback => Verb::Rollback,
        Action::HoldRelease => hold_verb(look),
        Action::Approve => Verb::Approve,
        Action::Reject => Verb::Reject,
        _ => return None,
    };
    let full = action == Action::PromoteFull;
    Some(Request { full, ..Request::new(look.target().clone(), verb) })
}
