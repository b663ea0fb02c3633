//! An alert: everything that Alertmanager says of it, whole.

use crate::model::{Alert, AlertState};
use crate::tui::panes::freshness::is_lost;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene};

/// An alert of the target.
pub(super) fn find<'a>(scene: &Scene<'a>, fingerprint: &str) -> Option<&'a Alert> {
    scene.look.state.alerts.list.iter().find(|alert| alert.fingerprint == fingerprint)
}

/// Writes an alert; none when it is over.
pub(super) fn write(scene: &Scene<'_>, fingerprint: &str, page: &mut Page) -> Option<()> {
    let spec = &scene.look.state.spec;
    page.feeds.extend(spec.alerts.as_ref().map(|alerts| alerts.feed.clone()));
    let alert = find(scene, fingerprint)?;
    let (glyph, role) = match alert.state {
        AlertState::Firing => ("▲", words::severity(alert.severity)),
        AlertState::Silenced | AlertState::Inhibited => ("○", Role::Dim),
    };
    let feed = spec.alerts.as_ref().map(|alerts| &alerts.feed);
    if feed.is_some_and(|feed| is_lost(scene.store, feed, scene.now)) {
        let word = alert.state.word();
        page.fact("state", &format!("? {}, was {word}", alert.severity), Role::Unknown);
    } else {
        page.fact("state", &format!("{glyph} {} {}", alert.severity, alert.state.word()), role);
    }
    if let Some(label) = &alert.unmapped {
        let said = if label.is_empty() {
            "it has no label `severity`; it counts as P1".to_owned()
        } else {
            format!("its severity \"{label}\" is not mapped under [severity]; it counts as P1")
        };
        page.fact("note", &said, Role::Attention);
    }
    page.fact("blocks", blocks(scene, alert), Role::Text);
    let since = alert.since.map_or("it could not be read".to_owned(), |since| scene.moment(since));
    page.fact("since", &since, Role::Text);
    page.fact("release", &release(scene, alert), Role::Text);
    let by = match alert.state {
        AlertState::Inhibited => "inhibited by",
        AlertState::Silenced | AlertState::Firing => "silenced by",
    };
    if !alert.quiet_by.is_empty() {
        let by_whom: Vec<String> = alert.quiet_by.iter().map(|id| known(scene, id)).collect();
        page.fact(by, &by_whom.join(", "), Role::Text);
    }
    page.fact("summary", alert.summary.as_deref().unwrap_or("none"), Role::Text);
    match &alert.runbook {
        Some(url) => page.link("runbook", url),
        None => page.fact("runbook", "none: the alert names no runbook_url", Role::Dim),
    }
    if let Some(url) = &alert.generator {
        page.link("generator", url);
    }
    let receivers = alert.receivers.join(", ");
    page.fact(
        "told to",
        if receivers.is_empty() { "nobody named" } else { &receivers },
        Role::Text,
    );
    page.fact("fingerprint", &alert.fingerprint, Role::Dim);
    for (head, texts) in [("labels", &alert.labels), ("annotations", &alert.annotations)] {
        page.head(&format!("{head} ({})", texts.len()));
        for (name, text) in texts {
            if is_address(text) {
                page.link(name, text);
            } else {
                page.fact(name, text, Role::Text);
            }
        }
    }
    Some(())
}

/// What keeps an alert quiet: the name of the alert, of any target, that has this fingerprint; else the id.
fn known(scene: &Scene<'_>, id: &str) -> String {
    let mut alerts = scene.store.targets().flat_map(|state| &state.alerts.list);
    let found = alerts.find(|alert| alert.fingerprint == id);
    found.map_or_else(|| id.to_owned(), |alert| format!("{} ({id})", alert.name))
}

fn is_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(char::is_whitespace)
}

fn blocks(scene: &Scene<'_>, alert: &Alert) -> &'static str {
    let began = scene.look.seen.evidence.release.known();
    match alert.state {
        AlertState::Silenced | AlertState::Inhibited => "nothing: it is kept quiet",
        _ if alert.severity < scene.look.state.spec.alert_block => "nothing: it is not bad enough",
        _ if began.is_some_and(|began| !alert.may_be_since(began)) => {
            "nothing: it is older than this release"
        }
        AlertState::Firing => "a promotion",
    }
}

fn release(scene: &Scene<'_>, alert: &Alert) -> String {
    match scene.look.seen.evidence.release.known().map(|at| (at, alert.since)) {
        Some((_, None)) => "nobody knows when it began; it counts".to_owned(),
        Some((at, Some(since))) if since >= at => {
            format!("began {} after this release", words::span(since - at))
        }
        Some((at, Some(since))) => {
            format!("older: began {} before this release", words::span(at - since))
        }
        None => "nobody knows when this release began; a firing alert counts".to_owned(),
    }
}
