//! The releases behind runs and deployments: which is the new one, how far it got, which is the good one
//! before it. Pure.

use chrono::TimeDelta;

use super::facts::{Deployed, Facts};
use crate::config::{GithubEngineConfig, WayBackConfig};
use crate::model::pipeline::is_of_pattern;
use crate::model::rollout::Past;
use crate::model::{Conclusion, Revision, Run, Status, Time};

/// How far a deployment may seem to be older than its run.
const SKEW: TimeDelta = TimeDelta::seconds(30);

/// Letters of a commit that name it.
const SHORT: usize = 7;

/// The releases that matter now.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Releases {
    /// The newest that runs or has deployed something.
    pub(super) candidate: Option<Release>,
    /// The newest before it that got everywhere and was not taken back.
    pub(super) stable: Option<Release>,
    /// All that got everywhere before it and were not taken back, the newest first.
    pub(super) past: Vec<Past>,
    /// The newest attempt to go back from the candidate.
    pub(super) back: Option<Run>,
    /// Whether that attempt took the candidate back, and it did not go on since.
    pub(super) is_back: bool,
}

/// One release.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Release {
    /// Its run; none when that is too old to be listed.
    pub(super) run: Option<Run>,
    /// What it released.
    pub(super) revision: Revision,
    /// For each stage its newest deployment.
    pub(super) stages: Vec<Option<Deployed>>,
    /// When it began.
    pub(super) at: Option<Time>,
    sha: String,
}

impl Release {
    fn of_run(run: &Run, config: &GithubEngineConfig) -> Self {
        Self {
            revision: revision(run.branch.as_deref(), &run.sha, config),
            stages: vec![None; config.stages.len()],
            at: run.created_at,
            sha: run.sha.clone(),
            run: Some(run.clone()),
        }
    }

    fn of_deployed(deployed: &Deployed, config: &GithubEngineConfig) -> Self {
        let deployment = &deployed.deployment;
        Self {
            run: None,
            revision: revision(Some(&deployment.git_ref), &deployment.sha, config),
            stages: vec![None; config.stages.len()],
            at: deployment.created_at,
            sha: deployment.sha.clone(),
        }
    }

    /// Whether it ever got so far, whatever came after it.
    pub(super) fn reached(&self, stage: usize) -> bool {
        let state = self.stages.get(stage).and_then(Option::as_ref);
        let state = state.and_then(|deployed| deployed.state.as_deref());
        // only what had succeeded becomes inactive
        matches!(state, Some("success" | "inactive"))
    }

    /// When it got so far: what has become inactive since says so itself, so then when that deployment began.
    pub(super) fn reached_at(&self, stage: usize) -> Option<Time> {
        let deployed = self.stages.get(stage)?.as_ref().filter(|_| self.reached(stage))?;
        let told = deployed.at.filter(|_| deployed.state.as_deref() == Some("success"));
        told.or(deployed.deployment.created_at)
    }

    /// When it last got further.
    fn moved_at(&self) -> Option<Time> {
        (0..self.stages.len()).filter_map(|stage| self.reached_at(stage)).max().or(self.at)
    }

    /// The first stage that it has yet to reach, and those before it.
    pub(super) fn next(&self) -> Option<usize> {
        let reached = (0..self.stages.len()).rev().find(|stage| self.reached(*stage));
        let next = reached.map_or(0, |stage| stage + 1);
        (next < self.stages.len()).then_some(next)
    }

    /// Whether its run was started again after another was over.
    fn is_run_again_after(&self, other: &Run) -> bool {
        let run = self.run.as_ref().filter(|run| run.attempt > 1);
        run.is_some_and(|run| run.started_at > other.updated_at)
    }

    /// Leaves out what was deployed before a time.
    fn forget_before(&mut self, time: Option<Time>) {
        for stage in &mut self.stages {
            *stage = stage.take().filter(|deployed| deployed.deployment.created_at > time);
        }
    }

    fn is_everywhere(&self) -> bool {
        self.next().is_none()
    }

    fn has_deployed(&self) -> bool {
        self.stages.iter().any(Option::is_some)
    }
}

