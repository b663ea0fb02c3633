//! The revisions a target is known to have had or could have: what `--to` completes.

use crate::model::Verb;
use crate::text;
use crate::tui::panes::{Glance, View};

/// The most that are offered.
const MOST: usize = 60;

/// Revisions and what each is, the one the verb goes to first.
pub fn revisions(view: &View<'_>, look: &Glance<'_>, verb: Verb) -> Vec<(String, String)> {
    let evidence = &look.seen.evidence;
    let sides = [(&evidence.stable, "stable"), (&evidence.candidate, "the candidate")];
    let mut found: Vec<(String, String)> = Vec::new();
    let mut add = |revision: &str, what: &str| {
        let typed = |c: char| !c.is_whitespace() && !text::is_hostile(c);
        let fits =
            !revision.is_empty() && !revision.starts_with('-') && revision.chars().all(typed);
        if fits && found.len() < MOST && found.iter().all(|(known, _)| known != revision) {
            let bad = look.state.ledger.bad.iter().any(|bad| bad.as_str() == revision);
            let what = if bad { format!("{what}, rolled back from") } else { what.to_owned() };
            found.push((revision.to_owned(), what));
        }
    };
    let mut side = |(revision, what): &(&Option<crate::model::Revision>, &str)| {
        if let Some(revision) = revision {
            add(revision.as_str(), what);
        }
    };
    if verb == Verb::Promote {
        sides.iter().rev().for_each(&mut side);
    } else {
        sides.iter().for_each(&mut side);
    }
    for entry in look.state.ledger.entries.iter().rev() {
        for revision in [&entry.plan.to, &entry.plan.from].into_iter().flatten() {
            add(revision.as_str(), "in the journal");
        }
    }
    if let Some(repo) = view.store.repo_of(&look.state.spec) {
        for (names, what) in [(&repo.releases, "a release"), (&repo.tags, "a tag")] {
            names.iter().for_each(|name| add(&name.tag, what));
        }
    }
    found
}
