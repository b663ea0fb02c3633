//! A line of the timeline that leads nowhere else: the whole sentence.

use crate::store::Line;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene};

/// Writes a line; none when it is too old to be kept.
pub(super) fn write(scene: &Scene<'_>, line: &Line, page: &mut Page) -> Option<()> {
    scene.store.timeline().iter().rev().find(|kept| *kept == line)?;
    let (glyph, kind, role) = words::line_kind(line.kind);
    page.fact("what", &line.text, Role::Text);
    page.fact("kind", &format!("{glyph} {kind}"), role);
    page.fact("at", &scene.moment(line.at), Role::Text);
    let target = line.target.as_ref().map_or("none of its own", |target| target.as_str());
    page.fact("target", target, Role::Text);
    Some(())
}
