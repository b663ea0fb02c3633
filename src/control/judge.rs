//! The candidate against the concurrent stable side: what was counted since the step began, what it proves,
//! and what the judge's gate says of it. Pure.

mod patience;

use chrono::TimeDelta;

use crate::model::{ComparisonSpec, JudgeSpec, Look, Tally, Time};
use crate::stats::Count;
use crate::stats::interval::{Z95, newcombe, wilson};
pub use crate::stats::trial::Verdict;
use crate::stats::trial::{Rule, Trial};
use crate::store::{Compared, TargetState};

use super::evidence::Evidence;
use super::gates::{self, Gate, GateState};
use super::phase::span;
use patience::patience;

/// How long evidence is gathered before it begins anew: what begins to fail after a good day must not have
/// to outweigh that day.
const PERIOD: TimeDelta = TimeDelta::hours(1);

/// What is found of one comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Its name.
    pub name: String,
    /// All that was counted and what it proves.
    pub(super) trial: Trial,
    /// What is found; none where nothing is known, see `trouble`.
    pub verdict: Option<Verdict>,
    /// Why nothing is known.
    pub trouble: Option<String>,
    /// When it failed, where it did.
    pub failed_at: Option<Time>,
    /// Since when it is counted.
    pub since: Option<Time>,
    /// Our requests each second, by what was counted.
    pub pace: f64,
}

/// What was counted of a side, its share, and the interval that it leaves open with 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// Failures.
    pub bad: f64,
    /// Requests.
    pub total: f64,
    /// The share of failures, 0–1, with its interval; none without requests.
    pub share: Option<(f64, f64, f64)>,
}

impl Counted {
    fn of(count: Count) -> Self {
        let (low, high) = wilson(count, Z95);
        let share = count.share().map(|share| (share, low, high));
        Self { bad: count.bad, total: count.total, share }
    }
}

impl Finding {
    /// The candidate's side and the stable one.
    #[must_use]
    pub fn sides(&self) -> (Counted, Counted) {
        let evidence = self.trial.evidence();
        (Counted::of(evidence.ours()), Counted::of(evidence.theirs()))
    }

    /// By how much the candidate fails more often, as a share of all requests, with its interval for one look;
    /// none before both sides have requests.
    #[must_use]
    pub fn difference(&self) -> Option<(f64, f64, f64)> {
        let evidence = self.trial.evidence();
        let (low, high) = newcombe(evidence.ours(), evidence.theirs(), Z95);
        Some((self.trial.difference()?, low, high))
    }

    /// `1.52 % against 0.40 %`, the candidate's share of failures first.
    #[must_use]
    pub fn shares(&self) -> String {
        shares(&self.trial)
    }

    /// Whether requests were counted on both sides.
    pub(super) fn is_counted(&self) -> bool {
        let evidence = self.trial.evidence();
        evidence.ours().share().is_some() && evidence.theirs().share().is_some()
    }

    /// Whether no more requests are needed: it has failed or passed.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Fail | Verdict::Pass))
    }

    /// The chance that a bound of the ratio is wrong, whenever one looks.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.trial.alpha()
    }

    /// The smallest difference that matters.
    #[must_use]
    pub fn matters(&self) -> f64 {
        self.trial.matters()
    }

    /// How many times as often the candidate fails, at least and at most, whenever one looks.
    #[must_use]
    pub fn ratio(&self) -> (f64, f64) {
        self.trial.ratio()
    }

    /// About how many more of the candidate's requests it takes; none where nobody can say.
    #[must_use]
    pub fn lacks(&self) -> Option<f64> {
        self.trial.lacks()
    }
}

/// What is found of every comparison of a target; empty where none is configured, or where there is no
/// candidate to compare with a stable side.
#[must_use]
pub fn findings(state: &TargetState, evidence: &Evidence, now: Time) -> Vec<Finding> {
    let Some(judge) = &state.spec.judge else { return Vec::new() };
    let comparisons = judge.comparisons.iter().zip(&state.compared);
    // rotating sides change places, and their series keep their labels
    let rotated = state.ledger.exchanged;
    let one = |(spec, compared)| finding(judge, (spec, compared), rotated, evidence, now);
    comparisons.map(one).collect()
}

