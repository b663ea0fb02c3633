//! What changed, as a program and as a person read it.

use serde::Serialize;

use crate::control::GateState;
use crate::model::{
    FeedState, HealthState, Outcome, Phase, Refusal, Revision, StepReport, Time, Track,
};

/// How a watch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The last step is in force and its soak was clean.
    Completed,
    /// The release harms.
    Breached,
    /// The candidate has lost its traffic.
    RolledBack,
    /// A promotion of this watch failed, or the engine could never be read.
    Failed,
    /// The time is over, or nothing can be seen any more.
    Unknown,
    /// A guard said no; nothing was sent.
    Refused,
    /// A signal came.
    Interrupted,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each field is what its name says, as in `status -o json`")]
pub enum What {
    /// Where the rollout stands.
    Rollout {
        phase: Phase,
        step: usize,
        steps: usize,
        weight: Option<f64>,
        routed: Option<f64>,
        share: Option<f64>,
        stable: Option<Revision>,
        candidate: Option<Revision>,
        reason: Option<String>,
    },
    /// A gate's answer.
    Gate { name: String, state: GateState, reason: String, left_s: Option<f64> },
    /// A health check.
    Health { name: String, track: Track, state: HealthState, detail: Option<String> },
    /// An alert.
    Alert { name: String, severity: String, state: String, since: Option<Time> },
    /// What the judge says of one comparison.
    Judge { name: String, verdict: String, requests: f64, against: f64 },
    /// An automatic rollback, announced or answered.
    Alarm { state: String, evidence: String, due_at: Time, by: Option<String> },
    /// An action, begun or over.
    Action {
        action: String,
        verb: String,
        operator: String,
        /// None while it is under way.
        outcome: Option<Outcome>,
        from_weight: Option<f64>,
        to_weight: Option<f64>,
        calls: Vec<String>,
        steps: Vec<StepReport>,
        took_ms: Option<u64>,
    },
    /// Something that is read.
    Source { name: String, state: FeedState, error: Option<String> },
    /// Something the operator should read.
    Notice { notice: String },
    /// The last line.
    End { result: Stop, exit: u8, evidence: Vec<String>, refusals: Vec<Refusal> },
}

impl What {
    /// What is to be said of something that is no longer there; most that goes needs no word.
    pub(super) fn gone(key: &str) -> Option<Self> {
        let rest = key.strip_prefix("alert ")?;
        let (severity, name) = rest.split_once(' ')?;
        let name = name.split('\n').next().unwrap_or(name);
        Some(Self::Alert {
            name: name.to_owned(),
            severity: severity.to_owned(),
            state: "resolved".to_owned(),
            since: None,
        })
    }

    /// The word in front of its line.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Rollout { .. } => "rollout",
            Self::Gate { .. } => "gate",
            Self::Health { .. } => "health",
            Self::Alert { .. } => "alert",
            Self::Judge { .. } => "judge",
            Self::Alarm { .. } => "alarm",
            Self::Action { .. } => "action",
            Self::Source { .. } => "source",
            Self::Notice { .. } => "notice",
            Self::End { .. } => "end",
        }
    }

    /// Its sentence.
    pub(super) fn text(&self) -> String {
        let behind = |reason: &Option<String>| {
            reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"))
        };
        match self {
            Self::Rollout {
                phase, step, steps, weight, routed, stable, candidate, reason, ..
            } => {
                let percent = |value: &Option<f64>| {
                    value.map_or("unknown".to_owned(), |value| format!("{value:.1} %"))
                };
                let name = |revision: &Option<Revision>| {
                    revision.as_ref().map_or("?".to_owned(), ToString::to_string)
                };
                format!(
                    "{}, step {step} of {steps}, weight {}, routed {}, {} → {}{}",
                    phase.word(),
                    percent(weight),
                    percent(routed),
                    name(stable),
                    name(candidate),
                    behind(reason),
                )
            }
            Self::Gate { name, state, reason, .. } => format!("{name} {}: {reason}", state.word()),
            Self::Health { name, track, state, detail } => {
                format!("{name} of {} {}{}", track.word(), state.word(), behind(detail))
            }
            Self::Alert { name, severity, state, .. } => format!("{severity} {name} {state}"),
            Self::Judge { name, verdict, requests, against } => {
                format!("{name}: {verdict} after {requests:.0} requests, {against:.0} on stable")
            }
            Self::Alarm { state, evidence, due_at, by } => {
                let by = by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
                match state.as_str() {
                    "armed" => {
                        let due = due_at.format("%H:%M:%S UTC");
                        format!("automatic rollback armed, due at {due}: {evidence}")
                    }
                    _ => format!("automatic rollback {state}{by}: {evidence}"),
                }
            }
            Self::Action { .. } => self.action(),
            Self::Source { name, state, error } => {
                format!("{name} {}{}", state.word(), behind(error))
            }
            Self::Notice { notice } => notice.clone(),
            Self::End { result, evidence, refusals, exit } => {
                let word = match result {
                    Stop::Completed => "completed",
                    Stop::Breached => "BREACHED",
                    Stop::RolledBack => "ROLLED BACK",
                    Stop::Failed => "FAILED",
                    Stop::Unknown => "UNKNOWN",
                    Stop::Refused => "refused",
                    Stop::Interrupted => "interrupted",
                };
                let refusals = refusals.iter().map(ToString::to_string);
                let told: Vec<String> = evidence.iter().cloned().chain(refusals).collect();
                let told =
                    if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) };
                format!("{word}{told} (exit {exit})")
            }
        }
    }

    fn action(&self) -> String {
        let Self::Action {
            verb,
            operator,
            outcome,
            from_weight,
            to_weight,
            calls,
            steps,
            took_ms,
            ..
        } = self
        else {
            return String::new();
        };
        let weights = match (from_weight, to_weight) {
            (Some(from), Some(to)) => format!(" {from:.0} → {to:.0} %"),
            _ => String::new(),
        };
        let head = format!("{verb}{weights} by {operator}");
        let Some(outcome) = outcome else {
            return format!("{head} begun: {}", calls.join("; "));
        };
        let ms = |at: Option<u64>| at.map_or("–".to_owned(), |ms| format!("{ms} ms"));
        let steps: Vec<String> = steps
            .iter()
            .map(|step| {
                let error = step.error.as_ref().map_or(String::new(), |error| format!(", {error}"));
                format!(
                    "{} sent {}, accepted {}, seen {}{error}",
                    step.call,
                    ms(step.sent_ms),
                    ms(step.accepted_ms),
                    ms(step.seen_ms),
                )
            })
            .collect();
        let took = took_ms.map_or(String::new(), |ms| format!(" after {ms} ms"));
        let steps =
            if steps.is_empty() { String::new() } else { format!(": {}", steps.join("; ")) };
        format!("{head} {}{took}{steps}", outcome.word())
    }
}
