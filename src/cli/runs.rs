//! `flightdeck run list`: runs as a table or JSON, with the numbers that other commands take.

use std::io::{self, Write};

use serde::Serialize;

use crate::control::span;
use crate::model::{Conclusion, Run, Target, Time};

use super::output::{Format, Output};

/// The whole answer; version 1.
#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    at: Time,
    target: &'a Target,
    repo: &'a str,
    runs: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    run: u64,
    workflow: &'a str,
    number: u64,
    attempt: u64,
    status: &'a str,
    conclusion: Option<&'a str>,
    branch: Option<&'a str>,
    sha: &'a str,
    event: &'a str,
    actor: Option<&'a str>,
    title: &'a str,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    url: &'a str,
}

/// Prints runs, newest first.
///
/// # Errors
/// When the writer fails.
pub fn print<W: Write>(
    target: &Target,
    repo: &str,
    runs: &[Run],
    now: Time,
    out: &mut Output<W>,
) -> io::Result<()> {
    if out.format == Format::Json {
        let runs = runs.iter().map(row).collect();
        return out.json(&Answer { version: 1, at: now, target, repo, runs });
    }
    let none = || "–".to_owned();
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let attempt = if run.attempt > 1 { format!(".{}", run.attempt) } else { String::new() };
            vec![
                run.id.to_string(),
                run.workflow.clone(),
                format!("#{}{attempt}", run.number),
                run.status.word().to_owned(),
                run.conclusion.as_ref().map_or_else(none, |ended| ended.word().to_owned()),
                run.branch.clone().unwrap_or_else(none),
                run.created_at.map_or_else(none, |at| span(now - at)),
                run.title.clone(),
            ]
        })
        .collect();
    out.table(&["RUN", "WORKFLOW", "#", "STATUS", "CONCLUSION", "REF", "AGE", "TITLE"], &rows)
}

fn row(run: &Run) -> Row<'_> {
    Row {
        run: run.id,
        workflow: &run.workflow,
        number: run.number,
        attempt: run.attempt,
        status: run.status.word(),
        conclusion: run.conclusion.as_ref().map(Conclusion::word),
        branch: run.branch.as_deref(),
        sha: &run.sha,
        event: &run.event,
        actor: run.actor.as_deref(),
        title: &run.title,
        created_at: run.created_at,
        updated_at: run.updated_at,
        url: &run.url,
    }
}