/// Whether both sides have traffic, so that they can be compared.
pub(super) fn is_split(evidence: &Evidence) -> bool {
    evidence.routed.is_none_or(|routed| routed > 0.05 && routed < 99.95)
}

fn finding(
    judge: &JudgeSpec,
    (spec, compared): (&ComparisonSpec, &Compared),
    rotated: bool,
    evidence: &Evidence,
    now: Time,
) -> Finding {
    let alpha = judge.alpha / judge.comparisons.len().max(1) as f64;
    let fresh = || Trial::new(Rule { alpha, points: spec.points, part: spec.part });
    let warm_up = TimeDelta::from_std(judge.warm_up).unwrap_or_default();
    let from = evidence.step.counted().map(|step| step + warm_up);
    let mut trial = fresh();
    let (mut failed_at, mut since, mut last) = (None, None, None);
    // what the period before this one cleared is clear until this one says otherwise
    let (mut ends, mut cleared) = (from.map(|from| from + PERIOD), false);
    for look in from.into_iter().flat_map(|from| compared.since(from, now)) {
        if failed_at.is_none() && ends.is_some_and(|ends| look.at > ends) {
            cleared = trial.verdict() == Verdict::Pass;
            (trial, since) = (fresh(), None);
            while ends.is_some_and(|ends| look.at > ends) {
                ends = ends.map(|ends| ends + PERIOD);
            }
        }
        last = Some(look.at);
        let Some((ours, theirs)) = both(look) else { continue };
        let (ours, theirs) = if rotated { (theirs, ours) } else { (ours, theirs) };
        since.get_or_insert(look.at - TimeDelta::milliseconds((look.span_s * 1000.0) as i64));
        trial.add(ours, theirs);
        if trial.failed_at().is_some() && failed_at.is_none() {
            failed_at = Some(look.at);
        }
    }
    let trouble = trouble(judge, compared, (from, now));
    let seconds = since.zip(last).map_or(0.0, |(since, last)| (last - since).as_seconds_f64());
    let pace = if seconds > 0.0 { trial.evidence().ours().total / seconds } else { 0.0 };
    // what was proven stays proven when nothing more is heard
    let verdict = match (&trouble, trial.verdict()) {
        (_, Verdict::Fail) => Some(Verdict::Fail),
        (None, Verdict::Insufficient) if cleared => Some(Verdict::Pass),
        (Some(_), _) => None,
        (None, verdict) => Some(verdict),
    };
    Finding { name: spec.name.clone(), verdict, trouble, failed_at, since, pace, trial }
}

/// Why nothing is known by what was counted.
fn trouble(
    judge: &JudgeSpec,
    compared: &Compared,
    (from, now): (Option<Time>, Time),
) -> Option<String> {
    if let Some(fault) = &compared.fault {
        return Some(fault.clone());
    }
    let Some(from) = from else { return Some("the step's beginning is not known yet".to_owned()) };
    if compared.asked_at.is_none() {
        return Some("nothing was counted yet".to_owned());
    }
    let quiet = |name: &str, side: fn(&Look) -> Option<Tally>| {
        let heard = compared.looks.iter().rev().find(|look| side(look).is_some());
        let silent = now - heard.map_or(from, |look| look.at.max(from));
        let is_unknown = silent > patience(judge, compared, side);
        is_unknown.then(|| match heard {
            None => format!("no series of the {name} side"),
            Some(look) => format!("no series of the {name} side for {}", span(now - look.at)),
        })
    };
    quiet("candidate", |look| look.candidate).or_else(|| quiet("stable", |look| look.stable))
}

fn both(look: &Look) -> Option<(Count, Count)> {
    let count = |tally: Tally| Count::new(tally.bad, tally.total);
    Some((count(look.candidate?), count(look.stable?)))
}

