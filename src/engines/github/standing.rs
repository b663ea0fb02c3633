//! Where a release stands, in the words of every engine: phase, weight, one row for each stage. Pure.

use std::collections::BTreeMap;

use super::facts::{Deployed, Facts};
use super::releases::{Release, Releases};
use crate::config::{GithubEngineConfig, StageConfig};
use crate::model::rollout::Server;
use crate::model::{Conclusion, Offer, Phase, Rollout, Run, Status, Time, Waiting, Waits};

/// All that is known at one reading.
pub(super) struct Standing<'a> {
    pub(super) config: &'a GithubEngineConfig,
    pub(super) facts: &'a Facts,
    pub(super) releases: Releases,
    /// What of the candidate's run waits.
    pub(super) waits: Option<Waits>,
    /// What of the run that goes back waits.
    pub(super) back_waits: Option<Waits>,
}

/// How a run ended, or how far it is.
pub(super) fn how(run: &Run) -> &str {
    run.conclusion.as_ref().map_or(run.status.word(), Conclusion::word)
}

/// Where and for whom a run waits.
fn waits_at(waiting: &Waiting) -> String {
    let who = waiting.reviewers.join(" or ");
    let who = if who.is_empty() { who } else { format!(" for {who}") };
    format!("waits at {}{who}", waiting.environment)
}

