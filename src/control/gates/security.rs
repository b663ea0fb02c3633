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
    let repo = store.repo_of(&state.spec);
    let (mut new, mut untold, mut older, mut more) = (Vec::new(), Vec::new(), 0, false);
    for danger in dangers {
        let scan = match repo.and_then(|repo| repo.scan(*danger)).ok_or("not read yet") {
            Ok(Scan { unread: Some(why), .. }) => Err(why.as_str()),
            other => other,
        };
        match scan {
            Err(why) => untold.push((*danger, why)),
            Ok(scan) => {
                let (of_late, before): (Vec<_>, Vec<_>) =
                    scan.open.iter().partition(|own| is_new(own, since));
                new.extend(of_late.first().map(|first| {
                    format!("{} {danger} ({} #{})", of_late.len(), first.what, first.number)
                }));
                older += before.len();
                more |= scan.more;
            }
        }
    }
    let from = match (since, &evidence.stable) {
        (Some(since), Some(stable)) => format!("since {stable}, {} ago", span(now - since)),
        _ => "open; since when stable is there is not known, so all of them count".to_owned(),
    };
    let older = match (older, more) {
        (0, _) => String::new(),
        (n, true) => format!("; {n} or more older, not counted"),
        (n, false) => format!("; {n} older, not counted"),
    };
    let (answer, reason) = if !new.is_empty() {
        (GateState::Fail, format!("new {from}: {}{older}", new.join(", ")))
    } else if !untold.is_empty() {
        (GateState::Unknown, by_reason(&untold))
    } else {
        (GateState::Pass, format!("no new {} {from}{older}", words(dangers)))
    };
    Some(Gate::new(SECURITY, answer, reason))
}

fn words(dangers: &[Danger]) -> String {
    let words: Vec<&str> = dangers.iter().map(|danger| danger.word()).collect();
    words.join(", ")
}

/// Each reason once, behind all that it is the reason of.
fn by_reason(untold: &[(Danger, &str)]) -> String {
    let mut groups: Vec<(&str, Vec<Danger>)> = Vec::new();
    for (danger, why) in untold {
        match groups.iter_mut().find(|(known, _)| known == why) {
            Some((_, dangers)) => dangers.push(*danger),
            None => groups.push((why, vec![*danger])),
        }
    }
    let each = groups.iter().map(|(why, dangers)| format!("{}: {why}", words(dangers)));
    each.collect::<Vec<_>>().join("; ")
}
