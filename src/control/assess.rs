//! One look at a target: its standing and the reasons for it. What `status` prints and the screen draws.

mod moves;

use serde::{Deserialize, Serialize};

use crate::model::spec::AutoMode;
use crate::model::{FeedState, HealthState, Phase, Refusal, Severity, Target, Time};
use crate::store::{Check, Store, TargetState};

use super::auto::alarm;
use super::barriers::{barriers, is_at_the_end};
use super::evidence::Evidence;
use super::gates::{self, Gate, GateState};
use super::guard::is_staged;
use super::phase::{phase, span};
use super::undo::undoers;
use super::vigil::warnings;
use super::waits::{Wait, is_asked_on, ripe, unread, wait};
use moves::{failed_move, forced, is_on_its_way};

/// How a target stands. Ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Nothing to do.
    Ok,
    /// Somebody should look.
    Attention,
    /// It cannot be told.
    Unknown,
    /// It harms, or is about to.
    Critical,
}

impl Standing {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Attention => "attention",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        }
    }
}

/// Everything that is decided about a target at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Its standing.
    pub standing: Standing,
    /// Why it is not ok; sentences.
    pub reasons: Vec<String>,
    /// Where its rollout stands; none without an engine.
    pub phase: Option<Phase>,
    /// Why, when there is a why.
    pub phase_reason: Option<String>,
    /// Percentages, 0–100: last asked for (journaled).
    pub weight: Option<f64>,
    /// In force at the engine.
    pub routed: Option<f64>,
    /// Of the traffic, as metrics see it.
    pub share: Option<f64>,
    /// The step that is in force, from 1; 0 before the first.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// Revisions and beginnings.
    pub evidence: Evidence,
    /// May it go on? Every gate; empty without an engine.
    pub gates: Vec<Gate>,
    /// What refuses the next promotion besides them: a pause, an open action, the engine.
    pub refusals: Vec<Refusal>,
    /// Whether there is no next step: nothing is left to promote.
    pub is_at_the_end: bool,
    /// Alerts that count as since this release (firing, any severity).
    pub alerts_since: usize,
    /// Whether it waits for a human to let it go on: it may, or the engine says so and no time has to pass.
    pub waits: bool,
    /// What it waits for a human for in any way, and since when: a promotion, an answer, a release …
    pub wait: Option<Wait>,
}

impl Assessment {
    /// Whether a freeze is on that its promotions are under.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.gates.iter().any(|gate| gate.name == "freeze" && gate.state != GateState::Pass)
    }
}

/// Looks at a target. None when it is not configured.
#[must_use]
pub fn assess(store: &Store, target: &Target, now: Time) -> Option<Assessment> {
    let state = store.target(target)?;
    let evidence = Evidence::of(store, state);
    let gates = match state.spec.rollout {
        Some(_) => gates::gates(store, state, &evidence, now),
        None => Vec::new(),
    };
    let (phase, phase_reason) = match state.spec.rollout {
        Some(_) => {
            let (phase, reason) = phase(store, state, &evidence, &gates, now);
            (Some(phase), reason)
        }
        None => (None, None),
    };
    let steps = state.spec.rollout.as_ref().map_or(&[][..], |rollout| rollout.steps.as_slice());
    let step = evidence
        .routed
        .map_or(0, |routed| steps.iter().filter(|step| **step <= routed + 0.5).count());
    let refusals = barriers(store, state, &evidence, now);
    let since =
        |alert: &crate::model::Alert| gates::since_release(alert, evidence.release) != Some(false);
    let mut assessment = Assessment {
        standing: Standing::Ok,
        reasons: Vec::new(),
        phase,
        phase_reason,
        weight: asked(state),
        routed: evidence.routed,
        share: state.share.latest().number(),
        step,
        steps: steps.len(),
        alerts_since: state.alerts.firing().filter(|alert| since(alert)).count(),
        waits: is_asked_on(phase, &gates, &refusals),
        wait: wait(store, state, phase, (&gates, &refusals, &evidence), now),
        is_at_the_end: is_at_the_end(state, &evidence),
        refusals,
        gates,
        evidence,
    };
    let findings = [
        (Standing::Critical, critical(state, &assessment, now)),
        (Standing::Unknown, unknown(store, state, &assessment, now)),
        (Standing::Attention, attention(store, state, &assessment, now)),
    ];
    // the first match names the standing; the reasons of the lesser ones are still worth reading
    for (standing, reasons) in findings {
        if !reasons.is_empty() {
            assessment.standing = assessment.standing.max(standing);
        }
        assessment.reasons.extend(reasons);
    }
    if let Some((was, why)) = silenced(store, state, assessment.standing, now) {
        assessment.standing = was;
        assessment.reasons.push(why);
    }
    Some(assessment)
}