impl Standing<'_> {
    pub(super) fn candidate(&self) -> Option<&Release> {
        self.releases.candidate.as_ref()
    }

    /// The run of the candidate.
    pub(super) fn run(&self) -> Option<&Run> {
        self.candidate().and_then(|release| release.run.as_ref())
    }

    /// The next stage of the candidate.
    pub(super) fn next(&self) -> Option<&StageConfig> {
        self.config.stages.get(self.candidate()?.next()?)
    }

    /// What waits at the next stage.
    pub(super) fn waiting(&self) -> Option<&Waiting> {
        self.waits.as_ref()?.at(&self.next()?.environment)
    }

    /// The run that takes the candidate back and is not over.
    pub(super) fn going_back(&self) -> Option<&Run> {
        self.releases.back.as_ref().filter(|run| run.is_active())
    }

    fn is_back(&self) -> bool {
        self.releases.is_back
    }

    /// Percent that the candidate gets.
    pub(super) fn routed(&self) -> f64 {
        if self.is_back() {
            return 0.0;
        }
        let Some(candidate) = self.candidate() else { return 0.0 };
        let stages = self.config.stages.iter().enumerate().rev();
        let mut reached = stages.filter(|(index, _)| candidate.reached(*index));
        reached.next().map_or(0.0, |(_, stage)| stage.weight)
    }

    fn deployed(&self, stage: usize) -> Option<&Deployed> {
        self.candidate()?.stages.get(stage)?.as_ref()
    }

    /// The first stage whose deployment is in one of these states.
    fn stage_in(&self, states: &[&str]) -> Option<&StageConfig> {
        let stages = self.config.stages.iter().enumerate();
        let mut found = stages.filter(|(index, _)| {
            let state = self.deployed(*index).and_then(|deployed| deployed.state.as_deref());
            state.is_some_and(|state| states.contains(&state))
        });
        found.next().map(|(_, stage)| stage)
    }

    /// Since when the candidate is as far as it is.
    fn since(&self) -> Option<Time> {
        if self.is_back() {
            return self.releases.back.as_ref()?.updated_at;
        }
        let reached = |stage: &usize| self.candidate().is_some_and(|c| c.reached(*stage));
        let stage = (0..self.config.stages.len()).rev().find(reached);
        match stage.and_then(|stage| self.deployed(stage)) {
            Some(deployed) => deployed.at.or(deployed.deployment.created_at),
            None => self.candidate()?.at,
        }
    }

    /// The phase and a sentence for it; none where weight, soak and gates tell more.
    fn phase(&self) -> (Option<Phase>, Option<String>) {
        if let Some(back) = self.going_back() {
            let waiting = self.back_waits.as_ref().and_then(|waits| waits.waiting.first());
            let text = match waiting {
                Some(waiting) => format!("rollback run {} {}", back.id, waits_at(waiting)),
                None => format!("rollback run {} is {}", back.id, back.status.word()),
            };
            return (Some(Phase::RollingBack), Some(text));
        }
        if let Some(back) = self.releases.back.as_ref().filter(|_| self.is_back()) {
            let text = format!("rollback run {} ended: success", back.id);
            return (Some(Phase::RolledBack), Some(text));
        }
        let Some(run) = self.run() else { return (None, None) };
        let id = run.id;
        if let Some(waiting) = self.waiting() {
            let text = format!("run {id} {}", waits_at(waiting));
            return (Some(Phase::AwaitingApproval), Some(text));
        }
        if let Some(stage) = self.stage_in(&["in_progress", "queued", "pending"]) {
            let text = format!("run {id} deploys to {}", stage.environment);
            return (Some(Phase::Progressing), Some(text));
        }
        if run.is_active() {
            return (Some(Phase::Progressing), Some(format!("run {id} is {}", run.status.word())));
        }
        if run.has_failed()
            && let Some(next) = self.next()
        {
            if let Some(text) = self.rejected(id) {
                return (Some(Phase::Degraded), Some(text));
            }
            let stage = self.stage_in(&["failure", "error"]).unwrap_or(next);
            let text = format!("run {id} ended before {}: {}", stage.environment, how(run));
            return (Some(Phase::Degraded), Some(text));
        }
        (None, None)
    }

    /// That somebody rejected what a run waited for, where they did.
    fn rejected(&self, run: u64) -> Option<String> {
        let mut decisions = self.waits.iter().flat_map(|waits| &waits.decisions);
        let decision = decisions.find(|decision| decision.state == "rejected")?;
        let by = decision.by.as_deref().unwrap_or("somebody");
        let places = decision.environments.join(", ");
        let why = match decision.comment.trim() {
            "" => String::new(),
            comment => format!(": {comment}"),
        };
        Some(format!("run {run} was rejected at {places} by {by}{why}"))
    }

    fn rows(&self) -> Vec<Server> {
        let stages = self.config.stages.iter().enumerate();
        let row = |(index, stage): (usize, &StageConfig)| {
            let reached = self.candidate().is_some_and(|c| c.reached(index)) && !self.is_back();
            let waits = self.waits.as_ref().is_some_and(|w| w.at(&stage.environment).is_some());
            let state = self.deployed(index).and_then(|deployed| deployed.state.clone());
            Server {
                name: stage.environment.clone(),
                side: if reached { "candidate" } else { "stable" }.to_owned(),
                weight: stage.weight.round() as u32,
                eligible: reached,
                state: match state {
                    _ if waits => "waiting".to_owned(),
                    state => state.unwrap_or_else(|| "not deployed".to_owned()),
                },
                requests: None,
            }
        };
        stages.map(row).collect()
    }

    fn notes(&self) -> Vec<String> {
        let failed = self.releases.back.as_ref().filter(|run| run.has_failed());
        let failed = failed.map(|run| {
            let never = run.conclusion == Some(Conclusion::Cancelled);
            let why = if never { ", perhaps replaced in its queue" } else { "" };
            format!("rollback run {} ended: {}{why}; it took nothing back", run.id, how(run))
        });
        let current = self.run().map_or(0, |run| run.id);
        let older = self
            .facts
            .runs
            .iter()
            .filter(|run| run.id < current && run.is_active() && run.status != Status::Waiting);
        let older = older.map(|run| {
            let of = run.branch.as_deref().unwrap_or("an older release");
            let (workflow, number, word) = (&run.workflow, run.number, run.status.word());
            format!(
                "run {} ({workflow} #{number} of {of}), an older release, is {word} too",
                run.id
            )
        });
        failed.into_iter().chain(older).collect()
    }

    fn settings(&self) -> BTreeMap<String, String> {
        let rows = self.rows().into_iter();
        let mut settings: BTreeMap<String, String> =
            rows.map(|row| (format!("stage {}", row.name), row.state)).collect();
        settings.extend(self.run().map(|run| ("run".to_owned(), run.id.to_string())));
        settings
    }

    /// The reading it makes.
    pub(super) fn into_rollout(self, offers: Vec<Offer>) -> Rollout {
        let (phase, reason) = self.phase();
        let blocks = self.going_back().map(|run| format!("rollback run {} is under way", run.id));
        Rollout {
            engine: "github".to_owned(),
            phase,
            reason,
            routed: Some(self.routed()),
            stable: self.releases.stable.as_ref().map(|release| release.revision.clone()),
            candidate: self.candidate().map(|release| release.revision.clone()),
            since: self.since(),
            settings: self.settings(),
            servers: self.rows(),
            offers,
            blocks: blocks.into_iter().collect(),
            notes: self.notes(),
            history: self.releases.past.clone(),
        }
    }
}
