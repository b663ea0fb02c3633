//! A job: where it ran, why it failed, and its steps.

use crate::model::{Conclusion, Job, JobStep, Status};
use crate::tui::panes::pipeline::Seen;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::run::{duration, feed, seen};
use super::{Page, Scene};

/// A job of a run.
pub(super) fn find<'a>(scene: &Scene<'a>, run: u64, job: u64) -> Option<&'a Job> {
    scene.jobs(run).iter().find(|known| known.id == job)
}

/// Writes a job; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, run: u64, id: u64, page: &mut Page) -> Option<()> {
    let job = find(scene, run, id)?;
    let known = scene.run(run).zip(scene.store.repo_of(&scene.look.state.spec));
    let lax = known.is_some_and(|(run, repo)| repo.is_not_blocking(run, job));
    let step_lax =
        |step| known.is_some_and(|(run, repo)| repo.is_step_not_blocking(run, job, step));
    page.feeds.extend(feed(scene));
    let seen = seen(scene)?;
    let told = words::job(&job.status, job.conclusion.as_ref());
    let (glyph, word, role) = seen.of(told, job.status == Status::Completed);
    let word = if word.is_empty() { "succeeded" } else { &*word };
    let took = duration(&job.status, job.started_at, job.completed_at, seen.at);
    let took = if took.is_empty() { took } else { format!(", {took}") };
    let blocks = if lax { ", not blocking" } else { "" };
    page.fact("state", &format!("{glyph} {word}{blocks}{took}"), words::lax(role, lax));
    for step in job.steps.iter().filter(|step| has_failed(step)) {
        let (_, word, _) = words::job(&step.status, step.conclusion.as_ref());
        page.fact("why", &format!("step {}, {}: {word}", step.number, step.name), Role::Error);
    }
    if let Some(odd) = &job.odd {
        page.fact("note", &format!("GitHub's answer was odd: {odd}"), Role::Attention);
    }
    page.fact("runner", job.runner.as_deref().unwrap_or("none named"), Role::Text);
    page.maybe("started", job.started_at.map(|at| scene.moment(at)));
    page.maybe("ended", job.completed_at.map(|at| scene.moment(at)));
    if let Some(url) = &job.url {
        page.link("page", url);
    }
    page.head(&format!("steps ({})", job.steps.len()));
    if job.steps.is_empty() {
        page.say("none named", Role::Dim);
    }
    let widest = job.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
    for step in &job.steps {
        // GitHub's page of a job jumps to a step by this
        let link = job.url.as_ref().map(|url| format!("{url}#step:{}:1", step.number));
        page.linked(&step.name, link, |width| {
            line(step, seen, (step_lax(step), lax), widest, width)
        });
    }
    Some(())
}

fn has_failed(step: &JobStep) -> bool {
    step.conclusion.as_ref().is_some_and(Conclusion::is_bad)
}

/// `✓  4. unit tests        0:41  succeeded`
fn line(
    step: &JobStep,
    seen: Seen,
    (lax, of_lax): (bool, bool),
    widest: usize,
    width: usize,
) -> Row {
    let told = words::job(&step.status, step.conclusion.as_ref());
    let (glyph, word, role) = seen.of(told, step.status == Status::Completed);
    let word = if word.is_empty() { "succeeded" } else { &*word };
    let role = words::lax(role, lax || of_lax);
    let row = Row::new(width)
        .put(format!("{glyph} "), role)
        .number(format!("{}.", step.number), 3, Role::Dim)
        .gap(1)
        .cell(&step.name, widest.clamp(6, (width / 2).max(6)), Role::Text)
        .gap(1)
        .number(duration(&step.status, step.started_at, step.completed_at, seen.at), 7, Role::Dim)
        .gap(2)
        .put(word, role);
    if lax { row.put(", not blocking", Role::Attention) } else { row }
}
