//! The newest run of the selected target's workflow, and its jobs as a chain.

use std::borrow::Cow;

use crate::model::{Conclusion, FeedId, Job, JobStep, Run, Status, Time};
use crate::store::{RepoState, Store};
use crate::tui::details::Detail;
use crate::tui::theme::Role;

use super::awaited::Awaited;
use super::freshness::{as_of, is_lost, not_watched, stamp};
use super::row::{Row, flow};
use super::{Body, Glance, words};

/// Jobs named in the pane; a run's own page names all.
const CHAIN: usize = 60;
/// What stands between two jobs.
const JOINT: &str = " ─ ";

/// The newest run of the selected target.
pub fn body(
    store: &Store,
    look: &Glance<'_>,
    cursor: Option<usize>,
    now: Time,
    width: usize,
) -> Body {
    let spec = &look.state.spec;
    let title = Row::new(width).put("Pipeline", Role::Title);
    let Some((host, repo)) = spec.host.as_ref().zip(spec.repo.as_ref()) else {
        return not_watched(title, "not watched: no repository is configured", width);
    };
    let feed = FeedId::part(host, repo);
    let Some(pipeline) = store.pipeline(spec) else {
        let which = spec.workflow.as_deref().unwrap_or("any workflow");
        let row = Row::new(width);
        let row = if store.feed_view(&feed, now).age_s.is_none() {
            row.put(format!("? runs of {which} not read yet"), Role::Unknown)
        } else {
            row.put(format!("no run of {which} in {repo} yet"), Role::Dim)
        };
        let rows = vec![row];
        return stamp(Body::new(title, rows), store, Some(feed), now, width);
    };
    let seen = Seen::new(store, &feed, now);
    let run = pipeline.run;
    let title = title.join(name(run, pipeline.advisory, width));
    let known = Known { repo: store.repo_of(spec), run, seen };
    let mut rows = vec![headline(known, now, width).select(cursor == Some(0))];
    rows.extend(run.odd.as_ref().map(|odd| {
        Row::new(width).put(format!("! GitHub's answer was odd: {odd}"), Role::Attention)
    }));
    let (chain, line) = chain(pipeline.jobs, cursor.and_then(|i| i.checked_sub(1)), known, width);
    let at = cursor.map(|_| line.map_or(0, |line| rows.len() + line));
    rows.extend(chain);
    if pipeline.jobs.is_empty() {
        rows.push(Row::new(width).put("jobs not read yet", Role::Dim));
    }
    rows.extend(pipeline.jobs.iter().flat_map(|job| steps(job, known, width)).take(CHAIN));
    let skipped = store.repo_of(spec).map_or(0, RepoState::skipped);
    if skipped > 0 {
        let text = format!("! {skipped} items of GitHub's answer could not be read");
        rows.push(Row::new(width).put(text, Role::Attention));
    }
    stamp(Body { cursor: at, ..Body::new(title, rows) }, store, Some(feed), now, width)
}

/// The run, and its jobs.
pub fn items(store: &Store, look: &Glance<'_>) -> Vec<Detail> {
    let Some(pipeline) = store.pipeline(&look.state.spec) else { return Vec::new() };
    let run = pipeline.run.id;
    let jobs = pipeline.jobs.iter().map(|job| Detail::Job(run, job.id));
    std::iter::once(Detail::Run(run)).chain(jobs).collect()
}

/// The jobs one after the other, those round the cursor when they are very many; and the line of the one
/// under the cursor.
fn chain(
    jobs: &[Job],
    cursor: Option<usize>,
    known: Known<'_>,
    width: usize,
) -> (Vec<Row>, Option<usize>) {
    let first = cursor.unwrap_or(0).saturating_sub(CHAIN / 2).min(jobs.len().saturating_sub(CHAIN));
    let last = (first + CHAIN).min(jobs.len());
    let told = |count: usize, word: &str| {
        (count > 0).then(|| Row::new(width).put(format!("… {count} {word}"), Role::Dim))
    };
    let mut pieces: Vec<Row> = told(first, "before").into_iter().collect();
    let mut line = None;
    for (i, job) in (first..).zip(&jobs[first..last]) {
        let here = cursor == Some(i);
        let piece = piece(job, known, width);
        pieces.push(if here { piece.all(Role::Selection) } else { piece });
        if here {
            line = flow(pieces.clone(), JOINT, 2, width).len().checked_sub(1);
        }
    }
    pieces.extend(told(jobs.len() - last, "after"));
    (flow(pieces, JOINT, 2, width), line)
}

/// `: deploy #482 (main, 9f3c2d1 "fix tax")`
fn name(run: &Run, advisory: bool, width: usize) -> Row {
    let mut row = Row::new(width).put(format!(": {} #{}", run.name, run.number), Role::Text);
    if run.attempt > 1 {
        row = row.put(format!(" attempt {}", run.attempt), Role::Attention);
    }
    let sha: String = run.sha.chars().take(7).collect();
    let branch = run.branch.as_deref().unwrap_or("no branch");
    row =
        row.put(format!(" ({branch}, {sha} \"{}\")", crate::text::line(&run.title, 60)), Role::Dim);
    if advisory { row.put(" advisory", Role::Dim) } else { row }
}

