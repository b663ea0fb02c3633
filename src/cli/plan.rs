//! Plans, refusals and reports of the acting commands, as a person and as a program read them.

use std::io::{self, Write};

use serde::Serialize;

use crate::control::{
    Assessment, Challenge, Confirmation, Gate, GateState, Go, INCIDENT, Proven, Written, by_queue,
    in_the_way,
};
use crate::model::{HookSpec, Outcome, Plan, Refusal, Report};

use super::output::{Format, Output};

/// A plan that was not carried out (`--dry-run`).
#[derive(Debug, Serialize)]
struct Unsent<'a> {
    version: u32,
    dry_run: bool,
    plan: &'a Plan,
    /// What every gate says, where it deploys.
    #[serde(skip_serializing_if = "Option::is_none")]
    gates: Option<&'a [Gate]>,
    /// What refuses the next promotion besides them.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusals: Option<&'a [Refusal]>,
}

/// Prints a plan that is not carried out; `seen`: what is decided about its target, where it deploys.
///
/// # Errors
/// When the writer fails.
pub fn print_dry_run<W: Write>(
    plan: &Plan,
    seen: Option<&Assessment>,
    out: &mut Output<W>,
) -> io::Result<()> {
    if out.format == Format::Json {
        let gates = seen.map(|seen| seen.gates.as_slice());
        let refusals = seen.map(|seen| seen.refusals.as_slice());
        return out.json(&Unsent { version: 1, dry_run: true, plan, gates, refusals });
    }
    print_plan(plan, seen, out)?;
    out.line("dry run: nothing was sent")
}

/// Prints what will be done: what and where to, what the gates say where it deploys, what follows from it,
/// and exactly what is sent.
///
/// # Errors
/// When the writer fails.
pub fn print_plan<W: Write>(
    plan: &Plan,
    seen: Option<&Assessment>,
    out: &mut Output<W>,
) -> io::Result<()> {
    out.line(headline(plan))?;
    for refusal in &plan.overrides {
        out.line(format!("  OVERRIDES {refusal}"))?;
    }
    if let Some(seen) = seen {
        print_go(seen, out)?;
    }
    for queue in by_queue(&plan.ahead) {
        out.line(format!("  {}", queue.head()))?;
        for ahead in queue.runs {
            out.line(format!("    {}", in_the_way(ahead, &ahead.status)))?;
        }
    }
    for note in &plan.notes {
        out.line(format!("  {note}"))?;
    }
    print_hook("before", plan.before.as_ref(), out)?;
    for call in &plan.calls {
        match &call.run {
            Some(program) => {
                let limit = program.timeout.as_secs_f64();
                out.line(format!("  run   {} (within {limit} s, then left running)", call.text))?;
            }
            None => match Written::of(call) {
                Some(issue) => {
                    for (label, text) in issue.lines() {
                        let label = if label == "calls" { "send" } else { label };
                        out.line(format!("  {label:<6}  {text}"))?;
                    }
                }
                None => out.line(format!("  send  {call}"))?,
            },
        }
    }
    print_hook("after", plan.after.as_ref(), out)
}

/// Whether the target may go on, and every answer that is in the way.
fn print_go<W: Write>(seen: &Assessment, out: &mut Output<W>) -> io::Result<()> {
    let passes = |gate: &&Gate| gate.state == GateState::Pass;
    let pass: Vec<&str> = seen.gates.iter().filter(passes).map(|gate| gate.name.as_str()).collect();
    match seen.go() {
        Go::Watched => return out.line("  go: no gates, no engine is configured"),
        Go::Yes => return out.line(format!("  go: yes; {} pass", pass.join(", "))),
        Go::Nothing => out.line("  go: –; nothing to promote")?,
        Go::No => out.line("  go: no")?,
    }
    for barrier in seen.barriers() {
        out.line(format!("    refused by {}: {}", barrier.name, barrier.reason))?;
    }
    for gate in seen.gates.iter().filter(|gate| !passes(gate)) {
        out.line(format!("    {} {}: {}", gate.name, gate.state.word(), gate.reason))?;
    }
    if pass.is_empty() { Ok(()) } else { out.line(format!("    pass: {}", pass.join(", "))) }
}

fn print_hook<W: Write>(
    when: &str,
    hook: Option<&HookSpec>,
    out: &mut Output<W>,
) -> io::Result<()> {
    let Some(hook) = hook else { return Ok(()) };
    let required = if hook.required { ", required" } else { "" };
    let (run, limit) = (hook.argv.join(" "), hook.timeout.as_secs());
    out.line(format!("  {when}: run {run} (within {limit} s{required})"))
}