/// The judge's gate; none where none is configured.
pub(super) fn gate(state: &TargetState, evidence: &Evidence, now: Time) -> Option<Gate> {
    let judge = state.spec.judge.as_ref()?;
    if evidence.routed.is_some_and(|routed| routed <= 0.05) {
        return Some(Gate::new("judge", GateState::Pass, gates::without_traffic(state)));
    }
    if !is_split(evidence) {
        let reason = "all traffic is the candidate's: nothing is left to compare it with";
        return Some(Gate::new("judge", GateState::Pass, reason));
    }
    let findings = findings(state, evidence, now);
    let mut worst: Option<(GateState, Vec<String>, Option<f64>)> = None;
    for finding in &findings {
        let (answer, left_s) = answer(finding);
        let sentence = format!("{}: {}", finding.name, sentence(finding, judge, now));
        match &mut worst {
            Some((state, sentences, left)) if *state == answer => {
                sentences.push(sentence);
                *left = left.zip(left_s).map(|(a, b)| a.max(b));
            }
            Some((state, ..)) if rank(*state) >= rank(answer) => {}
            _ => worst = Some((answer, vec![sentence], left_s)),
        }
    }
    let (answer, sentences, left_s) = worst?;
    Some(Gate { left_s, ..Gate::new("judge", answer, sentences.join("; ")) })
}

fn rank(state: GateState) -> u8 {
    match state {
        GateState::Pass => 0,
        GateState::Wait => 1,
        GateState::Unknown => 2,
        GateState::Fail => 3,
    }
}

fn answer(finding: &Finding) -> (GateState, Option<f64>) {
    match finding.verdict {
        None => (GateState::Unknown, None),
        Some(Verdict::Fail) => (GateState::Fail, None),
        Some(Verdict::Pass) => (GateState::Pass, None),
        Some(Verdict::Insufficient | Verdict::Inconclusive) => (GateState::Wait, left(finding)),
    }
}

/// Seconds until enough was seen, at the pace of now; none where nobody can say.
fn left(finding: &Finding) -> Option<f64> {
    let lacks = finding.trial.lacks().filter(|lacks| *lacks > 0.0)?;
    (finding.pace > 0.0).then(|| lacks / finding.pace)
}

/// What is found, with the numbers that it stands on.
fn sentence(finding: &Finding, judge: &JudgeSpec, now: Time) -> String {
    let evidence = finding.trial.evidence();
    let ours = evidence.ours();
    let theirs = evidence.theirs();
    let shares = shares(&finding.trial);
    let of = |n: f64| format!("of {n:.0} requests");
    match finding.verdict {
        None => finding.trouble.clone().unwrap_or_default(),
        Some(Verdict::Fail) => {
            let since =
                finding.failed_at.map_or(String::new(), |at| format!(", since {}", span(now - at)));
            let (low, _) = finding.trial.ratio();
            format!("{shares}, at least {low:.1} × as many, {}{since}", of(ours.total))
        }
        Some(Verdict::Pass) => {
            format!(
                "{shares}, not worse by {}, {}",
                percent(finding.trial.matters()),
                of(ours.total)
            )
        }
        Some(Verdict::Insufficient) if ours.total <= 0.0 || theirs.total <= 0.0 => {
            let side = match (ours.total > 0.0, theirs.total > 0.0) {
                (false, false) => "either side",
                (false, true) => "the candidate's side",
                _ => "the stable side",
            };
            format!("no request was counted on {side} yet")
        }
        Some(Verdict::Insufficient) => {
            let more = match (finding.trial.lacks(), left(finding)) {
                (Some(lacks), Some(left)) => {
                    let left = TimeDelta::milliseconds((left * 1000.0) as i64);
                    format!("about {lacks:.0} more needed, {} at this pace", span(left))
                }
                (Some(lacks), None) => format!("about {lacks:.0} more needed"),
                (None, _) => format!("counted each {} s", judge.every.as_secs()),
            };
            format!("{shares}, too few yet: {}, {more}", of(ours.total))
        }
        Some(Verdict::Inconclusive) => {
            format!("{shares}, too near to tell, {}", of(ours.total))
        }
    }
}

/// The share of failures on either side.
pub(super) fn shares(trial: &Trial) -> String {
    let evidence = trial.evidence();
    match evidence.ours().share().zip(evidence.theirs().share()) {
        Some((ours, theirs)) => format!("{} against {}", percent(ours), percent(theirs)),
        None => "no requests on both sides yet".to_owned(),
    }
}

/// A share for people: enough digits to see a difference.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent == 0.0 || percent >= 10.0 {
        format!("{percent:.0} %")
    } else if percent >= 0.1 {
        format!("{percent:.2} %")
    } else {
        format!("{percent:.3} %")
    }
}