/// The standing that was journaled last, where that was worse and the engine is not heard: silence makes
/// nothing better.
fn silenced(
    store: &Store,
    state: &TargetState,
    standing: Standing,
    now: Time,
) -> Option<(Standing, String)> {
    let rollout = state.spec.rollout.as_ref()?;
    let word = state.ledger.state.as_deref()?;
    let known = [Standing::Attention, Standing::Unknown, Standing::Critical];
    let was = known.into_iter().find(|was| was.word() == word && *was > standing)?;
    (store.feed_state(&rollout.feed, now) == FeedState::Stale).then(|| {
        let view = store.feed_view(&rollout.feed, now);
        (was, format!("it was {word} when its engine was heard last: {}", view.reason()))
    })
}

/// What was asked for last: by an action on its way, which the engine has not answered yet, else by the last
/// one that was sent.
fn asked(state: &TargetState) -> Option<f64> {
    let under_way = state.ledger.in_flight().filter_map(|entry| entry.plan.to_weight).last();
    under_way.or(state.ledger.asked)
}

fn critical(state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let mut reasons: Vec<String> = state
        .checks
        .iter()
        .filter(|check| check.state == HealthState::Unhealthy)
        .map(|check| gates::check_sentence(state, check, now))
        .collect();
    for (spec, series) in state.spec.metrics.iter().zip(&state.metrics).filter(|(s, _)| s.is_gate())
    {
        let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
        if answer == GateState::Fail {
            reasons.push(format!("{} of {}: {reason}", spec.name, state.side(spec.track).word()));
        }
    }
    let judged = seen.gates.iter().find(|gate| gate.name == "judge");
    if let Some(gate) = judged.filter(|gate| gate.state == GateState::Fail) {
        reasons.push(format!("the judge: {}", gate.reason));
    }
    for alert in state.alerts.firing().filter(|alert| alert.severity >= Severity::P1) {
        if gates::since_release(alert, seen.evidence.release) != Some(false) {
            reasons.push(gates::alert_sentence(alert, now));
        }
    }
    if seen.phase == Some(Phase::Degraded) && reasons.is_empty() {
        reasons.push(seen.phase_reason.clone().unwrap_or_else(|| "degraded".to_owned()));
    }
    reasons
}

fn unknown(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    if let Some(inert) = &store.fleet().inert {
        return vec![format!("nothing is read: {inert}")];
    }
    let lost = gates::troubles(store, state, FeedState::Lost, now);
    let open = state.checks.iter().filter(|check| check.is_open());
    let open = open.map(|check| gates::check_sentence(state, check, now));
    let engine = state.spec.rollout.as_ref().map(|rollout| store.feed_state(&rollout.feed, now));
    // an engine that answers, and does not say where it stands
    let mute = seen.phase == Some(Phase::Unknown)
        && state.reading.is_some()
        && engine != Some(FeedState::Lost);
    let mute = seen.phase_reason.clone().filter(|_| mute);
    let lost = lost.into_iter().chain(mute);
    lost.chain(gates::hold_unknown(store, state)).chain(open).collect()
}

