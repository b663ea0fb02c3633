//! A gate: its whole reason, and the things it looked at.

use std::borrow::Cow;

use crate::control::{Gate, GateState};
use crate::model::AlertState;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene, after, assurance, at_github, judge, target};

/// Alerts named beneath a gate.
const ALERTS: usize = 20;

/// A gate of the target.
pub(super) fn find<'a>(scene: &Scene<'a>, name: &str) -> Option<&'a Gate> {
    scene.look.seen.gates.iter().find(|gate| gate.name == name)
}

/// Writes a gate; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, name: &str, page: &mut Page) -> Option<()> {
    let gate = find(scene, name)?;
    page.feeds.extend(scene.look.state.spec.feeds().map(Cow::into_owned));
    let (glyph, role) = words::gate(gate.state);
    let word = match gate.state {
        GateState::Pass => "pass",
        GateState::Wait => "wait: not yet",
        GateState::Fail => "fail: no",
        GateState::Unknown => "unknown: it cannot say, and blocks like a no",
    };
    page.fact("answer", &format!("{glyph} {word}"), role);
    page.fact("why", &gate.reason, Role::Text);
    page.maybe("left", gate.left_s.map(words::span_s));
    match name {
        "feeds" => feeds(scene, page),
        "health" => target::checks(scene, page),
        "judge" => judge::write(scene, page),
        "alerts" => {
            let block = scene.look.state.spec.alert_block;
            page.fact("rule", &format!("{block} and worse, begun since the release"), Role::Text);
            target::alerts(scene, page, ALERTS, |alert| alert.state == AlertState::Firing);
            assurance::path(scene, page);
        }
        "after" => after::write(scene, page),
        "backup" => assurance::backup(scene, page),
        _ if scene.look.state.spec.rules.burn.as_ref().is_some_and(|burn| burn.name == name) => {
            assurance::burn(scene, page);
        }
        "checks" | "pipeline" | "queue" | "security" => at_github::write(scene, name, page),
        _ => target::metrics(scene, page, |metric| {
            name == metric || name.strip_prefix(metric).is_some_and(|rest| rest.starts_with(' '))
        }),
    }
    Some(())
}

fn feeds(scene: &Scene<'_>, page: &mut Page) {
    page.head("feeds");
    let mut feeds: Vec<_> = scene.look.state.spec.feeds().collect();
    feeds.dedup();
    for feed in feeds {
        let view = scene.store.feed_view(&feed, scene.now);
        let label = crate::tui::panes::freshness::label(&view);
        let name = feed.to_string();
        page.line(Some(&name), |width| {
            Row::new(width)
                .cell(&name, width / 2, Role::Text)
                .gap(1)
                .put(label, words::feed(view.state))
        });
        if let Some(error) = &view.error {
            page.say(error, Role::Error);
        }
    }
}
