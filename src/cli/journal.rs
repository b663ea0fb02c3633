//! `flightdeck journal show`: lines of the record, for a person or a program.

use std::io::{self, Write};

use crate::model::{Record, RecordKind};

use super::output::{Format, Output};
use super::plan::headline;

/// Prints records, oldest first.
///
/// # Errors
/// When the writer fails.
pub fn print<W: Write>(records: &[Record], out: &mut Output<W>) -> io::Result<()> {
    if out.format == Format::Json {
        for record in records {
            out.json(record)?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            vec![
                record.seq.to_string(),
                record.at.format("%Y-%m-%d %H:%M:%SZ").to_string(),
                record.kind.target().to_string(),
                record.operator.clone(),
                sentence(&record.kind),
            ]
        })
        .collect();
    out.table(&["#", "AT", "TARGET", "BY", "WHAT"], &rows)
}

fn sentence(kind: &RecordKind) -> String {
    match kind {
        RecordKind::Intent { plan } => {
            let reason =
                plan.reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
            let overrides: Vec<&str> = plan.overrides.iter().map(|o| o.gate.as_str()).collect();
            let overrides = if overrides.is_empty() {
                String::new()
            } else {
                format!(", overriding {}", overrides.join(", "))
            };
            format!("intent: {}{overrides}{reason}", headline(plan))
        }
        RecordKind::Outcome { report, followed_up } => {
            let late = if *followed_up { ", followed up" } else { "" };
            format!(
                "{}: {} after {} ms{late}",
                report.what(),
                report.outcome.word(),
                report.took_ms
            )
        }
        RecordKind::FirstSight { candidate, weight, .. } => {
            let name = candidate.as_ref().map_or("a candidate", |candidate| candidate.as_str());
            format!("first sight of {name} at {weight:.0} %")
        }
        RecordKind::Completed { candidate, .. } => {
            let name = candidate.as_ref().map_or("the candidate", |candidate| candidate.as_str());
            format!("completed: {name}")
        }
        RecordKind::Resolved { image, digest, .. } => format!("{image} is {digest}"),
        RecordKind::Alarm { candidate, why, acts_at, .. } => {
            let name = candidate.as_ref().map_or("the candidate", |candidate| candidate.as_str());
            let at = acts_at.format("%H:%M:%SZ");
            format!("alarm: {name} is rolled back at {at} unless held: {why}")
        }
        RecordKind::Foreign { why, .. } => format!("held: {why}"),
        RecordKind::Disarmed { why, passed: true, .. } => format!("alarm over: {why}"),
        RecordKind::Disarmed { why, .. } => format!("automatic rollback held: {why}"),
        RecordKind::Changed { from, to, reasons, .. } => {
            let why = if reasons.is_empty() {
                String::new()
            } else {
                format!(": {}", reasons.join("; "))
            };
            format!("{from} → {to}{why}")
        }
    }
}
