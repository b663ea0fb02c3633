//! A run: what was built from what by whom, and its jobs.

use chrono::TimeDelta;

use crate::model::{FeedId, Run, Status, Time};
use crate::tui::panes::pipeline::Seen;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Page, Scene, backing, graph};

/// Writes a run; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, id: u64, page: &mut Page) -> Option<()> {
    let run = scene.run(id)?;
    page.feeds.extend(feed(scene));
    let seen = seen(scene)?;
    let told = words::job(&run.status, run.conclusion.as_ref());
    let (glyph, word, role) = seen.of(told, !run.is_active());
    let word = if word.is_empty() { "succeeded" } else { &*word };
    page.fact("state", &format!("{glyph} {word}"), role);
    let odd = run.odd.as_ref().map(|odd| format!("GitHub's answer was odd: {odd}"));
    if let Some(odd) = odd {
        page.fact("note", &odd, Role::Attention);
    }
    backing::why(scene, run, seen, page);
    page.fact("title", &run.title, Role::Text);
    let again = if run.attempt > 1 { format!(", attempt {}", run.attempt) } else { String::new() };
    let branch = run.branch.as_deref().unwrap_or("no branch named");
    let sha: String = run.sha.chars().take(7).collect();
    page.fact(
        "run",
        &format!("{} #{}{again} ({}) of {sha} on {branch}", run.name, run.number, run.workflow),
        Role::Text,
    );
    let by = run.actor.as_ref().map_or(String::new(), |actor| format!(" of {actor}"));
    page.fact("by", &format!("{}{by}", run.event), Role::Text);
    graph::total(scene, run, seen, page);
    let repo = scene.store.repo_of(&scene.look.state.spec)?;
    backing::checks(repo, run, page);
    graph::write(scene, run, seen, page);
    backing::artifacts(scene, repo, run, page);
    backing::triggers(scene, repo, run, page);
    page.head("when and where");
    page.fact("commit", &run.sha, Role::Text);
    page.maybe("created", run.created_at.map(|at| scene.moment(at)));
    page.maybe("started", run.started_at.map(|at| scene.moment(at)));
    let changed = if run.is_active() { "changed" } else { "ended" };
    page.maybe(changed, run.updated_at.map(|at| scene.moment(at)));
    page.link("page", &run.url);
    Some(())
}

/// How far to believe what GitHub said of them.
pub(super) fn seen(scene: &Scene<'_>) -> Option<Seen> {
    Some(Seen::new(scene.store, &feed(scene)?, scene.now))
}

/// The feed that tells of runs and jobs.
pub(super) fn feed(scene: &Scene<'_>) -> Option<FeedId> {
    let spec = &scene.look.state.spec;
    Some(FeedId::part(spec.host.as_ref()?, spec.repo.as_ref()?))
}

/// How long it took, or takes so far.
pub(super) fn took(run: &Run, now: Time) -> Option<TimeDelta> {
    let ended = if run.is_active() { Some(now) } else { run.updated_at };
    Some(ended? - run.started_at.or(run.created_at)?)
}

/// Minutes and seconds that a job or step took, or takes so far; empty when it did not begin.
pub(super) fn duration(status: &Status, from: Option<Time>, to: Option<Time>, now: Time) -> String {
    let end = if *status == Status::Completed { to } else { Some(now) };
    match from.zip(end).filter(|_| *status != Status::Queued) {
        Some((from, to)) => words::minutes(to - from),
        None => String::new(),
    }
}
