//! `flightdeck logs`: the lines of a job's log, under the names of its steps.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::output::{Format, Output};
use crate::joblog::{JobLog, Kind, Line, WINDOW};
use crate::model::{Job, Run, Time};

/// What ran how, above what it wrote.
///
/// # Errors
/// When the writer fails.
pub fn head<W: Write>(run: &Run, job: &Job, out: &mut Output<W>) -> io::Result<()> {
    if out.format == Format::Json {
        return Ok(());
    }
    let ended = job.conclusion.as_ref().map_or("running", |conclusion| conclusion.word());
    let place = run.branch.as_deref().unwrap_or("?");
    out.line(format!("== {} ({ended}) of {} #{} on {place}", job.name, run.name, run.number))
}

/// The lines of a job's log in these ranges.
///
/// # Errors
/// When the log cannot be read or the writer fails.
pub fn lines<W: Write>(
    job: &Job,
    log: &JobLog,
    ranges: &[Range<u64>],
    out: &mut Output<W>,
) -> io::Result<()> {
    for range in ranges {
        let mut from = range.start;
        while from < range.end.min(log.len()) {
            let until = range.end.min(from + WINDOW);
            for line in log.window(from..until)? {
                print(job, log, &line, out)?;
            }
            from = until;
        }
    }
    Ok(())
}

fn print<W: Write>(job: &Job, log: &JobLog, line: &Line, out: &mut Output<W>) -> io::Result<()> {
    let step = log.outline().step_at(line.number);
    if out.format == Format::Json {
        return out.json(&Row {
            version: 1,
            job: &job.name,
            step: step.map(|step| step.name.as_str()),
            line: line.number + 1,
            at: line.at,
            kind: word(line.kind),
            text: &line.text,
            bytes: line.cut,
        });
    }
    if let Some(step) = step.filter(|step| step.lines.start == line.number) {
        let failed = if step.failed { " (failed)" } else { "" };
        out.line(format!("-- step {}: {}{failed}", step.step.unwrap_or(0), step.name))?;
    }
    if line.kind == Kind::EndGroup {
        return Ok(());
    }
    let at = line.at.map_or_else(String::new, |at| at.format("%H:%M:%SZ ").to_string());
    let rest = line.cut.map_or_else(String::new, |bytes| format!(" … [{bytes} bytes in all]"));
    out.line(format!("{at}{}{rest}", line.text))
}

/// A line of a log, for programs.
#[derive(Serialize)]
struct Row<'a> {
    version: u32,
    job: &'a str,
    step: Option<&'a str>,
    line: u64,
    at: Option<Time>,
    kind: &'static str,
    text: &'a str,
    /// How long it is, when that is not all.
    bytes: Option<u64>,
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain => "plain",
        Kind::Group => "group",
        Kind::EndGroup => "endgroup",
        Kind::Error => "error",
        Kind::Warning => "warning",
        Kind::Notice => "notice",
        Kind::Debug => "debug",
        Kind::Command => "command",
        Kind::Section => "section",
    }
}