impl Releases {
    pub(super) fn of(facts: &Facts, config: &GithubEngineConfig) -> Self {
        let mut all: Vec<Release> =
            facts.runs.iter().map(|run| Release::of_run(run, config)).collect();
        for (stage, list) in facts.deployed.iter().enumerate() {
            // the oldest first, so that the newest stays
            for deployed in list.iter().rev() {
                if let Some(release) = owner(&mut all, facts, config, deployed) {
                    release.stages[stage] = Some(deployed.clone());
                }
            }
        }
        all.sort_by_key(|release| std::cmp::Reverse(release.at));
        let backs = ways_back(facts, config);
        let is_live = |release: &Release| {
            release.has_deployed() || release.run.as_ref().is_some_and(Run::is_active)
        };
        let Some(at) = all.iter().position(is_live) else { return Self::default() };
        let back =
            backs.iter().find(|back| back.begun() >= all[at].at).map(|back| back.run.clone());
        let taken_back = |index: usize| {
            let newer = index.checked_sub(1).and_then(|newer| all.get(newer));
            backs.iter().filter(|back| back.worked()).any(|back| {
                let since = back.begun();
                since >= all[index].at
                    && newer.is_none_or(|newer| since < newer.at)
                    && back.run.updated_at >= all[index].moved_at()
            })
        };
        let good = |index: &usize| all[*index].is_everywhere() && !taken_back(*index);
        let good: Vec<&Release> =
            (at + 1..all.len()).filter(good).map(|index| &all[index]).collect();
        let last = config.stages.len().saturating_sub(1);
        let past = good.iter().map(|release| Past {
            revision: release.revision.clone(),
            at: release.reached_at(last),
        });
        let (past, stable) = (past.collect(), good.first().copied().cloned());
        let mut is_back = taken_back(at);
        let mut candidate = all[at].clone();
        if let Some(back) = backs.iter().find(|back| back.worked()).filter(|_| is_back)
            && candidate.is_run_again_after(&back.run)
        {
            // what was deployed before was taken back; it begins anew
            is_back = false;
            candidate.forget_before(back.run.updated_at);
        }
        let back = back.filter(|back| !candidate.is_run_again_after(back));
        Self { candidate: Some(candidate), stable, past, back, is_back }
    }
}

/// A run that goes back.
struct Back {
    run: Run,
}

impl Back {
    fn begun(&self) -> Option<Time> {
        self.run.started_at.filter(|_| self.run.attempt > 1).or(self.run.created_at)
    }

    fn worked(&self) -> bool {
        self.run.conclusion == Some(Conclusion::Success)
    }
}

/// The runs that go back, newest first. Of releases that are run again: those that newer ones came after.
fn ways_back(facts: &Facts, config: &GithubEngineConfig) -> Vec<Back> {
    let runs: Vec<Run> = match &config.rollback {
        None => Vec::new(),
        Some(WayBackConfig::Start(_)) => facts.backs.clone(),
        Some(WayBackConfig::Rerun) => {
            let runs = facts.runs.iter().enumerate();
            let again = runs.filter(|(index, run)| {
                let newer = index.checked_sub(1).and_then(|newer| facts.runs.get(newer));
                run.attempt > 1 && newer.is_some_and(|newer| newer.created_at < run.started_at)
            });
            again.map(|(_, run)| run.clone()).collect()
        }
    };
    let mut backs: Vec<Back> = runs.into_iter().map(|run| Back { run }).collect();
    backs.sort_by_key(|back| std::cmp::Reverse(back.begun()));
    backs
}

/// The release that a deployment is of; none for one that went back. GitHub names no run in a deployment
/// itself: its status may link to one, else the commit decides, else, where stages are started by another
/// workflow, the time.
fn owner<'a>(
    all: &'a mut Vec<Release>,
    facts: &Facts,
    config: &GithubEngineConfig,
    deployed: &Deployed,
) -> Option<&'a mut Release> {
    let linked = deployed.run;
    if linked.is_some_and(|id| facts.backs.iter().any(|run| run.id == id)) {
        return None;
    }
    let at = deployed.deployment.created_at;
    let of_run = |release: &Release, id: u64| release.run.as_ref().is_some_and(|run| run.id == id);
    let before = |release: &Release| {
        release.at.zip(at).is_none_or(|(release, deployed)| release - SKEW <= deployed)
    };
    let sha = deployed.deployment.sha.as_str();
    let found = all
        .iter()
        .position(|release| linked.is_some_and(|id| of_run(release, id)))
        .or_else(|| {
            let back = |run: &Run| run.sha == sha && is_within(run, at);
            if linked.is_none() && facts.backs.iter().any(back) {
                return None;
            }
            all.iter().position(|release| release.sha == sha && before(release))
        })
        .or_else(|| config.promote.as_ref().and_then(|_| all.iter().position(before)));
    if let Some(found) = found {
        return all.get_mut(found);
    }
    let back = |run: &Run| is_within(run, at) && run.sha == sha;
    if linked.is_none() && facts.backs.iter().any(back) {
        return None;
    }
    all.push(Release::of_deployed(deployed, config));
    all.last_mut()
}

/// Whether a time is one at which a run ran.
fn is_within(run: &Run, at: Option<Time>) -> bool {
    let Some(at) = at else { return false };
    let began = run.created_at.is_some_and(|began| began - SKEW <= at);
    let ended = run.updated_at.filter(|_| run.status == Status::Completed);
    began && ended.is_none_or(|ended| at <= ended + SKEW)
}

/// What a release is called: its tag when it looks like one, else its commit.
fn revision(name: Option<&str>, sha: &str, config: &GithubEngineConfig) -> Revision {
    let short = || Revision(sha.chars().take(SHORT).collect());
    let Some(name) = name else { return short() };
    let tag = name.strip_prefix("refs/tags/").unwrap_or(name);
    let wanted = config.pattern.as_deref().filter(|pattern| pattern.contains('*'));
    let is_wanted = wanted.is_some_and(|pattern| is_of_pattern(pattern, tag));
    let mut bare = tag.strip_prefix('v').unwrap_or(tag).chars();
    let is_version = bare.next().is_some_and(|c| c.is_ascii_digit()) && tag.contains('.');
    if is_wanted || is_version { Revision(tag.to_owned()) } else { short() }
}