/// When GitHub's word is from, and whether it still proves what goes on.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Until when clocks run.
    pub at: Time,
    lost: bool,
}

impl Seen {
    /// Of the feed that tells of a repository.
    pub fn new(store: &Store, feed: &FeedId, now: Time) -> Self {
        Self { at: as_of(store, feed, now), lost: is_lost(store, feed, now) }
    }

    /// What is said of a run or job: of one that was not over when GitHub was lost, what it was.
    pub fn of<'a>(
        self,
        (glyph, word, role): (&'static str, &'a str, Role),
        over: bool,
    ) -> (&'static str, Cow<'a, str>, Role) {
        if self.lost && !over {
            let was = match word.strip_prefix("waits") {
                Some(rest) => format!("waited{rest}"),
                None => format!("was {word}"),
            };
            return ("?", was.into(), Role::Unknown);
        }
        (glyph, word.into(), role)
    }
}

fn headline(Known { repo, run, seen }: Known<'_>, now: Time, width: usize) -> Row {
    let awaited = Awaited::of(repo, run, seen.at);
    let told = match &awaited {
        Some(awaited) => awaited.told(),
        None => words::job(&run.status, run.conclusion.as_ref()),
    };
    let (glyph, word, role) = seen.of(told, !run.is_active());
    let word = if word.is_empty() { "succeeded" } else { &*word };
    let mut row = Row::new(width).put(format!("{glyph} {word}"), role);
    let ended = if run.is_active() { None } else { run.updated_at };
    row = match (&awaited, run.started_at.or(run.created_at), ended) {
        // how old the run is says nothing of how long it waits
        (Some(awaited), ..) => row.put(awaited.span(seen.at), Role::Text),
        (None, Some(from), None) => {
            row.put(format!(" for {}", words::span(seen.at - from)), Role::Text)
        }
        (None, _, Some(since)) if run.conclusion == Some(Conclusion::ActionRequired) => {
            row.put(format!(" for {}", words::span(now - since)), Role::Text)
        }
        (None, Some(from), Some(to)) => row.put(
            format!(" in {}, {} ago", words::span(to - from), words::span(now - to)),
            Role::Text,
        ),
        (None, None, _) => row,
    };
    row = row.put(format!(", by {}", run.event), Role::Dim);
    match &run.actor {
        Some(actor) => row.put(format!(" of {actor}"), Role::Dim),
        None => row,
    }
}

/// What the jobs of a run are drawn by.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    repo: Option<&'a RepoState>,
    run: &'a Run,
    seen: Seen,
}

impl Known<'_> {
    fn is_not_blocking(self, job: &Job) -> bool {
        self.repo.is_some_and(|repo| repo.is_not_blocking(self.run, job))
    }
}

/// `✓ build 1:50`, `✗ lint failed, not blocking 0:12`
fn piece(job: &Job, known: Known<'_>, width: usize) -> Row {
    let told = words::job(&job.status, job.conclusion.as_ref());
    let (glyph, word, role) = known.seen.of(told, job.status == Status::Completed);
    let lax = known.is_not_blocking(job);
    let role = words::lax(role, lax);
    let mut row = Row::new(width).put(format!("{glyph} "), role).put(&job.name, Role::Text);
    if !word.is_empty() {
        row = row.put(format!(" {word}"), role);
    }
    if lax {
        row = row.put(", not blocking", role);
    }
    if job.odd.is_some() {
        row = row.put(" (odd)", Role::Attention);
    }
    let end = if job.status == Status::Completed { job.completed_at } else { Some(known.seen.at) };
    match job.started_at.zip(end).filter(|_| job.status != Status::Queued) {
        Some((from, to)) => row.put(format!(" {}", words::minutes(to - from)), Role::Dim),
        None => row,
    }
}

/// The steps worth a line: the one that runs, and those that failed.
fn steps(job: &Job, known: Known<'_>, width: usize) -> Vec<Row> {
    let Known { repo, run, seen } = known;
    let worth = job.steps.iter().filter(|step| {
        step.status == Status::InProgress
            || step.conclusion.as_ref().is_some_and(Conclusion::is_bad)
    });
    let row = |step: &JobStep| {
        let told = words::job(&step.status, step.conclusion.as_ref());
        let (glyph, word, role) = seen.of(told, step.status == Status::Completed);
        let lax = repo.is_some_and(|repo| repo.is_step_not_blocking(run, job, step));
        let role = words::lax(role, lax || known.is_not_blocking(job));
        let row = Row::new(width)
            .gap(2)
            .put(format!("{glyph} {} › {}. {} ", job.name, step.number, step.name), role)
            .put(word, role);
        // of a job that blocks nothing its own line says so
        if lax { row.put(", not blocking", role) } else { row }
    };
    worth.map(row).collect()
}
