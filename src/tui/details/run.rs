//! A run: what was built from what by whom, and its jobs.

use crate::model::{FeedId, Job, Run, Status, Time};
use crate::tui::panes::pipeline::Seen;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;

use super::{Detail, Page, Scene};

/// Writes a run; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, id: u64, page: &mut Page) -> Option<()> {
    let run = scene.run(id)?;
    page.feeds.extend(feed(scene));
    let seen = seen(scene)?;
    let told = words::job(&run.status, run.conclusion.as_ref());
    let (glyph, word, role) = seen.of(told, !run.is_active());
    let word = if word.is_empty() { "succeeded" } else { &*word };
    page.fact("state", &format!("{glyph} {word}{}", took(run, seen.at)), role);
    let odd = run.odd.as_ref().map(|odd| format!("GitHub's answer was odd: {odd}"));
    if let Some(odd) = odd {
        page.fact("note", &odd, Role::Attention);
    }
    page.fact("title", &run.title, Role::Text);
    let again = if run.attempt > 1 { format!(", attempt {}", run.attempt) } else { String::new() };
    page.fact(
        "run",
        &format!("{} #{}{again} ({})", run.name, run.number, run.workflow),
        Role::Text,
    );
    page.fact("branch", run.branch.as_deref().unwrap_or("none named"), Role::Text);
    page.fact("commit", &run.sha, Role::Text);
    let by = run.actor.as_ref().map_or(String::new(), |actor| format!(" of {actor}"));
    page.fact("by", &format!("{}{by}", run.event), Role::Text);
    page.maybe("created", run.created_at.map(|at| scene.moment(at)));
    page.maybe("started", run.started_at.map(|at| scene.moment(at)));
    let changed = if run.is_active() { "changed" } else { "ended" };
    page.maybe(changed, run.updated_at.map(|at| scene.moment(at)));
    page.link("page", &run.url);
    let jobs = scene.jobs(id);
    page.head(&format!("jobs ({})", jobs.len()));
    if jobs.is_empty() {
        page.say("not read yet", Role::Dim);
    }
    let widest = jobs.iter().map(|job| job.name.chars().count()).max().unwrap_or(0);
    for job in jobs {
        page.item(Detail::Job(id, job.id), |width| line(job, seen, widest, width));
    }
    if jobs.len() >= crate::store::caps::JOBS {
        page.say(&format!("only the first {} are kept; its page has all", jobs.len()), Role::Dim);
    }
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

fn took(run: &Run, now: Time) -> String {
    let ended = if run.is_active() { None } else { run.updated_at };
    match (run.started_at.or(run.created_at), ended) {
        (Some(from), Some(to)) => format!(" in {}", words::span(to - from)),
        (Some(from), None) => format!(" for {}", words::span(now - from)),
        (None, _) => String::new(),
    }
}

/// `✓ build                1:50  succeeded`
fn line(job: &Job, seen: Seen, widest: usize, width: usize) -> Row {
    let told = words::job(&job.status, job.conclusion.as_ref());
    let (glyph, word, role) = seen.of(told, job.status == Status::Completed);
    let word = if word.is_empty() { "succeeded" } else { &*word };
    let row = Row::new(width)
        .put(format!("{glyph} "), role)
        .cell(&job.name, widest.clamp(6, (width / 2).max(6)), Role::Text)
        .gap(1)
        .number(duration(&job.status, job.started_at, job.completed_at, seen.at), 7, Role::Dim)
        .gap(2)
        .put(word, role);
    let worst = job.steps.iter().find(|step| {
        step.status == Status::InProgress
            || step.conclusion.as_ref().is_some_and(crate::model::Conclusion::is_bad)
    });
    let row = match worst {
        Some(step) => row.put(format!(": {}. {}", step.number, step.name), Role::Text),
        None => row,
    };
    if job.odd.is_some() { row.put(" (odd)", Role::Attention) } else { row }
}

/// Minutes and seconds that a job or step took, or takes so far; empty when it did not begin.
pub(super) fn duration(status: &Status, from: Option<Time>, to: Option<Time>, now: Time) -> String {
    let end = if *status == Status::Completed { to } else { Some(now) };
    match from.zip(end).filter(|_| *status != Status::Queued) {
        Some((from, to)) => words::minutes(to - from),
        None => String::new(),
    }
}