/// The first line of a plan: what, where, from, to.
#[must_use]
pub fn headline(plan: &Plan) -> String {
    let weights = match (plan.from_weight, plan.to_weight) {
        (Some(from), Some(to)) => format!("  {from:.1} % → {to:.0} %"),
        (None, Some(to)) => format!("  to {to:.0} %"),
        _ => String::new(),
    };
    let name = |r: &Option<crate::model::Revision>| {
        r.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string)
    };
    let revisions = match plan.to_weight {
        Some(_) => format!("  {} → {}", name(&plan.from), name(&plan.to)),
        None => String::new(),
    };
    let subject = plan.subject.as_ref().map_or(String::new(), |subject| format!("  {subject}"));
    format!("{} {}{subject}{revisions}{weights}", plan.what(), plan.target)
}

/// What answers a confirmation on a terminal.
#[must_use]
pub fn prompt(confirmation: &Confirmation) -> String {
    match confirmation.challenge {
        Challenge::Key => "type `yes` to go on, anything else cancels: ".to_owned(),
        Challenge::Name => {
            format!("type `{}` to go on, anything else cancels: ", confirmation.typed())
        }
    }
}

/// A rollback that was followed until what it is for showed, or the time was over.
#[derive(Debug, Serialize)]
struct Followed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    recovered: &'a [Proven],
}

/// Prints what became of a rollback, and to programs what of it has recovered.
///
/// # Errors
/// When the writer fails.
pub fn print_followed<W: Write>(
    report: &Report,
    recovered: &[Proven],
    out: &mut Output<W>,
) -> io::Result<()> {
    if out.format == Format::Json && !recovered.is_empty() {
        return out.json(&Followed { report, recovered });
    }
    print_report(report, out)
}

/// Prints what became of an action.
///
/// # Errors
/// When the writer fails.
pub fn print_report<W: Write>(report: &Report, out: &mut Output<W>) -> io::Result<()> {
    if out.format == Format::Json {
        return out.json(report);
    }
    let took = match report.outcome {
        Outcome::Refused => String::new(),
        _ => report.after(),
    };
    let (what, outcome) = (report.what(), report.outcome.word());
    out.line(format!("{what} {}: {outcome}{took}", report.target))?;
    for step in &report.steps {
        let ms = |at: Option<u64>| at.map_or("–".to_owned(), |ms| format!("{ms} ms"));
        let error = step.error.as_deref().map_or(String::new(), |error| format!("  {error}"));
        let seen = format!("seen {}", ms(step.seen_ms));
        let seen = if step.blind { "nothing to see" } else { &seen };
        // of an issue the text was shown before it was sent
        let call = step.call.split_once("/issues {").map(|(before, _)| format!("{before}/issues"));
        let call = call.filter(|_| report.name.as_deref() == Some(INCIDENT));
        let call = call.as_deref().unwrap_or(&step.call);
        out.line(format!(
            "  {call}  sent {}  accepted {}  {seen}{error}",
            ms(step.sent_ms),
            ms(step.accepted_ms)
        ))?;
        for line in step.output.iter().flat_map(|output| output.lines()) {
            out.line(format!("    | {line}"))?;
        }
    }
    print_refusals(&report.overrides, "overrode", out)?;
    print_refusals(&report.refusals, "refused by", out)?;
    for note in &report.notes {
        out.line(format!("  {note}"))?;
    }
    if report.is_open() && report.name.as_deref() == Some(INCIDENT) {
        out.line("  look there whether it came; it blocks nothing, and is never sent again")?;
    } else if report.is_open() {
        out.line("  it is followed up by every later look, and never sent again by itself")?;
    }
    Ok(())
}

/// Prints where a run that an action is about can be looked at; to programs the report names it.
///
/// # Errors
/// When the writer fails.
pub fn print_run<W: Write>(run: u64, url: Option<&str>, out: &mut Output<W>) -> io::Result<()> {
    if out.format == Format::Json {
        return Ok(());
    }
    let url = url.map_or(String::new(), |url| format!(" {url}"));
    out.line(format!("  run {run}{url}"))
}

fn print_refusals<W: Write>(
    refusals: &[Refusal],
    word: &str,
    out: &mut Output<W>,
) -> io::Result<()> {
    for refusal in refusals {
        out.line(format!("  {word} {refusal}"))?;
    }
    Ok(())
}
