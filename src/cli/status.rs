//! `flightdeck status`: every target's standing, as a table, Markdown or JSON.

mod auto;
mod hold;
mod judge;
mod rehearsal;
mod table;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::control::{
    Assessment, Gate, GateState, Go, Standing, approvals, assess, check_state, metric_state,
};
use crate::model::{
    AlertState, FeedState, HealthState, Phase, Refusal, Revision, Severity, Target, Time, Track,
};
use crate::store::{FeedView, Store, TargetState};

use hold::HoldStatus;
use rehearsal::RehearsalStatus;

use auto::AutoStatus;

/// The whole answer; version 1.
#[derive(Debug, Serialize)]
pub struct Status {
    version: u32,
    at: Time,
    /// The worst standing.
    pub overall: Standing,
    targets: Vec<TargetStatus>,
    sources: Vec<SourceStatus>,
}

#[derive(Debug, Serialize)]
struct TargetStatus {
    target: Target,
    state: Standing,
    reasons: Vec<String>,
    hold: Option<HoldStatus>,
    rollout: Option<RolloutStatus>,
    health: Vec<HealthStatus>,
    metrics: Vec<MetricStatus>,
    alerts: Vec<AlertStatus>,
    pipeline: Option<PipelineStatus>,
    gates: Vec<Gate>,
    /// What refuses the next promotion besides its gates: a pause, an open action, the engine.
    refusals: Vec<Refusal>,
    /// What is in the way of the next step, by name; none where there is no next step. Of the table alone.
    #[serde(skip)]
    in_the_way: Option<Vec<String>>,
    /// What the judge finds; empty where none is configured.
    judge: Vec<judge::JudgeStatus>,
    auto_rollback: Option<AutoStatus>,
    /// Deployments to it that wait for a person at GitHub.
    waiting: Vec<WaitingStatus>,
    /// Expected scrape jobs: up, down and absent are three things.
    scrapes: Vec<crate::model::ScrapeJob>,
    /// How it was last rolled back; null where nothing could roll it back.
    rehearsal: Option<RehearsalStatus>,
    /// Whether it may go on; of the table alone, to programs `in_the_way` says it.
    #[serde(skip)]
    go: Go,
    /// What is said to run where no engine moves anything; of the table alone.
    #[serde(skip)]
    runs: Option<Revision>,
}

#[derive(Debug, Serialize)]
struct RolloutStatus {
    engine: String,
    phase: Phase,
    weight: Option<f64>,
    routed: Option<f64>,
    share: Option<f64>,
    step: usize,
    steps: usize,
    stable: Option<Revision>,
    candidate: Option<Revision>,
    since: Option<Time>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct HealthStatus {
    name: String,
    track: Track,
    state: HealthState,
    since: Option<Time>,
    revision: Option<String>,
    detail: Option<String>,
}

#[derive(Debug, Serialize)]
struct MetricStatus {
    name: String,
    track: Track,
    /// Null when there is no number; `reading` then says why.
    value: Option<f64>,
    limit: Option<f64>,
    unit: String,
    state: GateState,
    reading: crate::model::Reading,
}

#[derive(Debug, Serialize)]
struct AlertStatus {
    name: String,
    severity: Severity,
    state: AlertState,
    since: Option<Time>,
    since_release: Option<bool>,
    summary: Option<String>,
    runbook: Option<String>,
}

#[derive(Debug, Serialize)]
struct PipelineStatus {
    workflow: String,
    run: u64,
    number: u64,
    status: String,
    conclusion: Option<String>,
    branch: Option<String>,
    sha: String,
    url: String,
    advisory: bool,
}

#[derive(Debug, Serialize)]
struct WaitingStatus {
    environment: String,
    run: u64,
    since: Option<Time>,
    may_decide: bool,
    why_not: Option<String>,
    reviewers: Vec<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct SourceStatus {
    name: String,
    state: FeedState,
    age_s: Option<f64>,
    error: Option<String>,
    /// What is said where it never succeeded; of the table alone.
    #[serde(skip)]
    never: &'static str,
    budget: Option<crate::model::Budget>,
    /// Its separate links, when it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feeds: Vec<FeedStatus>,
}

#[derive(Debug, Clone, Serialize)]
struct FeedStatus {
    name: String,
    state: FeedState,
    age_s: Option<f64>,
    error: Option<String>,
}

impl Status {
    /// Looks at some targets, or at all when none are named.
    #[must_use]
    pub fn of(store: &Store, only: &[Target], now: Time) -> Self {
        let wanted = |state: &&TargetState| only.is_empty() || only.contains(&state.spec.target);
        let targets: Vec<TargetStatus> = store
            .targets()
            .filter(wanted)
            .filter_map(|state| {
                let seen = assess(store, &state.spec.target, now)?;
                Some(target(store, state, seen, now))
            })
            .collect();
        let overall = targets.iter().map(|target| target.state).max().unwrap_or(Standing::Ok);
        Self { version: 1, at: now, overall, targets, sources: sources(store, now) }
    }

