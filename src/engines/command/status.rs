//! What the status program prints: the `rollout` object of `flightdeck status -o json`, without `engine`.
//! Fields that are not known are let be; a known one of a wrong kind is a fault that shows what was found.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::config::CommandConfig;
use crate::model::rollout::Past;
use crate::model::{Fault, FaultKind, Phase, Revision, Rollout, Time};

use super::offers;

/// Percentage points that still count as the same percentage.
pub(super) const TOLERANCE: f64 = 0.5;

/// Revisions of the past that are taken at most.
const HISTORY: usize = 20;

const PHASES: [Phase; 10] = [
    Phase::Idle,
    Phase::Progressing,
    Phase::Paused,
    Phase::AwaitingApproval,
    Phase::Soaking,
    Phase::Degraded,
    Phase::RollingBack,
    Phase::RolledBack,
    Phase::Completed,
    Phase::Unknown,
];

/// One answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Status {
    pub(super) phase: Option<Phase>,
    /// Whether it speaks of a phase at all, if only to say that it has none now.
    pub(super) has_phase: bool,
    pub(super) reason: Option<String>,
    /// Percent that the candidate gets.
    pub(super) routed: Option<f64>,
    pub(super) stable: Option<Revision>,
    pub(super) candidate: Option<Revision>,
    pub(super) since: Option<Time>,
    /// What had all the traffic before, the newest first.
    pub(super) history: Vec<Past>,
}

impl Status {
    /// Reads what was printed.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let found = crate::text::line(text.trim(), 80);
            garbage(format!("what it printed is not JSON ({error}): `{found}`"))
        })?;
        let Value::Object(fields) = value else {
            return Err(wrong("the answer", &value, "an object"));
        };
        let (phase, unknown) = phase(&fields)?;
        Ok(Self {
            phase,
            has_phase: fields.contains_key("phase"),
            reason: unknown.or(string(&fields, "reason")?),
            routed: percent(&fields)?,
            stable: string(&fields, "stable")?.map(Revision),
            candidate: string(&fields, "candidate")?.map(Revision),
            since: time(&fields)?,
            history: history(&fields)?,
        })
    }

    /// The reading it makes, with what each verb would run.
    pub(super) fn into_rollout(self, config: &CommandConfig) -> Rollout {
        Rollout {
            engine: "command".to_owned(),
            phase: self.phase,
            settings: offers::settings(&self, config),
            offers: offers::offers(&self, config),
            blocks: offers::blocks(&self),
            reason: self.reason,
            routed: self.routed,
            stable: self.stable,
            candidate: self.candidate,
            since: self.since,
            servers: Vec::new(),
            notes: Vec::new(),
            history: self.history,
        }
    }
}

fn garbage(text: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Garbage, format!("status: {text}"))
}

fn wrong(what: &str, found: &Value, wanted: &str) -> Fault {
    let found = crate::text::line(&found.to_string(), 60);
    garbage(format!("{what} is `{found}`; print {wanted}"))
}

/// A field that is there, and not null.
fn field<'f>(fields: &'f Map<String, Value>, name: &str) -> Option<&'f Value> {
    fields.get(name).filter(|value| !value.is_null())
}

fn string(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Fault> {
    match field(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(other) => Err(wrong(&format!("`{name}`"), other, "text or null")),
    }
}

/// Names alone, or each with its time.
fn history(fields: &Map<String, Value>) -> Result<Vec<Past>, Fault> {
    let Some(value) = field(fields, "history") else { return Ok(Vec::new()) };
    let wanted = "a list of names, or of { \"revision\": …, \"at\": … }, or null";
    let Value::Array(list) = value else { return Err(wrong("`history`", value, wanted)) };
    let past = list.iter().take(HISTORY).map(|one| match one {
        Value::String(name) => Ok(Past { revision: Revision(name.clone()), at: None }),
        other => Past::deserialize(other).map_err(|_| wrong("`history`", other, wanted)),
    });
    past.collect()
}

fn percent(fields: &Map<String, Value>) -> Result<Option<f64>, Fault> {
    let Some(value) = field(fields, "routed") else { return Ok(None) };
    match value.as_f64() {
        Some(percent) if (0.0..=100.0).contains(&percent) => Ok(Some(percent)),
        _ => Err(wrong("`routed`", value, "a number from 0 to 100, or null")),
    }
}

fn time(fields: &Map<String, Value>) -> Result<Option<Time>, Fault> {
    let Some(value) = field(fields, "since") else { return Ok(None) };
    let parsed = value.as_str().and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    match parsed {
        Some(time) => Ok(Some(time.to_utc())),
        None => Err(wrong("`since`", value, "a time as 2026-01-01T00:00:00Z, or null")),
    }
}

/// The phase; a word that is none of ours is unknown, and why.
fn phase(fields: &Map<String, Value>) -> Result<(Option<Phase>, Option<String>), Fault> {
    let Some(word) = string(fields, "phase")? else { return Ok((None, None)) };
    let known = PHASES.into_iter().find(|phase| phase.word() == word);
    let why = || format!("the status says `{word}`, which is no phase that flightdeck knows");
    Ok((Some(known.unwrap_or(Phase::Unknown)), known.is_none().then(why)))
}
