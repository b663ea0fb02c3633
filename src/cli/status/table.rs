//! What `flightdeck status` says to people: a row for each target, its gates where they are wanted, and the
//! sources that do not answer.

use std::io::{self, Write};

use crate::cli::output::{Format, Output};
use crate::control::Go;
use crate::model::{FeedState, Revision};

use super::{SourceStatus, Status, TargetStatus};

impl Status {
    /// Prints it; `gates`: people are told what each gate stands on too.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn print<W: Write>(&self, gates: bool, out: &mut Output<W>) -> io::Result<()> {
        if out.format == Format::Json {
            return out.json(self);
        }
        let rows: Vec<Vec<String>> = self.targets.iter().map(row).collect();
        out.table(&["TARGET", "STATE", "REVISION", "ROLLOUT", "GO?", "WHY"], &rows)?;
        for target in &self.targets {
            let auto = target.auto_rollback.as_ref();
            if let Some(held) = auto.and_then(|auto| auto.held.as_ref()) {
                out.line(format!("{}: {held}", target.target))?;
            }
        }
        for target in self.targets.iter().filter(|target| gates && !target.gates.is_empty()) {
            out.line("")?;
            out.table(&[target.target.as_str(), "GATE", "WHY"], &gate_rows(target))?;
        }
        let bad: Vec<&SourceStatus> =
            self.sources.iter().filter(|source| source.state != FeedState::Live).collect();
        for source in bad {
            let age = source
                .age_s
                .map_or(source.never.to_owned(), |age| format!("last answer {age:.0} s ago"));
            let error = source.error.as_deref().unwrap_or("no answer");
            out.line(format!("{} {}: {error}; {age}", source.name, source.state.word()))?;
        }
        Ok(())
    }
}

fn gate_rows(target: &TargetStatus) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for refusal in &target.refusals {
        rows.push(vec!["refused".to_owned(), refusal.gate.clone(), refusal.reason.clone()]);
    }
    for gate in &target.gates {
        rows.push(vec![gate.state.word().to_owned(), gate.name.clone(), gate.reason.clone()]);
        let asked = gate.queries.iter().map(|query| format!("by {query}"));
        rows.extend(asked.map(|asked| vec![String::new(), String::new(), asked]));
    }
    rows
}

fn row(target: &TargetStatus) -> Vec<String> {
    let revision = |r: Option<&Revision>| r.map_or_else(|| "–".to_owned(), ToString::to_string);
    let (version, rollout) = match &target.rollout {
        None => (revision(target.runs.as_ref()), "–".to_owned()),
        Some(rollout) => {
            let routed = rollout.routed.map_or("?".to_owned(), |routed| format!("{routed:.0} %"));
            let step = format!(
                "{} {routed}, step {} of {}",
                rollout.phase.word(),
                rollout.step,
                rollout.steps
            );
            let versions = match rollout.routed {
                Some(routed) if routed <= 0.05 => revision(rollout.stable.as_ref()),
                Some(routed) if routed >= 99.95 => revision(rollout.candidate.as_ref()),
                _ => format!(
                    "{} → {}",
                    revision(rollout.stable.as_ref()),
                    revision(rollout.candidate.as_ref())
                ),
            };
            (versions, step)
        }
    };
    let go = go(target);
    vec![
        target.target.to_string(),
        target.state.word().to_owned(),
        version,
        rollout,
        go,
        target.reasons.join("; "),
    ]
}

/// `yes`, `no: pause, soak`, or `–` where there is nothing to promote.
fn go(target: &TargetStatus) -> String {
    match target.go {
        Go::Watched => "–".to_owned(),
        Go::Nothing => "– nothing to promote".to_owned(),
        Go::Yes => "yes".to_owned(),
        Go::No => format!("no: {}", target.in_the_way.as_deref().unwrap_or_default().join(", ")),
    }
}