    /// Everything but times and ages: equal digests look the same.
    #[must_use]
    pub fn digest(&self) -> String {
        let rows: Vec<String> = self
            .targets
            .iter()
            .map(|t| {
                let gates: Vec<_> = t.gates.iter().map(|g| (&g.name, g.state)).collect();
                let refused: Vec<_> = t.refusals.iter().map(|r| &r.gate).collect();
                let rollout = t.rollout.as_ref().map(|r| (r.phase, r.routed, r.weight));
                let alerts: Vec<_> = t.alerts.iter().map(|a| (&a.name, a.state)).collect();
                let health: Vec<_> = t.health.iter().map(|h| h.state).collect();
                let waits: Vec<_> = t.waiting.iter().map(|w| (w.run, &w.environment)).collect();
                format!(
                    "{:?} {rollout:?} {gates:?} {refused:?} {alerts:?} {health:?} {waits:?}",
                    t.state
                )
            })
            .collect();
        let sources: Vec<_> = self.sources.iter().map(|s| (&s.name, s.state)).collect();
        format!("{rows:?} {sources:?}")
    }
}

fn target(store: &Store, state: &TargetState, seen: Assessment, now: Time) -> TargetStatus {
    let rollout = state.spec.rollout.as_ref().map(|spec| RolloutStatus {
        engine: spec.engine.clone(),
        phase: seen.phase.unwrap_or(Phase::Unknown),
        weight: seen.weight,
        routed: seen.routed,
        share: seen.share,
        step: seen.step,
        steps: seen.steps,
        stable: seen.evidence.stable.clone(),
        candidate: seen.evidence.candidate.clone(),
        since: seen.evidence.release.known(),
        reason: seen.phase_reason.clone(),
    });
    let health = state
        .checks
        .iter()
        .map(|check| HealthStatus {
            name: check.spec.name.clone(),
            track: state.side(check.spec.track),
            state: check_state(store, check, now),
            since: check.since,
            revision: check.last.as_ref().and_then(|probe| probe.revision.clone()),
            detail: check.last.as_ref().and_then(|probe| probe.detail.clone()),
        })
        .collect();
    let metrics =
        state.spec.metrics.iter().zip(&state.metrics).enumerate().map(|(i, (spec, series))| {
            let reading = series.latest();
            MetricStatus {
                name: spec.name.clone(),
                track: state.side(spec.track),
                value: reading.number(),
                limit: spec.max.or(spec.min),
                unit: spec.unit.clone(),
                state: metric_state(state, i, seen.routed, now),
                reading,
            }
        });
    let alerts = state.alerts.list.iter().map(|alert| AlertStatus {
        name: alert.name.clone(),
        severity: alert.severity,
        state: alert.state,
        since: alert.since,
        since_release: seen.evidence.release.known().map(|began| alert.may_be_since(began)),
        summary: alert.summary.clone(),
        runbook: alert.runbook.clone(),
    });
    let go = seen.go();
    let in_the_way = seen.in_the_way().into_iter().map(str::to_owned).collect();
    let in_the_way = Some(in_the_way).filter(|_| go != Go::Nothing);
    let evidence = &seen.evidence;
    let runs = [&evidence.whole, &evidence.candidate, &evidence.stable];
    TargetStatus {
        auto_rollback: AutoStatus::of(state, &seen, now),
        judge: judge::of(state, &seen, now),
        runs: runs.into_iter().flatten().next().cloned(),
        target: state.spec.target.clone(),
        state: seen.standing,
        hold: hold::of(store, state),
        rollout,
        health,
        metrics: metrics.collect(),
        alerts: alerts.collect(),
        pipeline: store.pipeline(&state.spec).map(|pipeline| PipelineStatus {
            workflow: pipeline.run.name.clone(),
            run: pipeline.run.id,
            number: pipeline.run.number,
            status: pipeline.run.status.word().to_owned(),
            conclusion: pipeline.run.conclusion.as_ref().map(|c| c.word().to_owned()),
            branch: pipeline.run.branch.clone(),
            sha: pipeline.run.sha.clone(),
            url: pipeline.run.url.clone(),
            advisory: pipeline.advisory,
        }),
        reasons: seen.reasons,
        go,
        in_the_way,
        gates: seen.gates,
        refusals: seen.refusals,
        waiting: waiting(store, state, now),
        scrapes: state.scrapes.clone(),
        rehearsal: rehearsal::of(store, state, now),
    }
}

fn waiting(store: &Store, state: &TargetState, now: Time) -> Vec<WaitingStatus> {
    let repo = store.repo_of(&state.spec);
    let url = |run| repo.and_then(|repo| repo.run(run)).map(|run| run.url.clone());
    let waiting = approvals(store, state, now).into_iter().map(|(run, waiting)| WaitingStatus {
        environment: waiting.environment.clone(),
        run,
        since: waiting.since,
        may_decide: waiting.may_decide,
        why_not: waiting.why_not.clone(),
        reviewers: waiting.reviewers.clone(),
        url: url(run),
    });
    waiting.collect()
}

/// One row a configured source: the worst of its links speaks for it.
fn sources(store: &Store, now: Time) -> Vec<SourceStatus> {
    let mut sources: BTreeMap<&str, SourceStatus> = BTreeMap::new();
    let heard = store.feeds().map(|(id, feed)| (id, feed.view(now)));
    for (id, view) in heard.chain(store.silent_feeds().map(|id| (id, FeedView::never()))) {
        let one = FeedStatus {
            name: id.part.clone().unwrap_or_else(|| id.source.clone()),
            state: view.state,
            age_s: view.age_s,
            error: view.error.clone(),
        };
        let source = sources.entry(&id.source).or_insert_with(|| SourceStatus {
            name: id.source.clone(),
            state: view.state,
            age_s: view.age_s,
            error: view.error.clone(),
            never: view.never_good(),
            budget: view.budget.clone(),
            feeds: Vec::new(),
        });
        if view.state > source.state || (source.error.is_none() && view.error.is_some()) {
            source.state = source.state.max(view.state);
            source.error = view.error.clone().or(source.error.take());
            source.never = view.never_good();
        }
        source.age_s = match (source.age_s, view.age_s) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        if let (Some(new), old) = (view.budget, &mut source.budget)
            && old.as_ref().is_none_or(|old| new.reset > old.reset || new.remaining < old.remaining)
        {
            *old = Some(new);
        }
        if id.part.is_some() {
            source.feeds.push(one);
        }
    }
    sources.into_values().collect()
}
