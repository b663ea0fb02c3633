//! Have scanners found something since stable? What was open before then is there already: it is said, and
//! does not block.

use crate::control::commit::known_since;
use crate::control::evidence::Evidence;
use crate::control::phase::span;
use crate::model::{Danger, Finding, Scan, Time};
use crate::store::{Store, TargetState};

use super::{Gate, GateState};

/// The gate's name.
pub(in crate::control) const SECURITY: &str = "security";

/// Since when findings count as new: since stable is known. None: nobody can tell, and every one counts.
#[must_use]
pub fn new_since(store: &Store, state: &TargetState, evidence: &Evidence) -> Option<Time> {
    known_since(store.repo_of(&state.spec)?, evidence.stable.as_ref()?)
}

/// Whether a finding counts as new.
#[must_use]
pub fn is_new(finding: &Finding, since: Option<Time>) -> bool {
    since.is_none_or(|since| finding.created_at.is_none_or(|at| at >= since))
}

pub(in crate::control) fn security(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    now: Time,
) -> Option<Gate> {
    let dangers = &state.spec.rules.security;
    if dangers.is_empty() {
        return None;
    }
    let since = new_since(store, state, evidence);
    let told = dangers.iter().map(|danger| {
        let scan = store.repo_of(&state.spec).and_then(|repo| repo.scan(*danger));
        told(*danger, scan, since)
    });
    let told: Vec<Told> = told.collect();
    let of = |wanted: GateState| {
        let own = told.iter().filter(|told| told.state == wanted);
        own.map(|told| told.text.as_str()).collect::<Vec<_>>().join("; ")
    };
    let from = match (since, &evidence.stable) {
        (Some(since), Some(stable)) => format!("since {stable}, {} ago", span(now - since)),
        _ => "open; since when stable is there is not known, so all of them count".to_owned(),
    };
    let older: usize = told.iter().map(|told| told.older).sum();
    let older = match older {
        0 => String::new(),
        n if told.iter().any(|told| told.more) => format!("; {n} or more older, not counted"),
        n => format!("; {n} older, not counted"),
    };
    let words: Vec<&str> = dangers.iter().map(|danger| danger.word()).collect();
    let (answer, reason) = if told.iter().any(|told| told.state == GateState::Fail) {
        (GateState::Fail, format!("new {from}: {}{older}", of(GateState::Fail)))
    } else if told.iter().any(|told| told.state == GateState::Unknown) {
        (GateState::Unknown, of(GateState::Unknown))
    } else {
        (GateState::Pass, format!("no new {} {from}{older}", words.join(", ")))
    };
    Some(Gate::new(SECURITY, answer, reason))
}

/// What is to be said of one danger.
struct Told {
    state: GateState,
    text: String,
    older: usize,
    more: bool,
}

fn told(danger: Danger, scan: Option<&Scan>, since: Option<Time>) -> Told {
    let unknown = |text: String| Told { state: GateState::Unknown, text, older: 0, more: false };
    let Some(scan) = scan else { return unknown(format!("{danger} was not read yet")) };
    if let Some(why) = &scan.unread {
        return unknown(format!("{danger}: {why}"));
    }
    let (new, old): (Vec<_>, Vec<_>) = scan.open.iter().partition(|own| is_new(own, since));
    let more = scan.more;
    let Some(first) = new.first() else {
        return Told { state: GateState::Pass, text: String::new(), older: old.len(), more };
    };
    let text = format!("{} {danger} ({} #{})", new.len(), first.what, first.number);
    Told { state: GateState::Fail, text, older: old.len(), more }
}
