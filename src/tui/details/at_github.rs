//! What gates at GitHub looked at: each check that is required, the run, the queue, each finding.

use crate::control::{is_new, needed, new_since};
use crate::model::backing::Check;
use crate::model::{Finding, Verb};
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene, target};

/// Findings named of each danger.
const MOST: usize = 20;

/// Writes what a gate of this name stands on.
pub(super) fn write(scene: &Scene<'_>, name: &str, page: &mut Page) {
    match name {
        "checks" => checks(scene, page),
        "pipeline" => target::pipeline(scene, page),
        "queue" => queue(scene, page),
        _ => findings(scene, page),
    }
}

fn checks(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    let Some(commit) = needed(scene.store, state) else { return };
    page.fact("commit", &commit.sha, Role::Text);
    page.head("required checks");
    let repo = scene.store.repo_of(&state.spec);
    let all = repo.and_then(|repo| repo.backing.checks_of(&commit.sha)).map(|checks| &checks.all);
    for name in &state.spec.rules.required_checks {
        let mut own = all.into_iter().flatten().filter(|check| check.name == *name).peekable();
        if own.peek().is_none() {
            line(page, name, ("?", "not reported", Role::Unknown));
        }
        for Check { status, conclusion, .. } in own {
            let (glyph, word, role) = words::job(status, conclusion.as_ref());
            let word = if word.is_empty() { "passed" } else { word };
            line(page, name, (glyph, word, role));
        }
    }
}

fn line(page: &mut Page, name: &str, (glyph, word, role): (&str, &str, Role)) {
    page.line(Some(name), |width| {
        Row::new(width)
            .put(format!("{glyph} "), role)
            .cell(name, 32.min(width / 2), Role::Text)
            .gap(1)
            .put(word, role)
    });
}

fn queue(scene: &Scene<'_>, page: &mut Page) {
    let rollout = scene.look.state.reading.as_ref().map(|reading| &reading.rollout);
    let Some(offer) = rollout.and_then(|rollout| rollout.offer(Verb::Promote, false)) else {
        return;
    };
    for queue in crate::control::by_queue(&offer.ahead) {
        page.head(&queue.head());
        for ahead in &queue.runs {
            page.say(&crate::control::in_the_way(ahead, &ahead.status), Role::Attention);
        }
    }
}

fn findings(scene: &Scene<'_>, page: &mut Page) {
    let (state, evidence) = (scene.look.state, &scene.look.seen.evidence);
    let since = new_since(scene.store, state, evidence);
    let rule = match since {
        Some(at) => {
            format!("none that was opened since {}, when stable was there", scene.moment(at))
        }
        None => "none that is open: since when stable is there is not known".to_owned(),
    };
    page.fact("rule", &rule, Role::Text);
    let repo = scene.store.repo_of(&state.spec);
    for danger in &state.spec.rules.security {
        let Some(scan) = repo.and_then(|repo| repo.scan(*danger)) else {
            page.head(danger.word());
            page.say("? not read yet", Role::Unknown);
            continue;
        };
        match &scan.unread {
            None => page.head(&format!("{danger} ({})", scan.open.len())),
            Some(why) => {
                page.head(&format!("{danger} (unknown)"));
                page.say(&format!("? unknown: {why}"), Role::Unknown);
                if !scan.open.is_empty() {
                    page.say("open when they were last read:", Role::Dim);
                }
            }
        }
        for finding in scan.open.iter().take(MOST) {
            let is_new = is_new(finding, since);
            said(scene, page, finding, is_new);
        }
        let more = scan.open.len().saturating_sub(MOST);
        if scan.more {
            page.say("and older ones at GitHub", Role::Dim);
        } else if more > 0 {
            page.say(&format!("and {more} more at GitHub"), Role::Dim);
        }
    }
}

fn said(scene: &Scene<'_>, page: &mut Page, finding: &Finding, is_new: bool) {
    let at = finding.created_at.map_or("at an unknown time".to_owned(), |at| scene.moment(at));
    let (mark, role) = if is_new { ("new", Role::Critical) } else { ("older", Role::Dim) };
    let text = format!("#{} {}, {mark}, opened {at}", finding.number, finding.what);
    page.linked(&text, finding.url.clone(), |width| Row::new(width).put(&text, role));
}
