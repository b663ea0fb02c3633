//! What the gates of the error budget, the way of alerts and the backup stand on.

use crate::control::{Burning, alert_path, backup_made, burning, times};
use crate::model::burn::range;
use crate::model::{LinkKind, LinkState, Time};
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene};

/// How fast the error budget is spent, window by window.
pub(super) fn burn(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    let Some(spec) = &state.spec.rules.burn else { return };
    let objective = format!("{} % of requests, over 30 days", trimmed(spec.objective * 100.0));
    page.fact("objective", &objective, Role::Text);
    page.fact("rule", &format!("{} × and faster block, in both windows", spec.block), Role::Text);
    asked(scene, page, state.assurances.burn.as_ref().map(|heard| heard.asked_at));
    page.head("speeds");
    for one in burning(state) {
        let (glyph, word, role) = standing(&one);
        page.line(None, |width| {
            Row::new(width)
                .put(format!("{glyph} "), role)
                .cell(format!("{} ×", one.speed.factor), 8, Role::Text)
                .put(format!("{word:<12}"), role)
                .put(if one.blocks { "blocks" } else { "told only" }, Role::Dim)
        });
        for (window, burn) in [(one.speed.short, &one.short), (one.speed.long, &one.long)] {
            let told = match burn {
                Ok(burn) => format!("  over {}: {} × the budget", range(window), times(*burn)),
                Err(why) => format!("  over {}: unknown: {why}", range(window)),
            };
            page.say(&told, if burn.is_ok() { Role::Text } else { Role::Unknown });
        }
        if let Some(failures) = one.failures.filter(|_| one.is_reached() == Some(true)) {
            let chance = if one.is_chance() { ": too few, it may be chance" } else { "" };
            let over = range(one.speed.long);
            page.say(&format!("  {failures:.0} requests failed over {over}{chance}"), Role::Text);
        }
    }
    page.head("query");
    page.say(&spec.query, Role::Dim);
}

fn standing(one: &Burning) -> (&'static str, &'static str, Role) {
    match (one.is_reached(), one.blocks) {
        (None, _) => ("?", "unknown", Role::Unknown),
        (Some(true), true) => ("✗", "reached", Role::Error),
        (Some(true), false) => ("!", "reached", Role::Attention),
        (Some(false), _) => ("✓", "not reached", Role::Ok),
    }
}

/// Each link of the way of alerts, with its age; or that nobody watches it.
pub(super) fn path(scene: &Scene<'_>, page: &mut Page) {
    page.head("the way of an alert");
    let Some(spec) = &scene.look.state.spec.rules.alert_path else {
        page.say("not watched; [service.environment.alert_path] watches it", Role::Dim);
        return;
    };
    for found in alert_path(scene.store, scene.look.state, scene.now) {
        let (glyph, role) = match found.state {
            LinkState::Holds => ("✓", Role::Ok),
            LinkState::Broken => ("✗", Role::Error),
            LinkState::Unknown => ("?", Role::Unknown),
        };
        let told = format!("{glyph} {}: {}", found.state.word(), found.detail);
        page.fact(found.kind.word(), &told, role);
        let age = found.asked_at.map(|at| scene.now - at);
        page.maybe("", age.map(|age| format!("asked {} ago", words::span(age))));
        match found.kind {
            LinkKind::Rules if !spec.groups.is_empty() => {
                page.fact("", &format!("groups {}", spec.groups.join(", ")), Role::Dim);
            }
            LinkKind::Alertmanager => {
                page.fact("", &format!("expected {}", spec.alertmanager), Role::Dim);
            }
            LinkKind::Notifications => {
                for query in &spec.failures {
                    page.fact("", query, Role::Dim);
                }
            }
            LinkKind::Watchdog => {
                page.maybe("", spec.watchdog.as_ref());
            }
            LinkKind::Rules => {}
        }
    }
}

/// When the last good backup was made.
pub(super) fn backup(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    let Some(spec) = &state.spec.rules.backup else { return };
    let most = words::span_s(spec.max_age.as_secs_f64());
    page.fact("rule", &format!("at most {most} old"), Role::Text);
    match backup_made(state) {
        Ok(made) => page.fact("made", &scene.moment(made), Role::Text),
        Err(why) => page.fact("made", &format!("unknown: {why}"), Role::Unknown),
    }
    asked(scene, page, state.assurances.backup.as_ref().map(|heard| heard.asked_at));
    page.head("query");
    page.say(&spec.query, Role::Dim);
}

fn asked(scene: &Scene<'_>, page: &mut Page, at: Option<Time>) {
    let told = at.map_or_else(|| "not yet".to_owned(), |at| scene.moment(at));
    page.fact("asked", &told, Role::Text);
}

/// A percentage without needless zeros.
fn trimmed(percent: f64) -> String {
    let text = format!("{percent:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
