//! What `status` says of the judge: each comparison with both sides, their intervals and the verdict.

use serde::Serialize;

use crate::control::{Assessment, Counted, Finding, Verdict, findings};
use crate::model::Time;
use crate::store::TargetState;

/// What is found of one comparison.
#[derive(Debug, Serialize)]
pub(super) struct JudgeStatus {
    name: String,
    /// `insufficient`, `pass`, `fail` or `inconclusive`; null where nothing is known, see `trouble`.
    verdict: Option<&'static str>,
    trouble: Option<String>,
    candidate: Side,
    stable: Side,
    /// By how much the candidate fails more often, as a share of all requests, with Newcombe's interval.
    difference: Option<[f64; 3]>,
    /// The smallest difference that matters.
    matters: f64,
    /// How many times as often the candidate fails, at least and at most, whenever one looks.
    ratio: [Option<f64>; 2],
    /// About how many more of the candidate's requests it takes; null where it is decided, or nobody can say.
    lacks: Option<f64>,
    since: Option<Time>,
}

/// What was counted of a side.
#[derive(Debug, Serialize)]
struct Side {
    bad: f64,
    total: f64,
    /// The share of failures, 0–1, and Wilson's interval; null without requests.
    share: Option<[f64; 3]>,
}

/// Every comparison of a target.
pub(super) fn of(state: &TargetState, seen: &Assessment, now: Time) -> Vec<JudgeStatus> {
    findings(state, &seen.evidence, now).into_iter().map(row).collect()
}

fn row(found: Finding) -> JudgeStatus {
    let (candidate, stable) = found.sides();
    let (low, high) = found.ratio();
    // what is open to above has no number in JSON
    let number = |value: f64| value.is_finite().then_some(value);
    JudgeStatus {
        verdict: found.verdict.map(Verdict::word),
        candidate: side(candidate),
        stable: side(stable),
        difference: found.difference().map(|(value, low, high)| [value, low, high]),
        matters: found.matters(),
        ratio: [number(low), number(high)],
        lacks: found.lacks().filter(|_| !found.is_decided()),
        since: found.since,
        name: found.name,
        trouble: found.trouble,
    }
}

fn side(counted: Counted) -> Side {
    let share = counted.share.map(|(value, low, high)| [value, low, high]);
    Side { bad: counted.bad, total: counted.total, share }
}
