//! The environment that comes first: how it stands, for the gate `after`.

use crate::control::{Evidence, check_name, check_state};
use crate::model::Revision;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene};

/// Writes what has to have been where, and what runs there.
pub(super) fn write(scene: &Scene<'_>, page: &mut Page) {
    let Some(rule) = &scene.look.state.spec.rules.after else { return };
    page.fact("first", rule.target.as_str(), Role::Text);
    let passed = |workflow: &String| format!("{workflow} has passed for the same commit");
    page.maybe("and", rule.workflow.as_ref().map(passed));
    let wanted = scene.look.seen.evidence.confirmed();
    page.fact("revision", wanted.map_or("unknown", Revision::as_str), Role::Candidate);
    page.head(rule.target.as_str());
    let Some(other) = scene.store.target(&rule.target) else {
        page.say("not configured", Role::Unknown);
        return;
    };
    let there = Evidence::of(scene.store, other);
    for (label, revision, role) in [
        ("runs", &there.whole, Role::Stable),
        ("stable", &there.stable, Role::Stable),
        ("candidate", &there.candidate, Role::Candidate),
    ] {
        if let Some(revision) = revision {
            page.fact(label, revision.as_str(), role);
        }
    }
    if let Some(routed) = there.routed {
        page.fact("routed", &format!("{routed:.1} %"), Role::Text);
    }
    for check in &other.checks {
        page.line(None, |width| {
            let state = check_state(scene.store, check, scene.now);
            let (glyph, role) = words::health(state);
            Row::new(width)
                .put(format!("{glyph} "), role)
                .cell(check_name(other, check), 24.min(width / 3), Role::Text)
                .gap(1)
                .put(if check.last.is_none() { "not probed" } else { state.word() }, role)
        });
    }
}