fn attention(store: &Store, state: &TargetState, seen: &Assessment, now: Time) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(alarm) = alarm(state, seen) {
        let when = if alarm.acts_at > now {
            format!("in {}", span(alarm.acts_at - now))
        } else {
            "now".to_owned()
        };
        reasons.push(format!(
            "automatic rollback {when}: {}; `flightdeck disarm {}` holds it",
            alarm.why, state.spec.target
        ));
    }
    let armed = || {
        let auto = state.spec.rollout.as_ref()?.auto.as_ref()?;
        Some(auto.mode != AutoMode::Off && !store.fleet().read_only)
    };
    if let Some(why) = store.unwritten().filter(|_| armed().unwrap_or(false)) {
        reasons.push(format!(
            "automatic rollback does not work: the journal cannot be written: {why}"
        ));
    }
    if let Some(hold) = &state.ledger.hold {
        let why = if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
        let scope = store.scope_of(hold);
        reasons.push(format!("held by {} ({scope}){why}", hold.by));
    }
    reasons.extend(undoers(store, state, seen));
    for (entry, open) in state.ledger.open() {
        reasons.push(format!("{} by {}: {}", entry.plan.what(), entry.operator, open.word()));
    }
    let approvals = ripe(store, state, &seen.gates, now);
    for (_, waiting) in &approvals {
        let since = waiting.since.map_or(String::new(), |at| format!(", {}", span(now - at)));
        reasons.push(format!("waits for an approval: {}{since}", waiting.environment));
    }
    if let Some(run) = unread(store, state, &seen.gates) {
        reasons.push(format!("waits for an approval: {} #{}", run.name, run.number));
    }
    // where a deployment that waits is the next step, that was said
    if seen.waits && (approvals.is_empty() || !is_staged(state)) {
        let no = seen.in_the_way();
        let no =
            if no.is_empty() { String::new() } else { format!("; not now: {}", no.join(", ")) };
        let routed = seen.routed.unwrap_or_default();
        reasons.push(format!("waits for a promotion at {routed:.0} %{no}"));
    }
    if let Some(pipeline) = store.pipeline(&state.spec)
        && pipeline.run.has_failed()
        && !pipeline.advisory
    {
        let ended = pipeline.run.conclusion.as_ref().map_or("failed", |ended| ended.word());
        reasons.push(format!("pipeline {} #{}: {ended}", pipeline.run.name, pipeline.run.number));
    }
    // what answers but says nothing is not lost, and is not well either
    let doubtful = |check: &&Check| match check.state {
        HealthState::Degraded => true,
        HealthState::Unknown => check.last.is_some() && !check.is_open(),
        HealthState::Healthy => check.flapping,
        HealthState::Unhealthy => false,
    };
    for check in state.checks.iter().filter(doubtful) {
        reasons.push(gates::check_sentence(state, check, now));
    }
    reasons.extend(state.checks.iter().filter_map(|check| {
        let other = gates::contradiction(state, check)?;
        Some(format!("{}: {other}", gates::check_name(state, check)))
    }));
    let prometheus = state.spec.prometheus.as_ref().map(|feed| store.feed_state(feed, now));
    let read = prometheus.is_some_and(|state| state != FeedState::Lost);
    let metrics = state.spec.metrics.iter().zip(&state.metrics);
    for (spec, series) in metrics.filter(|(spec, _)| read && spec.is_gate()) {
        let (answer, reason, _) = gates::metric(state, spec, series, seen.routed, now);
        if answer == GateState::Unknown {
            reasons.push(format!("{} of {}: {reason}", spec.name, state.side(spec.track).word()));
        }
    }
    reasons.extend(gates::lapses(store, state, &seen.gates, now));
    let others = state.alerts.firing().filter(|alert| {
        alert.severity < Severity::P1
            || gates::since_release(alert, seen.evidence.release) == Some(false)
    });
    match others.count() {
        0 => {}
        1 => reasons.push("1 other alert".to_owned()),
        n => reasons.push(format!("{n} other alerts")),
    }
    reasons.extend(gates::unread_alerts(state));
    reasons.extend(forced(state, seen, now));
    let failed = failed_move(state);
    reasons.extend(failed.map(|entry| {
        let routed =
            seen.routed.map_or(String::new(), |routed| format!("; {routed:.1} % is routed"));
        format!("{} by {} failed{routed}", entry.plan.what(), entry.operator)
    }));
    if failed.is_none()
        && let Some(asked) = seen.weight
        && let Some(routed) = seen.routed
        && (asked - routed).abs() > 0.5
        && state.ledger.in_flight().next().is_none()
        && !state.is_old_news()
        && !is_on_its_way(state)
    {
        let whose = if is_staged(state) { "a run of its own" } else { "a reload" };
        reasons.push(format!(
            "drift: {asked:.0} % was asked for, {routed:.1} % is routed ({whose}, or another hand)"
        ));
    }
    reasons.extend(warnings(store, state, seen, now));
    if let Some(reading) = &state.reading {
        reasons.extend(reading.rollout.blocks.iter().cloned());
        reasons.extend(reading.rollout.notes.iter().cloned());
    }
    reasons
}

/// A metric's answer as JSON shows it: waiting counts as pass, the gate says more.
#[must_use]
pub fn metric_state(
    state: &TargetState,
    index: usize,
    routed: Option<f64>,
    now: Time,
) -> GateState {
    match state.spec.metrics.get(index).zip(state.metrics.get(index)) {
        Some((spec, series)) => match gates::metric(state, spec, series, routed, now).0 {
            GateState::Wait => GateState::Pass,
            other => other,
        },
        None => GateState::Unknown,
    }
}

/// Whether a metric of the candidate does not count because the candidate has no traffic: its gate passes,
/// and its readings prove nothing.
#[must_use]
pub fn metric_idle(state: &TargetState, index: usize, routed: Option<f64>) -> bool {
    state.spec.metrics.get(index).is_some_and(|spec| gates::is_idle(state, spec, routed))
}

/// What a metric's gate says, and why; none for a metric without a limit.
#[must_use]
pub fn metric_gate(
    state: &TargetState,
    index: usize,
    routed: Option<f64>,
    now: Time,
) -> Option<Gate> {
    let (spec, series) = state.spec.metrics.get(index).zip(state.metrics.get(index))?;
    let name = spec.name.clone();
    let (answer, reason, left_s) = gates::metric(state, spec, series, routed, now);
    let queries = vec![spec.query.clone()];
    spec.is_gate().then_some(Gate { name, state: answer, reason, left_s, queries })
}

/// A check's state as it may be believed at `now`: a frozen or silent one is unknown.
#[must_use]
pub fn check_state(store: &Store, check: &Check, now: Time) -> HealthState {
    let lost = store.feed_state(&check.spec.feed, now) == FeedState::Lost;
    if lost || check.flapping { HealthState::Unknown } else { check.state }
}
